import type { Clock } from '../../core/clock';

/**
 * Runs `work` and gives up after `ms`: the signal aborts the work, and `onTimeout` says with which error.
 * A call without a deadline would let a lost Region decide how long a run takes.
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  onTimeout: () => Error,
): Promise<T> {
  const call = new AbortController();
  const timer = new AbortController();
  const timeout = clock.sleep(ms, timer.signal).then(
    () => {
      const error = onTimeout();
      call.abort(error);
      throw error;
    },
    // The timer was cancelled since the work is done: never settle, the race is over.
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([work(call.signal), timeout]);
  } finally {
    timer.abort();
  }
}
