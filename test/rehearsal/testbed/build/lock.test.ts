import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { BuildRunning } from '../../../../rehearsal/testbed/build/errors';
import { withLock } from '../../../../rehearsal/testbed/build/lock';
import { scratch, write } from './fixtures';

const folder = scratch();

test('a second build says who holds the cache, and does nothing', async () => {
  const file = folder('build.lock');
  let second = 'not run';
  await withLock(file, async () => {
    const refused = withLock(file, async () => {
      second = 'run';
    });
    await expect(refused).rejects.toThrow(BuildRunning);
    await expect(refused).rejects.toThrow(`process ${process.pid}`);
  });
  expect(second).toBe('not run');
});

test('a lock is let go when its work fails, and leaves nothing', async () => {
  const file = folder('build.lock');
  const failing = withLock(file, async () => {
    throw new RangeError('no');
  });
  await expect(failing).rejects.toThrow(RangeError);
  expect(readdirSync(dirname(file))).toEqual([]);
});

test.each([
  ['a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, started: '5', since: '' })],
  ['another process with the same pid', JSON.stringify({ pid: process.pid, started: '5', since: '' })],
  ['nobody that can be read', '{"pi'],
])('a lock of %s is taken over', async (_, content) => {
  const file = write(folder('build.lock'), content);
  expect(await withLock(file, async () => existsSync(file))).toBe(true);
  expect(existsSync(file)).toBe(false);
});
