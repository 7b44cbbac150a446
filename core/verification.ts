import type { Endpoint } from './config';
import { unexpected } from './health';
import type { Certificate, WebResult } from './network';

/** Whether a certificate name stands for a host: exact, or one label under a wildcard (RFC 6125). */
export function covers(name: string, host: string): boolean {
  const pattern = name.toLowerCase();
  const wanted = host.toLowerCase();
  if (!pattern.startsWith('*.')) return pattern === wanted;
  const dot = wanted.indexOf('.');
  return dot > 0 && wanted.slice(dot) === pattern.slice(1);
}

/** @returns why a client that asks for `host` would refuse the certificate, or undefined. */
export function certificateProblem(certificate: Certificate, host: string, now: number): string | undefined {
  if (!certificate.names.some(name => covers(name, host))) {
    return `the certificate is for ${certificate.names.join(', ') || 'no name'}, not for ${host}`;
  }
  if (certificate.validTo <= now)
    return `the certificate expired at ${new Date(certificate.validTo).toISOString()}`;
  if (certificate.validFrom > now) {
    return `the certificate is valid only from ${new Date(certificate.validFrom).toISOString()}`;
  }
  if (!certificate.trusted)
    return `the certificate is not trusted: ${certificate.problem ?? 'unknown issuer'}`;
  return undefined;
}

const SOON_SECONDS = 14 * 86_400;

/** @returns `expires at …` for a certificate that is good for no more than 14 days, else undefined. */
export function expiryProblem({ validTo }: Certificate, now: number): string | undefined {
  if ((validTo - now) / 1000 > SOON_SECONDS) return undefined;
  return `${validTo <= now ? 'expired' : 'expires'} at ${new Date(validTo).toISOString()}`;
}

/** @returns why what came back is not what a client of main needs, or undefined when it is. */
export function clientProblem(result: WebResult, endpoint: Endpoint, now: number): string | undefined {
  const certificate = result.certificate && certificateProblem(result.certificate, endpoint.main, now);
  if (certificate) return certificate;
  if (!result.ok) return `${result.failure}: ${result.detail}`;
  if (!result.certificate) return 'it answered without TLS';
  return unexpected(result, endpoint.health);
}
