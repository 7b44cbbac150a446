import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';
const PREFIX = 'lifeboat-';

/** The folders under which groups are made: one per controller in version 1, one in all in version 2. */
function hierarchies(): string[] {
  if (existsSync(join(ROOT, 'cgroup.controllers'))) return [ROOT];
  return readdirSync(ROOT)
    .map(name => join(ROOT, name))
    .filter(folder => statSync(folder).isDirectory());
}

/** Makes the group that the Pods of a node live in; kubelet wants it to exist. */
export function makeCgroup(name: string): string {
  for (const hierarchy of hierarchies()) mkdirSync(join(hierarchy, PREFIX + name), { recursive: true });
  return `/${PREFIX}${name}`;
}

/** Removes every group that a bed made and nobody is in any more. */
export function removeCgroups(): void {
  for (const hierarchy of hierarchies()) {
    for (const entry of readdirSync(hierarchy)) {
      if (entry.startsWith(PREFIX)) removeTree(join(hierarchy, entry));
    }
  }
}

/** The groups of beds that are still there. */
export function leftCgroups(): string[] {
  return hierarchies().flatMap(hierarchy =>
    readdirSync(hierarchy)
      .filter(entry => entry.startsWith(PREFIX))
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
