import { assess, follow } from '../../core/assessment';
import { app, samples } from './builders';

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
