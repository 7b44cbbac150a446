import { editDistance, nearest } from '../../../lib/config/suggest';

test.each([
  ['', '', 0],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['same', 'same', 0],
])('from "%s" to "%s" it is %d edits', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
});

test.each([
  ['namespace', 'namespaces'],
  ['maxage', 'maxAge'],
  ['tll', 'ttl'],
  ['colour', undefined],
])('%s is meant as %s', (word, meant) => {
  expect(nearest(word, ['ttl', 'namespaces', 'maxAge'])).toBe(meant);
});
