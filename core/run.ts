import type { SiteName } from './config';
import type { AppPhase } from './phases';

/**
 * `failover`: the other site is presumed lost. `switchover`: it is reachable, is put to rest first, and its last backup
 * is what comes along. `drill`: everything but the flip, in scratch namespaces, cleaned up after.
 */
export type Mode = 'failover' | 'switchover' | 'drill';
export const MODES: readonly Mode[] = ['failover', 'switchover', 'drill'];
export type Outcome = 'succeeded' | 'refused' | 'rolled-back' | 'needs-attention';
/**
 * Who asked: a person at the console or the CLI, an alarm, or the guard. Only a person may skip the gates of an
 * automatic run.
 */
export const STARTERS = ['person', 'alarm', 'guard'] as const;
export type StartedBy = (typeof STARTERS)[number];

/** One execution of the workflow. */
export interface Run {
  /** The name of the Step Functions execution. */
  id: string;
  executionArn: string;
  activate: SiteName;
  mode: Mode;
  startedBy: StartedBy;
  /** In the starter's words. */
  reason: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** Names of the apps that were asked for. */
  apps: string[];
}

export function otherSite(site: SiteName): SiteName {
  return site === 'dr' ? 'primary' : 'dr';
}

// What travels between the states. It stays small: everything else is in the ledger.

/** Input of every step after `admit`. */
export interface RunInput {
  /** `drill` says which lease and activation the step is about; the mode itself is in the ledger. */
  run: { id: string; activate: SiteName; drill?: boolean };
}

/** Input of the steps of one app. */
export interface AppInput extends RunInput {
  app: string;
}

/** What Step Functions knows of a caught error. */
export interface Failure {
  Error: string;
  Cause: string;
}

export interface AdmitInput {
  /** The input of the execution, whatever it is. */
  input: unknown;
  /** `$states.context.Execution`: StartTime is ISO 8601. */
  execution: { Id: string; Name: string; StartTime: string };
}

export interface AdmitResult extends RunInput {
  /** Names of the admitted apps; none: the run goes on to its report. */
  apps: string[];
}

/** Result of a step that the workflow asks again until it is done. */
export interface StepResult {
  done: boolean;
  /** Whole seconds until it is worth asking again; 0 when done. */
  waitSeconds: number;
  /** For people: what was done, or what is waited for and why. */
  detail: string;
}

export interface AssessResult extends StepResult {
  /** Names of the apps that go on. */
  apps: string[];
}

export interface PreflightResult {
  apps: string[];
  /** Those of `apps` that wait for a person's approval. */
  approvals: string[];
  approvalTimeoutSeconds: number;
  detail: string;
}

export interface TurnResult extends StepResult {
  /** False when it will never be this app's turn: denied, nobody answered, or an app that comes first failed. */
  go: boolean;
}

export interface CloseInput extends AppInput {
  /** Absent when the app's run went well. */
  failure?: Failure;
}

export interface CloseResult {
  app: string;
  outcome: Outcome;
}

export interface TellInput extends RunInput {
  apps: string[];
  /** Present when the message asks for approval: what the answer must carry. */
  taskToken?: string;
  /** Present when the answer is to be written down. */
  answer?: Answer;
}

/** The answer to a request for approval, as `send-task-success --task-output` carries it. */
export interface Answer {
  approved: boolean;
  /** Who answered; `nobody` after the time is up. */
  by: string;
}

export interface ReportInput extends RunInput {
  /** For the message of a run that never got into the ledger. */
  executionArn: string;
  /** Present when the run itself failed in a step that is not an app's. */
  failure?: Failure;
}

/** A run that ended without its own report: what EventBridge says of the execution. */
export interface CrashInput {
  crash: { executionArn: string; name: string; status: 'FAILED' | 'TIMED_OUT' | 'ABORTED' };
}

export interface ReportResult {
  outcome: Outcome;
  /** One paragraph for the console. */
  summary: string;
}

export type { AppPhase };
