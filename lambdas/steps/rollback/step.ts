import type { App, SiteName } from '../../../core/config';
import { AwsUnavailable, ClusterUnreachable } from '../../../core/errors';
import { type AppRun, endPhase, NEW_APP_RUN, openPhase } from '../../../core/ledger';
import { causeText } from '../../../core/report';
import { type CloseInput, type Failure, otherSite } from '../../../core/run';
import { undoPause } from '../../../core/schedule';
import type { Withdrawn } from '../../../core/switch';
import { undoChanges, workloadsOf } from '../../../core/workloads';
import type { Deps } from '../../runtime/wire';
import { isAbsence } from '../absence';
import { appOf } from '../app-step';
import { removeReaders } from '../backup/readers';
import { whereIsMain } from '../looking';
import { runRecord } from '../run-record';

/**
 * Undoes what this activation changed, on the target and on the other site, unless main has moved or may still move.
 */
export async function rollbackStep(
  deps: Deps,
  { run, app: name, failure }: CloseInput,
): Promise<{ detail: string }> {
  const app = appOf(deps, name);
  await deps.ledger.renewLease(name, run.id);
  const record = await deps.ledger.changeAppRun(run.id, name, now => now ?? { ...NEW_APP_RUN, app: name });
  if (failure) await markFailed(deps, run.id, name, failure);
  if (await hasMoved(deps, app, run, record))
    return { detail: 'main has moved: nothing is undone by itself.' };
  const activationId = record.activationId;
  if (activationId === undefined) return { detail: 'Nothing was changed.' };
  const startedAt = deps.clock.now();
  const { mode } = (await runRecord(deps, run.id)).run;
  const held = await holdMain(deps, app, run, record);
  if (!held.certain) return leaveAll(deps, run.id, name, startedAt, held.detail);
  const here = await undo(deps, app, run.activate, activationId);
  const there = record.phases.fence ? await undo(deps, app, otherSite(run.activate), activationId) : NOTHING;
  // Customers of a switchover are still sent there: the workflow tries again before a person must.
  if (mode === 'switchover' && !there.done) throw new ClusterUnreachable(there.detail);
  // A site that could not be reached to be fenced cannot be reached to undo it either: there is nothing to undo.
  const done = here.done && (there.done || record.fenced === 'pending');
  const detail =
    [held.detail, here.detail, there.detail].filter(Boolean).join(' ') || 'There was nothing to undo.';
  await deps.ledger.changeAppRun(run.id, name, now => {
    const begun = {
      ...(now ?? record),
      phases: { ...(now ?? record).phases, rollback: { startedAt, detail: '' } },
    };
    return endPhase(begun, 'rollback', done ? 'done' : 'failed', detail, deps.clock.now());
  });
  return { detail };
}

const NOTHING = { done: true, detail: '' };

/** Whether main points to the target, by the ledger or, should a change's answer have been lost, by the name servers. */
async function hasMoved(deps: Deps, app: App, run: CloseInput['run'], record: AppRun): Promise<boolean> {
  if (record.flippedAt !== undefined) return true;
  if (!app.endpoint || !record.phases.flip) return false;
  const { known, sites } = await whereIsMain(deps.network, app.endpoint);
  if (!known)
    throw new AwsUnavailable(
      `No name server of ${app.endpoint.zone.name} answers: it is not known where main is.`,
    );
  if (!sites.has(run.activate)) return false;
  const flippedAt = deps.clock.now();
  await deps.ledger.changeAppRun(run.id, app.name, now => ({ ...(now ?? record), flippedAt }));
  return true;
}

/** A change of the switch whose answer was lost could move main later, onto a site that is scaled down by then. */
async function holdMain(deps: Deps, app: App, run: CloseInput['run'], record: AppRun): Promise<Withdrawn> {
  if (!app.endpoint || !record.phases.flip) return { certain: true, detail: '' };
  return deps.switch.withdraw({ endpoint: app.endpoint, activate: run.activate, runId: run.id });
}

async function leaveAll(
  deps: Deps,
  runId: string,
  app: string,
  startedAt: number,
  why: string,
): Promise<{ detail: string }> {
  const detail = `${why} Nothing was undone, so that main finds the app wherever it points to.`;
  await deps.ledger.changeAppRun(runId, app, now => {
    const record = now ?? { ...NEW_APP_RUN, app };
    const phases = { ...record.phases, rollback: { startedAt, detail: '' } };
    return endPhase(
      { ...record, mainUncertain: true, phases },
      'rollback',
      'failed',
      detail,
      deps.clock.now(),
    );
  });
  return { detail };
}

async function undo(
  deps: Deps,
  app: App,
  site: SiteName,
  activationId: string,
): Promise<{ done: boolean; detail: string }> {
  try {
    const cluster = await deps.cluster(site);
    const [found, autoscalers] = await Promise.all([
      cluster.workloads(app.namespaces),
      cluster.autoscalers(app.namespaces),
    ]);
    const schedule =
      app.data && 'schedule' in app.data.source
        ? await deps.velero(cluster, app).schedule(app.data.source.schedule)
        : undefined;
    await removeReaders(cluster, app);
    const changes = [
      ...undoChanges(workloadsOf(app, found).present, autoscalers, activationId),
      ...(schedule ? undoPause(schedule, activationId) : []),
    ];
    await cluster.apply(changes);
    return { done: true, detail: changes.map(({ detail }) => detail).join('; ') };
  } catch (error) {
    if (!isAbsence(error)) throw error;
    return { done: false, detail: `Could not undo on ${site}: ${error.message}` };
  }
}

/** The phase in which the run was stopped gets the error as its end. */
export async function markFailed(deps: Deps, runId: string, app: string, failure: Failure): Promise<void> {
  await deps.ledger.changeAppRun(runId, app, now => {
    const record = now ?? { ...NEW_APP_RUN, app };
    const phase = openPhase(record);
    return phase ? endPhase(record, phase, 'failed', causeText(failure), deps.clock.now()) : record;
  });
}
