import { startCommand } from '../../../core/commands';
import { type AppEnd, type AppRun, openPhase, type RunRecord } from '../../../core/ledger';
import { badRequestMessage, endMessage } from '../../../core/messages';
import { STATES } from '../../../core/phases';
import { causeText, overall, stillAtRest, summaryOf } from '../../../core/report';
import type { CrashInput, Failure, ReportInput, ReportResult, Run } from '../../../core/run';
import { mapBounded } from '../../adapters/concurrency';
import { drilling } from '../../runtime/scope';
import type { Deps } from '../../runtime/wire';
import { endApp } from '../end-app';
import { markFailed } from '../rollback/step';
import { runMetrics } from './metrics';

const AT_ONCE = 10;

/**
 * The last step, always: ends what has no end, tells on-call once, writes the report. EventBridge asks it too, when
 * an execution ended without having got here (I5).
 */
export async function reportStep(given: Deps, input: ReportInput | CrashInput): Promise<ReportResult> {
  const { runId, executionArn, failure } = whatFor(input);
  const record = await given.ledger.run(runId);
  if (!record) return reportUnknown(given, runId, executionArn, failure);
  // EventBridge does not know the mode of a run that crashed.
  const deps = record.run.mode === 'drill' ? drilling(given) : given;
  if (record.report) return record.report;
  const apps = await endOpenApps(deps, record, failure && explained(failure, record));
  const outcome = overall(apps);
  const summary = summaryOf(record.run, apps);
  // A start that only found its run at work is told by that run's own last message.
  if (!record.quiet) await deps.notifier.publish(endMessage(deps.config, record, apps, summary, outcome));
  // After the message: what the ledger calls reported, on-call has got.
  await writeReport(deps, record, { outcome, summary });
  // What a drill counts is no move of an app.
  if (record.run.mode !== 'drill') await putMetrics(deps, record.run, apps);
  return { outcome, summary };
}

function whatFor(input: ReportInput | CrashInput): {
  runId: string;
  executionArn: string;
  failure?: Failure;
} {
  if ('crash' in input) {
    const { name, executionArn, status } = input.crash;
    return {
      runId: name,
      executionArn,
      failure: { Error: status, Cause: `The execution ended as ${status}.` },
    };
  }
  return {
    runId: input.run.id,
    executionArn: input.executionArn,
    ...(input.failure ? { failure: input.failure } : {}),
  };
}

/** Step Functions only knows that an execution was stopped; the ledger may know by whom. */
function explained(failure: Failure, { abort }: RunRecord): Failure {
  if (failure.Error !== 'ABORTED' || !abort) return failure;
  return { ...failure, Cause: `Stopped by ${abort.by}: ${abort.reason}` };
}

/** A run that is not in the ledger was stopped in Admit: by its input, or since the ledger itself did not answer. */
async function reportUnknown(
  deps: Deps,
  id: string,
  executionArn: string,
  failure?: Failure,
): Promise<ReportResult> {
  const run: Run = {
    id,
    executionArn,
    activate: deps.site,
    mode: 'failover',
    startedBy: 'person',
    reason: 'unknown',
    startedAt: deps.clock.now(),
    apps: [],
  };
  const summary = failure ? causeText(failure) : 'The run left no trace in the ledger.';
  const outcome = failure?.Error === 'BadRequest' ? 'refused' : 'needs-attention';
  await deps.notifier.publish(
    outcome === 'refused'
      ? badRequestMessage(deps.config, run, summary)
      : endMessage(
          deps.config,
          { run, acceptOldBackup: false, dependencies: [], joined: 0 },
          [],
          summary,
          outcome,
        ),
  );
  await writeReport(deps, { run, acceptOldBackup: false, dependencies: [], joined: 0 }, { outcome, summary });
  return { outcome, summary };
}

async function endOpenApps(deps: Deps, { run }: RunRecord, failure?: Failure): Promise<AppRun[]> {
  const apps = await deps.ledger.appRuns(run.id);
  return mapBounded(apps, AT_ONCE, async app => {
    if (app.end) return app;
    const cut = failure ?? {
      Error: 'States.Runtime',
      Cause: 'Its part of the execution ended without a result.',
    };
    const end = cutShort(run, app, cut, deps.clock.now());
    await markFailed(deps, run.id, app.app, cut);
    return endApp(deps, run.id, app.app, end);
  });
}

/** An app whose part was cut: the next run for this site goes on where it stopped. */
function cutShort(run: Run, record: AppRun, failure: Failure, now: number): AppEnd {
  const phase = openPhase(record);
  const where = phase ? ` in ${STATES[phase].state}` : '';
  const touched = record.phases.fence !== undefined || record.phases.drill !== undefined;
  return {
    at: now,
    outcome: touched ? 'needs-attention' : 'refused',
    reasons: [
      `It was cut${where}: ${causeText(failure)}`,
      touched
        ? run.mode === 'drill'
          ? 'What the drill had made is removed by the look every few minutes.'
          : 'What it had done stays as it is; a new run goes on from there.'
        : 'Nothing had been changed.',
      ...stillAtRest(run, record),
    ],
    next: startCommand(run, record.app),
    failure,
  };
}

async function writeReport(deps: Deps, record: RunRecord, result: ReportResult): Promise<void> {
  await deps.ledger.changeRun(record.run.id, now => ({
    ...(now ?? record),
    report: { at: deps.clock.now(), ...result },
  }));
}

/** Numbers are a courtesy: their failure must not turn a good run into a bad one, nor send its message twice. */
async function putMetrics(deps: Deps, run: Run, apps: readonly AppRun[]): Promise<void> {
  try {
    await deps.metrics.put(runMetrics(run, apps));
  } catch (error) {
    deps.log('metrics-not-put', {
      run: run.id,
      error: error instanceof Error ? error.message : String(error),
    });
  }
}
