import type { App, SiteName } from '../../core/config';
import type { WorkloadObject } from '../../core/kubernetes';
import { pauseChange } from '../../core/schedule';
import { restChanges, workloadsOf } from '../../core/workloads';
import type { Cluster } from '../adapters/kubernetes/cluster';
import type { Deps } from '../runtime/wire';

/**
 * Puts an app to rest on a site: workloads to 0, CronJobs suspended, its Velero schedule paused. Asked again it does
 * what is left.
 * @param mayGoOn judges what stands there before anything is changed; without its consent nothing is
 * @returns what was done, for people; undefined without consent
 * @throws ClusterUnreachable, NotFound, Throttled, AwsUnavailable, Forbidden
 */
export async function putToRest(
  deps: Deps,
  app: App,
  site: SiteName,
  activationId: string,
  mayGoOn: (workloads: readonly WorkloadObject[]) => boolean = () => true,
): Promise<string | undefined> {
  const cluster = await deps.cluster(site);
  const { present } = workloadsOf(app, await cluster.workloads(app.namespaces));
  if (!mayGoOn(present)) return undefined;
  const changes = [
    ...restChanges(present, activationId),
    ...(await pauses(deps, app, cluster, activationId)),
  ];
  await cluster.apply(changes);
  return changes.map(change => change.detail).join('; ') || 'Everything was at rest already.';
}

async function pauses(deps: Deps, app: App, cluster: Cluster, activationId: string) {
  if (!app.data || !('schedule' in app.data.source)) return [];
  const schedule = await deps.velero(cluster, app).schedule(app.data.source.schedule);
  return schedule ? pauseChange(schedule, true, activationId) : [];
}
