import { assess, follow } from '../../core/assessment';
import { app, pick, samples, seeded } from './builders';

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

describe('an automatic run', () => {
  it('goes only at down, whatever the samples', () => {
    const random = seeded(23);
    let gone = 0;
    for (let round = 0; round < 2000; round++) {
      const pattern = Array.from({ length: Math.floor(random() * 14) }, () =>
        pick(random, 'b', 'b', 'b', 'u', 'g'),
      ).join('');
      const { word, verdict } = assess(app(), false, samples(pattern));
      expect(word === 'go').toBe(verdict.word === 'down');
      expect(word === 'look-again').toBe(verdict.word === 'inconclusive' && !verdict.final);
      if (word === 'go') gone++;
    }
    expect(gone).toBeGreaterThan(50);
  });
  it('looks again when there is no sample yet', () => {
    expect(assess(app(), false, []).word).toBe('look-again');
  });
  it("takes the app's own dwell time", () => {
    expect(assess(app({ dwellSeconds: 20 }), false, samples('bbbb')).word).toBe('look-again');
    expect(assess(app({ dwellSeconds: 20 }), false, samples('bbbbb')).word).toBe('go');
  });
});

it.each(['', 'u', 'b', 'g', 'bbbb'])('a person goes with %j', pattern => {
  expect(assess(app(), true, samples(pattern)).word).toBe('go');
});

describe('a worker behind several apps', () => {
  const made = { go: 'bbbb', stay: 'g', 'look-again': 'b', unsure: 'uuuuuuuuuu' };
  const of = (word: keyof typeof made) => assess(app(), false, samples(made[word]));
  it.each<[(keyof typeof made)[], string | undefined]>([
    [['go', 'go'], 'go'],
    [['go', 'stay'], 'stay'],
    [['stay', 'go'], 'stay'],
    [['go', 'unsure'], 'stay'],
    [['stay', 'look-again'], undefined],
    [['look-again', 'go'], undefined],
  ])('of %j: %s', (words, expected) => {
    const first = words.map((word, index) => ({ app: `app-${index}`, assessment: of(word) }));
    expect(follow(first)?.word).toBe(expected);
  });
  it('names all that it goes with', () => {
    expect(
      follow([
        { app: 'a', assessment: of('go') },
        { app: 'b', assessment: of('go') },
      ])?.verdict.reasons,
    ).toEqual(['It goes where a, b goes.']);
  });
});
