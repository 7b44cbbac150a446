import { eksToken } from '../../../../lambdas/adapters/aws/eks-token';
import { presignedRequestIn } from '../../../../rehearsal/testbed/aws/token-webhook/eks-token';

const NOW = Date.parse('2026-11-25T03:00:00Z');
const MINUTE = 60_000;

const token = (now = NOW) =>
  eksToken(async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }), 'eu-west-1', 'dr', now);

/** The token with another URL in it. */
async function changed(change: (url: URL) => void): Promise<string> {
  const url = new URL(Buffer.from((await token()).slice('k8s-aws-v1.'.length), 'base64url').toString());
  change(url);
  return `k8s-aws-v1.${Buffer.from(url.toString()).toString('base64url')}`;
}

const set = (url: URL, parts: Partial<URL>) => Object.assign(url, parts);

test("takes Lifeboat's own token", async () => {
  expect(presignedRequestIn(await token(), NOW).host).toBe('sts.eu-west-1.amazonaws.com');
  expect(presignedRequestIn(await token(), NOW + 15 * MINUTE)).toBeInstanceOf(URL);
});

test('refuses one that is older than 15 minutes', async () => {
  const old = await token();
  expect(() => presignedRequestIn(old, NOW + 15 * MINUTE + 1)).toThrow(/expired/);
});

test.each<[string, (url: URL) => void, RegExp]>([
  ['over HTTP', url => set(url, { protocol: 'http:' }), /unexpected scheme/],
  ['of another host', url => set(url, { host: 'sts.example.com' }), /unexpected hostname/],
  ['with a port', url => set(url, { port: '8443' }), /unexpected hostname/],
  ['with a path', url => set(url, { pathname: '/x' }), /unexpected path/],
  ['for another action', url => url.searchParams.set('Action', 'AssumeRole'), /unexpected action/],
  ['with more parameters', url => url.searchParams.set('RoleArn', 'x'), /non-whitelisted/],
  ['with a parameter twice', url => url.searchParams.append('action', 'GetCallerIdentity'), /duplicate/],
  ['without the cluster signed', url => url.searchParams.set('X-Amz-SignedHeaders', 'host'), /did not sign/],
  ['that expires late', url => url.searchParams.set('X-Amz-Expires', '901'), /invalid X-Amz-Expires/],
  ['without a date', url => url.searchParams.set('X-Amz-Date', 'soon'), /is no time/],
])('refuses one %s', async (_, change, reason) => {
  const bad = await changed(change);
  expect(() => presignedRequestIn(bad, NOW)).toThrow(reason);
});

test.each([
  ['without the prefix', 'abc', /prefix/],
  ['in base64 with padding', 'k8s-aws-v1.YQ==', /illegal base64/],
  ['of more than 4 KiB', `k8s-aws-v1.${'a'.repeat(5000)}`, /too large/],
])('refuses one %s', (_, bad, reason) => {
  expect(() => presignedRequestIn(bad, NOW)).toThrow(reason);
});
