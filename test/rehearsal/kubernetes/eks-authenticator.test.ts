import { type Verification, verifyToken } from '../../../rehearsal/embedded/kubernetes/eks-authenticator';
import { START } from './fixtures';
import { ACCESS_KEY, presignedUrl, SECRET, type TokenOptions, token, tokenOf } from './tokens';

function verify(
  text: string,
  now = START,
  extra: { clusterName?: string; stsReachable?: (region: string) => boolean } = {},
): Verification {
  return verifyToken(text, {
    clusterName: 'levlabs-dr',
    now,
    secretFor: id => (id === ACCESS_KEY ? SECRET : undefined),
    ...extra,
  });
}

async function refusal(change: (url: URL) => unknown, now = START): Promise<string> {
  const url = await presignedUrl(START);
  const changed = change(url);
  const result = verify(tokenOf(typeof changed === 'string' ? changed : url), now);
  return result.ok ? 'accepted' : result.refusal;
}

async function refusalOf(options: TokenOptions): Promise<string> {
  const result = verify(await token(START, options));
  return result.ok ? 'accepted' : result.refusal;
}

describe('the EKS authenticator', () => {
  test("accepts what the AWS SDK's signer presigns for this cluster, and names the access key", async () => {
    expect(verify(await token(START))).toEqual({ ok: true, accessKeyId: ACCESS_KEY });
    expect(
      verify(await token(START, { host: 'sts.amazonaws.com', signingRegion: 'us-east-1' })),
    ).toMatchObject({ ok: true });
  });

  test('refuses a token for another cluster: the signature is over its name', async () => {
    expect(verify(await token(START), START, { clusterName: 'levlabs-primary' })).toMatchObject({
      ok: false,
      refusal: 'SignatureDoesNotMatch',
    });
  });

  test('takes a token for 15 minutes, whatever X-Amz-Expires says, and not before its time', async () => {
    const text = await token(START, { expiresIn: 60 });
    expect(verify(text, START + 15 * 60_000)).toMatchObject({ ok: true });
    expect(verify(text, START + 15 * 60_000 + 1_000)).toMatchObject({ ok: false, refusal: 'Expired' });
    expect(verify(text, START - 1_000)).toMatchObject({ ok: false, refusal: 'NotYetValid' });
  });

  test.each<[string, TokenOptions]>([
    ['WrongExpires', { expiresIn: 901 }],
    ['WrongExpires', { expiresIn: 0 }],
    ['SignatureDoesNotMatch', { secretAccessKey: 'another' }],
    ['WrongCredentialScope', { signingRegion: 'us-east-1' }],
    ['WrongHost', { host: 'sts.us-east-2.example.com' }],
    ['WrongHost', { host: 'ec2.us-east-2.amazonaws.com' }],
    ['ClusterHeaderNotSigned', { headers: { host: 'sts.us-east-2.amazonaws.com' } }],
    [
      'SignatureDoesNotMatch',
      { headers: { host: 'sts.us-east-2.amazonaws.com', 'x-k8s-aws-id': 'levlabs-dr', 'x-more': '1' } },
    ],
    ['WrongAction', { query: { Action: 'GetSessionToken', Version: '2011-06-15' } }],
    ['WrongParameters', { query: { Action: 'GetCallerIdentity' } }],
    ['WrongParameters', { query: { Action: 'GetCallerIdentity', Version: '2011-06-15', More: '1' } }],
    ['WrongPath', { path: '/x' }],
  ])('refuses with %s when presigned with %j', async (expected, options) => {
    expect(await refusalOf(options)).toBe(expected);
  });

  test('refuses a URL that was changed after it was signed', async () => {
    expect(await refusal(url => url.searchParams.set('X-Amz-Expires', '61'))).toBe('SignatureDoesNotMatch');
    expect(await refusal(url => url.searchParams.set('X-Amz-Date', '20260302T115959Z'))).toBe(
      'SignatureDoesNotMatch',
    );
    expect(await refusal(url => url.searchParams.set('X-Amz-Security-Token', 'other'))).toBe(
      'WrongSessionToken',
    );
    expect(await refusal(url => url.searchParams.delete('X-Amz-Security-Token'))).toBe('WrongSessionToken');
    expect(
      await refusal(url =>
        url.searchParams.set('X-Amz-Credential', 'AKIAOTHER/20260302/us-east-2/sts/aws4_request'),
      ),
    ).toBe('UnknownAccessKey');
    expect(await refusal(url => url.searchParams.append('x-amz-credential', 'eve'))).toBe('WrongParameters');
    expect(await refusal(url => url.searchParams.set('X-Amz-Date', 'today'))).toBe('WrongDate');
    expect(await refusal(url => String(url).replace('https:', 'http:'))).toBe('NotHttps');
    expect(await refusal(() => 'no URL')).toBe('NotAUrl');
    expect(await refusal(url => url)).toBe('accepted');
  });

  test('refuses what is no token at all', async () => {
    const good = await token(START);
    const refusals = [
      good.replace('k8s-aws-v1.', 'k8s-aws-v2.'),
      `${good}=`,
      `k8s-aws-v1.${'a'.repeat(4096)}`,
    ].map(text => verify(text));
    expect(refusals.map(each => (each.ok ? '' : each.refusal))).toEqual([
      'NoTokenPrefix',
      'NotBase64Url',
      'TokenTooLarge',
    ]);
  });

  test('depends on the STS endpoint that the token names', async () => {
    const stsReachable = (region: string) => region !== 'us-east-1';
    expect(verify(await token(START), START, { stsReachable })).toMatchObject({ ok: true });
    const global = await token(START, { host: 'sts.amazonaws.com', signingRegion: 'us-east-1' });
    expect(verify(global, START, { stsReachable })).toMatchObject({ ok: false, refusal: 'StsUnreachable' });
  });
});
