import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../core/clock';
import type { Network } from '../core/network';
import { NodeNetwork } from '../lambdas/adapters/network/node-network';
import { type OpenDeployment, openWith } from './deployment';
import { askAtTerminal } from './terminal';

/** Everything outside of the command line, in one struct; tests put a rehearsed night in its place. */
export interface Outside {
  clock: Clock;
  network: Network;
  open: OpenDeployment;
  /** Who types. */
  user: string;
  /** Asks whoever sits at the terminal; undefined when they leave. Absent: nobody sits there. */
  ask?: ((question: string) => Promise<string | undefined>) | undefined;
  /** A few characters that nobody else has. */
  unique(): string;
  /** Runs `work` with a signal that Ctrl-C aborts; a second Ctrl-C ends the process as ever. */
  interruptible<T>(work: (interrupted: AbortSignal) => Promise<T>): Promise<T>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    wait(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : error;
    }),
};

export function productionOutside(): Outside {
  return {
    clock: systemClock,
    network: new NodeNetwork(),
    open: openWith(systemClock),
    user: whoTypes(),
    ask: askAtTerminal(process.stdin, process.stderr),
    unique: () => randomBytes(2).toString('hex'),
    interruptible,
  };
}

function whoTypes(): string {
  try {
    return userInfo().username;
  } catch (error) {
    // A container may run under a number that has no name.
    if (!(error instanceof Error)) throw error;
    return `user ${process.getuid?.() ?? 'without a name'}`;
  }
}

/** Ctrl-C while something is followed or watched. */
export class Interrupted extends Error {
  override name = 'Interrupted';
}

async function interruptible<T>(work: (interrupted: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort(new Interrupted('Ctrl-C'));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

/** Waits for `promise`, but not longer than until the signal aborts. @throws the signal's reason */
export async function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const settled = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: settled.signal });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    settled.abort();
  }
}
