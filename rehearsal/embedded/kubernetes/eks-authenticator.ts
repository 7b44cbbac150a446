import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What EKS's webhook does with a bearer token. The rules are those of kubernetes-sigs/aws-iam-authenticator,
 * pkg/token/token.go (Verify), and of STS behind it, which is asked by sending the presigned request on with the
 * cluster's name as the header x-k8s-aws-id.
 */
export type Verification =
  | { ok: true; accessKeyId: string }
  | { ok: false; refusal: TokenRefusal; detail: string };

export type TokenRefusal =
  | 'TokenTooLarge'
  | 'NoTokenPrefix'
  | 'NotBase64Url'
  | 'NotAUrl'
  | 'NotHttps'
  | 'WrongHost'
  | 'WrongPath'
  | 'WrongParameters'
  | 'WrongAction'
  | 'ClusterHeaderNotSigned'
  | 'WrongExpires'
  | 'WrongDate'
  | 'Expired'
  | 'NotYetValid'
  | 'WrongCredentialScope'
  | 'UnknownAccessKey'
  | 'WrongSessionToken'
  | 'SignatureDoesNotMatch'
  | 'StsUnreachable';

export interface SecretKey {
  secretAccessKey: string;
  /** Of temporary credentials; the request must carry it. */
  sessionToken?: string;
}

export interface VerifyOptions {
  /** The cluster's name: what the caller must have signed as x-k8s-aws-id. */
  clusterName: string;
  /** Milliseconds since the epoch. */
  now: number;
  secretFor(accessKeyId: string): SecretKey | undefined;
  /** Whether the STS endpoint of a Region answers; `us-east-1` for the global one. Default: it does. */
  stsReachable?(region: string): boolean;
}

const PREFIX = 'k8s-aws-v1.';
const CLUSTER_HEADER = 'x-k8s-aws-id';
const MAX_TOKEN_LENGTH = 4096;
/** STS takes a presigned request for 15 minutes after X-Amz-Date, whatever X-Amz-Expires says. */
const LIFETIME_MS = 15 * 60_000;
const EMPTY_HASH = createHash('sha256').update('').digest('hex');

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

class Refused extends Error {
  constructor(
    readonly refusal: TokenRefusal,
    detail: string,
  ) {
    super(detail);
  }
}

export function verifyToken(token: string, options: VerifyOptions): Verification {
  try {
    const url = urlIn(token);
    const region = regionOf(url.hostname);
    const parameters = parametersOf(url);
    checkRequest(url, parameters, options.now);
    return { ok: true, accessKeyId: askSts(url, region, parameters, options) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal, detail: error.message };
    throw error;
  }
}

function urlIn(token: string): URL {
  if (token.length > MAX_TOKEN_LENGTH) throw new Refused('TokenTooLarge', 'token is too large');
  if (!token.startsWith(PREFIX))
    throw new Refused('NoTokenPrefix', `token is missing expected "${PREFIX}" prefix`);
  const encoded = token.slice(PREFIX.length);
  // base64.RawURLEncoding: no padding, and no + or /.
  if (!/^[A-Za-z0-9_-]*$/.test(encoded)) throw new Refused('NotBase64Url', 'illegal base64 data');
  const text = Buffer.from(encoded, 'base64url').toString();
  if (!URL.canParse(text)) throw new Refused('NotAUrl', 'the token holds no URL');
  const url = new URL(text);
  if (url.protocol !== 'https:')
    throw new Refused('NotHttps', `unexpected scheme "${url.protocol}" in pre-signed URL`);
  return url;
}

/** The Region whose STS is asked; the global endpoint is us-east-1's. Only the commercial partition is known here. */
function regionOf(host: string): string {
  if (host === 'sts.amazonaws.com') return 'us-east-1';
  const region =
    /^sts(?:-fips)?\.([a-z0-9][a-z0-9-]*[a-z0-9])\.amazonaws\.com$/.exec(host)?.[1] ??
    /^sts\.([a-z0-9][a-z0-9-]*[a-z0-9])\.api\.aws$/.exec(host)?.[1];
  if (region === undefined) throw new Refused('WrongHost', `unexpected hostname "${host}" in pre-signed URL`);
  return region;
}

type Parameters = ReadonlyMap<string, string>;

function parametersOf(url: URL): Parameters {
  const parameters = new Map<string, string>();
  for (const [key, value] of url.searchParams) {
    const lower = key.toLowerCase();
    if (!PARAMETERS.includes(lower)) {
      throw new Refused('WrongParameters', `non-whitelisted query parameter "${key}"`);
    }
    if (parameters.has(lower))
      throw new Refused('WrongParameters', `duplicate query parameter found: "${key}"`);
    parameters.set(lower, value);
  }
  return parameters;
}

