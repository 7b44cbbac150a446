import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../../core/clock';

/** One call that step code made to the outside world, as a fake saw it. */
export interface Call {
  /** Milliseconds since the epoch, when the call was made. */
  at: number;
  /** The step whose code called; `world` for what the fakes do among themselves. */
  step: string;
  service: string;
  action: string;
  region: string;
  resource: string;
  /** `ok`, the error's name, or `pending` while nothing has answered. */
  outcome: string;
}

const currentStep = new AsyncLocalStorage<string>();

/** Runs `work` so that every call inside of it is written down under the step's name. */
export function asStep<T>(step: string, work: () => Promise<T>): Promise<T> {
  return currentStep.run(step, work);
}

/** The list of all calls to the fakes. */
export class CallLog {
  readonly calls: Call[] = [];

  constructor(private readonly clock: Clock) {}

  /** Writes the call down before it is made, and its outcome when it settles. */
  async record<T>(call: Omit<Call, 'at' | 'step' | 'outcome'>, work: () => Promise<T>): Promise<T> {
    const entry: Call = {
      ...call,
      at: this.clock.now(),
      step: currentStep.getStore() ?? 'world',
      outcome: 'pending',
    };
    this.calls.push(entry);
    try {
      const result = await work();
      entry.outcome = 'ok';
      return result;
    } catch (error) {
      entry.outcome = error instanceof Error ? error.name : String(error);
      throw error;
    }
  }
}
