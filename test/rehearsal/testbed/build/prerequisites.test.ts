import {
  atLeast,
  type MachineFacts,
  missingPrerequisites,
  PrerequisitesMissing,
} from '../../../../rehearsal/testbed/build/prerequisites';
import { TOOLCHAIN } from './fixtures';

const GIB = 1 << 30;
const COMPLETE: MachineFacts = {
  platform: 'linux',
  toolchain: TOOLCHAIN,
  venv: true,
  aptGet: true,
  dpkgDeb: true,
  freeBytes: 30 * GIB,
  cache: '/cache',
};

const missing = (facts: Partial<MachineFacts>, cold = true) =>
  missingPrerequisites({ ...COMPLETE, ...facts }, cold).map(({ what }) => what);

test('a machine that has everything lacks nothing', () => {
  expect(missing({})).toEqual([]);
});

test.each<[string, Partial<MachineFacts>, RegExp]>([
  [
    'no Go',
    { toolchain: { ...TOOLCHAIN, go: undefined, goProblem: 'not found' } },
    /^go >= 1.26 \(found: not found\)/,
  ],
  ['an old Go', { toolchain: { ...TOOLCHAIN, go: 'go1.25.9' } }, /^go >= 1.26 \(found: go1.25.9\)/],
  [
    'no Python',
    { toolchain: { ...TOOLCHAIN, python: undefined }, venv: false },
    /^python3 >= 3.11 \(found: none\)/,
  ],
  ['an old Python', { toolchain: { ...TOOLCHAIN, python: '3.9.2' } }, /^python3 >= 3.11 \(found: 3.9.2\)/],
  ['no venv', { venv: false }, /venv and ensurepip/],
  ['no apt-get', { aptGet: false }, /^apt-get/],
  ['no dpkg-deb', { dpkgDeb: false }, /^dpkg-deb/],
  ['a full disk', { freeBytes: 19 * GIB }, /^20 GiB of free disk for \/cache \(found: 19 GiB\)/],
])('%s is said, and nothing else', (_, facts, expected) => {
  const found = missing(facts);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(expected);
});

test('with everything compiled a smaller disk will do', () => {
  expect(missing({ freeBytes: 3 * GIB }, false)).toEqual([]);
  expect(missing({ freeBytes: GIB }, false)).toHaveLength(1);
});

test('elsewhere than on Linux nothing but that is said', () => {
  expect(missing({ platform: 'darwin', aptGet: false, dpkgDeb: false })).toEqual([
    expect.stringMatching(/^Linux \(this is darwin\)/),
  ]);
});

test('one error names everything with the command that installs it', () => {
  const error = new PrerequisitesMissing(
    missingPrerequisites({ ...COMPLETE, venv: false, dpkgDeb: false }, true),
  );
  expect(error.name).toBe('PrerequisitesMissing');
  expect(error.message).toMatch(/venv.*\n +apt-get install python3-venv\n.*dpkg-deb\n +apt-get install dpkg/);
});

test.each([
  ['1.26.8', true],
  ['1.27rc1', true],
  ['2.0', true],
  ['1.25.9', false],
  ['0.99', false],
  ['devel', false],
  [undefined, false],
])('%s is at least 1.26: %s', (version, expected) => {
  expect(atLeast(version, [1, 26])).toBe(expected);
});
