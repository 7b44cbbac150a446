import type { MapState } from './definition';
import { AslError } from './errors';
import type { Execution } from './execution';
import type { Frame } from './frame';
import type { Json } from './json';
import { itemInput, type MapPlan } from './map';
import { runPool } from './pool';
import { thresholdExceeded } from './tolerance';

/**
 * A Map Run: each item in a child execution of its own, of which the parent's history shows nothing but MapRun…
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
export async function runDistributed(
  frame: Frame,
  state: MapState,
  { items, concurrency, tolerance }: MapPlan,
): Promise<Json[]> {
  const { execution } = frame;
  const run = execution.newMapRun(state.Label);
  frame.record('MapRunStarted', { mapRunArn: run.arn });
  const outputs: Json[] = [];
  const running = new Set<Execution>();
  let failure: unknown;

  const stop = (error: unknown) => {
    failure ??= error;
    for (const child of running) child.abort();
  };
  const onAbort = () => stop(frame.signal.reason);
  frame.signal.addEventListener('abort', onAbort, { once: true });

  const work = async (index: number) => {
    try {
      const input = await itemInput(frame, state, { Index: index, Value: items[index] ?? null });
      frame.signal.throwIfAborted();
      if (failure !== undefined) return;
      const child = run.start(state.ItemProcessor, input);
      running.add(child);
      const result = await child.result;
      running.delete(child);
      if (result.status === 'SUCCEEDED') {
        outputs[index] = result.output;
        return;
      }
      if (failure !== undefined) return;
      const error = new AslError(result.error, result.cause);
      // Even one failed item that is not tolerated is reported as an exceeded threshold, of zero.
      if (!tolerance.accepts()) stop(thresholdExceeded());
      else outputs[index] = error.output;
    } catch (error) {
      stop(error);
    }
  };

  const quota = execution.limits.distributedConcurrency;
  await runPool(items.length, Math.min(concurrency ?? quota, quota), work, () => failure !== undefined);
  frame.signal.removeEventListener('abort', onAbort);
  if (failure instanceof AslError && !failure.terminal) frame.record('MapRunFailed', failure.details);
  if (failure !== undefined) throw failure;
  frame.record('MapRunSucceeded');
  return outputs;
}
