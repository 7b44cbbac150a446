import { assess, follow } from '../../core/assessment';
import { type Sample, verdict } from '../../core/verdict';
import { app, NOW, seeded } from './builders';

const samples = (pattern: string, everySeconds = 5): Sample[] =>
  [...pattern].map((letter, index) => ({
    at: NOW + index * everySeconds * 1000,
    seen: letter === 'g' ? 'good' : letter === 'b' ? 'bad' : 'unseen',
    detail: `sample ${letter}`,
  }));

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

describe('assess', () => {
  it('lets a person go whatever is seen, and says what was seen', () => {
    expect(assess(app(), true, samples('g'))).toMatchObject({ word: 'go', verdict: { word: 'healthy' } });
  });
  it.each([
    ['bbbb', 'go'],
    ['g', 'stay'],
    ['bb', 'look-again'],
    ['uuuuuuuuuu', 'stay'],
  ])('an automatic run with %s: %s', (pattern, word) => {
    expect(assess(app(), false, samples(pattern)).word).toBe(word);
  });
});

describe('a worker that follows', () => {
  const go = assess(app(), false, samples('bbbb'));
  const stay = assess(app(), false, samples('g'));
  const again = assess(app(), false, samples('b'));
  it('waits for the verdict on those that it follows', () => {
    expect(
      follow([
        { app: 'a', assessment: go },
        { app: 'b', assessment: undefined },
      ]),
    ).toBeUndefined();
    expect(follow([{ app: 'a', assessment: again }])).toBeUndefined();
  });
  it('stays when one of them stays, and goes when all go', () => {
    expect(
      follow([
        { app: 'a', assessment: go },
        { app: 'b', assessment: stay },
      ]),
    ).toMatchObject({
      word: 'stay',
      verdict: { reasons: ['It goes where b goes, and b stays.'] },
    });
    expect(follow([{ app: 'a', assessment: go }])).toMatchObject({
      word: 'go',
      verdict: { reasons: ['It goes where a goes.'] },
    });
  });
});
