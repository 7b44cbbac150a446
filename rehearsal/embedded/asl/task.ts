import type { TaskState } from './definition';
import { AslError } from './errors';
import type { Frame } from './frame';
import { type Json, NotJson, overTheWire } from './json';
import { checkPayload } from './limits';
import { finish, type Outcome } from './outcome';
import { QueryFailure } from './query';
import { parseResource, type Resource } from './resource';
import { recovering } from './retry';
import { Watch } from './watch';

/** Seconds that a Task without TimeoutSeconds may take: the language's default. */
const DEFAULT_TIMEOUT = 99_999_999;

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html */
export function task(frame: Frame, state: TaskState): Promise<Outcome> {
  return recovering(frame, state, async () => {
    const result = await attempt(frame, state);
    return finish(frame, state, {
      field: '',
      bindings: frame.bindings({ result }),
      otherwise: result,
      next: state.Next,
    });
  });
}

async function attempt(frame: Frame, state: TaskState): Promise<Json> {
  const { current, execution } = frame;
  if (!current) throw new Error('a task runs in a state');
  const resource = parseResource(state.Resource);
  const watch = new Watch(execution.clock);
  const ticket = resource.callback ? execution.tokens.issue(frame.signal, () => watch.beat()) : undefined;
  if (ticket) current.taskToken = ticket.token;
  try {
    const call = await prepare(frame, state, resource);
    frame.record('TaskScheduled', call.scheduled);
    frame.record('TaskStarted', call.where);
    watch.start(call.timeout, call.heartbeat);
    try {
      const submitted = await frame.wait(
        Promise.race([watch.expired, invoke(frame, state, resource, call.args, watch)]),
      );
      const result = ticket
        ? await callback(frame, ticket.answered, watch, submitted, call.where)
        : submitted;
      checkPayload(execution.limits, result, resource.resourceType);
      frame.record('TaskSucceeded', { ...call.where, output: result });
      return result;
    } catch (error) {
      if (error instanceof AslError) {
        const timedOut = error.kind === 'timeout' || error.kind === 'heartbeat';
        frame.record(timedOut ? 'TaskTimedOut' : 'TaskFailed', { ...call.where, ...error.details });
      }
      throw error;
    }
  } finally {
    ticket?.close();
    watch.stop();
  }
}

/** What a call needs, evaluated. */
async function prepare(frame: Frame, state: TaskState, resource: Resource) {
  const { execution, current } = frame;
  const bindings = frame.bindings();
  const args =
    state.Arguments === undefined
      ? (current?.input ?? null)
      : await frame.evaluate(state.Arguments, 'Arguments', bindings);
  checkPayload(execution.limits, args, resource.resourceType);
  const seconds = (field: 'TimeoutSeconds' | 'HeartbeatSeconds') => {
    const template = state[field];
    return template === undefined ? undefined : frame.evaluateInteger(template, field, bindings, 1);
  };
  const timeout = await seconds('TimeoutSeconds');
  const heartbeat = await seconds('HeartbeatSeconds');
  if (heartbeat !== undefined && heartbeat >= (timeout ?? DEFAULT_TIMEOUT)) {
    throw frame.evaluationFailed(
      new QueryFailure(
        'HeartbeatSeconds',
        `HeartbeatSeconds (${heartbeat}) must be smaller than TimeoutSeconds (${timeout}).`,
      ),
    );
  }
  const where = { resourceType: resource.resourceType, resource: resource.resource };
  const scheduled = {
    ...where,
    region: execution.region,
    parameters: args,
    ...(timeout === undefined ? {} : { timeoutInSeconds: timeout }),
    ...(heartbeat === undefined ? {} : { heartbeatInSeconds: heartbeat }),
  };
  return { args, timeout: timeout ?? DEFAULT_TIMEOUT, heartbeat, where, scheduled };
}

/**
 * Calls the resource.
 * @throws AslError with the name of what `invoke` rejected with
 */
async function invoke(
  frame: Frame,
  state: TaskState,
  resource: Resource,
  args: Json,
  watch: Watch,
): Promise<Json> {
  const { execution, current } = frame;
  let answer: unknown;
  try {
    answer = await execution.invoke(state.Resource, structuredClone(args), {
      executionArn: execution.arn,
      executionName: execution.name,
      stateName: current?.name ?? '',
      attempt: (current?.retryCount ?? 0) + 1,
      ...(current?.taskToken === undefined ? {} : { taskToken: current.taskToken }),
      signal: AbortSignal.any([frame.signal, watch.signal]),
    });
  } catch (reason) {
    throw taskError(reason, resource);
  }
  try {
    return overTheWire(answer);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    throw new Error(`what invoke() answered for ${state.Resource} ${error.message}`);
  }
}

/** The error of a Lambda function carries its Cause as the JSON that the Lambda runtime writes. */
function taskError(reason: unknown, { resourceType, resource }: Resource): AslError {
  const { name, message } = reason as { name?: unknown; message?: unknown };
  const errorType = typeof name === 'string' ? name : 'Error';
  const errorMessage = typeof message === 'string' ? message : String(reason);
  const lambda = resourceType === 'lambda' && resource.startsWith('invoke');
  const cause = lambda ? JSON.stringify({ errorType, errorMessage, trace: [] }) : errorMessage;
  return new AslError(errorType, cause);
}

/**
 * Waits for the token to be answered. A token that was answered while the call was still under way counts from the
 * moment the call is over: TaskSubmitted always comes before the task's end.
 */
async function callback(
  frame: Frame,
  answered: Promise<{ output: Json } | { failure: AslError }>,
  watch: Watch,
  submitted: Json,
  where: { [key: string]: Json },
): Promise<Json> {
  checkPayload(frame.execution.limits, submitted, String(where.resourceType));
  frame.record('TaskSubmitted', { ...where, output: submitted });
  const answer = await frame.wait(Promise.race([watch.expired, answered]));
  if ('failure' in answer) throw answer.failure;
  return answer.output;
}
