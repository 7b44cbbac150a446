import type { App, SiteName } from './config';
import type { StartedBy } from './run';

/**
 * An outage that was answered with a run. It gives the run its name, so that everybody who sees the same outage starts
 * the same run: Step Functions takes a second start of the same name and input for the first one.
 */
export interface Outage {
  /** The name of the execution. */
  run: string;
  /** Its input, word for word: with another one Step Functions would refuse the name. */
  input: { activate: SiteName; startedBy: StartedBy; reason: string; apps?: string[] };
  /** Milliseconds since the epoch. */
  at: number;
  /** Names of the apps whose outage it is; one that was seen well since is not among them any more. */
  apps: string[];
  /** When the run was first seen to have ended. */
  endedAt?: number;
}

/** Somebody who says that apps are down. */
export interface Report {
  by: Exclude<StartedBy, 'person'>;
  activate: SiteName;
  apps: string[];
  reason: string;
}

/** An alarm comes some minutes after the outage; later than that it speaks of another one. */
const SAME_ALARM_SECONDS = 600;
/** An outage that nobody mended is asked about again after the cool-down, and no sooner than this. */
const AGAIN_SECONDS = 600;
const REASON_LENGTH = 500;

/** Whether the report is of an outage whose run has ended: then that run was the answer, whatever became of it. */
export function isAnswered(
  outage: Outage | undefined,
  report: Report,
  coolDownSeconds: number,
  now: number,
): boolean {
  if (outage?.endedAt === undefined) return false;
  if (!report.apps.every(app => outage.apps.includes(app))) return false;
  if (report.by === 'alarm') return now - outage.at < SAME_ALARM_SECONDS * 1000;
  return now - outage.endedAt < Math.max(coolDownSeconds, AGAIN_SECONDS) * 1000;
}

/**
 * The outage that a report opens. Its run is about every app, and looks at each.
 * @param beside the outage whose run is still at work and has done with these apps: then the new run is about them alone
 */
export function opened(
  { by, activate, apps, reason }: Report,
  now: number,
  beside?: { outage: Outage; only: string[] },
): Outage {
  // Sortable, and the same for whoever reads the record.
  const run = `${by}-${new Date(now).toISOString().replace(/\D/g, '').slice(0, 17)}`;
  const input = { activate, startedBy: by, reason: reason.slice(0, REASON_LENGTH) };
  if (!beside) return { run, input, at: now, apps };
  const all = [...new Set([...beside.outage.apps, ...apps])];
  return { run, input: { ...input, apps: beside.only }, at: now, apps: all };
}

/** Apps, and the workers that go where they go. */
export function withWorkers(apps: readonly App[], names: readonly string[]): string[] {
  const workers = apps.filter(({ endpoint, after }) => !endpoint && after.some(name => names.includes(name)));
  return [...new Set([...names, ...workers.map(({ name }) => name)])];
}

/** The outage with the apps of one more report. */
export function joined(outage: Outage, apps: readonly string[]): Outage {
  const all = [...new Set([...outage.apps, ...apps])];
  return all.length === outage.apps.length ? outage : { ...outage, apps: all };
}

/** The outage without the apps that are well again, or are served elsewhere: should they fail, that is another one. */
export function mended(outage: Outage, apps: readonly string[]): Outage {
  const left = outage.apps.filter(app => !apps.includes(app));
  return left.length === outage.apps.length ? outage : { ...outage, apps: left };
}
