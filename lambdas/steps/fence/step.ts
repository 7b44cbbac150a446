import { type AppInput, otherSite, type StepResult } from '../../../core/run';
import { pauseChange } from '../../../core/schedule';
import { restChanges, workloadsOf } from '../../../core/workloads';
import type { Deps } from '../../runtime/wire';
import { isAbsence } from '../absence';
import { type AppContext, appStep, type Progress } from '../app-step';

/**
 * Step 5. Puts the app to rest on the other site: workloads to 0, CronJobs suspended, Velero schedules paused.
 * In a failover that is a best effort with a short deadline: what could not be done becomes a debt in the ledger.
 */
export function fenceStep(deps: Deps, input: AppInput): Promise<StepResult> {
  return appStep(deps, input, 'fence', fence);
}

async function fence(context: AppContext): Promise<Progress> {
  const { deps, input, app, activation } = context;
  const site = otherSite(input.run.activate);
  try {
    const cluster = await deps.cluster(site);
    const { present } = workloadsOf(app, await cluster.workloads(app.namespaces));
    const changes = [...restChanges(present, activation.id), ...(await pauses(context, cluster))];
    await cluster.apply(changes);
    const detail =
      changes.length > 0
        ? changes.map(change => change.detail).join('; ')
        : 'Everything was at rest already.';
    return { word: 'done', detail, change: record => ({ ...record, fenced: 'done' }) };
  } catch (error) {
    if (!isAbsence(error)) throw error;
    const why = error.message;
    await deps.ledger.saveDebt(app.name, {
      runId: input.run.id,
      site,
      what: 'fence',
      since: deps.clock.now(),
      why,
    });
    return {
      word: 'done',
      detail: `Pending: ${site} could not be fenced. ${why}`,
      change: record => ({ ...record, fenced: 'pending' }),
    };
  }
}

async function pauses({ deps, app, activation }: AppContext, cluster: Awaited<ReturnType<Deps['cluster']>>) {
  if (!app.data || !('schedule' in app.data.source)) return [];
  const schedule = await deps.velero(cluster, app).schedule(app.data.source.schedule);
  return schedule ? pauseChange(schedule, true, activation.id) : [];
}
