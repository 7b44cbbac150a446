import type { App, Config } from '../../core/config';
import { STATES, STEPS, type StepName } from '../../core/phases';
import { MODES } from '../../core/run';
import type { Retrier, StateJson, StatesJson } from './definition';
import { appLoops, type Loop, runLoops } from './loops';

/** An execution's history holds so many events, then Step Functions ends it. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const MAX_EVENTS = 25_000;

/** ExecutionStarted, and how it ended. */
export const EXECUTION = 2;
/** Entered and exited. */
const STATE = 2;
/** Started and succeeded, beside entered and exited. */
const PARALLEL = 2;
/** MapStateStarted, MapRunStarted, MapRunSucceeded, MapStateSucceeded. */
const DISTRIBUTED_MAP = 4;

/**
 * The longest history of the run's own execution: each state once, also those that exclude each other, each loop as
 * long as its deadline. More than can happen, never less.
 */
export function runEvents(definition: StatesJson, config: Config): number {
  return EXECUTION + eventsOf(definition, runLoops(config));
}

/** The longest history of an app's execution under the Distributed Map. */
export function appEvents(definition: StatesJson, config: Config, app: App): number {
  const child = childOf(definition);
  return EXECUTION + Math.max(...MODES.map(mode => eventsOf(child, appLoops(config, app, mode))));
}

/** The workflow of one app. */
export function childOf(definition: StatesJson): StatesJson {
  for (const state of Object.values(definition.States)) {
    if (state.ItemProcessor) return state.ItemProcessor;
    const inside = state.Branches?.map(branch => findChild(branch)).find(found => found !== undefined);
    if (inside) return inside;
  }
  throw new Error('The workflow has no map over apps.');
}

function findChild(states: StatesJson): StatesJson | undefined {
  return Object.values(states.States).find(state => state.ItemProcessor)?.ItemProcessor;
}

/** Every state of a level and of its branches, loops unrolled. */
export function eventsOf({ States: states }: StatesJson, loops: Partial<Record<StepName, Loop>>): number {
  const inLoops = new Map<string, number>();
  let sum = 0;
  for (const step of STEPS) {
    const { state, until, wait } = STATES[step];
    const [task, loop] = [states[state], loops[step]];
    if (!task || !until || !wait || !loop) continue;
    for (const name of [state, until, wait]) inLoops.set(name, 0);
    sum += loopEvents(task, loop);
  }
  for (const [name, state] of Object.entries(states)) sum += inLoops.get(name) ?? stateEvents(state);
  return sum;
}

/**
 * A loop's events when its deadline passes. Retries bring events, and take time in which nothing else is asked; so
 * every number of retries that an asking may have is tried, and the one that brings most counts.
 */
export function loopEvents(task: StateJson, loop: Loop): number {
  const totals = roughAskings(task).map(({ attempts, seconds }) => {
    const count = askings(loop, seconds);
    // Each asking and the look at its answer, and a wait between two.
    return count * (taskEvents(task, attempts) + STATE) + (count - 1) * STATE;
  });
  return Math.max(...totals);
}

/** How often a step is asked until its deadline; the last time comes when it has passed. */
export function askings({ seconds, wait }: Loop, askingSeconds: number): number {
  let count = 1;
  for (let elapsed = askingSeconds; elapsed < seconds; count++) elapsed += wait(elapsed) + askingSeconds;
  return count;
}

function stateEvents(state: StateJson): number {
  switch (state.Type) {
    case 'Task':
      return taskEvents(state, retriesOf(state).attempts);
    case 'Parallel': {
      const inside = state.Branches?.map(branch => eventsOf(branch, {})) ?? [];
      return STATE + PARALLEL + inside.reduce((sum, events) => sum + events, 0);
    }
    case 'Map':
      // The children have histories of their own.
      return STATE + DISTRIBUTED_MAP;
    default:
      return STATE;
  }
}

/** Each attempt is scheduled, started and ended; one that waits for a token is submitted too. */
function taskEvents({ Resource }: StateJson, retries: number): number {
  const attempt = Resource?.endsWith('.waitForTaskToken') ? 4 : 3;
  return STATE + attempt * (1 + retries);
}

/** What retries add to one asking. */
export interface Rough {
  attempts: number;
  seconds: number;
}

/** All the retries that a state allows for one asking, and how long they take. */
export function retriesOf(state: StateJson): Rough {
  return roughAskings(state).reduce((most, rough) => (rough.attempts > most.attempts ? rough : most));
}

/** Every way in which one asking may go: so many retries of the first kind, so many of the second, and so on. */
export function roughAskings({ Retry = [], TimeoutSeconds }: StateJson): Rough[] {
  return Retry.reduce<Rough[]>(
    (ways, retrier) => {
      // An attempt that runs out of time has taken all of it.
      const slow = retrier.ErrorEquals.includes('States.Timeout') && typeof TimeoutSeconds === 'number';
      const retries = usesOf(retrier, slow ? TimeoutSeconds : 0);
      return ways.flatMap(way =>
        retries.map(more => ({
          attempts: way.attempts + more.attempts,
          seconds: way.seconds + more.seconds,
        })),
      );
    },
    [{ attempts: 0, seconds: 0 }],
  );
}

/** None, one, two and so on retries of one kind, up to as many as there may be. */
function usesOf(retrier: Retrier, attemptSeconds: number): Rough[] {
  const uses = [{ attempts: 0, seconds: 0 }];
  let seconds = 0;
  for (let retry = 0; retry < (retrier.MaxAttempts ?? 3); retry++) {
    seconds += attemptSeconds + delaySeconds(retrier, retry);
    uses.push({ attempts: retry + 1, seconds });
  }
  return uses;
}

function delaySeconds(
  {
    IntervalSeconds = 1,
    BackoffRate = 2,
    MaxDelaySeconds = Number.POSITIVE_INFINITY,
    JitterStrategy,
  }: Retrier,
  retry: number,
): number {
  const delay = Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** retry);
  // Anything from nothing to all of it: half, over many.
  return JitterStrategy === 'FULL' ? delay / 2 : delay;
}