/** What aws-iam-authenticator looks at before it asks STS. */
function checkRequest(url: URL, parameters: Parameters, now: number): void {
  if (url.pathname !== '/') throw new Refused('WrongPath', 'unexpected path in pre-signed URL');
  if (url.port !== '') throw new Refused('WrongHost', `unexpected hostname "${url.host}" in pre-signed URL`);
  if (parameters.get('action') !== 'GetCallerIdentity') {
    throw new Refused('WrongAction', 'unexpected action parameter in pre-signed URL');
  }
  if (!signedHeaders(parameters).includes(CLUSTER_HEADER)) {
    throw new Refused(
      'ClusterHeaderNotSigned',
      `client did not sign the ${CLUSTER_HEADER} header in the pre-signed URL`,
    );
  }
  const expires = parameters.get('x-amz-expires') ?? '';
  if (!/^\d+$/.test(expires) || Number(expires) < 1 || Number(expires) > 900) {
    throw new Refused('WrongExpires', `invalid X-Amz-Expires parameter in pre-signed URL: ${expires}`);
  }
  const date = dateOf(parameters);
  if (now > date + LIFETIME_MS)
    throw new Refused('Expired', 'X-Amz-Date parameter is expired (15 minute expiration)');
  if (date > now) throw new Refused('NotYetValid', 'Signature not yet current');
}

function signedHeaders(parameters: Parameters): string[] {
  return (parameters.get('x-amz-signedheaders') ?? '').split(';').map(name => name.toLowerCase());
}

function dateOf(parameters: Parameters): number {
  const text = parameters.get('x-amz-date') ?? '';
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  const [, year, month, day, hour, minute, second] = match ?? [];
  const date = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (!match || Number.isNaN(date)) throw new Refused('WrongDate', `X-Amz-Date "${text}" is no time`);
  return date;
}

/** What STS does with the request that the authenticator sends on. Returns the access key. */
function askSts(url: URL, region: string, parameters: Parameters, options: VerifyOptions): string {
  if (options.stsReachable && !options.stsReachable(region)) {
    throw new Refused('StsUnreachable', `error during GET: no answer on ${region} endpoint`);
  }
  if (
    parameters.get('x-amz-algorithm') !== 'AWS4-HMAC-SHA256' ||
    parameters.get('version') !== '2011-06-15'
  ) {
    throw new Refused('WrongParameters', 'STS knows neither that algorithm nor that version');
  }
  const [accessKeyId = '', day, scopeRegion, service, terminator] = (
    parameters.get('x-amz-credential') ?? ''
  ).split('/');
  const scope = `${day}/${scopeRegion}/${service}/${terminator}`;
  const wanted = `${(parameters.get('x-amz-date') ?? '').slice(0, 8)}/${region}/sts/aws4_request`;
  if (scope !== wanted) {
    throw new Refused('WrongCredentialScope', `Credential should be scoped to ${wanted}, not ${scope}`);
  }
  const secret = options.secretFor(accessKeyId);
  if (!secret) throw new Refused('UnknownAccessKey', 'The security token included in the request is invalid');
  if (parameters.get('x-amz-security-token') !== secret.sessionToken) {
    throw new Refused('WrongSessionToken', 'The security token included in the request is invalid');
  }
  const expected = signature(url, parameters, wanted, secret.secretAccessKey, options.clusterName);
  const given = Buffer.from(parameters.get('x-amz-signature') ?? '');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new Refused(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided',
    );
  }
  return accessKeyId;
}

/** Headers that the authenticator's request to STS has. A signature over any other cannot be right. */
function headerValue(name: string, url: URL, clusterName: string): string {
  if (name === 'host') return url.host;
  if (name === CLUSTER_HEADER) return clusterName;
  if (name === 'accept') return 'application/json';
  return '';
}

/** RFC 3986, as Signature Version 4 wants it: encodeURIComponent leaves !'()* alone. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    each => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .filter(([key]) => key.toLowerCase() !== 'x-amz-signature')
    .map(([key, value]) => [encode(key), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** AWS Signature Version 4 of the presigned GET, in hexadecimal. */
function signature(
  url: URL,
  parameters: Parameters,
  scope: string,
  secret: string,
  clusterName: string,
): Buffer {
  const names = signedHeaders(parameters);
  if (!names.includes('host')) throw new Refused('SignatureDoesNotMatch', "'Host' must be a 'SignedHeader'");
  const headers = names.map(name => `${name}:${headerValue(name, url, clusterName)}\n`).join('');
  const request = ['GET', '/', canonicalQuery(url), headers, names.join(';'), EMPTY_HASH].join('\n');
  const hash = createHash('sha256').update(request).digest('hex');
  const toSign = ['AWS4-HMAC-SHA256', parameters.get('x-amz-date') ?? '', scope, hash].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Buffer>((derived, part) => hmac(derived, part), `AWS4${secret}`);
  return Buffer.from(hmac(key, toSign).toString('hex'));
}
