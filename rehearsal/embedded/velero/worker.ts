import type { VirtualClock } from '../virtual-clock';

/** The process was stopped: what it was doing is cut here. */
export class Stopped extends Error {
  override name = 'Stopped';
}

/**
 * A controller's work queue with one worker, which is what every controller of Velero has
 * (MaxConcurrentReconciles is 1 by default): one key at a time, in order, a waiting key only once.
 */
export class Worker {
  private waiting: string[] = [];
  private busy = false;

  constructor(
    private readonly clock: VirtualClock,
    private readonly delay: number,
    private readonly signal: AbortSignal,
    private readonly reconcile: (key: string) => Promise<void> | void,
  ) {}

  add(key: string): void {
    if (this.signal.aborted || this.waiting.includes(key)) return;
    this.waiting.push(key);
    if (this.busy) return;
    this.busy = true;
    background(this.clock, this.drain());
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      await this.clock.sleep(this.delay, this.signal);
      const key = this.waiting.shift();
      if (key !== undefined) await this.reconcile(key);
    }
    this.busy = false;
  }
}

/** Runs on beside everything else. Being stopped is no failure; any other error surfaces from `clock.run`. */
export function background(clock: VirtualClock, task: Promise<unknown>): void {
  task.catch((error: unknown) => {
    if (error instanceof Stopped) return;
    clock.after(0, () => {
      throw error;
    });
  });
}

/** As Promise.race against the signal: rejects with its reason when it aborts. */
export function unlessStopped<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
