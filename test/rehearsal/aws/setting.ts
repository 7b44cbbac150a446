import { CallLog } from '../../../rehearsal/embedded/calls';
import { VirtualClock } from '../../../rehearsal/embedded/virtual-clock';

export const START = Date.parse('2026-03-01T03:00:00Z');

/** A clock and a log, as every fake needs them, and a way to run a call to its end in virtual time. */
export function setting(region = 'us-east-2') {
  const clock = new VirtualClock(START);
  const log = new CallLog(clock);
  return {
    clock,
    log,
    region,
    seed: 'test',
    run: <T>(promise: Promise<T>) => clock.run(promise),
    /** The error that a call is expected to end with. @throws when it succeeds. */
    failure: async (promise: Promise<unknown>): Promise<Error & Record<string, unknown>> => {
      const outcome = await clock.run(
        promise.then(
          value => ({ value }),
          (error: unknown) => ({ error }),
        ),
      );
      if ('error' in outcome && outcome.error instanceof Error) {
        return outcome.error as Error & Record<string, unknown>;
      }
      throw new Error(`expected an error, got ${JSON.stringify(outcome)}`);
    },
  };
}
