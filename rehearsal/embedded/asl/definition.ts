import type { Json } from './json';

/** A value of the definition in which strings `{% … %}` are JSONata. */
export type Template = Json;

export interface Scope {
  StartAt: string;
  States: Record<string, State>;
}

export interface Definition extends Scope {
  Comment?: string;
  QueryLanguage?: 'JSONata';
  TimeoutSeconds?: number;
  Version?: '1.0';
}

export interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  BackoffRate?: number;
  MaxAttempts?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher extends Yield {
  ErrorEquals: string[];
  Next: string;
}

/** What a state leaves behind. */
export interface Yield {
  Output?: Template;
  Assign?: { [name: string]: Template };
}

interface Transition {
  Next?: string;
  End?: true;
}

export interface Recovery {
  Retry?: Retrier[];
  Catch?: Catcher[];
}

export interface TaskState extends Yield, Transition, Recovery {
  Type: 'Task';
  Resource: string;
  Arguments?: Template;
  TimeoutSeconds?: Template;
  HeartbeatSeconds?: Template;
}

export interface PassState extends Yield, Transition {
  Type: 'Pass';
}

export interface ChoiceRule extends Yield {
  Condition: Template;
  Next: string;
}

export interface ChoiceState extends Yield {
  Type: 'Choice';
  Choices: ChoiceRule[];
  Default?: string;
}

export interface WaitState extends Yield, Transition {
  Type: 'Wait';
  Seconds?: Template;
  Timestamp?: Template;
}

export interface SucceedState {
  Type: 'Succeed';
  Output?: Template;
}

export interface FailState {
  Type: 'Fail';
  Error?: Template;
  Cause?: Template;
}

export interface ParallelState extends Yield, Transition, Recovery {
  Type: 'Parallel';
  Branches: Scope[];
  Arguments?: Template;
}

export interface MapState extends Yield, Transition, Recovery {
  Type: 'Map';
  ItemProcessor: Scope & {
    ProcessorConfig?: { Mode?: 'INLINE' | 'DISTRIBUTED'; ExecutionType?: 'STANDARD' };
  };
  Items?: Template;
  ItemSelector?: Template;
  MaxConcurrency?: Template;
  ToleratedFailureCount?: Template;
  ToleratedFailurePercentage?: Template;
  Label?: string;
}

export type State =
  | TaskState
  | PassState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

export type StateType = State['Type'];

/** Members that only JSONPath states may carry. A state machine of this interpreter is JSONata throughout. */
export const JSONPATH_FIELDS: ReadonlySet<string> = new Set([
  'InputPath',
  'OutputPath',
  'ResultPath',
  'ResultSelector',
  'Parameters',
  'Result',
  'ItemsPath',
  'MaxConcurrencyPath',
  'ToleratedFailureCountPath',
  'ToleratedFailurePercentagePath',
  'SecondsPath',
  'TimestampPath',
  'TimeoutSecondsPath',
  'HeartbeatSecondsPath',
  'ErrorPath',
  'CausePath',
  'Variable',
  'Iterator',
]);

/** Members that AWS knows and this interpreter does not run. */
export const UNSUPPORTED_FIELDS: ReadonlySet<string> = new Set([
  'ItemReader',
  'ItemBatcher',
  'ResultWriter',
  'Credentials',
]);

/** The text of a JSONata string, or undefined for any other value. */
export function expressionOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('{%') || !value.endsWith('%}') || value.length < 4) {
    return undefined;
  }
  return value.slice(2, -2).trim();
}

/** RFC 3339 as the language demands it: an offset, upper-case T and Z. */
export function parseTimestamp(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
