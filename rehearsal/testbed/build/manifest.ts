import type { Stats } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { notFound } from './system-error';

/** What one finished part consists of; written beside its files. */
export interface Manifest {
  name: string;
  version: string;
  key: string;
  /** How long it took, in seconds. */
  took: number;
  /** Versions of what is inside, for parts that hold several things. */
  contents: Record<string, string>;
  files: Record<string, FileFacts>;
}

export interface FileFacts {
  kind: 'file' | 'link' | 'dangling link';
  size: number;
  executable: boolean;
}

export const MANIFEST = 'part.json';

/** Facts of all files below `folder`, the manifest and Python's own caches apart (Python rewrites them). */
export async function factsOf(folder: string): Promise<Record<string, FileFacts>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter(entry => !entry.isDirectory() && !entry.name.endsWith('.pyc') && entry.name !== MANIFEST)
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
  return Object.fromEntries(
    await Promise.all(paths.map(async path => [path, await factsOfFile(join(folder, path))] as const)),
  );
}

/** @returns what is wrong with the part's files, or undefined */
export async function damage(folder: string, manifest: Manifest): Promise<string | undefined> {
  const found = await Promise.all(
    Object.entries(manifest.files).map(async ([path, expected]) => {
      try {
        const actual = await factsOfFile(join(folder, path));
        return difference(path, expected, actual);
      } catch (error) {
        if (notFound(error)) return `${path} is gone`;
        throw error;
      }
    }),
  );
  return found.find(text => text !== undefined);
}

function difference(path: string, expected: FileFacts, actual: FileFacts): string | undefined {
  if (actual.kind !== expected.kind) return `${path} is a ${actual.kind}, not a ${expected.kind}`;
  if (actual.size !== expected.size) return `${path} has ${actual.size} bytes, not ${expected.size}`;
  if (actual.executable !== expected.executable)
    return `${path} is ${actual.executable ? '' : 'not '}executable any more`;
  return undefined;
}

/** A link counts as what it leads to: the interpreter of a virtual environment lies outside of it. */
async function factsOfFile(path: string): Promise<FileFacts> {
  const own = await lstat(path);
  if (!own.isSymbolicLink()) return { kind: 'file', ...sizeAndMode(own) };
  try {
    return { kind: 'link', ...sizeAndMode(await stat(path)) };
  } catch (error) {
    if (notFound(error)) return { kind: 'dangling link', size: own.size, executable: false };
    throw error;
  }
}

function sizeAndMode(stats: Stats): Pick<FileFacts, 'size' | 'executable'> {
  // A folder's size is the file system's business.
  return stats.isDirectory()
    ? { size: 0, executable: true }
    : { size: stats.size, executable: (stats.mode & 0o111) !== 0 };
}
