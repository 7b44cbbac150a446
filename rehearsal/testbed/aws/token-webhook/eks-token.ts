/** A bearer token that is none, or not for this cluster. */
export class TokenRefused extends Error {
  override name = 'TokenRefused';
}

const PREFIX = 'k8s-aws-v1.';
const MAX_LENGTH = 4096;
const LIFETIME_MS = 15 * 60_000;
const MAX_EXPIRES_SECONDS = 900;
const CLUSTER_HEADER = 'x-k8s-aws-id';
const PARAMETERS = [
  'action',
  'version',
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-expires',
  'x-amz-security-token',
  'x-amz-signature',
  'x-amz-signedheaders',
];

/**
 * The presigned STS request in an EKS token, after every check that kubernetes-sigs/aws-iam-authenticator makes before
 * it asks STS (pkg/token/token.go, Verify). Whether the signature is right only STS can tell.
 * @param now milliseconds since the epoch
 * @throws TokenRefused
 */
export function presignedRequestIn(token: string, now: number): URL {
  if (token.length > MAX_LENGTH) throw new TokenRefused('token is too large');
  if (!token.startsWith(PREFIX)) throw new TokenRefused(`token is missing expected "${PREFIX}" prefix`);
  const encoded = token.slice(PREFIX.length);
  // base64.RawURLEncoding: no padding, and no + or /.
  if (!/^[A-Za-z0-9_-]+$/.test(encoded)) throw new TokenRefused('illegal base64 data');
  const text = Buffer.from(encoded, 'base64url').toString();
  if (!URL.canParse(text)) throw new TokenRefused('the token holds no URL');
  const url = new URL(text);
  checkPlace(url);
  checkParameters(url, now);
  return url;
}

function checkPlace({ protocol, host, pathname }: URL): void {
  if (protocol !== 'https:') throw new TokenRefused(`unexpected scheme "${protocol}" in pre-signed URL`);
  if (!/^sts(\.[a-z0-9-]+)?\.amazonaws\.com$/.test(host)) {
    throw new TokenRefused(`unexpected hostname "${host}" in pre-signed URL`);
  }
  if (pathname !== '/') throw new TokenRefused('unexpected path in pre-signed URL');
}

function checkParameters(url: URL, now: number): void {
  const parameters = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    const lower = name.toLowerCase();
    if (!PARAMETERS.includes(lower)) throw new TokenRefused(`non-whitelisted query parameter "${name}"`);
    if (parameters.has(lower)) throw new TokenRefused(`duplicate query parameter found: "${name}"`);
    parameters.set(lower, value);
  }
  if (parameters.get('action') !== 'GetCallerIdentity') {
    throw new TokenRefused('unexpected action parameter in pre-signed URL');
  }
  const signed = (parameters.get('x-amz-signedheaders') ?? '').toLowerCase().split(';');
  if (!signed.includes(CLUSTER_HEADER)) {
    throw new TokenRefused(`client did not sign the ${CLUSTER_HEADER} header in the pre-signed URL`);
  }
  const expires = parameters.get('x-amz-expires') ?? '';
  if (!/^\d+$/.test(expires) || Number(expires) > MAX_EXPIRES_SECONDS) {
    throw new TokenRefused(`invalid X-Amz-Expires parameter in pre-signed URL: ${expires}`);
  }
  const age = now - dateOf(parameters.get('x-amz-date') ?? '');
  if (age > LIFETIME_MS) {
    throw new TokenRefused('X-Amz-Date parameter is expired (15 minute expiration)');
  }
}

function dateOf(text: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const date = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(date)) throw new TokenRefused(`X-Amz-Date "${text}" is no time`);
  return date;
}
