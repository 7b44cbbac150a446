import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run } from './command';
import { mustRun } from './command';
import type { Identity } from './key';
import { damage, factsOf, MANIFEST, type Manifest } from './manifest';
import { notFound } from './system-error';

const UNFINISHED = '.unfinished-';

export type Lookup =
  | { state: 'ready'; folder: string; manifest: Manifest }
  | { state: 'absent' }
  | { state: 'damaged'; what: string };

/** Fills an empty folder; `final` is where it will lie. @returns versions of what is inside */
export type Fill = (folder: string, final: string) => Promise<Record<string, string>>;

/** Finished parts by name and key. A part appears in it whole, by one rename, or not at all. */
export class Store {
  constructor(
    private readonly folder: string,
    private readonly run: Run,
    private readonly now: () => number = Date.now,
  ) {}

  folderOf(name: string, { key }: Identity): string {
    return join(this.folder, `${name}-${key}`);
  }

  async find(name: string, identity: Identity): Promise<Lookup> {
    const folder = this.folderOf(name, identity);
    let manifest: Manifest;
    try {
      manifest = JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')) as Manifest;
    } catch (error) {
      if (notFound(error)) return { state: 'absent' };
      if (error instanceof SyntaxError) return { state: 'damaged', what: `${MANIFEST} cannot be read` };
      throw error;
    }
    const what = await damage(folder, manifest);
    return what === undefined ? { state: 'ready', folder, manifest } : { state: 'damaged', what };
  }

  /** Makes a part in a folder of its own, has it reach the disk, and gives it its name. */
  async publish(name: string, identity: Identity, fill: Fill): Promise<Manifest> {
    const started = this.now();
    const final = this.folderOf(name, identity);
    // With the pid: a compiler that outlived a build killed by -9 must not write into its successor's folder.
    const unfinished = join(this.folder, `${UNFINISHED}${process.pid}-${name}-${identity.key}`);
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    try {
      const contents = await fill(unfinished, final);
      const manifest: Manifest = {
        name,
        ...identity,
        took: Math.round((this.now() - started) / 1000),
        contents,
        files: await factsOf(unfinished),
      };
      await writeFile(join(unfinished, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`);
      // One syncfs(2) instead of an fsync(2) for each of a virtual environment's thousands of files.
      await mustRun(this.run, { file: 'sync', args: ['--file-system', unfinished] });
      await rm(final, { recursive: true, force: true });
      await rename(unfinished, final);
      await this.syncFolder();
      return manifest;
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      throw error;
    }
  }

  /** Removes what an earlier build left unfinished (kill -9, power). */
  async sweep(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const left = (await readdir(this.folder)).filter(name => name.startsWith(UNFINISHED));
    await Promise.all(left.map(name => rm(join(this.folder, name), { recursive: true, force: true })));
  }

  private async syncFolder(): Promise<void> {
    const handle = await open(this.folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}
