import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const ROOT = '/sys/fs/cgroup';
const PREFIX = 'lifeboat-';
const PATIENCE_MS = 10_000;
const LOOK_MS = 100;

/** The folders under which groups are made: one per controller in version 1, one in all in version 2. */
function hierarchies(): string[] {
  if (existsSync(join(ROOT, 'cgroup.controllers'))) return [ROOT];
  return readdirSync(ROOT)
    .map(name => join(ROOT, name))
    .filter(folder => statSync(folder).isDirectory());
}

export function groupName(name: string): string {
  return PREFIX + name;
}

/** Makes the group that the Pods of a node live in; kubelet wants it to exist. */
export function makeCgroup(name: string): string {
  for (const hierarchy of hierarchies()) mkdirSync(join(hierarchy, PREFIX + name), { recursive: true });
  return `/${PREFIX}${name}`;
}

/**
 * Removes the groups that a bed made, or those of one node, and waits until the last process in them has ended: the
 * kernel kills at once, and takes them out of their groups a little later.
 * @returns the groups that are still in use after `patienceMs`
 */
export async function removeCgroups(name = '', patienceMs = PATIENCE_MS): Promise<string[]> {
  for (const deadline = Date.now() + patienceMs; ; await wait(LOOK_MS)) {
    for (const group of groups(name)) removeTree(group);
    const left = groups(name);
    if (left.length === 0 || Date.now() >= deadline) return left;
  }
}

function groups(name: string): string[] {
  return hierarchies().flatMap(hierarchy =>
    readdirSync(hierarchy)
      .filter(entry => (name === '' ? entry.startsWith(PREFIX) : entry === PREFIX + name))
      .map(entry => join(hierarchy, entry)),
  );
}

/** Groups are folders whose files cannot be deleted: they are removed from the leaves up. */
function removeTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(folder, entry.name));
  }
  try {
    rmdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Somebody else's bed is at work in it.
    if (code !== 'EBUSY' && code !== 'ENOENT') throw error;
  }
}

/** The memory that the processes of a group tree use, in bytes. */
export function memoryOf(name: string): number {
  for (const file of [
    join(ROOT, 'memory', PREFIX + name, 'memory.usage_in_bytes'),
    join(ROOT, PREFIX + name, 'memory.current'),
  ]) {
    if (existsSync(file)) return Number(readFileSync(file, 'utf8'));
  }
  return 0;
}
