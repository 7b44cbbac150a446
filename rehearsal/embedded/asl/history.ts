import type { Json } from './json';

/** One event of GetExecutionHistory. */
export interface HistoryEvent {
  /** From 1, without gaps. */
  id: number;
  /** The event before it in the same flow of control; 0 for the first state's. */
  previousEventId: number;
  /** Milliseconds since the epoch. */
  timestamp: number;
  /** HistoryEventType as AWS names it: `TaskStateEntered`. */
  type: string;
  /** The members of AWS's `…EventDetails`. Inputs and outputs are JSON values here, not strings of JSON. */
  details: { [key: string]: Json };
}

/**
 * Events that the next event of their flow does not point back to. Seen in recorded histories
 * (localstack/localstack, tests/aws/services/stepfunctions/v2/**.snapshot.json, which hold AWS's own answers).
 */
export const UNCHAINED: ReadonlySet<string> = new Set([
  'MapIterationFailed',
  'MapIterationAborted',
  'MapIterationSucceeded',
  'MapStateSucceeded',
  'ParallelStateSucceeded',
  'TaskStateAborted',
  'WaitStateAborted',
  'MapStateAborted',
  'ParallelStateAborted',
]);
