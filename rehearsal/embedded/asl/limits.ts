import { AslError } from './errors';
import { byteLength, type Json } from './json';

/**
 * Step Functions' quotas for STANDARD workflows. Tests lower them; nothing else should.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export interface Limits {
  /** Bytes of UTF-8 JSON of any input, output, argument or task result. */
  payloadBytes: number;
  /** Events in one execution's history, the closing event included. */
  historyEvents: number;
  /** Bytes of the definition's JSON text. */
  definitionBytes: number;
  /** Characters of an execution's name. */
  executionNameLength: number;
  /** Seconds that an execution may run at all: one year. */
  executionSeconds: number;
  /** Bytes of one variable, and of all variables of one Assign together. */
  variableBytes: number;
  /** Bytes of all variables that an execution holds at one time. */
  variablesBytes: number;
  /**
   * Iterations of an INLINE Map at one time, whatever its MaxConcurrency says.
   * https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html ("up to 40 concurrent iterations")
   */
  inlineConcurrency: number;
  /** Child executions of a DISTRIBUTED Map at one time when its MaxConcurrency is 0 or larger than this. */
  distributedConcurrency: number;
}

export const AWS_LIMITS: Limits = {
  payloadBytes: 262_144,
  historyEvents: 25_000,
  definitionBytes: 1_048_576,
  executionNameLength: 80,
  executionSeconds: 31_536_000,
  variableBytes: 262_144,
  variablesBytes: 10_485_760,
  inlineConcurrency: 40,
  distributedConcurrency: 10_000,
};

/** @throws AslError States.DataLimitExceeded; `what` is worded as Step Functions words it. */
export function checkPayload(limits: Limits, value: Json, what: string): void {
  if (byteLength(value) <= limits.payloadBytes) return;
  throw new AslError(
    'States.DataLimitExceeded',
    `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}
