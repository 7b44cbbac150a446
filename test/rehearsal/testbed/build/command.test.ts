import { readFileSync } from 'node:fs';
import { mustRun, run } from '../../../../rehearsal/testbed/build/command';
import { BuildStopped, CommandFailed } from '../../../../rehearsal/testbed/build/errors';
import { scratch } from './fixtures';

const folder = scratch();

const node = (code: string) => ({ file: process.execPath, args: ['-e', code] });

test('output and exit code come back, and the log has the output too', async () => {
  const log = folder('log');
  const code = 'console.log("out"); console.error("err"); process.exit(3)';
  expect(await run({ ...node(code), log })).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' });
  expect(readFileSync(log, 'utf8')).toMatch(/^\$ .*\n(out\nerr|err\nout)\n$/);
});

test('an exit code other than 0 is a failure that shows the end of the output', async () => {
  const failing = mustRun(run, node('console.error("it broke"); process.exit(1)'));
  await expect(failing).rejects.toThrow(CommandFailed);
  await expect(failing).rejects.toThrow('it broke');
});

test('a program that is not there is an error', async () => {
  await expect(run({ file: 'no-such-program', args: [] })).rejects.toThrow('ENOENT');
});

test('stopping ends the program and its children', async () => {
  const stop = new AbortController();
  // The shell waits for a child that holds its output open: `run` returns only when both are gone.
  const running = run({ file: 'sh', args: ['-c', 'sleep 1000; true'], signal: stop.signal });
  stop.abort();
  await expect(running).rejects.toThrow(BuildStopped);
});

test('after it was stopped nothing is started', async () => {
  const stop = new AbortController();
  stop.abort();
  await expect(run({ file: 'no-such-program', args: [], signal: stop.signal })).rejects.toThrow(BuildStopped);
});
