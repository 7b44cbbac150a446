import type { IncomingHttpHeaders } from 'node:http';

/** Whom a request is for, and who sent it, as its signature says. */
export interface RequestScope {
  region: string;
  service: string;
  accessKey: string;
}

/** Requests that are not signed: nobody's, for no Region. */
export const UNSIGNED: RequestScope = { region: '', service: '', accessKey: '' };

/**
 * Reads the credential scope of Signature Version 4, from the header or from a presigned URL.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function scopeOf(headers: IncomingHttpHeaders, query: URLSearchParams): RequestScope {
  const inHeader = /\bCredential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1];
  const inQuery = [...query].find(([name]) => name.toLowerCase() === 'x-amz-credential')?.[1];
  const [accessKey, , region, service] = (inHeader ?? inQuery ?? '').split('/');
  if (!accessKey || !region || !service) return UNSIGNED;
  return { region, service, accessKey };
}

/** What the services that speak REST call their operations; of the others each request says it. */
const OPERATIONS: readonly [service: string, method: string, path: RegExp, operation: string][] = [
  ['route53', 'POST', /\/hostedzone\/[^/]+\/rrset\/?$/, 'ChangeResourceRecordSets'],
  ['route53', 'GET', /\/hostedzone\/[^/]+\/rrset$/, 'ListResourceRecordSets'],
  ['route53', 'GET', /\/change\/[^/]+$/, 'GetChange'],
  ['route53', 'GET', /\/hostedzone\/[^/]+$/, 'GetHostedZone'],
  ['route53', 'GET', /\/hostedzone$/, 'ListHostedZones'],
  ['route53', 'POST', /\/hostedzone$/, 'CreateHostedZone'],
  ['route53', 'GET', /\/healthcheck$/, 'ListHealthChecks'],
  ['eks', 'GET', /^\/clusters\/[^/]+$/, 'DescribeCluster'],
  ['eks', 'GET', /^\/clusters\/[^/]+\/access-entries\/[^/]+$/, 'DescribeAccessEntry'],
  ['lambda', 'POST', /\/functions\/[^/]+\/invocations$/, 'Invoke'],
];

/** The operation's name, or method and path where none is known. */
export function operationOf(
  { service }: RequestScope,
  method: string,
  url: URL,
  headers: IncomingHttpHeaders,
  body: string,
): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.').at(-1) ?? target;
  const cbor = /\/operation\/([^/?]+)$/.exec(url.pathname)?.[1];
  if (cbor) return cbor;
  const action = url.searchParams.get('Action') ?? new URLSearchParams(formIn(headers, body)).get('Action');
  if (action) return action;
  const known = OPERATIONS.find(
    ([whose, how, path]) => whose === service && how === method && path.test(url.pathname),
  );
  return known?.[3] ?? `${method} ${url.pathname}`;
}

function formIn(headers: IncomingHttpHeaders, body: string): string {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') ? body : '';
}
