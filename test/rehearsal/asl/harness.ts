import {
  type Execution,
  type ExecutionResult,
  type InvokeMeta,
  StateMachine,
  type StateMachineOptions,
} from '../../../rehearsal/embedded/asl';
import { VirtualClock } from '../../../rehearsal/embedded/virtual-clock';

export const START = Date.parse('2026-01-01T00:00:00Z');
export const LAMBDA = 'arn:aws:states:::lambda:invoke';
export const CALLBACK = `${LAMBDA}.waitForTaskToken`;
export const SNS = 'arn:aws:states:::sns:publish';

export type Handler = (payload: unknown, meta: InvokeMeta, clock: VirtualClock) => unknown;

export interface Setup extends Partial<StateMachineOptions> {
  /** Lambda functions by name. */
  functions?: Record<string, Handler>;
}

export class Failure extends Error {
  constructor(
    override readonly name: string,
    message = 'it broke',
  ) {
    super(message);
  }
}

/** A task state that invokes `name`. */
export function call(name: string, more: object = {}) {
  return {
    Type: 'Task',
    Resource: LAMBDA,
    Arguments: { FunctionName: name, Payload: '{% $states.input %}' },
    Output: '{% $states.result.Payload %}',
    End: true,
    ...more,
  };
}

/** A state machine of these states, starting at the first. */
export function states(all: Record<string, object>, more: object = {}) {
  return { QueryLanguage: 'JSONata', StartAt: Object.keys(all)[0], States: all, ...more };
}

/** A branch or item processor. */
export function scope(all: Record<string, object>) {
  return { StartAt: Object.keys(all)[0], States: all };
}

export function build(definition: unknown, { functions = {}, ...options }: Setup = {}) {
  const clock = new VirtualClock(START);
  const machine = new StateMachine(definition, {
    clock,
    arn: 'arn:aws:states:us-west-2:123456789012:stateMachine:failover',
    random: () => 0.5,
    resources: [LAMBDA, SNS],
    invoke: async (_resource, args, meta) => {
      const { FunctionName, Payload } = args as { FunctionName: string; Payload?: unknown };
      const handler = functions[FunctionName];
      if (!handler) throw new Failure('Lambda.ResourceNotFoundException', FunctionName);
      const result = await handler(Payload ?? null, meta, clock);
      return { ExecutedVersion: '$LATEST', Payload: result ?? null, StatusCode: 200 };
    },
    ...options,
  });
  return { clock, machine };
}

export interface Run {
  result: ExecutionResult;
  execution: Execution;
  /** Virtual seconds from start to end. */
  seconds: number;
  clock: VirtualClock;
  machine: StateMachine;
}

export async function run(definition: unknown, input: unknown = {}, setup: Setup = {}): Promise<Run> {
  const { clock, machine } = build(definition, setup);
  const execution = machine.start({ name: 'e1', input });
  const result = await clock.run(execution.result);
  return { result, execution, seconds: (clock.now() - START) / 1000, clock, machine };
}

export function types(execution: Execution): string[] {
  return execution.history.map(({ type }) => type);
}

/** The output of a Pass state that evaluates this expression, or the error. */
export async function evaluate(expression: string, input: unknown = {}, setup: Setup = {}) {
  const { result } = await run(
    states({ P: { Type: 'Pass', Output: { v: `{% ${expression} %}` }, End: true } }),
    input,
    setup,
  );
  return result.status === 'SUCCEEDED'
    ? (result.output as { v: unknown }).v
    : `${result.error}: ${result.cause}`;
}

/** Sleeps `seconds` of virtual time, then answers. */
export function slow(seconds: number, answer: unknown = 'done'): Handler {
  return async (_payload, meta, clock) => {
    await clock.sleep(seconds * 1000, meta.signal);
    return answer;
  };
}

export function failing(name: string, message?: string): Handler {
  return () => {
    throw new Failure(name, message);
  };
}
