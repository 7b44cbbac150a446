import { request } from 'node:http';
import { TokenRefused } from './eks-token';

export interface CallerIdentity {
  account: string;
  /** `arn:aws:sts::<account>:assumed-role/<role>/<session>`, or a user's. */
  arn: string;
  userId: string;
}

/** STS of a lost Region gives no answer; the authenticator waits no longer than this. */
const TIMEOUT_MS = 5000;

/**
 * Sends a presigned GetCallerIdentity request on, for the cluster that it must have been signed for.
 * @param endpoint where every AWS API of the bed is; the request keeps the host that was signed
 * @throws TokenRefused when STS refuses it
 */
export async function callerOf(endpoint: string, presigned: URL, cluster: string): Promise<CallerIdentity> {
  const { status, text } = await get(endpoint, presigned, cluster);
  if (status !== 200) throw new TokenRefused(`STS answered ${status}: ${text.slice(0, 500)}`);
  const element = (name: string) => {
    const found = new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
    if (found) return found;
    throw new TokenRefused(`STS answered without ${name}: ${text.slice(0, 500)}`);
  };
  return { account: element('Account'), arn: element('Arn'), userId: element('UserId') };
}

function get(endpoint: string, presigned: URL, cluster: string): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(endpoint);
  const path = `${presigned.pathname}${presigned.search}`;
  const headers = { host: presigned.host, 'x-k8s-aws-id': cluster };
  return new Promise((resolve, reject) => {
    const asked = request(
      { hostname, port, path, headers, agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) },
      answer => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text }));
        answer.once('error', reject);
      },
    );
    asked.once('error', reject);
    asked.end();
  });
}
