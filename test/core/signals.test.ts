import {
  backChange,
  otherSignal,
  ownChange,
  peaceChange,
  pointsTo,
  SIGNALS,
  type SignalChange,
  type Signals,
  signalHost,
  signalKey,
  strangerAt,
} from '../../core/signals';
import { endpoint, NOW } from './builders';

type Buckets = Record<'primary' | 'dr', Signals>;

const EMPTY: Buckets = { primary: {}, dr: {} };
const OLD = NOW - 3_600_000;

/** What health checkers see while a Region is lost: nothing of its objects. */
function without(site: 'primary' | 'dr', buckets: Buckets): Buckets {
  return { ...buckets, [site]: {} };
}

function changed(own: Signals, { put, remove }: SignalChange): Signals {
  const left = Object.entries(own).filter(([signal]) => !remove.includes(signal as 'at-dr'));
  return { ...Object.fromEntries(left), ...Object.fromEntries(put.map(signal => [signal, NOW])) };
}

/** dr has main, and primary has copied that. */
const AT_DR: Buckets = { dr: { 'at-dr': OLD }, primary: { 'at-dr': OLD } };
/** dr has taken main while primary was away. */
const TAKEN: Buckets = { dr: { 'at-dr': OLD }, primary: {} };
/** primary has taken main back while dr was away, whose object still stands there. */
const RETURNED: Buckets = { dr: { 'at-dr': OLD }, primary: { 'at-primary': OLD } };

describe('where main points to', () => {
  test.each<[string, Buckets, 'primary' | 'dr']>([
    ['with empty buckets, as after the first deployment', EMPTY, 'primary'],
    ['once dr has taken it', TAKEN, 'dr'],
    ['once primary has copied that', AT_DR, 'dr'],
    ['once primary has taken it back against dr', RETURNED, 'primary'],
  ])('%s: %j is %s', (_, buckets, site) => {
    expect(pointsTo(buckets)).toBe(site);
  });

  test.each<[string, Buckets, 'primary' | 'dr']>([
    ['primary at work', EMPTY, 'primary'],
    ['dr at work', AT_DR, 'dr'],
    ['back at primary', RETURNED, 'primary'],
  ])('does not move when the other Region is lost, or returns: %s', (_, buckets, site) => {
    expect(pointsTo(without(site === 'dr' ? 'primary' : 'dr', buckets))).toBe(site);
  });

  test('does not move when the Region at work is lost either', () => {
    expect(pointsTo(without('primary', EMPTY))).toBe('primary');
    expect(pointsTo(without('dr', AT_DR))).toBe('dr');
  });

  test('cannot survive the loss of dr before primary has copied its object: the known gap', () => {
    expect(pointsTo(without('dr', TAKEN))).toBe('primary');
  });

  test('cannot survive the loss of primary while both objects stand: the other known gap', () => {
    expect(pointsTo(without('primary', RETURNED))).toBe('dr');
  });
});

describe('activating dr', () => {
  test.each<[string, Buckets]>([
    ['from peace', EMPTY],
    ['while primary is lost', without('primary', EMPTY)],
    ['while a return is not tidied up and primary is lost', without('primary', RETURNED)],
  ])("moves main by dr's bucket alone: %s", (_, buckets) => {
    expect(pointsTo({ ...buckets, dr: changed(buckets.dr, ownChange('dr', buckets.dr)) })).toBe('dr');
  });

  test('after a return needs `at-primary` gone from a primary that answers', () => {
    const own = { ...RETURNED, dr: changed(RETURNED.dr, ownChange('dr', RETURNED.dr)) };
    expect(pointsTo(own)).toBe('primary');
    const other = { put: [], remove: [otherSignal('dr')] };
    expect(pointsTo({ ...own, primary: changed(own.primary, other) })).toBe('dr');
  });

  test('writes nothing a second time', () => {
    expect(ownChange('dr', { 'at-dr': OLD })).toEqual({ put: [], remove: [] });
  });
});

describe('activating primary', () => {
  test("takes its copy away, and dr's object if dr answers", () => {
    const primary = changed(AT_DR.primary, ownChange('primary', AT_DR.primary));
    const dr = changed(AT_DR.dr, { put: [], remove: [otherSignal('primary')] });
    expect(pointsTo({ primary, dr })).toBe('primary');
    expect({ primary, dr }).toEqual(EMPTY);
  });

  test.each<[string, Buckets]>([
    ['is lost', without('dr', AT_DR)],
    ['cannot be reached, and health checkers still see its object', AT_DR],
  ])('outvotes a dr that %s', (_, buckets) => {
    const own = changed(changed(buckets.primary, ownChange('primary', buckets.primary)), {
      put: ['at-primary'],
      remove: [],
    });
    expect(pointsTo({ ...buckets, primary: own })).toBe('primary');
    // And when dr returns.
    expect(pointsTo({ ...AT_DR, primary: own })).toBe('primary');
  });
});

