import { format } from '../../../lib/config';
import { listed, pathText, show } from '../../../lib/config/problem';

const AT = { file: 'lifeboat.yaml', line: 12, column: 10, value: '10x', message: 'is wrong' };

test('a problem is one line, with its path if it has one', () => {
  expect(format({ ...AT, path: 'apps[0].ttl' })).toBe('lifeboat.yaml:12:10 apps[0].ttl: is wrong');
  expect(format({ ...AT, path: '' })).toBe('lifeboat.yaml:12:10 is wrong');
});

test.each([
  [[], ''],
  [['apps', 0, 'ttl'], 'apps[0].ttl'],
  [['images', 'a.example:5000', 'x-y'], 'images["a.example:5000"].x-y'],
])('the path %j is written %s', (path, text) => {
  expect(pathText(path)).toBe(text);
});

test.each([
  ['10x', '"10x"'],
  ['two\nlines', '"two\\nlines"'],
  ['a'.repeat(81), `"${'a'.repeat(80)}…"`],
  [5, '5'],
  [true, 'true'],
  [null, 'null'],
  [[1], 'a list'],
  [{ a: 1 }, 'a map'],
])('the value %j is shown as %s', (value, text) => {
  expect(show(value)).toBe(text);
});

test('words are listed', () => {
  expect(listed(['a'])).toBe('a');
  expect(listed(['a', 'b', 'c'])).toBe('a, b or c');
  expect(listed(['a', 'b'], 'and')).toBe('a and b');
});
