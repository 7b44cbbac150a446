import { pollSeconds } from '../../core/pace';

it('polls often at first and never more than every five minutes, so that a day costs some hundred polls', () => {
  expect([0, 249, 275, 1000, 100_000].map(pollSeconds)).toEqual([5, 5, 6, 20, 300]);
  let polls = 0;
  for (let elapsed = 0; elapsed < 86_400; elapsed += pollSeconds(elapsed)) polls++;
  expect(polls).toBeLessThan(500);
});

it('asks for whole seconds between 5 and 300, and never sooner as time passes', () => {
  let before = 0;
  for (let elapsed = -10; elapsed < 30_000; elapsed += 7.3) {
    const wait = pollSeconds(elapsed);
    expect(Number.isInteger(wait) && wait >= 5 && wait <= 300 && wait >= before).toBe(true);
    before = wait;
  }
});
