import { pauseChange } from '../../../core/schedule';
import { restChanges, workloadsOf } from '../../../core/workloads';
import type { Cluster } from '../../adapters/kubernetes/cluster';
import type { AppContext } from '../app-step';

/**
 * Workloads to 0, CronJobs suspended, the Schedule paused. Asked again, it changes what somebody has changed back.
 * @returns what was changed; undefined when all was at rest already
 */
export async function putToRest(context: AppContext, cluster: Cluster): Promise<string | undefined> {
  const { app, activation } = context;
  const { present } = workloadsOf(app, await cluster.workloads(app.namespaces));
  const changes = [...restChanges(present, activation.id), ...(await pauses(context, cluster))];
  await cluster.apply(changes);
  return changes.map(({ detail }) => detail).join('; ') || undefined;
}

async function pauses({ deps, app, activation }: AppContext, cluster: Cluster) {
  if (!app.data || !('schedule' in app.data.source)) return [];
  const schedule = await deps.velero(cluster, app).schedule(app.data.source.schedule);
  return schedule ? pauseChange(schedule, true, activation.id) : [];
}
