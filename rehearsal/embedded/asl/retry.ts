import type { Catcher, Recovery, Retrier, State } from './definition';
import { AslError } from './errors';
import type { Frame } from './frame';
import { finish, type Outcome } from './outcome';

/**
 * Whether ErrorEquals matches.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html:
 * States.ALL "can't catch the States.DataLimitExceeded terminal error or Runtime error types"; States.TaskFailed
 * "acts as a wildcard that matches any known error name except for States.Timeout". A name that is spelled out
 * matches itself, States.DataLimitExceeded too; States.Runtime nothing can match.
 */
export function matches(errorEquals: readonly string[], failure: AslError): boolean {
  if (failure.terminal) return false;
  const { error, kind } = failure;
  return errorEquals.some(name => {
    if (name === error) return true;
    switch (name) {
      case 'States.ALL':
        return error !== 'States.DataLimitExceeded';
      case 'States.TaskFailed':
        return error !== 'States.Timeout' && error !== 'States.DataLimitExceeded';
      case 'States.HeartbeatTimeout':
        return kind === 'heartbeat';
      case 'States.BranchFailed':
        return failure.fromBranch && error !== 'States.DataLimitExceeded';
      default:
        return false;
    }
  });
}

/**
 * Seconds before the retry after `attempts` retries of this retrier.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error
 * MaxDelaySeconds caps first; FULL jitter then draws between zero and the delay.
 */
export function retryDelay(retrier: Retrier, attempts: number, random: () => number): number {
  const grown = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** attempts;
  const delay = Math.min(grown, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return retrier.JitterStrategy === 'FULL' ? delay * random() : delay;
}

/**
 * Runs `attempt` under a state's Retry and Catch. `failed` is called once when the state as a whole has failed: no
 * retry is left. Only AslErrors are failures; anything else (Cancelled, a bug) passes through.
 */
export async function recovering(
  frame: Frame,
  state: Recovery & State,
  attempt: () => Promise<Outcome>,
  failed: () => void = () => undefined,
): Promise<Outcome> {
  const counts = new Map<Retrier, number>();
  for (;;) {
    try {
      return await attempt();
    } catch (failure) {
      if (!(failure instanceof AslError) || failure.terminal) throw failure;
      // Only the first retrier that matches counts; when it is used up, later ones are not asked.
      const retrier = state.Retry?.find(({ ErrorEquals }) => matches(ErrorEquals, failure));
      const used = retrier ? (counts.get(retrier) ?? 0) : 0;
      if (!retrier || used >= (retrier.MaxAttempts ?? 3)) {
        failed();
        return caught(frame, state, failure);
      }
      counts.set(retrier, used + 1);
      await frame.sleep(retryDelay(retrier, used, frame.execution.random));
      if (frame.current) frame.current.retryCount++;
    }
  }
}

async function caught(frame: Frame, state: Recovery, failure: AslError): Promise<Outcome> {
  const index = state.Catch?.findIndex(({ ErrorEquals }) => matches(ErrorEquals, failure)) ?? -1;
  const catcher: Catcher | undefined = state.Catch?.[index];
  if (!catcher) throw failure;
  const errorOutput = failure.output;
  return finish(frame, catcher, {
    field: `Catch[${index}]/`,
    bindings: frame.bindings({ errorOutput }),
    otherwise: errorOutput,
    next: catcher.Next,
  });
}
