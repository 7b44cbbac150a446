import type { Deps } from './wire';

/** A drill has leases and activations of its own: what a step asks the ledger for is then about those. */
export function drilling(deps: Deps): Deps {
  return { ...deps, ledger: deps.ledger.drills() };
}

/** The dependencies for an event: `RunInput` says whether its run is a drill. */
export function scopedTo(deps: Deps, event: unknown): Deps {
  const { run } = (event ?? {}) as { run?: { drill?: unknown } };
  return run?.drill === true ? drilling(deps) : deps;
}
