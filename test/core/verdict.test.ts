import { verdict } from '../../core/verdict';
import { samples, seeded } from './builders';

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

it('explains itself', () => {
  expect(verdict(samples('bbg'), 15).reasons).toEqual(['It answers well after 2 bad samples: sample g.']);
  expect(verdict(samples('bg'), 15).reasons).toEqual(['It answers well after 1 bad sample: sample g.']);
  expect(verdict(samples('bu'), 15).reasons.join(' ')).toContain('Could not look 1 times: sample u.');
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
