import { chmodSync, existsSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Builder } from '../../../../rehearsal/testbed/build/builder';
import {
  BuildStopped,
  CommandFailed,
  DownloadFailed,
  PartFailed,
} from '../../../../rehearsal/testbed/build/errors';
import { reasonOf } from '../../../../rehearsal/testbed/build/plan';
import {
  ALPHA,
  BETA,
  cacheIn,
  FakeMachine,
  IMAGE,
  letters,
  scratch,
  silentReporter,
  TOOLCHAIN,
} from './fixtures';

const folder = scratch();
const PARTS = [ALPHA, BETA, IMAGE];

function setting() {
  const machine = new FakeMachine();
  const paths = cacheIn(folder('cache'));
  const options = {
    run: machine.run,
    paths,
    toolchain: TOOLCHAIN,
    sources: letters(folder('checkout')),
    parts: PARTS,
  };
  const stop = new AbortController();
  const reporter = silentReporter();
  const look = () => new Builder(options).look(PARTS);
  const build = async (signal = stop.signal) => new Builder(options).build(await look(), reporter, signal);
  const built = () => readdirSync(paths.parts).map(name => name.replace(/-[0-9a-f]{20}$/, ''));
  const pending = async () => (await look()).pending.map(({ part }) => part.name);
  return { machine, paths, stop, reporter, look, build, built, pending };
}

test('everything is built once, in order, and ready then', async () => {
  const { build, built, pending, machine, reporter } = setting();
  expect(await pending()).toEqual(['alpha', 'beta', 'image-alpha']);
  await build();
  expect(built()).toEqual(['alpha', 'beta', 'image-alpha']);
  expect(await pending()).toEqual([]);
  expect(reporter.said.filter(line => line.startsWith('begin'))).toEqual([
    'begin alpha',
    'begin beta',
    'begin image-alpha',
  ]);
  const before = machine.commands.length;
  await build();
  expect(machine.commands).toHaveLength(before);
});

test('Go is run niced, without C, with caches of its own and the flags that the key names', async () => {
  const { build, machine, paths } = setting();
  await build();
  const command = machine.commands.find(({ args }) => args.includes('-o'));
  expect(command?.file).toBe('nice');
  expect(command?.args.join(' ')).toMatch(
    /^-n 5 go build -o \S+\/alpha -p 2 -trimpath -ldflags -s -w -X letters.test\/version.Version=v1.2.3 letters.test\/cmd\/alpha$/,
  );
  expect(command?.env).toMatchObject({
    CGO_ENABLED: '0',
    GOCACHE: paths.goBuild,
    GOMODCACHE: paths.goModules,
  });
});

test('a part that fails leaves nothing that looks finished, and what was finished stays', async () => {
  const { build, built, pending, machine } = setting();
  machine.answer = (_, line) =>
    line.includes('go build') && line.includes('beta')
      ? { code: 1, stderr: 'beta.go:1: undefined: x' }
      : undefined;
  await expect(build()).rejects.toThrow(PartFailed);
  await expect(build()).rejects.toThrow(/Part beta could not be built.*undefined: x/s);
  expect(built()).toEqual(['alpha']);
  expect(await pending()).toEqual(['beta', 'image-alpha']);
});

test('a build that is stopped leaves nothing that looks finished, and the next one goes on', async () => {
  const { build, built, pending, machine, stop, reporter } = setting();
  machine.answer = ({ args, signal }, line) => {
    if (!line.includes('go build') || !line.includes('beta')) return undefined;
    writeFileSync(args[args.indexOf('-o') + 1] ?? '', 'half of it');
    stop.abort();
    expect(signal?.aborted).toBe(true);
    throw new BuildStopped();
  };
  await expect(build()).rejects.toThrow(BuildStopped);
  expect(built()).toEqual(['alpha']);
  expect(reporter.said.at(-1)).toBe('close');
  machine.answer = () => undefined;
  await build(new AbortController().signal);
  expect(await pending()).toEqual([]);
  expect(reporter.said.filter(line => line === 'begin alpha')).toHaveLength(1);
});

test('what a killed build left is swept away', async () => {
  const { build, built, paths, machine } = setting();
  await build();
  const left = join(paths.parts, '.unfinished-4711-beta-0123');
  await machine.run({ file: 'go', args: ['-o', join(left, 'beta')] });
  await build();
  expect(existsSync(left)).toBe(false);
  expect(built()).toEqual(['alpha', 'beta', 'image-alpha']);
});

test.each([
  ['is shorter', (file: string) => truncateSync(file, 3), /alpha has 3 bytes, not \d+/],
  ['cannot be run', (file: string) => chmodSync(file, 0o644), /alpha is not executable any more/],
  ['is gone', (file: string) => rmSync(file), /alpha is gone/],
])('a finished part whose file %s is built again', async (_, spoil, reason) => {
  const { build, look, pending, paths } = setting();
  await build();
  const [name = ''] = readdirSync(paths.parts).filter(each => each.startsWith('alpha-'));
  spoil(join(paths.parts, name, 'alpha'));
  const [found] = (await look()).pending;
  expect(found && reasonOf(found.lookup)).toMatch(reason);
  await build();
  expect(await pending()).toEqual([]);
});

test('a download that fails twice is asked for a third time', async () => {
  const { build, pending, machine } = setting();
  let refusals = 0;
  machine.answer = (_, line) =>
    line.includes('go list') && refusals++ < 2 ? { code: 1, stderr: 'proxy: 502' } : undefined;
  await build();
  expect(await pending()).toEqual([]);
});

test('a download that fails three times is named so, and its output shown', async () => {
  const { build, machine } = setting();
  machine.answer = (_, line) => (line.includes('go list') ? { code: 1, stderr: 'proxy: 502' } : undefined);
  const error = await build().catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(PartFailed);
  expect((error as PartFailed).cause).toBeInstanceOf(DownloadFailed);
  expect((error as PartFailed).message).toMatch(/Go program alpha .* in 3 attempts.*proxy: 502/s);
  expect(((error as PartFailed).cause as Error).cause).toBeInstanceOf(CommandFailed);
});

test('when a part fails, what is still being downloaded for later ones is stopped', async () => {
  const { build, machine } = setting();
  let stopped = false;
  machine.answer = ({ signal }, line) => {
    if (line.includes('go build')) return { code: 1, stderr: 'no' };
    if (!line.includes('go list') || !line.includes('beta')) return undefined;
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => {
        stopped = true;
        reject(new BuildStopped());
      });
    });
  };
  await expect(build()).rejects.toThrow('Part alpha could not be built');
  expect(stopped).toBe(true);
});
