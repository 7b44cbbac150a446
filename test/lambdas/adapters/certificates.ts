import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import tls from 'node:tls';

/**
 * X.509 certificates for servers on 127.0.0.1, written here byte by byte: `openssl` is not on every machine, and
 * Node reads certificates but makes none. Format: RFC 5280; encoding: DER (ITU-T X.690).
 */
export interface Identity {
  /** PEM, PKCS #8. */
  key: string;
  /** PEM. */
  cert: string;
}

/** Somebody who issues certificates. */
export interface Authority extends Identity {
  name: string;
}

export interface Wanted {
  /** DNS names; wildcards as they stand. */
  names?: string[];
  /** IPv4 addresses. */
  addresses?: string[];
  /** Default: an hour ago. */
  validFrom?: Date;
  /** Default: tomorrow. */
  validTo?: Date;
}

const HOUR = 3_600_000;

const OID = {
  commonName: '2.5.4.3',
  basicConstraints: '2.5.29.19',
  subjectAltName: '2.5.29.17',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
};

export function makeAuthority(name: string): Authority {
  const pair = newPair();
  const extension = sequence(objectId(OID.basicConstraints), boolean(true), octets(sequence(boolean(true))));
  const cert = certificate({ issuer: name, subject: name, signer: pair.privateKey, pair, extension });
  return { name, key: pair.privateKey, cert };
}

/** A server's key and certificate. Without an authority the server signs for itself. */
export function makeIdentity(wanted: Wanted, authority?: Authority): Identity {
  const pair = newPair();
  const subject = wanted.names?.[0] ?? 'server';
  const extension = sequence(objectId(OID.subjectAltName), octets(sequence(...alternativeNames(wanted))));
  const cert = certificate({
    issuer: authority?.name ?? subject,
    subject,
    signer: authority?.key ?? pair.privateKey,
    pair,
    extension,
    ...wanted,
  });
  return { key: pair.privateKey, cert };
}

/**
 * Makes this process trust `authority` beside its built-in roots, as NODE_EXTRA_CA_CERTS would have at its start.
 * Connections that bring their own `ca` are left as they are. `jest.restoreAllMocks` takes it back.
 */
export function trust(authority: Authority): void {
  const original = tls.createSecureContext;
  jest.spyOn(tls, 'createSecureContext').mockImplementation(options => {
    const context = original(options);
    const { context: native } = context as unknown as { context: { addCACert(pem: string): void } };
    if (options?.ca === undefined) native.addCACert(authority.cert);
    return context;
  });
}

interface Pair {
  privateKey: string;
  publicKey: Buffer;
}

function newPair(): Pair {
  return generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  });
}

interface Contents {
  issuer: string;
  subject: string;
  signer: string;
  pair: Pair;
  extension: Buffer;
  validFrom?: Date;
  validTo?: Date;
}

function certificate({ issuer, subject, signer, pair, extension, validFrom, validTo }: Contents): string {
  const algorithm = sequence(objectId(OID.ecdsaWithSha256));
  const toBeSigned = sequence(
    element(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    commonName(issuer),
    sequence(
      utcTime(validFrom ?? new Date(Date.now() - HOUR)),
      utcTime(validTo ?? new Date(Date.now() + 24 * HOUR)),
    ),
    commonName(subject),
    pair.publicKey,
    element(0xa3, sequence(extension)),
  );
  const signature = sign('sha256', toBeSigned, signer);
  const der = sequence(toBeSigned, algorithm, element(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function alternativeNames({ names = [], addresses = [] }: Wanted): Buffer[] {
  return [
    ...names.map(name => element(0x82, Buffer.from(name, 'ascii'))),
    ...addresses.map(address => element(0x87, Buffer.from(address.split('.').map(Number)))),
  ];
}

function commonName(text: string): Buffer {
  const attribute = sequence(objectId(OID.commonName), element(0x0c, Buffer.from(text, 'utf8')));
  return sequence(element(0x31, attribute));
}

function element(tag: number, contents: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), lengthOf(contents), contents]);
}

function lengthOf({ length }: Buffer): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  if (length < 0x100) return Buffer.from([0x81, length]);
  return Buffer.from([0x82, length >> 8, length & 0xff]);
}

function sequence(...parts: Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

function integer(bigEndian: Buffer): Buffer {
  return element(0x02, bigEndian);
}

function boolean(value: boolean): Buffer {
  return element(0x01, Buffer.from([value ? 0xff : 0]));
}

function octets(contents: Buffer): Buffer {
  return element(0x04, contents);
}

function utcTime(time: Date): Buffer {
  const digits = time.toISOString().replace(/\D/g, '').slice(2, 14);
  return element(0x17, Buffer.from(`${digits}Z`, 'ascii'));
}

function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** Seven bits a byte, the highest first, all but the last with the high bit set. */
function base128(value: number): number[] {
  const low = value & 0x7f;
  const more = base128Rest(value >> 7);
  return [...more, low];
}

function base128Rest(value: number): number[] {
  return value === 0 ? [] : [...base128Rest(value >> 7), (value & 0x7f) | 0x80];
}
