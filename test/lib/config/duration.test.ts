import { formatDuration, parseDuration } from '../../../lib/config';

test.each([
  ['10s', 10],
  ['90m', 5_400],
  ['1h30m', 5_400],
  ['2d', 172_800],
  ['1d2h3m4s', 93_784],
  ['0s', 0],
])('%s is %d seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each(['', '10', '10x', '500ms', '1.5h', '-5s', '30m1h', '1h 30m', '1h1h', ' 1s', '1S', '999999s', 's'])(
  '"%s" is no duration',
  text => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test.each([
  [0, '0s'],
  [10, '10s'],
  [5_400, '1h30m'],
  [86_400, '1d'],
  [93_784, '1d2h3m4s'],
])('%d seconds are written %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
