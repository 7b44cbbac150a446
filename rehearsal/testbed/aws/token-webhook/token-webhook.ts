import { createServer, type IncomingMessage, type Server } from 'node:http';
import { DescribeAccessEntryCommand, EKSClient } from '@aws-sdk/client-eks';
import type { AwsCredentialIdentity } from '@smithy/types';
import { presignedRequestIn, TokenRefused } from './eks-token';
import { type CallerIdentity, callerOf } from './sts';

export interface TokenWebhookOptions {
  address: string;
  port: number;
  /** Where STS is asked, so that a lost Region's gives no answer: the front door. */
  sts: string;
  /** Where the access entries are. */
  eks: string;
  credentials: AwsCredentialIdentity;
}

/** The status of a TokenReview. https://kubernetes.io/docs/reference/access-authn-authz/authentication/ */
export interface TokenReviewStatus {
  authenticated: boolean;
  user?: { username: string; uid: string; groups: string[]; extra: Record<string, string[]> };
  error?: string;
}

/**
 * What stands before the API server of an EKS cluster: says who a bearer token is, by STS and by the access entries of
 * the cluster. https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
 */
export class TokenWebhook {
  private server: Server | undefined;

  constructor(private readonly options: TokenWebhookOptions) {}

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.review(request)
        .then(review =>
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(review)),
        )
        .catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.options.port, this.options.address, resolve);
    });
    this.server = server;
  }

  get url(): string {
    const address = this.server?.address();
    const port = typeof address === 'object' && address ? address.port : this.options.port;
    return `http://${this.options.address}:${port}`;
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (!server) return;
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }

  /** For kube-apiserver's --authentication-token-webhook-config-file. JSON is YAML. */
  kubeconfig(region: string, cluster: string): string {
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'authenticator', cluster: { server: `${this.url}/${region}/${cluster}` } }],
      users: [{ name: 'api-server', user: {} }],
      contexts: [{ name: 'webhook', context: { cluster: 'authenticator', user: 'api-server' } }],
      'current-context': 'webhook',
    });
  }

  /** Who has the token, for a cluster. */
  async authenticate(region: string, cluster: string, token: string): Promise<TokenReviewStatus> {
    try {
      const presigned = presignedRequestIn(token, Date.now());
      const caller = await callerOf(this.options.sts, presigned, cluster);
      return { authenticated: true, user: await this.user(region, cluster, caller) };
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      return { authenticated: false, error: error.message };
    }
  }

  private async user(region: string, cluster: string, { account, arn, userId }: CallerIdentity) {
    const [, role, session] = /:assumed-role\/([^/]+)\/(.+)$/.exec(arn) ?? [];
    const principal = role === undefined ? arn : `arn:aws:iam::${account}:role/${role}`;
    const entry = await this.accessEntry(region, cluster, principal);
    const [id = '', sessionName = ''] = userId.split(':');
    return {
      // "If you don't specify a user name": https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
      username:
        entry.username ||
        (role === undefined ? arn : `arn:aws:sts::${account}:assumed-role/${role}/${session}`),
      uid: `aws-iam-authenticator:${account}:${id}`,
      groups: entry.kubernetesGroups ?? [],
      extra: { arn: [arn], canonicalArn: [principal], principalId: [id], sessionName: [sessionName] },
    };
  }

  private async accessEntry(region: string, clusterName: string, principalArn: string) {
    const { eks: endpoint, credentials } = this.options;
    const client = new EKSClient({ endpoint, region, credentials, maxAttempts: 1 });
    try {
      const { accessEntry } = await client.send(
        new DescribeAccessEntryCommand({ clusterName, principalArn }),
      );
      return accessEntry ?? {};
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
      throw new TokenRefused(`${principalArn} has no access entry in ${clusterName}`);
    } finally {
      client.destroy();
    }
  }

  private async review(request: IncomingMessage): Promise<object> {
    const [, region = '', cluster = ''] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { apiVersion, spec } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
      apiVersion: string;
      spec?: { token?: string };
    };
    const status = await this.authenticate(region, cluster, spec?.token ?? '');
    return { apiVersion, kind: 'TokenReview', status };
  }
}
