import { flipPlan, type MainRecord, settled, siteOf } from '../../core/flip';
import { certificateProblem, clientProblem, covers } from '../../core/verification';
import { endpoint, NOW, seeded } from './builders';

const cname = (target: string, ttlSeconds = 10): MainRecord => ({
  kind: 'cname',
  record: { name: 'main.levlabs.link', ttlSeconds, target },
});

describe('the flip', () => {
  it('replaces exactly what was read, its TTL included, when it points to the other site', () => {
    expect(flipPlan(endpoint, 'dr', cname('Primary.levlabs.link.', 60))).toEqual({
      action: 'swap',
      remove: { name: 'main.levlabs.link', ttlSeconds: 60, target: 'Primary.levlabs.link.' },
      create: { name: 'main.levlabs.link', ttlSeconds: 10, target: 'dr.levlabs.link' },
    });
  });
  it('does nothing when main is there', () => {
    expect(flipPlan(endpoint, 'dr', cname('dr.levlabs.link')).action).toBe('none');
  });
  it.each<[string, MainRecord, string]>([
    ["somebody else's name", cname('www.example.net'), 'somebody else changed it'],
    ['nothing', { kind: 'absent' }, 'has no record'],
    ['an alias', { kind: 'other', detail: 'A alias to lb' }, 'is A alias to lb'],
  ])('refuses %s', (_name, found, reason) => {
    const plan = flipPlan(endpoint, 'dr', found);
    expect(plan.action).toBe('refuse');
    expect(plan.action === 'refuse' ? plan.reason : '').toContain(reason);
  });
  it('never replaces a record that does not point to one of the sites', () => {
    const random = seeded(3);
    for (let round = 0; round < 500; round++) {
      const target = Array.from(
        { length: 1 + Math.floor(random() * 20) },
        () => 'abdr.primaylevsik'[Math.floor(random() * 17)],
      ).join('');
      if (siteOf(endpoint, target) === undefined)
        expect(flipPlan(endpoint, 'dr', cname(target)).action).toBe('refuse');
    }
  });
  it.each<[(string | undefined)[], boolean]>([
    [['dr.levlabs.link.', 'dr.levlabs.link', undefined], true],
    [['dr.levlabs.link', 'primary.levlabs.link', 'dr.levlabs.link'], false],
    [['dr.levlabs.link'], false],
    [[undefined, undefined], false],
    [['', 'dr.levlabs.link', 'dr.levlabs.link'], false],
  ])('%j is settled: %s', (answers, done) => {
    expect(settled(endpoint, 'dr', answers).settled).toBe(done);
  });
});

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
