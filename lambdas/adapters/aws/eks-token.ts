import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentityProvider } from '@smithy/types';

/** The token is good for 15 minutes after X-Amz-Date; X-Amz-Expires may say at most 900, clients use 60. */
const EXPIRES_SECONDS = 60;

/**
 * A bearer token for an EKS cluster: a presigned STS GetCallerIdentity request that the cluster's authenticator
 * sends on. Making one is arithmetic, no call. Signed for the STS of this Region, so that no other is needed.
 * Source: kubernetes-sigs/aws-iam-authenticator, pkg/token.
 */
export async function eksToken(
  credentials: AwsCredentialIdentityProvider,
  region: string,
  cluster: string,
  now: number,
): Promise<string> {
  const hostname = `sts.${region}.amazonaws.com`;
  const signer = new SignatureV4({ credentials, region, service: 'sts', sha256: Sha256 });
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: hostname, 'x-k8s-aws-id': cluster },
    },
    // The authenticator wants the cluster's name as a signed header, not moved into the query.
    { expiresIn: EXPIRES_SECONDS, signingDate: new Date(now), unhoistableHeaders: new Set(['x-k8s-aws-id']) },
  );
  const query = Object.entries(signed.query ?? {})
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&');
  const url = `https://${hostname}/?${query}`;
  return `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
}
