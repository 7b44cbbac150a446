import { certificateProblem, clientProblem, covers } from '../../core/verification';
import { endpoint, NOW } from './builders';

const certificate = {
  names: ['main.levlabs.link', '*.dr.link'],
  validFrom: NOW - 1,
  validTo: NOW + 1,
  issuer: 'CA',
  trusted: true,
};

describe('a certificate', () => {
  it.each([
    ['main.levlabs.link', 'MAIN.levlabs.link', true],
    ['*.levlabs.link', 'main.levlabs.link', true],
    ['*.levlabs.link', 'a.b.levlabs.link', false],
    ['*.levlabs.link', 'levlabs.link', false],
    ['*.link', 'nodots', false],
  ])('for %s covers %s: %s', (name, host, does) => {
    expect(covers(name, host)).toBe(does);
  });
  it.each<[object, string | undefined]>([
    [{}, undefined],
    [{ names: ['other'] }, 'the certificate is for other, not for main.levlabs.link'],
    [{ names: [] }, 'the certificate is for no name, not for main.levlabs.link'],
    [{ validTo: NOW }, 'the certificate expired at 2026-03-29T03:00:00.000Z'],
    [{ validFrom: NOW + 1 }, 'the certificate is valid only from 2026-03-29T03:00:00.001Z'],
    [{ trusted: false, problem: 'self-signed' }, 'the certificate is not trusted: self-signed'],
    [{ trusted: false }, 'the certificate is not trusted: unknown issuer'],
  ])('%j: %s', (changes, problem) => {
    expect(certificateProblem({ ...certificate, ...changes }, 'main.levlabs.link', NOW)).toBe(problem);
  });
});

describe('what a client of main gets', () => {
  const good = { ok: true as const, status: 200, body: '', certificate, tookMs: 1 };
  it('is well with the right certificate and the right answer', () => {
    expect(clientProblem(good, endpoint, NOW)).toBeUndefined();
  });
  it('names the certificate before anything else', () => {
    const failed = {
      ok: false as const,
      failure: 'tls' as const,
      detail: 'x',
      certificate: { ...certificate, names: [] },
    };
    expect(clientProblem(failed, endpoint, NOW)).toContain('the certificate is for no name');
  });
  it('names a failure, an answer without TLS, a wrong status', () => {
    expect(clientProblem({ ok: false, failure: 'timeout', detail: 'no answer' }, endpoint, NOW)).toBe(
      'timeout: no answer',
    );
    expect(clientProblem({ ok: true, status: 200, body: '', tookMs: 1 }, endpoint, NOW)).toBe(
      'it answered without TLS',
    );
    expect(clientProblem({ ...good, status: 503 }, endpoint, NOW)).toBe('HTTP 503 where 200 is expected');
  });
});

it.each([
  [NOW - 1, NOW, 'expired'],
  [NOW - 1, NOW + 1, 'well'],
  [NOW, NOW + 1, 'well'],
  [NOW + 1, NOW + 2, 'not yet'],
])('of a certificate that is valid from %d to %d: %s', (validFrom, validTo, word) => {
  const problem = certificateProblem({ ...certificate, validFrom, validTo }, 'main.levlabs.link', NOW);
  expect(problem?.includes('expired') ? 'expired' : problem ? 'not yet' : 'well').toBe(word);
});

it('takes a wildcard for one label and no more', () => {
  expect(covers('*.levlabs.link', 'MAIN.LEVLABS.LINK')).toBe(true);
  expect(covers('*.LEVLABS.link', 'main.levlabs.link')).toBe(true);
  expect(covers('*.levlabs.link', '.levlabs.link')).toBe(false);
  expect(covers('*levlabs.link', 'main.levlabs.link')).toBe(false);
  expect(covers('m*.levlabs.link', 'main.levlabs.link')).toBe(false);
  expect(covers('', 'main.levlabs.link')).toBe(false);
});

it('refuses an answer that is right with a certificate that is wrong', () => {
  const good = { ok: true as const, status: 200, body: '', tookMs: 1 };
  expect(clientProblem({ ...good, certificate: { ...certificate, trusted: false } }, endpoint, NOW)).toBe(
    'the certificate is not trusted: unknown issuer',
  );
  expect(
    clientProblem(
      { ...good, certificate: { ...certificate, names: ['dr.levlabs.link', 'x'] } },
      endpoint,
      NOW,
    ),
  ).toBe('the certificate is for dr.levlabs.link, x, not for main.levlabs.link');
});

it('asks for the text in the body where the configuration names one', () => {
  const strict = { ...endpoint, health: { path: '/', status: 200, body: 'fine' } };
  const answer = (body: string) => ({ ok: true as const, status: 200, body, certificate, tookMs: 1 });
  expect(clientProblem(answer('fine'), strict, NOW)).toBeUndefined();
  expect(clientProblem(answer('<html>'), strict, NOW)).toBe('the body does not contain "fine"');
});
