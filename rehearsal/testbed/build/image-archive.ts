import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { Header } from 'tar';
import type { ImageConfig } from './part';

/** Part of every image's key: raise it when the bytes of an archive change for the same files. */
export const FORMAT = 1;

/** One entry of an image's file system. */
export type LayerEntry = { path: string } & (
  | { type: 'directory'; mode: number }
  | { type: 'link'; target: string }
  | { type: 'text'; text: string }
  | { type: 'file'; source: string }
);

export interface Image {
  reference: string;
  /** As Go names it: `amd64`, `arm64`. */
  architecture: string;
  config: ImageConfig;
  entries: readonly LayerEntry[];
}

const BLOCK = 512;
const CHUNK = 1 << 20;
const EPOCH = new Date('2026-01-01T00:00:00Z');

/** What every image has: programs look up users, and write to /tmp. */
const BASE: readonly LayerEntry[] = [
  { path: '/tmp', type: 'directory', mode: 0o1777 },
  {
    path: '/etc/passwd',
    type: 'text',
    text: 'root:x:0:0:root:/root:/sbin/nologin\ncnb:x:1002:1000:cnb:/home/cnb:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/tmp:/sbin/nologin\n',
  },
  { path: '/etc/group', type: 'text', text: 'root:x:0:\ncnb:x:1000:\nnonroot:x:65532:\n' },
];

/**
 * Writes an image of one layer as an archive that `docker load` and `ctr images import` take
 * (https://github.com/moby/docker-image-spec, combined image JSON). The same files give the same bytes.
 */
export async function writeImage(file: string, image: Image): Promise<void> {
  const entries = withParents([...BASE, ...image.entries]);
  const sizes = await Promise.all(entries.map(sizeOf));
  const archive = await open(file, 'w');
  try {
    await write(archive, header('layer.tar', { type: 'File', size: layerSize(sizes), mode: 0o644 }));
    const layer = await writeLayer(archive, entries, sizes);
    const config = JSON.stringify({
      architecture: image.architecture,
      os: 'linux',
      created: EPOCH.toISOString(),
      config: image.config,
      rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
      history: [{ created: EPOCH.toISOString(), created_by: 'lifeboat test bed' }],
    });
    const name = `${createHash('sha256').update(config).digest('hex')}.json`;
    const manifest = JSON.stringify([{ Config: name, RepoTags: [image.reference], Layers: ['layer.tar'] }]);
    await writeText(archive, name, config);
    await writeText(archive, 'manifest.json', manifest);
    await write(archive, END);
  } finally {
    await archive.close();
  }
}

/** @returns the layer's sha256 */
async function writeLayer(
  archive: FileHandle,
  entries: readonly LayerEntry[],
  sizes: readonly number[],
): Promise<string> {
  const hash = createHash('sha256');
  const put = async (bytes: Buffer): Promise<void> => {
    hash.update(bytes);
    await write(archive, bytes);
  };
  for (const [index, entry] of entries.entries()) {
    const size = sizes[index] ?? 0;
    await put(await entryHeader(entry, size));
    if (entry.type === 'text') await put(Buffer.from(entry.text));
    if (entry.type === 'file')
      for await (const chunk of createReadStream(entry.source, { highWaterMark: CHUNK }))
        await put(chunk as Buffer);
    await put(padding(size));
  }
  await put(END);
  return hash.digest('hex');
}

async function entryHeader(entry: LayerEntry, size: number): Promise<Buffer> {
  const path = entry.path.slice(1);
  switch (entry.type) {
    case 'directory':
      return header(`${path}/`, { type: 'Directory', size, mode: entry.mode });
    case 'link':
      return header(path, { type: 'SymbolicLink', size, mode: 0o777, linkpath: entry.target });
    case 'text':
      return header(path, { type: 'File', size, mode: 0o644 });
    case 'file': {
      // Only whether it runs: the rest of a file's mode depends on the umask of whoever built it.
      const executable = ((await stat(entry.source)).mode & 0o111) !== 0;
      return header(path, { type: 'File', size, mode: executable ? 0o755 : 0o644 });
    }
  }
}

function header(
  path: string,
  facts: { type: 'File' | 'Directory' | 'SymbolicLink'; size: number; mode: number; linkpath?: string },
): Buffer {
  const block = Buffer.alloc(BLOCK);
  const encoded = new Header({ path, ...facts, uid: 0, gid: 0, uname: '', gname: '', mtime: EPOCH });
  if (encoded.encode(block)) throw new RangeError(`The path ${path} does not fit into a tar header.`);
  return block;
}

const END = Buffer.alloc(2 * BLOCK);

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

function padding(size: number): Buffer {
  return Buffer.alloc(padded(size) - size);
}

function layerSize(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + BLOCK + padded(size), END.length);
}

async function sizeOf(entry: LayerEntry): Promise<number> {
  if (entry.type === 'text') return Buffer.byteLength(entry.text);
  if (entry.type === 'file') return (await stat(entry.source)).size;
  return 0;
}

/** Every entry after the folders that it lies in; what is named twice is taken from its first mention. */
function withParents(entries: readonly LayerEntry[]): LayerEntry[] {
  const all = new Map<string, LayerEntry>();
  const named = new Map(entries.map(entry => [entry.path, entry]));
  const add = (path: string): void => {
    if (path === '/' || all.has(path)) return;
    add(posix.dirname(path));
    all.set(path, named.get(path) ?? { path, type: 'directory', mode: 0o755 });
  };
  for (const { path } of entries) add(path);
  return [...all.values()];
}

async function writeText(archive: FileHandle, name: string, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  await write(archive, header(name, { type: 'File', size: bytes.length, mode: 0o644 }));
  await write(archive, bytes);
  await write(archive, padding(bytes.length));
}

/** `FileHandle.write` may take less than it is given; `writeFile` on a handle goes on where the last one ended. */
async function write(archive: FileHandle, bytes: Buffer): Promise<void> {
  await archive.writeFile(bytes);
}
