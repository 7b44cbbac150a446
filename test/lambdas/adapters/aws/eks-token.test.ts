import { createHash, createHmac } from 'node:crypto';
import { eksToken } from '../../../../lambdas/adapters/aws/eks-token';
import { verifyToken } from '../../../../rehearsal/embedded/kubernetes/eks-authenticator';

const NOW = Date.parse('2026-03-01T03:00:00Z');
const REGION = 'us-east-2';
const CLUSTER = 'levlabs-dr';
const CREDENTIALS = {
  accessKeyId: 'ASIAEXAMPLE000000000',
  secretAccessKey: 'secret/with+signs=',
  sessionToken: 'session/token+with=signs&more',
};

const make = (more: Partial<typeof CREDENTIALS> = {}, at = NOW) =>
  eksToken(async () => ({ ...CREDENTIALS, ...more }), REGION, CLUSTER, at);

function urlIn(token: string): URL {
  expect(token).toMatch(/^k8s-aws-v1\.[A-Za-z0-9_-]+$/);
  return new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString());
}

/**
 * Signature Version 4 of a presigned GET, from the documentation: canonical request, text to sign, key.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
function signatureOf(url: URL, headers: Record<string, string>, secret: string): string {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const keyed = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  // The query as it is sent, escapes and all, in order of its names, without the signature itself.
  const query = url.search
    .slice(1)
    .split('&')
    .filter(pair => !pair.startsWith('X-Amz-Signature='))
    .sort()
    .join('&');
  const names = Object.keys(headers).sort();
  const lines = names.map(name => `${name}:${headers[name]}\n`).join('');
  const request = ['GET', '/', query, lines, names.join(';'), hash('')].join('\n');
  const at = url.searchParams.get('X-Amz-Date') ?? '';
  const scope = [at.slice(0, 8), REGION, 'sts', 'aws4_request'];
  const key = scope.reduce<string | Buffer>(keyed, `AWS4${secret}`);
  const text = ['AWS4-HMAC-SHA256', at, scope.join('/'), hash(request)].join('\n');
  return keyed(key, text).toString('hex');
}

describe('the token for a cluster', () => {
  test('is a presigned question to the STS of this Region: who am I?', async () => {
    const url = urlIn(await make());
    expect(url.origin).toBe('https://sts.us-east-2.amazonaws.com');
    expect(url.pathname).toBe('/');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      Action: 'GetCallerIdentity',
      Version: '2011-06-15',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': `${CREDENTIALS.accessKeyId}/20260301/us-east-2/sts/aws4_request`,
      'X-Amz-Date': '20260301T030000Z',
      'X-Amz-Expires': '60',
      'X-Amz-Security-Token': CREDENTIALS.sessionToken,
    });
  });

  test('has the name of the cluster as a signed header, and not in its query', async () => {
    const url = urlIn(await make());
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('host;x-k8s-aws-id');
    expect([...url.searchParams.keys()].map(key => key.toLowerCase())).not.toContain('x-k8s-aws-id');
    expect(url.search).not.toContain(CLUSTER);
  });

  test('has the signature that the documentation of AWS computes', async () => {
    const url = urlIn(await make());
    const headers = { host: 'sts.us-east-2.amazonaws.com', 'x-k8s-aws-id': CLUSTER };
    const signature = url.searchParams.get('X-Amz-Signature');
    expect(signature).toBe(signatureOf(url, headers, CREDENTIALS.secretAccessKey));
    expect(signature).not.toBe(signatureOf(url, headers, 'another secret'));
    expect(signature).not.toBe(
      signatureOf(url, { ...headers, 'x-k8s-aws-id': 'another' }, CREDENTIALS.secretAccessKey),
    );
  });

  test('is made by arithmetic alone: with the same key at the same instant it is the same', async () => {
    expect(await make()).toBe(await make());
    expect(await make()).not.toBe(await make({}, NOW + 1_000));
  });

  test('names no session when the credentials have none', async () => {
    const { accessKeyId, secretAccessKey } = CREDENTIALS;
    const token = await eksToken(async () => ({ accessKeyId, secretAccessKey }), REGION, CLUSTER, NOW);
    expect(urlIn(token).searchParams.has('X-Amz-Security-Token')).toBe(false);
  });
});

describe("the cluster's authenticator", () => {
  const verify = (token: string, clusterName = CLUSTER, now = NOW) =>
    verifyToken(token, {
      clusterName,
      now,
      secretFor: id => (id === CREDENTIALS.accessKeyId ? CREDENTIALS : undefined),
    });

  test('lets the token in', async () => {
    expect(verify(await make())).toEqual({ ok: true, accessKeyId: CREDENTIALS.accessKeyId });
  });

  test('lets it in for a quarter of an hour, and no longer', async () => {
    const token = await make();
    expect(verify(token, CLUSTER, NOW + 15 * 60_000)).toMatchObject({ ok: true });
    expect(verify(token, CLUSTER, NOW + 15 * 60_000 + 1)).toMatchObject({ ok: false, refusal: 'Expired' });
  });

  test('refuses it at another cluster', async () => {
    expect(verify(await make(), 'levlabs-primary')).toMatchObject({
      ok: false,
      refusal: 'SignatureDoesNotMatch',
    });
  });

  test('refuses one that was made with another secret', async () => {
    expect(verify(await make({ secretAccessKey: 'stolen' }))).toMatchObject({
      ok: false,
      refusal: 'SignatureDoesNotMatch',
    });
  });
});
