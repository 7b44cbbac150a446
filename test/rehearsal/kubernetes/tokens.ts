import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

export const ACCESS_KEY = 'ASIAEXAMPLE0000000000';
export const SECRET = { secretAccessKey: 'secret/with+signs', sessionToken: 'session/token+with=signs' };

export interface TokenOptions {
  clusterName?: string;
  region?: string;
  host?: string;
  signingRegion?: string;
  secretAccessKey?: string;
  expiresIn?: number;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  path?: string;
}

/** The presigned URL in a token, signed by the AWS SDK's own signer. */
export async function presignedUrl(at: number, options: TokenOptions = {}): Promise<URL> {
  const region = options.region ?? 'us-east-2';
  const hostname = options.host ?? `sts.${region}.amazonaws.com`;
  const signer = new SignatureV4({
    service: 'sts',
    region: options.signingRegion ?? region,
    sha256: Sha256,
    credentials: {
      accessKeyId: ACCESS_KEY,
      secretAccessKey: options.secretAccessKey ?? SECRET.secretAccessKey,
      sessionToken: SECRET.sessionToken,
    },
  });
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: options.path ?? '/',
      query: options.query ?? { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: options.headers ?? { host: hostname, 'x-k8s-aws-id': options.clusterName ?? 'levlabs-dr' },
    },
    { signingDate: new Date(at), expiresIn: options.expiresIn ?? 60 },
  );
  const url = new URL(`https://${hostname}${signed.path}`);
  for (const [key, value] of Object.entries(signed.query ?? {})) url.searchParams.append(key, String(value));
  // URLSearchParams writes a space as a plus; the values here have none.
  return url;
}

export function tokenOf(url: URL | string): string {
  return `k8s-aws-v1.${Buffer.from(String(url)).toString('base64url')}`;
}

export async function token(at: number, options: TokenOptions = {}): Promise<string> {
  return tokenOf(await presignedUrl(at, options));
}
