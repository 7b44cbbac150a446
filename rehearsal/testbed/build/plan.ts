import type { Identity } from './key';
import type { Part } from './part';
import type { Lookup } from './store';

/** One part and what the cache has of it. */
export interface Found {
  part: Part;
  identity: Identity;
  lookup: Lookup;
}

export interface Plan {
  ready: readonly Found[];
  /** What is to be made, in order. */
  pending: readonly Found[];
  /** How long the pending parts usually take together. */
  seconds: number;
  /** Go programs are among the pending ones. */
  cold: boolean;
}

export function planOf(found: readonly Found[]): Plan {
  const pending = found.filter(({ lookup }) => lookup.state !== 'ready');
  return {
    ready: found.filter(({ lookup }) => lookup.state === 'ready'),
    pending,
    seconds: pending.reduce((sum, { part }) => sum + part.seconds, 0),
    cold: pending.some(({ part }) => part.kind === 'go'),
  };
}

/** Why a part is not ready, in a few words. */
export function reasonOf(lookup: Lookup): string {
  switch (lookup.state) {
    case 'ready':
      return 'ready';
    case 'absent':
      return 'not built';
    case 'damaged':
      return `damaged: ${lookup.what}`;
  }
}
