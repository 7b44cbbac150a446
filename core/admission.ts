import { runCommand, STATUS_COMMAND, startCommand } from './commands';
import type { App, SiteName } from './config';
import { spoken } from './duration';
import { type Mode, type Outcome, otherSite, type Run } from './run';

/** One journey of an app to a site. A run that is cut leaves it open, and the next run for the same site goes on with it. */
export interface Activation {
  id: string;
  activate: SiteName;
  /** Of the run that opened it. @default 'failover' */
  mode?: Mode;
  /** Milliseconds since the epoch. */
  openedAt: number;
  /** The restore that belongs to it: a second run adopts it and starts no other. */
  restore?: { name: string; backup: string; takenAt: number };
  /** Since when the site that a switchover leaves is at rest. */
  restedAt?: number;
  closedAt?: number;
  outcome?: Outcome;
}

export interface Lease {
  runId: string;
  executionArn: string;
  activate: SiteName;
  /** Grows with every lease of the app: a higher token is a later holder. */
  token: number;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

export interface Pause {
  by: string;
  reason: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** When it ends by itself, in ms since the epoch; absent: somebody has to lift it. */
  until?: number;
}

/** Whether a pause keeps runs from beginning. One that has ended stays in the ledger and refuses nothing. */
export function inForce(pause: Pause | undefined, now: number): pause is Pause {
  return pause !== undefined && (pause.until === undefined || now < pause.until);
}

/** What is known about an app when a run asks for it. */
export interface AdmissionFacts {
  pause?: Pause;
  /** The lease as it stands, whoever holds it. */
  lease?: Lease;
  /** Whether the holder's execution still runs; `unknown` when Step Functions did not say. */
  holder?: 'running' | 'ended' | 'unknown';
  activation?: Activation;
  /** The site that main points to; absent for workers, and when main points elsewhere or nobody could say. */
  mainAt?: SiteName;
}

export type Admission =
  | { admitted: true; resume: boolean; notes: string[] }
  | { admitted: false; cause: RefusalCause; reason: string; next: string };

export type RefusalCause =
  | 'paused'
  | 'manual-only'
  | 'already-running'
  | 'switchover-cut'
  | 'cool-down'
  | 'already-there';

/** A hundred apps have a hundred alarms: while nothing changes, one refusal is told for all of them. */
const SAME_REFUSAL_SECONDS = 600;

/**
 * Whether a start that got no app says so to nobody but the ledger. A person who asked is always answered. An alarm
 * that finds its run at work is counted in that run's last message; the alarm of a site that nobody uses, such as a
 * standby at 0 replicas, asks for what is there already; the alarms of many apps are refused for one reason. A
 * message about each would teach on-call to look away.
 * @param causes of all apps
 * @param lastToldAt when on-call was last told that an alarm was refused, in ms since the epoch
 */
export function staysQuiet(
  run: Pick<Run, 'startedBy'>,
  causes: readonly RefusalCause[],
  lastToldAt: number | undefined,
  now: number,
): boolean {
  if (run.startedBy === 'person' || causes.length === 0) return false;
  if (causes.every(cause => cause === 'already-there' || cause === 'already-running')) return true;
  return lastToldAt !== undefined && now - lastToldAt < SAME_REFUSAL_SECONDS * 1000;
}

/** How long a lease stays good without a renewal; every step of a run renews it. */
export const LEASE_SECONDS = 900;

/**
 * Whether a run may take an app. A person may do what an automatic run may not, except while another run has the
 * app or everything is paused. Every refusal says what lifts it.
 * @param now milliseconds since the epoch
 */
export function admit(app: App, run: Run, facts: AdmissionFacts, now: number): Admission {
  return (
    refusePaused(facts, now) ??
    refuseRunning(app, run, facts, now) ??
    refuseManualOnly(app, run) ??
    refuseAlreadyThere(app, run, facts, now) ??
    refuseCutSwitchover(app, run, facts, now) ??
    refuseCoolDown(app, run, facts, now) ?? {
      admitted: true,
      resume: resumes(run, facts.activation, now),
      notes: resumes(run, facts.activation, now)
        ? [`Goes on with activation ${facts.activation?.id}, which was cut.`]
        : [],
    }
  );
}

/**
 * How old an activation may be to be gone on with. A cut run is started again within the night; days later its data are
 * old, whoever restored them.
 */
const RESUME_SECONDS = 2 * 3600;

/** Whether the run goes on with an activation that an earlier run left open. */
export function resumes(
  run: Pick<Run, 'activate' | 'mode'>,
  activation: Activation | undefined,
  now: number,
): boolean {
  if (!activation || activation.closedAt !== undefined || activation.activate !== run.activate) return false;
  // A drill begins with clearing away what an earlier one left.
  if (run.mode === 'drill') return false;
  // A failover takes what there is. A switchover that went on with a failover would keep data that are not the last.
  if (run.mode === 'switchover' && activation.mode !== 'switchover') return false;
  return (now - activation.openedAt) / 1000 <= RESUME_SECONDS;
}

/** The activation that a run goes on with, or a new one. */
export function opened(
  current: Activation | undefined,
  run: Pick<Run, 'activate' | 'mode'>,
  now: number,
): Activation {
  if (current && resumes(run, current, now)) return current;
  // Short and sortable: it becomes part of the names of Velero objects.
  const id = new Date(now).toISOString().replace(/\D/g, '').slice(0, 14);
  const mode = run.mode === 'failover' ? {} : { mode: run.mode };
  return { id, activate: run.activate, ...mode, openedAt: now };
}

/** Whether a lease keeps others away: not expired, and its execution not known to have ended. */
export function holds(lease: Lease, holder: AdmissionFacts['holder'], now: number): boolean {
  return lease.expiresAt > now && holder !== 'ended';
}

function refusePaused({ pause }: AdmissionFacts, now: number): Admission | undefined {
  if (!inForce(pause, now)) return undefined;
  const until = pause.until === undefined ? '' : ` until ${new Date(pause.until).toISOString()}`;
  return {
    admitted: false,
    cause: 'paused',
    reason: `Lifeboat is paused by ${pause.by} since ${new Date(pause.at).toISOString()}${until}: ${pause.reason}.`,
    next: 'npx lifeboat resume',
  };
}

function refuseRunning(app: App, run: Run, facts: AdmissionFacts, now: number): Admission | undefined {
  const { lease, holder } = facts;
  if (!lease || lease.runId === run.id || !holds(lease, holder, now)) return undefined;
  return {
    admitted: false,
    cause: 'already-running',
    reason: `Run ${lease.runId} is already activating ${lease.activate} for ${app.name}.`,
    next: runCommand(lease.runId),
  };
}

function refuseManualOnly(app: App, run: Run): Admission | undefined {
  if (run.startedBy === 'person' || app.trigger !== 'manual') return undefined;
  return {
    admitted: false,
    cause: 'manual-only',
    reason: `${app.name} has trigger "manual", and nobody asked for this run.`,
    next: byHand(app, run),
  };
}

function refuseAlreadyThere(app: App, run: Run, facts: AdmissionFacts, now: number): Admission | undefined {
  const open = facts.activation?.closedAt === undefined && facts.activation?.activate === run.activate;
  // A person may finish what was cut, however long ago.
  if (resumes(run, facts.activation, now) || (open && run.startedBy === 'person')) return undefined;
  if (app.endpoint && facts.mainAt === run.activate) {
    const reason = `${app.endpoint.main} already points to ${run.activate}.`;
    return { admitted: false, cause: 'already-there', reason, next: STATUS_COMMAND };
  }
  // Nobody can look up where a worker is; the ledger knows where its last journey ended.
  const last = facts.activation;
  if (
    !app.endpoint &&
    run.startedBy !== 'person' &&
    last?.activate === run.activate &&
    last.outcome === 'succeeded'
  ) {
    const reason = `${app.name} was moved to ${run.activate} at ${new Date(last.openedAt).toISOString()} already.`;
    return { admitted: false, cause: 'already-there', reason, next: byHand(app, run) };
  }
  return undefined;
}

/**
 * A switchover that was cut leaves the other site at rest, which looks like an outage. It has every write; an automatic
 * run would restore an older backup over that. For as long as the switchover may be gone on with, a person decides.
 */
function refuseCutSwitchover(app: App, run: Run, facts: AdmissionFacts, now: number): Admission | undefined {
  const { activation } = facts;
  if (run.startedBy === 'person' || activation?.mode !== 'switchover') return undefined;
  if (!resumes({ ...run, mode: 'switchover' }, activation, now)) return undefined;
  const other = otherSite(run.activate);
  const failover = startCommand({ activate: run.activate, mode: 'failover' }, app.name);
  return {
    admitted: false,
    cause: 'switchover-cut',
    reason:
      `A switchover of ${app.name} to ${run.activate} was cut: ${other} was put to rest by it, and has every write. ` +
      `If ${other} is lost, fail over: ${failover}. If not, go on with the switchover.`,
    next: startCommand({ activate: run.activate, mode: 'switchover' }, app.name),
  };
}

function refuseCoolDown(app: App, run: Run, facts: AdmissionFacts, now: number): Admission | undefined {
  const closedAt = facts.activation?.closedAt;
  // A journey that was refused on the way moved nothing: nobody needs to cool down.
  if (run.startedBy === 'person' || closedAt === undefined || facts.activation?.outcome === 'refused')
    return undefined;
  const agoSeconds = (now - closedAt) / 1000;
  if (agoSeconds >= app.coolDownSeconds) return undefined;
  return {
    admitted: false,
    cause: 'cool-down',
    reason:
      `${app.name} was last moved to ${facts.activation?.activate} ${spoken(agoSeconds)} ago; ` +
      `for ${spoken(app.coolDownSeconds - agoSeconds)} more only a person moves it.`,
    next: byHand(app, run),
  };
}

function byHand(app: App, run: Run): string {
  return startCommand(run, app.name);
}
