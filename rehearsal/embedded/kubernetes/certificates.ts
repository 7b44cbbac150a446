import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type { Certificate } from '../../../core/network';
import { at, isRecord } from './json';
import type { Secret } from './kinds';
import type { KubeObject } from './object';

const PEM_BLOCK = /-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g;

/**
 * The `tls.crt` of a certificate that the fake issues: framed like PEM, with what is in it as JSON. It stands in
 * the Secret itself, so that a Secret that is backed up and restored takes its certificate along.
 */
export function encodeCertificate(certificate: Certificate): string {
  const body = Buffer.from(JSON.stringify(certificate)).toString('base64');
  const pem = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
  return Buffer.from(pem).toString('base64');
}

/** What an ingress controller would serve from the Secret, or undefined when there is no certificate in it. */
export function certificateInSecret(secret: KubeObject | undefined): Certificate | undefined {
  const encoded = (secret as Secret | undefined)?.data?.['tls.crt'];
  if (encoded === undefined) return undefined;
  const pem = Buffer.from(encoded, 'base64').toString();
  const blocks = [...pem.matchAll(PEM_BLOCK)];
  const [first] = blocks;
  if (!first) return undefined;
  return ownCertificate(first[1] ?? '') ?? realCertificate(blocks.map(block => block[0]));
}

function ownCertificate(body: string): Certificate | undefined {
  const text = Buffer.from(body, 'base64').toString();
  // DER starts with 0x30, JSON of an object with a brace.
  if (!text.startsWith('{')) return undefined;
  const value: unknown = JSON.parse(text);
  return isRecord(value) ? (value as unknown as Certificate) : undefined;
}

function realCertificate(chain: readonly string[]): Certificate | undefined {
  const parsed = chain.map(parsePem);
  const [leaf] = parsed;
  if (!leaf) return undefined;
  const issuers = parsed.slice(1).filter(each => each !== undefined);
  const problem = chainProblem(leaf, issuers);
  return {
    names: (leaf.subjectAltName ?? '')
      .split(', ')
      .flatMap(name => (name.startsWith('DNS:') ? [name.slice(4)] : [])),
    validFrom: Date.parse(leaf.validFrom),
    validTo: Date.parse(leaf.validTo),
    issuer: /(?:^|\n)CN=(.*)/.exec(leaf.issuer)?.[1] ?? leaf.issuer.replace(/\n/g, ', '),
    trusted: problem === undefined,
    ...(problem === undefined ? {} : { problem }),
  };
}

/** Undefined for a block that is no certificate: the ingress controller then serves its own. */
function parsePem(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    // By the code and not by the class: OpenSSL's errors come without one of their own.
    if (String(at(error, 'code')).startsWith('ERR_OSSL')) return undefined;
    throw error;
  }
}

let roots: X509Certificate[] | undefined;

function trustedRoots(): X509Certificate[] {
  roots ??= rootCertificates.map(pem => new X509Certificate(pem));
  return roots;
}

/** Why the chain leads to no root that Node trusts, in OpenSSL's names. */
function chainProblem(leaf: X509Certificate, sent: readonly X509Certificate[]): string | undefined {
  const isIssuer = (issuer: X509Certificate, of: X509Certificate) =>
    of.checkIssued(issuer) && of.verify(issuer.publicKey);
  let last = leaf;
  for (let depth = 0; depth <= sent.length; depth++) {
    const here = last;
    if (trustedRoots().some(root => isIssuer(root, here))) return undefined;
    const next = sent.find(issuer => issuer !== here && isIssuer(issuer, here));
    if (!next) break;
    last = next;
  }
  return isIssuer(last, last) ? 'DEPTH_ZERO_SELF_SIGNED_CERT' : 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY';
}
