import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run } from './command';
import { BuildStopped, PartFailed } from './errors';
import { Identities, type Identity } from './key';
import { makeData } from './makers/data';
import { makeDebian } from './makers/debian';
import { makeGo } from './makers/go';
import { makeImage } from './makers/image';
import type { Making } from './makers/making';
import { makeVenv } from './makers/venv';
import type { Part } from './part';
import { PARTS } from './parts';
import type { CachePaths } from './paths';
import { type Found, type Plan, planOf } from './plan';
import { prefetchGo } from './prefetch';
import { atPace } from './progress';
import type { Reporter } from './reporter';
import { Store } from './store';
import type { Toolchain } from './toolchain';

export interface BuilderOptions {
  run: Run;
  paths: CachePaths;
  toolchain: Toolchain;
  /** rehearsal/testbed of the checkout. */
  sources: string;
  parts?: readonly Part[];
  now?: () => number;
}

/** Looks parts up in the cache and makes those that are not there. */
export class Builder {
  private readonly identities: Identities;
  private readonly store: Store;
  private readonly now: () => number;

  constructor(private readonly options: BuilderOptions) {
    const { toolchain, sources, parts = PARTS, paths, run, now = Date.now } = options;
    this.now = now;
    this.identities = new Identities(toolchain, sources, parts);
    this.store = new Store(paths.parts, run, now);
  }

  async look(parts: readonly Part[]): Promise<Plan> {
    const found = await Promise.all(
      parts.map(async (part): Promise<Found> => {
        const identity = await this.identities.of(part.name);
        return { part, identity, lookup: await this.store.find(part.name, identity) };
      }),
    );
    return planOf(found);
  }

  /** Makes the pending parts one after the other. @throws PartFailed, BuildStopped */
  async build({ pending, seconds }: Plan, reporter: Reporter, signal: AbortSignal): Promise<void> {
    await this.store.sweep();
    await mkdir(this.options.paths.logs, { recursive: true });
    const over = new AbortController();
    const fetched = prefetchGo(pending, this.options, AbortSignal.any([signal, over.signal]));
    let usualSoFar = 0;
    let elapsedSoFar = 0;
    try {
      for (const [index, { part, identity }] of pending.entries()) {
        const after = atPace(seconds - usualSoFar - part.seconds, usualSoFar, elapsedSoFar);
        const standing = { part, number: index + 1, of: pending.length, next: pending[index + 1]?.part };
        reporter.begin({ ...standing, elapsed: 0, after });
        const elapsed = await this.make(part, identity, signal, fetched.ready);
        elapsedSoFar += elapsed;
        usualSoFar += part.seconds;
        reporter.end({ ...standing, elapsed, after: atPace(seconds - usualSoFar, usualSoFar, elapsedSoFar) });
      }
    } finally {
      reporter.close();
      over.abort();
      await fetched.done;
    }
  }

  /** @returns how long it took, its download included, in seconds */
  private async make(
    part: Part,
    identity: Identity,
    signal: AbortSignal,
    fetched: (part: Part) => Promise<void>,
  ): Promise<number> {
    const log = join(this.options.paths.logs, `${part.name}.log`);
    await rm(log, { force: true });
    const began = this.now();
    const making: Making = {
      ...this.options,
      identity,
      log,
      signal,
      folderOf: async name => this.store.folderOf(name, await this.identities.of(name)),
    };
    try {
      await fetched(part);
      await this.store.publish(part.name, identity, (folder, final) => fill(part, making, folder, final));
      return (this.now() - began) / 1000;
    } catch (error) {
      if (signal.aborted || error instanceof BuildStopped) throw new BuildStopped();
      throw error instanceof Error ? new PartFailed(part.name, log, error) : error;
    }
  }
}

function fill(part: Part, making: Making, folder: string, final: string): Promise<Record<string, string>> {
  switch (part.kind) {
    case 'go':
      return makeGo(part, making, folder, final);
    case 'venv':
      return makeVenv(part, making, folder, final);
    case 'debian':
      return makeDebian(part, making, folder, final);
    case 'data':
      return makeData(part, making, folder, final);
    case 'image':
      return makeImage(part, making, folder, final);
  }
}
