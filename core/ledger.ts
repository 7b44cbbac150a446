import type { Activation, Lease, Pause } from './admission';
import type { Concerns } from './concerns';
import type { SiteName } from './config';
import type { Duty, Watch } from './guard';
import type { Outage } from './outage';
import type { AppPhase, StepName } from './phases';
import type { Finding } from './preflight';
import type { Answer, Failure, Outcome, Run } from './run';
import type { Sample, Verdict } from './verdict';
import type { SeenReplicas } from './workloads';

/**
 * What Lifeboat remembers, in the Region of the site that is activated. Each record is written by one step at a
 * time; `change` functions are pure, and are called again when somebody else wrote in between.
 */
export interface Ledger {
  /** The same, with leases and activations of drills, which are others than those of real runs. */
  drills(): Ledger;
  pause(): Promise<Pause | undefined>;
  setPause(pause: Pause | undefined): Promise<void>;

  lease(app: string): Promise<Lease | undefined>;
  /**
   * Takes the lease as it was seen, or not at all.
   * @param seen the lease that was judged free; undefined when there was none
   * @throws WriteConflict when somebody was quicker
   */
  takeLease(app: string, run: Run, seen: Lease | undefined): Promise<Lease>;
  /** @throws LeaseLost when the run does not hold it any more */
  renewLease(app: string, runId: string): Promise<void>;
  /** Does nothing when the run does not hold it. */
  releaseLease(app: string, runId: string): Promise<void>;

  activation(app: string): Promise<Activation | undefined>;
  changeActivation(app: string, change: (now: Activation | undefined) => Activation): Promise<Activation>;

  run(id: string): Promise<RunRecord | undefined>;
  /** The newest runs first. */
  recentRuns(limit: number): Promise<RunRecord[]>;
  changeRun(id: string, change: (now: RunRecord | undefined) => RunRecord): Promise<RunRecord>;
  appRuns(runId: string): Promise<AppRun[]>;
  appRun(runId: string, app: string): Promise<AppRun | undefined>;
  changeAppRun(runId: string, app: string, change: (now: AppRun | undefined) => AppRun): Promise<AppRun>;

  seen(app: string, site: SiteName): Promise<Seen | undefined>;
  saveSeen(app: string, site: SiteName, seen: Seen): Promise<void>;
  saveDebt(debt: Debt): Promise<void>;
  /** What is open: of one app, or of all. */
  debts(app?: string): Promise<Debt[]>;
  /** Paid, or not owed any more. Does nothing when there is none. */
  settleDebt(app: string, site: SiteName): Promise<void>;

  duty(): Promise<Duty | undefined>;
  changeDuty(change: (now: Duty | undefined) => Duty): Promise<Duty>;
  watch(app: string): Promise<Watch | undefined>;
  changeWatch(app: string, change: (now: Watch | undefined) => Watch): Promise<Watch>;
  concerns(): Promise<Concerns>;
  saveConcerns(concerns: Concerns): Promise<void>;
  outage(): Promise<Outage | undefined>;
  changeOutage(change: (now: Outage | undefined) => Outage): Promise<Outage>;

  /** When on-call was last told that an alarm's start was refused, in ms since the epoch. */
  refusalToldAt(): Promise<number | undefined>;
  saveRefusalTold(at: number): Promise<void>;
  peace(): Promise<Peace | undefined>;
  savePeace(peace: Peace): Promise<void>;
}

export interface RunRecord {
  run: Run;
  /** A person accepted a backup beyond the RPO. */
  acceptOldBackup: boolean;
  dependencies: Finding[];
  /** When the preflight first found the target silent, in ms since the epoch. */
  silentSince?: number;
  answer?: Answer;
  /** The key with which Step Functions takes the answer; here for `lifeboat approve`. */
  taskToken?: string;
  /** Who asked to stop it, and why; the execution may have been quicker. */
  abort?: { by: string; reason: string; at: number };
  /** Starts that found this run at work and left it alone. */
  joined: number;
  /** This start got no app, and on-call has no use for a message about it. */
  quiet?: boolean;
  /** Present when the run has ended. */
  report?: RunReport;
}

export interface RunReport {
  at: number;
  outcome: Outcome;
  summary: string;
}

/** One app's part in a run. */
export interface AppRun {
  app: string;
  activationId?: string;
  needsApproval: boolean;
  samples: Sample[];
  verdict?: Verdict;
  phases: Partial<Record<StepName, PhaseRecord>>;
  /** What on-call should know though it stopped nothing. */
  notes: string[];
  /** The backup that the run restores. */
  backup?: { name: string; takenAt: number };
  /** The site that main pointed to when the run began, and since when it points to the other. */
  mainBefore?: SiteName;
  flippedAt?: number;
  /** What a real flip would change, line by line: of a drill. */
  dnsDiff?: string[];
  /** A change of the switch was begun, and nobody knows whether it will move main. */
  mainUncertain?: true;
  /** What the run put to rest on the other site was put there; undefined: not tried. */
  fenced?: 'done' | 'pending';
  /** Present when the app's part has ended. */
  end?: AppEnd;
}

export interface AppEnd {
  at: number;
  outcome: Outcome;
  reasons: string[];
  /** There was nothing to do for the app: it is where it should be, or well where it is. */
  nothingToDo?: boolean;
  /** The one command to type next; absent when there is nothing to do. */
  next?: string;
  failure?: Failure;
}

export interface PhaseRecord {
  startedAt: number;
  endedAt?: number;
  outcome?: 'done' | 'skipped' | 'failed';
  /** What is waited for, then what was done. */
  detail: string;
}

/** What a site looked like while it was at work. */
export interface Seen {
  at: number;
  replicas: SeenReplicas;
}

/** Work on the old site that could not be done. */
export interface Debt {
  app: string;
  runId: string;
  /** The journey to the other site that left it. */
  activationId: string;
  site: SiteName;
  what: 'fence';
  since: number;
  why: string;
  /** On-call knows that the site is back and not fenced. */
  told?: boolean;
}

/** The last look at readiness in peace, so that on-call hears of a change once. */
export interface Peace {
  at: number;
  /** Error texts by app. */
  errors: Record<string, string[]>;
  /** The newest usable backup by app, for those that have one. */
  backups?: Record<string, { name: string; takenAt: number }>;
}

export const NEW_APP_RUN: Omit<AppRun, 'app'> = { needsApproval: false, samples: [], phases: {}, notes: [] };

/** Starts a phase once; a later call keeps the first start. */
export function beginPhase(record: AppRun, phase: StepName, now: number): AppRun {
  if (record.phases[phase]) return record;
  return { ...record, phases: { ...record.phases, [phase]: { startedAt: now, detail: '' } } };
}

export function waitInPhase(record: AppRun, phase: StepName, detail: string, now: number): AppRun {
  const started = record.phases[phase]?.startedAt ?? now;
  return { ...record, phases: { ...record.phases, [phase]: { startedAt: started, detail } } };
}

export function endPhase(
  record: AppRun,
  phase: StepName,
  outcome: NonNullable<PhaseRecord['outcome']>,
  detail: string,
  now: number,
): AppRun {
  const startedAt = record.phases[phase]?.startedAt ?? now;
  return { ...record, phases: { ...record.phases, [phase]: { startedAt, endedAt: now, outcome, detail } } };
}

/** The phase that was begun and not ended: where a run was cut. */
export function openPhase(record: AppRun): StepName | undefined {
  const open = Object.entries(record.phases).find(([, phase]) => phase.endedAt === undefined);
  return open?.[0] as StepName | undefined;
}

export type { AppPhase };
