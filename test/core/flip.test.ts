import type { SiteName } from '../../core/config';
import { flipPlan, type MainRecord, settled, siteOf } from '../../core/flip';
import { endpoint, pick, seeded } from './builders';

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

describe('the compare-and-swap', () => {
  it.each<[SiteName, string, string]>([
    ['dr', 'primary.levlabs.link', 'swap'],
    ['dr', 'primary.levlabs.link.', 'swap'],
    ['dr', 'PRIMARY.LEVLABS.LINK', 'swap'],
    ['dr', 'dr.levlabs.link', 'none'],
    ['dr', 'DR.levlabs.link.', 'none'],
    ['primary', 'dr.levlabs.link', 'swap'],
    ['primary', 'primary.levlabs.link', 'none'],
    ['dr', '', 'refuse'],
    ['dr', 'main.levlabs.link', 'refuse'],
    ['dr', 'xprimary.levlabs.link', 'refuse'],
    ['dr', 'primary.levlabs.link.example.net', 'refuse'],
    ['dr', 'primary.levlabs.link..', 'refuse'],
  ])('to %s, when main points to %j: %s', (activate, target, action) => {
    expect(flipPlan(endpoint, activate, cname(target)).action).toBe(action);
  });

  it('never replaces a record that does not point to the other site, and removes exactly the one that was read', () => {
    const random = seeded(29);
    const seen = { swap: 0, none: 0, refuse: 0 };
    for (let round = 0; round < 2000; round++) {
      const activate = pick<SiteName>(random, 'primary', 'dr');
      const name = pick(random, 'primary', 'dr', 'main', 'Primary', 'www', '');
      const target = `${name}${pick(random, '.levlabs.link', '.levlabs.link.', '.levlabs.io', '')}`;
      const found = pick<MainRecord>(
        random,
        cname(target, 1 + Math.floor(random() * 300)),
        cname(target),
        { kind: 'absent' },
        { kind: 'other', detail: target },
      );
      const plan = flipPlan(endpoint, activate, found);
      seen[plan.action]++;
      const pointsTo = found.kind === 'cname' ? siteOf(endpoint, found.record.target) : undefined;
      expect(plan.action === 'swap').toBe(pointsTo !== undefined && pointsTo !== activate);
      if (plan.action !== 'swap') continue;
      expect(found).toEqual({ kind: 'cname', record: plan.remove });
      expect(plan.create).toEqual({
        name: 'main.levlabs.link',
        ttlSeconds: 10,
        target: endpoint.hosts[activate],
      });
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(100);
  });

  it('says what was found and what is expected', () => {
    const reason = (found: MainRecord) => {
      const plan = flipPlan(endpoint, 'dr', found);
      return plan.action === 'swap' ? '' : plan.reason;
    };
    expect(reason({ kind: 'absent' })).toBe(
      'main.levlabs.link has no record; expected is a CNAME to one of the two sites.',
    );
    expect(reason({ kind: 'other', detail: 'an alias to lb-1' })).toBe(
      'main.levlabs.link is an alias to lb-1; expected is a CNAME to one of the two sites.',
    );
    expect(reason(cname('www.example.net'))).toBe(
      'main.levlabs.link points to www.example.net, which is neither primary.levlabs.link nor dr.levlabs.link: somebody else changed it.',
    );
    expect(reason(cname('dr.levlabs.link'))).toBe('main.levlabs.link already points to dr.levlabs.link.');
  });
});

it('knows no site behind no answer', () => {
  expect(siteOf(endpoint, undefined)).toBeUndefined();
  const shouting = { ...endpoint, hosts: { primary: 'PRIMARY.levlabs.link', dr: 'DR.levlabs.link' } };
  expect(siteOf(shouting, 'primary.levlabs.link.')).toBe('primary');
  expect(siteOf(shouting, 'dr.levlabs.link')).toBe('dr');
});

it('counts the servers that answered, and needs two that agree and none that differs', () => {
  const dr = 'dr.levlabs.link';
  expect(settled(endpoint, 'dr', [])).toEqual({
    settled: false,
    detail: '0 of 0 authoritative servers answer dr.levlabs.link',
  });
  expect(settled(endpoint, 'dr', [dr, dr])).toEqual({
    settled: true,
    detail: '2 of 2 authoritative servers answer dr.levlabs.link',
  });
  expect(settled(endpoint, 'dr', [dr, dr, 'primary.levlabs.link', undefined])).toEqual({
    settled: false,
    detail: '2 of 3 authoritative servers answer dr.levlabs.link',
  });
  expect(settled(endpoint, 'primary', [dr, dr]).settled).toBe(false);
});
