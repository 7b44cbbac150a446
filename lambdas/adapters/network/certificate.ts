import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { Certificate } from '../../../core/network';

/** What a server showed, and what Node's TLS thinks of it under the name that was asked for. */
export function toCertificate(
  shown: X509Certificate | undefined,
  socket: TLSSocket,
  serverName: string | undefined,
): Certificate | undefined {
  if (!shown) return undefined;
  const matches = serverName === undefined || shown.checkHost(serverName) !== undefined;
  const chain = socket.authorized ? undefined : String(socket.authorizationError ?? 'not authorized');
  const wrongName = !matches || chain?.startsWith('ERR_TLS_CERT_ALTNAME_INVALID') === true;
  const chainProblem = chain?.startsWith('ERR_TLS_CERT_ALTNAME_INVALID') ? undefined : chain;
  const problem =
    chainProblem ?? (wrongName ? `ERR_TLS_CERT_ALTNAME_INVALID: not for ${serverName}` : undefined);
  return {
    names: dnsNames(shown.subjectAltName),
    validFrom: Date.parse(shown.validFrom),
    validTo: Date.parse(shown.validTo),
    issuer: shown.issuer.replaceAll('\n', ', '),
    // A wrong name is the caller's to judge: the chain may still be fine.
    trusted: chainProblem === undefined,
    ...(problem ? { problem } : {}),
  };
}

/** `DNS:a.example, DNS:*.b.example, IP Address:10.0.0.1` → the DNS names. */
function dnsNames(subjectAltName: string | undefined): string[] {
  return (subjectAltName ?? '')
    .split(', ')
    .filter(entry => entry.startsWith('DNS:'))
    .map(entry => entry.slice('DNS:'.length));
}
