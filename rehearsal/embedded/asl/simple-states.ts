import {
  type ChoiceState,
  type FailState,
  type PassState,
  parseTimestamp,
  type SucceedState,
  type Template,
  type WaitState,
} from './definition';
import { AslError } from './errors';
import type { Frame } from './frame';
import type { Json } from './json';
import { finish, type Outcome } from './outcome';
import { type Bindings, QueryFailure, unexpectedType } from './query';

function input(frame: Frame): Json {
  return frame.current?.input ?? null;
}

export function pass(frame: Frame, state: PassState): Promise<Outcome> {
  return finish(frame, state, {
    field: '',
    bindings: frame.bindings(),
    otherwise: input(frame),
    next: state.Next,
  });
}

export function succeed(frame: Frame, state: SucceedState): Promise<Outcome> {
  return finish(frame, state, {
    field: '',
    bindings: frame.bindings(),
    otherwise: input(frame),
    next: undefined,
  });
}

export async function fail(frame: Frame, state: FailState): Promise<Outcome> {
  const bindings = frame.bindings();
  const text = async (field: 'Error' | 'Cause') => {
    const template = state[field];
    if (template === undefined) return undefined;
    return expectString(frame, template, field, await frame.evaluate(template, field, bindings));
  };
  throw new AslError(await text('Error'), await text('Cause'));
}

/**
 * The first rule whose Condition is true decides, with its own Output and Assign; the state's own belong to Default.
 * AWS reports that nothing matched as States.Runtime: "States.NoChoiceMatched - Reserved for future use. If there's
 * no matched choice, an error is reported with the States.Runtime error name."
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export async function choice(frame: Frame, state: ChoiceState): Promise<Outcome> {
  const bindings = frame.bindings();
  for (const [i, rule] of state.Choices.entries()) {
    const field = `Choices[${i}]/`;
    const matched = await frame.evaluate(rule.Condition, `${field}Condition`, bindings);
    if (typeof matched !== 'boolean') {
      throw frame.evaluationFailed(unexpectedType(rule.Condition, `${field}Condition`, 'boolean', matched));
    }
    if (matched) return finish(frame, rule, { field, bindings, otherwise: input(frame), next: rule.Next });
  }
  if (state.Default === undefined) {
    throw frame.runtimeError('No rule of the Choice state matched, and it has no Default.');
  }
  return finish(frame, state, { field: '', bindings, otherwise: input(frame), next: state.Default });
}

export async function wait(frame: Frame, state: WaitState): Promise<Outcome> {
  const bindings = frame.bindings();
  await frame.sleep(await waitSeconds(frame, state, bindings));
  return finish(frame, state, { field: '', bindings, otherwise: input(frame), next: state.Next });
}

async function waitSeconds(frame: Frame, state: WaitState, bindings: Bindings): Promise<number> {
  if (state.Seconds !== undefined) return frame.evaluateInteger(state.Seconds, 'Seconds', bindings, 0);
  const template = state.Timestamp ?? null;
  const value = await frame.evaluate(template, 'Timestamp', bindings);
  const text = expectString(frame, template, 'Timestamp', value);
  const until = parseTimestamp(text);
  if (until === undefined) {
    throw frame.evaluationFailed(
      new QueryFailure(
        'Timestamp',
        `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`,
      ),
    );
  }
  return (until - frame.execution.clock.now()) / 1000;
}

function expectString(frame: Frame, template: Template, field: string, value: Json): string {
  if (typeof value === 'string') return value;
  throw frame.evaluationFailed(unexpectedType(template, field, 'string', value));
}
