import { createHash } from 'node:crypto';
import type { SecretKey } from '../kubernetes/eks-authenticator';

/**
 * Credentials of the roles of the night: each role has one key, so that whoever sees a signature knows the role.
 */
export class Credentials {
  private readonly roles = new Map<string, { roleArn: string; secret: SecretKey }>();

  /** Makes the key of a role; the same one each time. */
  of(roleArn: string): SecretKey & { accessKeyId: string } {
    const digest = createHash('sha256').update(roleArn).digest('hex');
    const accessKeyId = `ASIA${digest.slice(0, 16).toUpperCase()}`;
    const secret = { secretAccessKey: digest.slice(16, 56), sessionToken: `session-${digest.slice(0, 24)}` };
    this.roles.set(accessKeyId, { roleArn, secret });
    return { accessKeyId, ...secret };
  }

  secretFor(accessKeyId: string): SecretKey | undefined {
    return this.roles.get(accessKeyId)?.secret;
  }

  roleOf(accessKeyId: string): string | undefined {
    return this.roles.get(accessKeyId)?.roleArn;
  }
}
