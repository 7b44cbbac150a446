import { spoken } from '../../core/duration';

it.each([
  [0, '0 s'],
  [-3, '0 s'],
  [119.4, '119 s'],
  [120, '2 min'],
  [200, '3 min 20 s'],
  [7199, '119 min 59 s'],
  [7200, '2 h'],
  [7500, '2 h 5 min'],
  [172_800, '2 d'],
  [180_000, '2 d 2 h'],
])('says %d seconds as %s', (seconds, words) => {
  expect(spoken(seconds)).toBe(words);
});

it.each([
  [119.5, '2 min'],
  [121, '2 min 1 s'],
  [7199.6, '2 h'],
  [7259, '2 h'],
  [172_799, '47 h 59 min'],
  [259_200, '3 d'],
])('rounds %d seconds to %s', (seconds, words) => {
  expect(spoken(seconds)).toBe(words);
});
