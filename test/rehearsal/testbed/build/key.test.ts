import { join } from 'node:path';
import { Identities, type Identity } from '../../../../rehearsal/testbed/build/key';
import type { GoPart, Part } from '../../../../rehearsal/testbed/build/part';
import type { Toolchain } from '../../../../rehearsal/testbed/build/toolchain';
import { ALPHA, BETA, IMAGE, letters, scratch, TOOLCHAIN, write } from './fixtures';

const folder = scratch();

interface Change {
  toolchain?: Partial<Toolchain>;
  alpha?: Partial<GoPart>;
  files?: Record<string, string>;
}

function identify(name: string, { toolchain, alpha, files = {} }: Change = {}): Promise<Identity> {
  const sources = letters(folder('checkout'));
  for (const [path, text] of Object.entries(files)) write(join(sources, path), text);
  const parts: Part[] = [{ ...ALPHA, ...alpha }, BETA, IMAGE];
  return new Identities({ ...TOOLCHAIN, ...toolchain }, sources, parts).of(name);
}

test('the same inputs in another checkout give the same key', async () => {
  expect(await identify('alpha')).toEqual(await identify('alpha'));
});

test("a part's version is that of the required module", async () => {
  expect((await identify('alpha')).version).toBe('v1.2.3');
});

const CHANGES: Record<string, Change> = {
  'go.mod': { files: { 'go/letters/go.mod': 'module x\n\nrequire letters.test v1.2.4\n' } },
  'go.sum': { files: { 'go/letters/go.sum': 'letters.test v1.2.3 h1:abd=\n' } },
  'a source': { files: { 'go/letters/main.go': 'package main // changed\n' } },
  'a new source in a folder': { files: { 'go/letters/cmd/new.go': 'package cmd\n' } },
  'the version of Go': { toolchain: { go: 'go1.26.9' } },
  'the architecture': { toolchain: { goTarget: { GOOS: 'linux', GOARCH: 'arm64' } } },
  'a linker flag': { alpha: { variables: () => ({ 'letters.test/version.Version': 'other' }) } },
  'the package': { alpha: { package: 'letters.test/cmd/other' } },
};

test.each(Object.entries(CHANGES))(
  '%s changes the key, and that of the image made of it',
  async (_, change) => {
    expect((await identify('alpha', change)).key).not.toBe((await identify('alpha')).key);
    expect((await identify('image-alpha', change)).key).not.toBe((await identify('image-alpha')).key);
  },
);

test('tests and hints for people do not change the key', async () => {
  const change = {
    files: { 'go/letters/main_test.go': 'package main\n' },
    alpha: { seconds: 7, purpose: 'other' },
  };
  expect(await identify('alpha', change)).toEqual(await identify('alpha'));
});

test('two programs of a module have keys of their own', async () => {
  expect((await identify('alpha')).key).not.toBe((await identify('beta')).key);
});

test('a virtual environment is named by its requirements and its Python', async () => {
  const venv: Part = {
    kind: 'venv',
    name: 'python',
    seconds: 1,
    purpose: '',
    requirements: 'aws/requirements.txt',
    versionOf: 'ministack',
  };
  const of = (text: string, python: string) => {
    const sources = folder('checkout');
    write(join(sources, 'aws/requirements.txt'), text);
    return new Identities({ ...TOOLCHAIN, python }, sources, [venv]).of('python');
  };
  const { key, version } = await of('h11==0.16.0\nministack==1.5.33\n', '3.11.7');
  expect(version).toBe('1.5.33');
  expect((await of('h11==0.16.1\nministack==1.5.33\n', '3.11.7')).key).not.toBe(key);
  expect((await of('h11==0.16.0\nministack==1.5.33\n', '3.12.0')).key).not.toBe(key);
});

test('sources that are not there are named, with the part', async () => {
  const identities = new Identities(TOOLCHAIN, folder('empty'), [ALPHA]);
  await expect(identities.of('alpha')).rejects.toThrow(/Part alpha is made from .*go\/letters/);
});

test('a go.mod that does not require the module is refused', async () => {
  await expect(identify('alpha', { files: { 'go/letters/go.mod': 'module x\n' } })).rejects.toThrow(
    'go/letters/go.mod does not require letters.test',
  );
});
