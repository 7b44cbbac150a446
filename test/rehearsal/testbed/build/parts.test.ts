import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requiredVersion } from '../../../../rehearsal/testbed/build/go-mod';
import { GO_PARTS } from '../../../../rehearsal/testbed/build/go-parts';
import { buildArguments } from '../../../../rehearsal/testbed/build/makers/go-arguments';
import { inputsOf, PARTS, partNamed, withInputs } from '../../../../rehearsal/testbed/build/parts';
import { TESTBED } from '../../../../rehearsal/testbed/build/paths';
import { ALPHA } from './fixtures';

test('names are not used twice', () => {
  const names = PARTS.map(part => part.name);
  expect(new Set(names).size).toBe(names.length);
});

test('everything is built after what it is made from', () => {
  const names = PARTS.map(part => part.name);
  for (const part of PARTS)
    for (const input of inputsOf(part)) expect(names.indexOf(input)).toBeLessThan(names.indexOf(part.name));
});

const VERSIONED = GO_PARTS.flatMap(({ name, module, versionOf }) =>
  versionOf ? [{ name, module, versionOf }] : [],
);

test.each(VERSIONED)('the committed go.mod says the version of $name', ({ module, versionOf }) => {
  const file = join(TESTBED, module, 'go.mod');
  expect(requiredVersion(readFileSync(file, 'utf8'), versionOf, file)).toMatch(/^v\d+\.\d+\.\d+$/);
});

test('Kubernetes is told its version as its own build tells it', () => {
  const apiserver = GO_PARTS.find(part => part.name === 'kube-apiserver');
  expect(apiserver && buildArguments(apiserver, 'v1.35.4').join(' ')).toMatch(
    /gitVersion=v1.35.4 .*gitMajor=1 .*gitMinor=35 /,
  );
});

test('choosing an image chooses what it is made from, in the order of building', () => {
  expect(withInputs(['image-velero']).map(part => part.name)).toEqual([
    'velero',
    'velero-restore-helper',
    'velero-helper',
    'image-velero',
  ]);
});

test('a name that no part has is refused with those there are', () => {
  expect(() => partNamed('gamma', [ALPHA])).toThrow('There is no part "gamma". Parts are: alpha.');
});

test.each([
  ['a block', 'require (\n\ta.test/b v1.0.0\n\ta.test/b/v2 v2.1.0 // indirect\n)\n', 'a.test/b/v2', 'v2.1.0'],
  ['a line', 'require a.test/b v1.0.0\n', 'a.test/b', 'v1.0.0'],
])('a version is read from %s', (_, text, module, version) => {
  expect(requiredVersion(text, module, 'go.mod')).toBe(version);
});

test('what is replaced only is not required', () => {
  const text = 'replace a.test/b => a.test/c v1.0.0\n';
  expect(() => requiredVersion(text, 'a.test/b', 'go.mod')).toThrow('go.mod does not require a.test/b');
});
