import { flipPlan, type MainRecord, settled, siteOf } from '../../core/flip';
import { endpoint, seeded } from './builders';

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
