import { type Sample, verdict } from '../../core/verdict';
import { NOW, pick, samples, seeded } from './builders';

it.each<[string, string, boolean]>([
  ['', 'inconclusive', false],
  ['g', 'healthy', true],
  ['b', 'inconclusive', false],
  ['bbb', 'inconclusive', false],
  ['bbbb', 'down', true],
  ['bbbg', 'healthy', true],
  ['gbbb', 'inconclusive', false],
  ['gbbbb', 'down', true],
  ['bbub', 'inconclusive', false],
  ['bbubbb', 'inconclusive', false],
  ['bbubbbb', 'down', true],
  ['uuuuuuuuu', 'inconclusive', false],
  ['uuuuuuuuuu', 'inconclusive', true],
  ['bu', 'inconclusive', false],
])('calls %j %s (final: %s) with a dwell of 15 s', (pattern, word, final) => {
  expect(verdict(samples(pattern), 15)).toMatchObject({ word, final });
});

it('counts a request that hung as long as it hung, and needs a second sample all the same', () => {
  const hung = (seconds: number): Sample => ({
    at: NOW + seconds * 1000,
    until: NOW + seconds * 1000 + 3000,
    seen: 'bad',
    detail: 'no answer',
  });
  expect(verdict([hung(0), hung(6), hung(12)], 15).word).toBe('down');
  expect(verdict([hung(0), hung(6), hung(11)], 15).word).toBe('inconclusive');
  expect(verdict([hung(0)], 3).word).toBe('inconclusive');
});

it('has the patience of the run that looks, not of the guard before it', () => {
  const all = [...samples('bbbbbbbbbbb'), { ...(samples('u')[0] as Sample), at: NOW + 60_000 }];
  expect(verdict(all, 15).final).toBe(true);
  expect(verdict(all, 15, NOW + 60_000).final).toBe(false);
});

it('explains itself', () => {
  expect(verdict(samples('bbg'), 15).reasons).toEqual(['It answers well after 2 bad samples: sample g.']);
  expect(verdict(samples('bg'), 15).reasons).toEqual(['It answers well after 1 bad sample: sample g.']);
  expect(verdict(samples('buu'), 15).reasons.join(' ')).toContain('Could not look 2 times: sample u.');
  expect(verdict(samples('bbbb'), 15).reasons).toEqual(['Bad in 4 of 4 samples over 15 s: sample b.']);
});

it('never calls a site down that was seen well, or not seen, within the dwell time', () => {
  const random = seeded(7);
  for (let round = 0; round < 2000; round++) {
    const pattern = Array.from(
      { length: 1 + Math.floor(random() * 12) },
      () => 'gbbbu'[Math.floor(random() * 5)],
    ).join('');
    const dwell = 5 + Math.floor(random() * 30);
    if (verdict(samples(pattern), dwell).word !== 'down') continue;
    expect(pattern.slice(-(Math.ceil(dwell / 5) + 1))).toMatch(/^b+$/);
  }
});

it('needs two looks, however long the one took', () => {
  const [first, second] = samples('bb', 15);
  expect(verdict(first ? [first] : [], 0).word).toBe('inconclusive');
  expect(verdict(first && second ? [first, second] : [], 15).word).toBe('down');
});

it.each([
  [14_999, 'inconclusive'],
  [15_000, 'down'],
])('with a dwell of 15 s, bad for %d ms is %s', (span, word) => {
  const bad = (at: number) => ({ at: NOW + at, seen: 'bad' as const, detail: 'HTTP 503' });
  expect(verdict([bad(0), bad(span)], 15).word).toBe(word);
});

it.each([
  [44_999, false],
  [45_000, true],
])('gives up after three dwell times: not seen for %d ms is final: %s', (span, final) => {
  const unseen = (at: number) => ({ at: NOW + at, seen: 'unseen' as const, detail: 'no DNS' });
  expect(verdict([unseen(0), unseen(span)], 15)).toMatchObject({ word: 'inconclusive', final });
});

it('says each cause once, in the order in which they were first seen', () => {
  const bad = ['HTTP 503', 'timeout', 'HTTP 503'].map((detail, index) => ({
    at: NOW + index * 10_000,
    seen: 'bad' as const,
    detail,
  }));
  expect(verdict(bad, 15).reasons).toEqual(['Bad in 3 of 3 samples over 20 s: HTTP 503; timeout.']);
});

it('says what is still missing, and what could not be seen', () => {
  expect(verdict([], 15).reasons).toEqual(['No sample was taken yet.']);
  expect(verdict(samples('bbb'), 15).reasons).toEqual(['Bad for 10 s without a break, needed are 15 s.']);
  expect(verdict(samples('uub'), 15).reasons[1]).toBe('Could not look 2 times: sample u.');
});

it('is down only after bad samples without a break that span the dwell time, and healthy only at a good one', () => {
  const random = seeded(19);
  const words = { down: 0, healthy: 0, inconclusive: 0 };
  for (let round = 0; round < 3000; round++) {
    let at = NOW;
    const some: Sample[] = Array.from({ length: Math.floor(random() * 12) }, () => {
      at += Math.floor(random() * 12_000);
      return { at, seen: pick(random, 'bad' as const, 'bad', 'bad', 'unseen', 'good'), detail: 'x' };
    });
    const dwell = 5 + Math.floor(random() * 20);
    const { word, final } = verdict(some, dwell);
    words[word]++;
    const streak = some.slice(some.findLastIndex(({ seen }) => seen !== 'bad') + 1);
    const span = (streak.at(-1)?.at ?? 0) - (streak[0]?.at ?? 0);
    const certain = streak.length >= 2 && span >= dwell * 1000;
    expect(word === 'down').toBe(certain);
    expect(word === 'healthy').toBe(some.at(-1)?.seen === 'good');
    if (word !== 'inconclusive') expect(final).toBe(true);
  }
  for (const count of Object.values(words)) expect(count).toBeGreaterThan(100);
});

it('never calls a site down at a sample that was not seen, whatever came before', () => {
  for (const before of ['', 'b', 'bbbb', 'bbbbbbbbbb', 'gbbbbbb'])
    expect(verdict(samples(`${before}u`), 15).word).toBe('inconclusive');
});
