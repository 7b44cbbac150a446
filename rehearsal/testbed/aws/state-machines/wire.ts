import type { Execution, HistoryEvent, Json } from '../../../embedded/asl';

/** Executions and their histories in the JSON of Step Functions' API: times in seconds, payloads as text. */

type Wire = Record<string, unknown>;

export function described(execution: Execution): Wire {
  const { outcome } = execution;
  const failed = outcome && outcome.status !== 'SUCCEEDED' ? outcome : undefined;
  return {
    ...listed(execution),
    input: JSON.stringify(execution.input),
    inputDetails: { included: true },
    ...(outcome?.status === 'SUCCEEDED'
      ? { output: JSON.stringify(outcome.output), outputDetails: { included: true } }
      : {}),
    ...(failed?.error === undefined ? {} : { error: failed.error }),
    ...(failed?.cause === undefined ? {} : { cause: failed.cause }),
  };
}

export function listed(execution: Execution): Wire {
  const { arn, stateMachineArn, name, status, startTime, stopTime } = execution;
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate: startTime / 1000,
    ...(stopTime === undefined ? {} : { stopDate: stopTime / 1000 }),
  };
}

/** The detail of "Step Functions Execution Status Change": here times are in milliseconds. */
export function statusChange(execution: Execution): Wire {
  const { startTime, stopTime, input, outcome } = execution;
  const failed = outcome && outcome.status !== 'SUCCEEDED' ? outcome : undefined;
  const output = outcome?.status === 'SUCCEEDED' ? JSON.stringify(outcome.output) : null;
  return {
    executionArn: execution.arn,
    stateMachineArn: execution.stateMachineArn,
    name: execution.name,
    status: execution.status,
    startDate: startTime,
    stopDate: stopTime ?? null,
    input: JSON.stringify(input),
    inputDetails: { included: true },
    output,
    outputDetails: output === null ? null : { included: true },
    error: failed?.error ?? null,
    cause: failed?.cause ?? null,
  };
}

const PAYLOADS = ['input', 'output', 'parameters'];

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html */
export function historyEvent({ id, previousEventId, timestamp, type, details }: HistoryEvent): Wire {
  const event = { id, previousEventId, timestamp: timestamp / 1000, type };
  if (Object.keys(details).length === 0) return event;
  return { ...event, [detailsOf(type)]: Object.fromEntries(Object.entries(details).map(text)) };
}

function detailsOf(type: string): string {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  if (type.endsWith('StateExited')) return 'stateExitedEventDetails';
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}

function text([name, value]: [string, Json]): [string, Json] {
  if (PAYLOADS.includes(name)) return [name, JSON.stringify(value)];
  if (name === 'assignedVariables' && value !== null && typeof value === 'object') {
    return [
      name,
      Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, JSON.stringify(inner)])),
    ];
  }
  return [name, value];
}
