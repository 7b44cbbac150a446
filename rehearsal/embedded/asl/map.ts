import type { MapState } from './definition';
import { runDistributed } from './distributed-map';
import { AslError } from './errors';
import type { Frame, MapItem } from './frame';
import type { Json } from './json';
import { checkPayload } from './limits';
import { finish, type Outcome } from './outcome';
import type { RunScope } from './parallel';
import { runPool } from './pool';
import { type Bindings, QueryFailure, unexpectedType } from './query';
import { recovering } from './retry';
import { Tolerance } from './tolerance';

/** A Map state's fields, evaluated. */
export interface MapPlan {
  items: Json[];
  /** Undefined: as many as the quota lets. */
  concurrency: number | undefined;
  tolerance: Tolerance;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-map.html */
export function map(frame: Frame, state: MapState, runScope: RunScope): Promise<Outcome> {
  const distributed = state.ItemProcessor.ProcessorConfig?.Mode === 'DISTRIBUTED';
  const attempt = async () => {
    const name = frame.current?.name ?? '';
    const plan = await evaluatePlan(frame, state);
    frame.record('MapStateStarted', { length: plan.items.length });
    const result = distributed
      ? await runDistributed(frame, state, plan)
      : await runInline(frame, state, plan, runScope);
    checkPayload(frame.execution.limits, result, name);
    frame.record('MapStateSucceeded');
    return finish(frame, state, {
      field: '',
      bindings: frame.bindings({ result }),
      otherwise: result,
      next: state.Next,
    });
  };
  // As with ParallelStateFailed: once, after the last retry.
  return recovering(frame, state, attempt, () => {
    frame.record('MapStateFailed');
  });
}

async function evaluatePlan(frame: Frame, state: MapState): Promise<MapPlan> {
  const bindings = frame.bindings();
  const items = await evaluateItems(frame, state, bindings);
  const integer = (field: 'MaxConcurrency' | 'ToleratedFailureCount') => {
    const template = state[field];
    return template === undefined ? undefined : frame.evaluateInteger(template, field, bindings, 0);
  };
  const concurrency = await integer('MaxConcurrency');
  const count = await integer('ToleratedFailureCount');
  const percentage = await evaluatePercentage(frame, state, bindings);
  return {
    items,
    concurrency: concurrency === 0 ? undefined : concurrency,
    tolerance: new Tolerance(items.length, count, percentage),
  };
}

async function evaluateItems(frame: Frame, state: MapState, bindings: Bindings): Promise<Json[]> {
  if (state.Items === undefined) {
    const input = frame.current?.input ?? null;
    if (Array.isArray(input)) return input;
    throw frame.evaluationFailed(
      new QueryFailure('Items', `Map state input must be an array but was: ${JSON.stringify(input)}`),
    );
  }
  const items = await frame.evaluate(state.Items, 'Items', bindings);
  if (Array.isArray(items)) return items;
  throw frame.evaluationFailed(unexpectedType(state.Items, 'Items', 'array', items));
}

async function evaluatePercentage(frame: Frame, state: MapState, bindings: Bindings) {
  const field = 'ToleratedFailurePercentage';
  const template = state[field];
  if (template === undefined) return undefined;
  const value = await frame.evaluate(template, field, bindings);
  if (typeof value !== 'number')
    throw frame.evaluationFailed(unexpectedType(template, field, 'number', value));
  if (value >= 0 && value <= 100) return value;
  throw frame.evaluationFailed(
    new QueryFailure(field, `The ${field} field must be between 0 and 100, not ${value}.`),
  );
}

/** The input of one iteration. */
export function itemInput(frame: Frame, state: MapState, item: MapItem): Promise<Json> {
  if (state.ItemSelector === undefined) return Promise.resolve(item.Value);
  return frame.evaluate(state.ItemSelector, 'ItemSelector', frame.bindings({ mapItem: item }));
}

/** Iterations as flows of control of this execution, with their events in its history. */
async function runInline(
  frame: Frame,
  state: MapState,
  { items, concurrency, tolerance }: MapPlan,
  runScope: RunScope,
): Promise<Json[]> {
  const name = frame.current?.name ?? '';
  const outputs: Json[] = [];
  const running = new Map<number, Frame>();
  let failure: unknown;

  const failed = (index: number, child: Frame, error: unknown) => {
    failure = error;
    for (const other of running.values()) other.cancel();
    if (!(error instanceof AslError) || error.terminal) return;
    for (const [i, other] of running) {
      if (i !== index)
        frame.execution.record('MapIterationAborted', other.previousEventId, { name, index: i });
      frame.recordAborted(other);
    }
    frame.previousEventId = child.previousEventId;
  };

  const iterate = async (index: number, child: Frame) => {
    const item = { Index: index, Value: items[index] ?? null };
    const input = await itemInput(frame, state, item).catch(error => {
      if (error instanceof AslError) child.record('MapIterationFailed', { name, index });
      throw error;
    });
    try {
      outputs[index] = await runScope(child, state.ItemProcessor, input);
      frame.previousEventId = child.record('MapIterationSucceeded', { name, index });
    } catch (error) {
      if (failure !== undefined || !(error instanceof AslError) || error.terminal) throw error;
      child.record('MapIterationFailed', { name, index });
      if (!tolerance.accepts()) throw tolerance.failure(error);
      frame.recordAborted(child);
      outputs[index] = error.output;
    }
  };

  const work = async (index: number) => {
    const child = frame.child({ Index: index, Value: items[index] ?? null });
    running.set(index, child);
    try {
      child.record('MapIterationStarted', { name, index });
      await iterate(index, child);
    } catch (error) {
      if (failure === undefined) failed(index, child, error);
    } finally {
      running.delete(index);
      frame.release(child);
    }
  };

  const quota = frame.execution.limits.inlineConcurrency;
  await runPool(items.length, Math.min(concurrency ?? quota, quota), work, () => failure !== undefined);
  if (failure !== undefined) throw failure;
  return outputs;
}
