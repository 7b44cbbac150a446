import type { Scope, State } from './definition';
import type { Frame } from './frame';
import type { Json } from './json';
import { map } from './map';
import type { Outcome } from './outcome';
import { parallel } from './parallel';
import { choice, fail, pass, succeed, wait } from './simple-states';
import { task } from './task';

/**
 * Runs a scope from its first state to its end, in `frame`.
 * @throws AslError when it fails; Cancelled when the frame is stopped
 */
export async function runScope(frame: Frame, scope: Scope, input: Json): Promise<Json> {
  let name = scope.StartAt;
  let value = input;
  for (;;) {
    const state = scope.States[name];
    if (!state)
      throw new Error(`the definition's check let a transition to '${name}' pass, which does not exist`);
    enter(frame, name, state, value);
    const outcome = await runState(frame, state);
    leave(frame, name, state, outcome);
    value = outcome.output;
    if (outcome.next === undefined) return value;
    name = outcome.next;
  }
}

function enter(frame: Frame, name: string, state: State, input: Json) {
  const enteredId = frame.record(`${state.Type}StateEntered`, { name, input });
  const enteredTime = frame.execution.clock.now();
  frame.current = { name, type: state.Type, input, enteredId, enteredTime, retryCount: 0 };
}

function leave(frame: Frame, name: string, state: State, { output, assign }: Outcome) {
  if (assign) frame.variables.assign(assign);
  frame.record(`${state.Type}StateExited`, {
    name,
    output,
    ...(assign ? { assignedVariables: assign } : {}),
  });
  frame.current = undefined;
}

function runState(frame: Frame, state: State): Promise<Outcome> {
  switch (state.Type) {
    case 'Task':
      return task(frame, state);
    case 'Pass':
      return pass(frame, state);
    case 'Choice':
      return choice(frame, state);
    case 'Wait':
      return wait(frame, state);
    case 'Succeed':
      return succeed(frame, state);
    case 'Fail':
      return fail(frame, state);
    case 'Parallel':
      return parallel(frame, state, runScope);
    case 'Map':
      return map(frame, state, runScope);
  }
}
