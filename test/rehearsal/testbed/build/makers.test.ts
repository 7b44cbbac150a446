import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OutputIncomplete } from '../../../../rehearsal/testbed/build/errors';
import { makeData } from '../../../../rehearsal/testbed/build/makers/data';
import { makeImage } from '../../../../rehearsal/testbed/build/makers/image';
import type { Making } from '../../../../rehearsal/testbed/build/makers/making';
import { makeVenv } from '../../../../rehearsal/testbed/build/makers/venv';
import type { DataPart, VenvPart } from '../../../../rehearsal/testbed/build/part';
import { ALPHA, cacheIn, FakeMachine, IMAGE, scratch, TOOLCHAIN, write } from './fixtures';

const folder = scratch();

function setting() {
  const machine = new FakeMachine();
  const parts = folder('parts');
  const output = folder('output');
  mkdirSync(output);
  const making: Making = {
    run: machine.run,
    paths: cacheIn(folder('cache')),
    toolchain: TOOLCHAIN,
    sources: '/checkout',
    identity: { version: 'v1', key: 'k' },
    log: '/dev/null',
    signal: new AbortController().signal,
    folderOf: async name => join(parts, name),
  };
  return { machine, parts, output, making };
}

const VENV: VenvPart = {
  kind: 'venv',
  name: 'python',
  seconds: 1,
  purpose: '',
  requirements: 'aws/requirements.txt',
  versionOf: 'ministack',
};

test('the scripts of a virtual environment name the interpreter where it is to lie', async () => {
  const { machine, output, making } = setting();
  machine.answer = (_, line) => {
    if (line.startsWith('python3 -m venv')) write(join(output, 'bin/python'), '\x7fELF');
    if (line.includes('pip install'))
      write(join(output, 'bin/ministack'), `#!${output}/bin/python\nmain()\n`, 0o755);
    return line.endsWith('pip freeze') ? { stdout: 'h11==0.16.0\nministack==1.5.33\n' } : undefined;
  };
  const contents = await makeVenv(VENV, making, output, '/cache/parts/python-k');
  expect(contents).toEqual({ h11: '0.16.0', ministack: '1.5.33' });
  expect(readFileSync(join(output, 'bin/ministack'), 'utf8')).toBe(
    '#!/cache/parts/python-k/bin/python\nmain()\n',
  );
  expect(machine.lines().find(line => line.includes('pip install'))).toMatch(
    / \/checkout\/aws\/requirements.txt$/,
  );
});

const DATA: DataPart = {
  kind: 'data',
  name: 'letters-crds',
  seconds: 1,
  purpose: '',
  module: 'go/letters',
  versionOf: 'letters.test',
  folders: ['crd/v1', 'crd/v2'],
  suffix: '.yaml',
};

function data(...files: string[]) {
  const { machine, output, making } = setting();
  const module = folder('module');
  for (const file of files) write(join(module, file), file);
  for (const path of DATA.folders) mkdirSync(join(module, path), { recursive: true });
  machine.answer = () => ({ stdout: JSON.stringify({ Dir: module }) });
  return { machine, output, make: () => makeData(DATA, making, output, output) };
}

test('data are the files of the folders that have the suffix', async () => {
  const { make, output, machine } = data('crd/v1/a.yaml', 'crd/v1/doc.go', 'crd/v2/b.yaml', 'other/c.yaml');
  await make();
  expect(readdirSync(output).sort()).toEqual(['a.yaml', 'b.yaml']);
  expect(machine.lines()).toEqual(['go mod download -json letters.test']);
});

test('a folder without a single file is not a finished part', async () => {
  await expect(data('crd/v1/a.yaml').make()).rejects.toThrow(OutputIncomplete);
});

test('an image has the programs of the parts that it is made from', async () => {
  const { parts, output, making } = setting();
  write(join(parts, ALPHA.name, ALPHA.name), 'the program alpha', 0o755);
  await makeImage(IMAGE, making, output, output);
  const archive = readFileSync(join(output, 'image.tar'), 'latin1');
  expect(archive).toContain('the program alpha');
  expect(archive).toContain('"RepoTags":["lifeboat.test/alpha:v1"]');
});
