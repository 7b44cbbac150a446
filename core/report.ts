import { runCommand, STATUS_COMMAND, startCommand } from './commands';
import { spoken } from './duration';
import type { AppEnd, AppRun } from './ledger';
import type { Failure, Outcome, Run } from './run';
import { otherSite } from './run';

/** From best to worst: the worst of the apps is the run's. */
const BY_SEVERITY: readonly Outcome[] = ['succeeded', 'refused', 'rolled-back', 'needs-attention'];

/** The outcome of one app; one that has not come to an end needs somebody. */
export function outcomeOf({ end }: AppRun): Outcome {
  return end?.outcome ?? 'needs-attention';
}

/** The apps that a run was about: those for which there was something to do, or all when there was for none. */
export function concerned(apps: readonly AppRun[]): readonly AppRun[] {
  const some = apps.filter(({ end }) => !end?.nothingToDo);
  return some.length > 0 ? some : apps;
}

/** The outcome of a run; one without any app was refused. */
export function overall(apps: readonly AppRun[]): Outcome {
  const worst = Math.max(0, ...concerned(apps).map(app => BY_SEVERITY.indexOf(outcomeOf(app))));
  return apps.length === 0 ? 'refused' : (BY_SEVERITY[worst] ?? 'needs-attention');
}

/** How one app's part ended when nothing stood in its way. */
export function arrived(run: Run, record: AppRun, now: number): AppEnd {
  const took = spoken((now - run.startedAt) / 1000);
  const reasons = [
    `Runs on ${run.activate} since ${took} after the start of the run.`,
    dataWords(run, record),
    outageWords(record, run),
  ];
  return { at: now, outcome: 'succeeded', reasons: [reasons.filter(Boolean).join(' ')] };
}

function dataWords(run: Run, { backup }: AppRun): string {
  if (!backup) return '';
  const at = new Date(backup.takenAt).toISOString();
  return run.mode === 'switchover'
    ? `Its data are those of ${otherSite(run.activate)} at rest, backed up at ${at}: no write is missing.`
    : `Its data are of ${at}; what was written later is not here.`;
}

/** How long customers of a switchover waited: from the first thing that was put to rest until main was changed. */
export function outageSeconds({ phases, flippedAt }: AppRun, { mode }: Run): number | undefined {
  const from = phases.fence?.startedAt;
  return mode === 'switchover' && from !== undefined && flippedAt !== undefined
    ? (flippedAt - from) / 1000
    : undefined;
}

function outageWords(record: AppRun, run: Run): string {
  const seconds = outageSeconds(record, run);
  return seconds === undefined
    ? ''
    : `It was out of service for ${spoken(seconds)}, from its rest until main was changed.`;
}

/**
 * How one app's part ended after an error.
 * @param undone whether what the run had changed was undone; undefined when main had moved already
 */
export function ended(
  run: Run,
  record: AppRun,
  failure: Failure,
  undone: boolean | undefined,
  now: number,
): AppEnd {
  const message = causeText(failure);
  const base = { at: now, failure };
  if (record.flippedAt !== undefined) {
    return {
      ...base,
      outcome: 'needs-attention',
      reasons: [`main points to ${run.activate} already, and nothing was undone: ${message}`],
      next: startCommand(run, record.app),
    };
  }
  if (failure.Error === 'LeaseLost') {
    return { ...base, outcome: 'refused', reasons: [message], next: STATUS_COMMAND };
  }
  if (record.mainUncertain) {
    return {
      ...base,
      outcome: 'needs-attention',
      reasons: [message, record.phases.rollback?.detail ?? `main may still move to ${run.activate}.`],
      next: `npx lifeboat status ${run.id}`,
    };
  }
  if (undone) {
    const back =
      run.mode === 'switchover' && record.phases.fence
        ? `DNS was not touched, and ${otherSite(run.activate)} was brought back after ${spoken((now - record.phases.fence.startedAt) / 1000)}: replicas, CronJobs and Schedule are as before.`
        : 'DNS was not touched, and what this run had scaled is as before.';
    return {
      ...base,
      outcome: 'rolled-back',
      reasons: [message, back],
      next: startCommand(run, record.app),
    };
  }
  return {
    ...base,
    outcome: 'needs-attention',
    reasons: [
      message,
      `DNS was not touched, but not everything could be undone: look at the workloads of ${record.app} on ${run.activate} and ${otherSite(run.activate)}.`,
      ...stillAtRest(run, record),
    ],
    next: runCommand(run.id),
  };
}

/** Until somebody goes on with a switchover or brings the site back, customers are sent to an app at rest. */
export function stillAtRest(run: Run, { phases, flippedAt }: AppRun): string[] {
  if (run.mode !== 'switchover' || !phases.fence || flippedAt !== undefined) return [];
  return [`${otherSite(run.activate)} may be at rest, and main still points to it.`];
}

/** One paragraph on a run for the console and the head of the last message. */
export function summaryOf(run: Run, apps: readonly AppRun[]): string {
  const about = concerned(apps);
  const outcome = overall(apps);
  const count = (wanted: Outcome) => about.filter(app => outcomeOf(app) === wanted).length;
  const counts = BY_SEVERITY.filter(word => count(word) > 0).map(word => `${count(word)} ${word}`);
  const left = apps.length - about.length;
  if (left > 0) counts.push(`${left} without anything to do`);
  const reasons = about.flatMap(({ app, end }) =>
    end?.outcome === outcome ? [`${app}: ${end.reasons.join(' ')}`] : [],
  );
  const more = reasons.length > 3 ? ` And ${reasons.length - 3} more.` : '';
  const what = run.mode === 'drill' ? 'Drill on' : 'Activation of';
  return `${what} ${run.activate}: ${counts.join(', ')}. ${reasons.slice(0, 3).join(' ')}${more}`.trim();
}

/**
 * The message of a caught error. Lambda wraps it into a JSON text; Step Functions' own errors come plain.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
 */
export function causeText({ Error: name, Cause }: Failure): string {
  try {
    const { errorMessage } = JSON.parse(Cause) as { errorMessage?: unknown };
    if (typeof errorMessage === 'string') return errorMessage;
  } catch (error) {
    // Not JSON: the plain text below is all there is.
    if (!(error instanceof SyntaxError)) throw error;
  }
  return Cause ? `${name}: ${Cause}` : name;
}
