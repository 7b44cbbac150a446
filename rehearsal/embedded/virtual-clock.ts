import type { Clock } from '../../core/clock';

interface Timer {
  at: number;
  order: number;
  fire: () => void;
}

/** A clock with timers, on which AWS's own doings run. */
export interface NightClock extends Clock {
  /** Calls `fire` after `ms`. Returns a function that cancels it. */
  after(ms: number, fire: () => void): () => void;
  /** Calls `fire` every `ms`, first after one period, until the returned function is called. */
  every(ms: number, fire: () => void): () => void;
}

/** Nothing is left that could ever happen, and what was awaited has not happened. */
export class VirtualDeadlock extends Error {
  override name = 'VirtualDeadlock';
}

/**
 * A clock that stands still while code runs and jumps to the next timer when everything waits.
 *
 * All code under it may wait only for promises and for this clock. Real I/O would make the jump too early, so
 * nothing in the embedded rehearsal does any. Timers that are due at the same instant fire in the order in which
 * they were set, which keeps every run of a scenario the same.
 */
export class VirtualClock implements NightClock {
  private timers: Timer[] = [];
  private order = 0;

  constructor(private time: number) {}

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      const onAbort = () => {
        cancel();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Calls `fire` after `ms` of virtual time. Returns a function that cancels it. */
  after(ms: number, fire: () => void): () => void {
    const timer = { at: this.time + Math.max(0, ms), order: this.order++, fire };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter(other => other !== timer);
    };
  }

  /** Calls `fire` every `ms` of virtual time, first after one period, until the returned function is called. */
  every(ms: number, fire: () => void): () => void {
    let cancel = this.after(ms, tick.bind(this));
    function tick(this: VirtualClock) {
      cancel = this.after(ms, tick.bind(this));
      fire();
    }
    return () => cancel();
  }

  /**
   * Runs until `promise` settles, at most to `until` (ms since the epoch).
   * @throws VirtualDeadlock when no timer is left, or `until` passes, and the promise still waits.
   */
  async run<T>(promise: Promise<T>, until = Number.POSITIVE_INFINITY): Promise<T> {
    let settled = false;
    const mark = () => {
      settled = true;
    };
    promise.then(mark, mark);
    for (;;) {
      await idle();
      if (settled) return promise;
      const next = this.takeNext();
      if (!next) throw new VirtualDeadlock('no timer is left and the awaited promise has not settled');
      if (next.at > until) throw new VirtualDeadlock(`not settled by ${new Date(until).toISOString()}`);
      this.time = next.at;
      next.fire();
    }
  }

  /** Lets virtual time pass: everything that is due within `ms` happens. */
  async advance(ms: number): Promise<void> {
    await this.run(this.sleep(ms));
  }

  private takeNext(): Timer | undefined {
    let best: Timer | undefined;
    for (const timer of this.timers) {
      if (!best || timer.at < best.at || (timer.at === best.at && timer.order < best.order)) best = timer;
    }
    if (best) this.timers.splice(this.timers.indexOf(best), 1);
    return best;
  }
}

/** setImmediate runs after all promise reactions that are ready, however many they chain. */
function idle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
