import { join } from 'node:path';
import { type Fetching, fetchModules } from './makers/go';
import type { Part } from './part';
import type { CachePaths } from './paths';
import type { Found } from './plan';

export interface Prefetch {
  /** Resolves when what the part needs is here. @throws DownloadFailed */
  ready(part: Part): Promise<void>;
  /** Resolves when no download runs any more; never rejects. */
  done: Promise<void>;
}

/**
 * Downloads what Go programs are made of in the order of building, beside the compilers: these wait for processors,
 * downloads for the network. One that fails does not keep the next ones from being fetched; who waits for it learns.
 */
export function prefetchGo(
  pending: readonly Found[],
  options: Omit<Fetching, 'log' | 'signal'> & { paths: CachePaths },
  signal: AbortSignal,
): Prefetch {
  const ready = new Map<string, Promise<void>>();
  let previous: Promise<unknown> = Promise.resolve();
  for (const { part } of pending) {
    if (part.kind !== 'go') continue;
    const log = join(options.paths.logs, `${part.name}.fetch.log`);
    const fetched = previous.then(() => fetchModules(part, { ...options, log, signal }));
    ready.set(part.name, fetched);
    previous = Promise.allSettled([fetched]);
  }
  return {
    ready: async part => {
      await ready.get(part.name);
    },
    done: previous.then(() => undefined),
  };
}
