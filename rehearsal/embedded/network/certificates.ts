import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { Certificate } from '../../../core/network';

/**
 * Why a TLS client with Node's defaults refuses the certificate, or undefined when it does not.
 * Node looks at the chain first (what OpenSSL says) and at the name then.
 * https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
export function refusal(certificate: Certificate, serverName: string, now: number): string | undefined {
  if (!certificate.trusted) {
    return certificate.problem ?? 'DEPTH_ZERO_SELF_SIGNED_CERT: self-signed certificate';
  }
  if (now < certificate.validFrom) return 'CERT_NOT_YET_VALID: certificate is not yet valid';
  if (now > certificate.validTo) return 'CERT_HAS_EXPIRED: certificate has expired';
  const names = certificate.names.map(name => `DNS:${name}`).join(', ');
  const peer = { subject: {}, subjectaltname: names } as unknown as PeerCertificate;
  const error: (Error & { code?: string }) | undefined = checkServerIdentity(serverName, peer);
  return error && `${error.code ?? error.name}: ${error.message}`;
}
