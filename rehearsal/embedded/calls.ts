import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../../core/clock';

/** One call that step code made to the outside world, as a fake saw it. */
export interface Call {
  /** Milliseconds since the epoch, when the call was made. */
  at: number;
  /** When it settled; absent while nothing has answered. */
  endedAt?: number;
  /** The step whose code called; `world` for what the fakes do among themselves. */
  step: string;
  /** The run that the step worked for; absent outside of runs. */
  run?: string;
  /** The app that the step worked for. */
  app?: string;
  service: string;
  action: string;
  region: string;
  resource: string;
  /** `ok`, the error's name, or `pending` while nothing has answered. */
  outcome: string;
}

interface Caller {
  step: string;
  run?: string;
  app?: string;
}

const caller = new AsyncLocalStorage<Caller>();

/** Runs `work` so that every call inside of it is written down under the step and its run. */
export function asStep<T>(who: Caller, work: () => Promise<T>): Promise<T> {
  return caller.run(who, work);
}

/** The list of all calls to the fakes. */
export class CallLog {
  readonly calls: Call[] = [];

  constructor(private readonly clock: Clock) {}

  /** Writes the call down before it is made, and its outcome when it settles. */
  async record<T>(
    call: Pick<Call, 'service' | 'action' | 'region' | 'resource'>,
    work: () => Promise<T>,
  ): Promise<T> {
    const who = caller.getStore() ?? { step: 'world' };
    const entry: Call = { ...call, ...who, at: this.clock.now(), outcome: 'pending' };
    this.calls.push(entry);
    try {
      const result = await work();
      entry.outcome = 'ok';
      return result;
    } catch (error) {
      entry.outcome = error instanceof Error ? error.name : String(error);
      throw error;
    } finally {
      entry.endedAt = this.clock.now();
    }
  }
}
