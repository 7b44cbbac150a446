import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Finished } from '../../../../rehearsal/testbed/build/command';
import { makeDebian, versionOf, withInstalled } from '../../../../rehearsal/testbed/build/makers/debian';
import type { Making } from '../../../../rehearsal/testbed/build/makers/making';
import type { DebianPart } from '../../../../rehearsal/testbed/build/part';
import { cacheIn, FakeMachine, scratch, TOOLCHAIN, write } from './fixtures';

const folder = scratch();
const PART: DebianPart = {
  kind: 'debian',
  name: 'debian',
  seconds: 1,
  purpose: '',
  packages: ['nftables'],
  programs: { nft: ['--version'] },
};
const SIMULATION =
  'Reading package lists...\nInst libjansson4 (2.14-2 Debian:12.1/stable [amd64])\nConf libjansson4\n';

/** An APT whose mirror has nftables and a library; `answer` comes first. */
function apt(answer: (line: string) => Partial<Finished> | undefined = () => undefined) {
  const machine = new FakeMachine();
  machine.answer = ({ file, args, cwd }: Command, line) => {
    const special = answer(line);
    if (special) return special;
    if (line.startsWith('apt-get --simulate')) return { stdout: SIMULATION };
    if (line.startsWith('apt-get download'))
      for (const name of args.slice(1)) write(join(cwd ?? '', `${name}_1%3a1.0.6-2_amd64.deb`), name);
    if (file === 'dpkg-deb' && args[1]?.includes('nftables'))
      write(join(args[2] ?? '', 'usr/sbin/nft'), 'program', 0o755);
    return undefined;
  };
  const output = folder('part');
  mkdirSync(output);
  const making: Making = {
    run: machine.run,
    paths: cacheIn(folder('cache')),
    toolchain: TOOLCHAIN,
    sources: '/nowhere',
    identity: { version: 'debian 12', key: 'k' },
    log: '/dev/null',
    signal: new AbortController().signal,
    folderOf: async name => name,
  };
  return { machine, make: () => makeDebian(PART, making, output, output) };
}

test('libraries that the machine lacks come with the packages, and versions are recorded', async () => {
  const { make, machine } = apt();
  expect(await make()).toEqual({ nftables: '1:1.0.6-2', libjansson4: '1:1.0.6-2' });
  expect(machine.lines()).toContain('apt-get download nftables libjansson4');
});

test('nothing is installed', async () => {
  const { make, machine } = apt();
  await make();
  const installs = machine.lines().filter(line => / install /.test(line));
  expect(installs).toHaveLength(1);
  expect(installs[0]).toMatch(/^apt-get --simulate /);
});

test('lists that name versions which the mirror dropped are brought up to date once', async () => {
  let updated = false;
  const { make, machine } = apt(line => {
    if (line.startsWith('apt-get update')) updated = true;
    return line.startsWith('apt-get download') && !updated
      ? { code: 100, stderr: '404 Not Found' }
      : undefined;
  });
  await make();
  expect(machine.lines().filter(line => line.startsWith('apt-get update'))).toHaveLength(1);
});

test('a machine without any lists fetches them before it asks what is needed', async () => {
  let updated = false;
  const { make } = apt(line => {
    if (line.startsWith('apt-get update')) updated = true;
    return line.startsWith('apt-get --simulate') && !updated
      ? { code: 100, stderr: 'E: Unable to locate package nftables' }
      : undefined;
  });
  expect(await make()).toHaveProperty('libjansson4');
});

test('a program that does not start is not a finished part', async () => {
  const { make } = apt(line =>
    line.endsWith('nft --version')
      ? { code: 127, stderr: 'libmnl.so.0: cannot open shared object file' }
      : undefined,
  );
  await expect(make()).rejects.toThrow(/nft --version ended with 127: libmnl/);
});

test('a package without its program is not a finished part', async () => {
  const { make } = apt(line => (line.startsWith('dpkg-deb') ? {} : undefined));
  await expect(make()).rejects.toThrow('no package brought the program nft');
});

test('a simulation says what would be installed', () => {
  expect(withInstalled(['runc', 'nftables'], 'Inst runc (1)\nInst libx:amd64 (2)\nRemv y [1]\n')).toEqual([
    'runc',
    'nftables',
    'libx:amd64',
  ]);
});

test("a file's name says name and version", () => {
  expect(versionOf('conntrack_1%3a1.4.7-1+b2_amd64.deb')).toEqual(['conntrack', '1:1.4.7-1+b2']);
});
