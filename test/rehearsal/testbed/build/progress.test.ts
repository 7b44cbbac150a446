import {
  atPace,
  duration,
  endLine,
  liveLine,
  type Standing,
  startLine,
} from '../../../../rehearsal/testbed/build/progress';
import { ALPHA, BETA } from './fixtures';

const STANDING: Standing = { part: ALPHA, number: 3, of: 9, elapsed: 40, after: 600, next: BETA };

test.each([
  [0.2, 'under 1 s'],
  [7.4, '7 s'],
  [89, '89 s'],
  [90, '2 min'],
  [3540, '59 min'],
  [3599, '1 h 00 min'],
  [3900, '1 h 05 min'],
])('%s seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test('the first line says what is built, how long it usually takes and what is next', () => {
  expect(startLine(STANDING)).toBe('[3/9] alpha (first letter): usually 2 min; next: beta');
  expect(startLine({ ...STANDING, next: undefined })).toMatch(/the last one$/);
});

test('the last line says how long it took and how much is left in all', () => {
  expect(endLine(STANDING)).toBe('[3/9] alpha built in 40 s; about 10 min left in all');
  expect(endLine({ ...STANDING, after: 0 })).toBe('[3/9] alpha built in 40 s');
});

test('the live line counts the rest of this part, and never below nothing', () => {
  expect(liveLine(STANDING, 120)).toBe('[3/9] alpha 40 s of usually 2 min | about 11 min left | next: beta');
  expect(liveLine({ ...STANDING, elapsed: 900 }, 120)).toMatch(/about 10 min left/);
});

test('the live line leaves out what has no room', () => {
  expect(liveLine(STANDING, 60)).toBe('[3/9] alpha 40 s of usually 2 min | about 11 min left');
  expect(liveLine(STANDING, 40)).toBe('[3/9] alpha 40 s of usually 2 min');
});

test('what is left follows the pace that was seen, the more the longer it was seen', () => {
  expect(atPace(1000, 0, 0)).toBe(1000);
  expect(atPace(1000, 600, 0)).toBe(500);
  expect(atPace(1000, 600, 600)).toBe(1000);
  expect(atPace(1000, 60, 0)).toBeGreaterThan(900);
});