describe('taking a change back', () => {
  test("holds main at primary, whatever was written of dr's change", () => {
    for (const own of [{}, { 'at-dr': NOW }]) {
      expect(pointsTo({ primary: {}, dr: changed(own, backChange('dr')) })).toBe('primary');
    }
  });

  test.each<[Signals, Signals]>([
    [{ 'at-dr': OLD }, { 'at-dr': OLD }],
    [{}, {}],
    [{ 'at-primary': NOW }, { 'at-dr': OLD }],
    [{ 'at-primary': NOW, 'at-dr': NOW }, {}],
  ])("holds main at dr, whatever was written of primary's change: %j, %j", (primary, dr) => {
    expect(pointsTo({ primary: changed(primary, backChange('primary')), dr })).toBe('dr');
  });
});

describe('in peace', () => {
  const facts = { now: NOW, mainAt: 'dr' as const };
  const nothing = { put: [], remove: [] };

  test('primary copies that dr has main, once', () => {
    expect(peaceChange({ ...facts, site: 'primary', own: {} })).toEqual({ put: ['at-dr'], remove: [] });
    expect(peaceChange({ ...facts, site: 'primary', own: { 'at-dr': OLD } })).toEqual(nothing);
  });

  test('dr writes nothing while it has main', () => {
    expect(peaceChange({ ...facts, site: 'dr', own: { 'at-dr': OLD } })).toEqual(nothing);
    expect(peaceChange({ ...facts, site: 'dr', own: {} })).toEqual(nothing);
  });

  test('dr takes its object away when main has been taken back, and not one that is fresh', () => {
    const at = { ...facts, site: 'dr', mainAt: 'primary' } as const;
    expect(peaceChange({ ...at, own: { 'at-dr': OLD } })).toEqual({ put: [], remove: ['at-dr'] });
    expect(peaceChange({ ...at, own: { 'at-dr': NOW - 120_000 } })).toEqual(nothing);
  });

  test.each<[string, boolean | undefined, Signals, SignalChange]>([
    ['dr has none', false, { 'at-primary': OLD }, { put: [], remove: ['at-primary'] }],
    ['dr has none, but a change is fresh', false, { 'at-primary': NOW - 60_000 }, nothing],
    ['dr still has one', true, { 'at-primary': OLD }, nothing],
    ['dr does not say', undefined, { 'at-primary': OLD }, nothing],
  ])('primary takes `at-primary` away only when nothing depends on it: %s', (_, drTaken, own, change) => {
    const at = { ...facts, site: 'primary' as const, mainAt: 'primary' as const, own };
    expect(peaceChange({ ...at, ...(drTaken === undefined ? {} : { drTaken }) })).toEqual(change);
  });

  test('never moves main', () => {
    const all: Signals[] = [{}, { 'at-dr': OLD }, { 'at-primary': OLD }, { 'at-dr': OLD, 'at-primary': OLD }];
    for (const primary of all) {
      for (const dr of [{}, { 'at-dr': OLD }] as Signals[]) {
        const mainAt = pointsTo({ primary, dr });
        const shared = { mainAt, now: NOW, drTaken: dr['at-dr'] !== undefined };
        const here = changed(primary, peaceChange({ ...shared, site: 'primary', own: primary }));
        const there = changed(dr, peaceChange({ ...shared, site: 'dr', own: dr }));
        expect(pointsTo({ primary: here, dr })).toBe(mainAt);
        expect(pointsTo({ primary, dr: there })).toBe(mainAt);
        // Each looked before the other wrote.
        expect(pointsTo({ primary: here, dr: there })).toBe(mainAt);
      }
    }
  });
});

describe('somebody else', () => {
  const { hosts } = endpoint;

  test.each<[string, (string | undefined)[]]>([
    ['one site', [hosts.primary, hosts.primary]],
    ['both, while a change spreads', [hosts.primary, hosts.dr]],
    ['a server that is silent', [hosts.dr, undefined]],
    ['other letters', [hosts.dr.toUpperCase()]],
  ])('is not seen in %s', (_, answers) => {
    expect(strangerAt(endpoint, answers)).toBeUndefined();
  });

  test('is seen when one server has another name', () => {
    expect(strangerAt(endpoint, [hosts.primary, 'maintenance.example.net'])).toBe(
      'main.levlabs.link points to maintenance.example.net, which is neither primary.levlabs.link nor dr.levlabs.link: somebody else changed it.',
    );
  });

  test('is seen when main has no CNAME any more', () => {
    expect(strangerAt(endpoint, ['', hosts.primary])).toContain('main.levlabs.link has no CNAME');
  });
});

test('keys are in lower case, as they stand in the paths of health checks', () => {
  expect(signalKey('Main.LevLabs.link', 'at-dr')).toBe('main.levlabs.link/at-dr');
});

test('a bucket is reached in its own Region: the global name may answer with a redirect, which counts as healthy', () => {
  expect(signalHost('lifeboat-x-dr-1', 'us-east-2')).toBe('lifeboat-x-dr-1.s3.us-east-2.amazonaws.com');
});

test('every signal of a change has a place in the bucket that it is written to', () => {
  for (const site of ['primary', 'dr'] as const) {
    const { put, remove } = backChange(site);
    expect([...put, ...remove].every(signal => SIGNALS[site].includes(signal))).toBe(true);
  }
});
