import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BedTaken, Lock } from '../../../../rehearsal/testbed/host/lock';
import { CannotHoldBed, checkMachine, obstacles } from '../../../../rehearsal/testbed/host/prerequisites';
import { toFactor } from '../../../../rehearsal/testbed/protocol';

const good = { platform: 'linux', uid: 0, has: () => true, exists: () => true };

describe('what keeps a machine from holding the bed', () => {
  test('nothing on Linux as root with all programs', () => {
    expect(obstacles(good)).toEqual([]);
  });

  test('another system is told what the embedded rehearsal covers and does not', () => {
    expect(() => checkMachine({ ...good, platform: 'darwin' })).toThrow(CannotHoldBed);
    expect(() => checkMachine({ ...good, platform: 'darwin' })).toThrow(/embedded rehearsal.*does not show/s);
  });

  test('each thing that is missing is named, with the package that has it', () => {
    const said = obstacles({ ...good, uid: 1000, has: program => program !== 'ip' }).join(' ');
    expect(said).toContain('not root');
    expect(said).toContain('apt-get install iproute2');
  });
});

describe('the lock', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-lock-'));
  const now = new Date('2026-03-29T03:00:00Z');
  afterAll(() => rmSync(folder, { recursive: true }));

  test('a second one is told who holds the bed, and since when', () => {
    const lock = new Lock(folder);
    lock.take('rehearse region-lost', '/runs/1', now);
    expect(() => new Lock(folder).take('testbed up', '/runs/2', now)).toThrow(BedTaken);
    expect(() => new Lock(folder).take('testbed up', '/runs/2', now)).toThrow(
      `process ${process.pid}, "rehearse region-lost", since 2026-03-29T03:00:00.000Z`,
    );
    lock.release();
    expect(lock.holder()).toBeUndefined();
  });

  test('the dead hold nothing, even when their number was given to somebody else', () => {
    const dead = { pid: process.pid, startedAt: '1', doing: 'rehearse', since: '', folder: '/runs/0' };
    writeFileSync(join(folder, 'bed.json'), JSON.stringify(dead));
    const lock = new Lock(folder);
    expect(lock.holder()).toBeUndefined();
    expect(lock.left()).toMatchObject({ folder: '/runs/0' });
    lock.take('rehearse', '/runs/1', now);
    expect(lock.holder()).toMatchObject({ folder: '/runs/1' });
    lock.release();
  });
});

test.each([
  ['0.2', 0.2],
  ['1', 1],
  ['0', undefined],
  ['2', undefined],
  ['', undefined],
  ['soon', undefined],
])('a delay factor of "%s" is %p', (text, factor) => {
  expect(toFactor(text)).toBe(factor);
});
