import type { Config } from '../../core/config';
import type {
  AdmitInput,
  AdmitResult,
  AssessResult,
  CloseInput,
  CloseResult,
  PreflightResult,
  ReportInput,
  ReportResult,
  TellInput,
} from '../../core/run';

/** What a state hands on, or a variable holds, may be so large. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const MAX_BYTES = 262_144;

/** Names of executions have at most 80 characters; causes of errors 32,768; task tokens 2,048. */
const LONGEST = { executionName: 80, executionArn: 256, error: 256, cause: 32_768, token: 2_048 };
/** The steps' texts name apps and errors; they are for people. */
const LONGEST_TEXT = 32_768;
/** EventBridge and the CLI write short inputs; a person may write a long one, and Admit refuses it. */
const LONGEST_REQUEST = 4_096;

/** @returns the size of everything that travels between the states, at its largest, by what it is */
export function payloadBytes({ apps, approval }: Config): Record<string, number> {
  const run = { id: 'x'.repeat(LONGEST.executionName), activate: 'primary' } as const;
  const names = apps.map(app => app.name);
  const longest = names.reduce((long, name) => (name.length > long.length ? name : long), '');
  const detail = 'x'.repeat(LONGEST_TEXT);
  const failure = { Error: 'x'.repeat(LONGEST.error), Cause: 'x'.repeat(LONGEST.cause) };
  const admitInput: AdmitInput = {
    input: 'x'.repeat(LONGEST_REQUEST),
    execution: { Id: 'x'.repeat(LONGEST.executionArn), Name: run.id, StartTime: '2026-01-01T00:00:00.000Z' },
  };
  const admitted: AdmitResult = { run, apps: names };
  const assessed: AssessResult = { done: true, waitSeconds: 0, detail, apps: names };
  const ready: PreflightResult = {
    apps: names,
    approvals: names,
    approvalTimeoutSeconds: approval.timeoutSeconds,
    detail,
  };
  const question: TellInput = { run, apps: names, taskToken: 'x'.repeat(LONGEST.token) };
  const close: CloseInput = { run, app: longest, failure };
  // The map's result, before its Output throws it away.
  const closed: CloseResult[] = names.map(app => ({ app, outcome: 'needs-attention' }));
  const report: ReportInput = { run, executionArn: 'x'.repeat(LONGEST.executionArn), failure };
  const reported: ReportResult = { outcome: 'needs-attention', summary: detail };
  const all = { admitInput, admitted, assessed, ready, question, close, closed, report, reported };
  return Object.fromEntries(
    Object.entries(all).map(([what, value]) => [what, Buffer.byteLength(JSON.stringify(value))]),
  );
}
