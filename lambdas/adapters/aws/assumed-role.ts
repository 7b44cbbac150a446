import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { Forbidden } from '../../../core/errors';

/** Asked for again when less than this is left. */
const MARGIN_MS = 60_000;

/** Credentials of a role in another account, for a hosted zone that lives there; kept until shortly before they expire. */
export function assumedRole(region: string, roleArn: string): AwsCredentialIdentityProvider {
  const sts = new STSClient({ region });
  let kept: AwsCredentialIdentity | undefined;
  return async () => {
    if (kept?.expiration && kept.expiration.getTime() - Date.now() > MARGIN_MS) return kept;
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'lifeboat' }),
    );
    if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey || !Credentials.SessionToken) {
      throw new Forbidden(
        `STS gave no credentials for ${roleArn}. Check zone.role in lifeboat.yaml and the role's trust policy.`,
      );
    }
    kept = {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
      ...(Credentials.Expiration ? { expiration: Credentials.Expiration } : {}),
    };
    return kept;
  };
}
