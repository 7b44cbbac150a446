import { pollSeconds } from '../../core/pace';

it('polls often at first and never more than every five minutes, so that a day costs some hundred polls', () => {
  expect([0, 249, 275, 1000, 100_000].map(pollSeconds)).toEqual([5, 5, 6, 20, 300]);
  let polls = 0;
  for (let elapsed = 0; elapsed < 86_400; elapsed += pollSeconds(elapsed)) polls++;
  expect(polls).toBeLessThan(500);
});
