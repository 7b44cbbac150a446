import { X509Certificate } from 'node:crypto';
import { rootCertificates, type TLSSocket } from 'node:tls';
import { toCertificate } from '../../../../lambdas/adapters/network/certificate';
import { makeAuthority, makeIdentity, type Wanted } from '../certificates';

function shown(wanted: Wanted): X509Certificate {
  return new X509Certificate(makeIdentity(wanted).cert);
}

/** What Node's TLS thinks of the peer. */
function socket(authorizationError?: string): TLSSocket {
  return { authorized: authorizationError === undefined, authorizationError } as unknown as TLSSocket;
}

describe('what a server showed', () => {
  test('is its DNS names, without its addresses', () => {
    const certificate = shown({
      names: ['main.levlabs.link', '*.levlabs.link'],
      addresses: ['10.0.0.1'],
    });
    expect(toCertificate(certificate, socket(), 'main.levlabs.link')?.names).toEqual([
      'main.levlabs.link',
      '*.levlabs.link',
    ]);
  });

  test('has no names when the certificate has only addresses, or no alternative names at all', () => {
    expect(toCertificate(shown({ addresses: ['10.0.0.1'] }), socket(), undefined)?.names).toEqual([]);
    const root = new X509Certificate(makeAuthority('Test root').cert);
    expect(toCertificate(root, socket(), undefined)?.names).toEqual([]);
  });

  test('is valid from and to as the certificate says, in milliseconds', () => {
    const validFrom = new Date('2026-01-01T00:00:00Z');
    const validTo = new Date('2026-12-31T23:59:59Z');
    expect(toCertificate(shown({ validFrom, validTo }), socket(), undefined)).toMatchObject({
      validFrom: validFrom.getTime(),
      validTo: validTo.getTime(),
    });
  });

  test('has its issuer on one line', () => {
    const ofManyParts = rootCertificates
      .map(pem => new X509Certificate(pem))
      .find(({ issuer }) => issuer.includes('\n'));
    if (!ofManyParts) throw new Error('Node has no root with an issuer of several parts');
    const { issuer = '' } = toCertificate(ofManyParts, socket(), undefined) ?? {};
    expect(issuer).not.toContain('\n');
    expect(issuer).toBe(ofManyParts.issuer.split('\n').join(', '));
  });

  test('is trusted without a problem when TLS agrees and the name is covered', () => {
    const certificate = toCertificate(shown({ names: ['*.levlabs.link'] }), socket(), 'main.levlabs.link');
    expect(certificate?.trusted).toBe(true);
    expect(certificate).not.toHaveProperty('problem');
  });

  test('has a problem when TLS agrees and the name is another', () => {
    const certificate = shown({ names: ['*.levlabs.link'] });
    expect(toCertificate(certificate, socket(), 'a.main.levlabs.link')).toMatchObject({
      trusted: true,
      problem: 'ERR_TLS_CERT_ALTNAME_INVALID: not for a.main.levlabs.link',
    });
  });

  test('has no problem with its name when no name was asked for', () => {
    expect(toCertificate(shown({ names: ['a.example'] }), socket(), undefined)).not.toHaveProperty('problem');
  });

  test('is not trusted when TLS says why, and keeps that reason', () => {
    const certificate = shown({ names: ['main.levlabs.link'] });
    expect(toCertificate(certificate, socket('CERT_HAS_EXPIRED'), 'main.levlabs.link')).toMatchObject({
      trusted: false,
      problem: 'CERT_HAS_EXPIRED',
    });
  });

  test('is nothing when there was no certificate', () => {
    expect(toCertificate(undefined, socket(), 'main.levlabs.link')).toBeUndefined();
  });
});
