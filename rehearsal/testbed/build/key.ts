import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { SourcesMissing } from './errors';
import { requiredVersion } from './go-mod';
import { FORMAT } from './image-archive';
import { buildArguments } from './makers/go-arguments';
import type { DataPart, GoPart, Part } from './part';
import { inputsOf, PARTS, partNamed } from './parts';
import { notFound } from './system-error';
import type { Toolchain } from './toolchain';

/** Raise it when the way of making parts changes in a manner that no other input shows. */
const RECIPE = 1;

export interface Identity {
  /** What the part calls itself; the tag of an image. */
  version: string;
  /** Changes exactly when what comes out could change. */
  key: string;
}

/** Names every part by a hash over all that determines it. */
export class Identities {
  private readonly known = new Map<string, Promise<Identity>>();
  private readonly files = new Map<string, Promise<string>>();

  constructor(
    private readonly toolchain: Toolchain,
    /** rehearsal/testbed of a checkout. */
    private readonly sources: string,
    private readonly parts: readonly Part[] = PARTS,
  ) {}

  of(name: string): Promise<Identity> {
    const known = this.known.get(name);
    if (known) return known;
    const identity = this.identify(partNamed(name, this.parts));
    this.known.set(name, identity);
    return identity;
  }

  private async identify(part: Part): Promise<Identity> {
    const { version, determinedBy } = await this.determine(part);
    const { seconds: _seconds, purpose: _purpose, ...definition } = part;
    return { version, key: digest({ RECIPE, definition, version, determinedBy }) };
  }

  private async determine(part: Part): Promise<{ version: string; determinedBy: unknown }> {
    switch (part.kind) {
      case 'go': {
        const version = await this.versionOf(part);
        const { go, goTarget } = this.toolchain;
        const args = buildArguments(part, version);
        return { version, determinedBy: { go, goTarget, args, sources: await this.module(part) } };
      }
      case 'data':
        return {
          version: await this.versionOf(part),
          determinedBy: await this.file(part.name, part.module, 'go.sum'),
        };
      case 'venv': {
        const requirements = await this.file(part.name, part.requirements);
        return {
          version: pinned(requirements, part.versionOf),
          determinedBy: { requirements, python: this.toolchain.python },
        };
      }
      case 'debian':
        // Not the packages' versions: a distribution serves only its newest ones, so that a key made of them would
        // ask the network each time. The versions that were unpacked are recorded instead.
        return { version: this.toolchain.distribution, determinedBy: this.toolchain.goTarget };
      case 'image': {
        const inputs = await Promise.all(inputsOf(part).map(name => this.of(name)));
        const tag = part.versionOf === undefined ? '1' : (await this.of(part.versionOf)).version;
        return { version: tag, determinedBy: { FORMAT, reference: part.reference(tag), inputs } };
      }
    }
  }

  private async versionOf(part: GoPart | DataPart): Promise<string> {
    if (part.versionOf === undefined) return '1';
    const file = join(part.module, 'go.mod');
    return requiredVersion(await this.file(part.name, file), part.versionOf, file);
  }

  /** go.mod, go.sum and the sources that lie in this repository, tests apart. */
  private async module({ name, module }: GoPart): Promise<Record<string, string>> {
    const folder = join(this.sources, module);
    try {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries
        .filter(entry => entry.isFile() && !entry.name.endsWith('_test.go'))
        .map(entry => relative(this.sources, join(entry.parentPath, entry.name)))
        .sort();
      return Object.fromEntries(
        await Promise.all(files.map(async file => [file, sha256(await this.file(name, file))] as const)),
      );
    } catch (error) {
      if (notFound(error)) throw new SourcesMissing(name, folder);
      throw error;
    }
  }

  private file(part: string, ...segments: string[]): Promise<string> {
    const path = join(this.sources, ...segments);
    const known = this.files.get(path);
    if (known) return known;
    const text = readFile(path, 'utf8').catch((error: unknown) => {
      throw notFound(error) ? new SourcesMissing(part, path) : error;
    });
    this.files.set(path, text);
    return text;
  }
}

/** @returns the version that a requirements file pins `name` to, or `unpinned` */
function pinned(requirements: string, name: string): string {
  const pattern = new RegExp(`^${name}(?:\\[[^\\]]*\\])?==([^\\s;\\\\]+)`, 'mi');
  return pattern.exec(requirements)?.[1] ?? 'unpinned';
}

function digest(value: unknown): string {
  return sha256(JSON.stringify(value)).slice(0, 20);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
