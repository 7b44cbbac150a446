import type { App, SiteName } from '../../../core/config';
import { otherSite } from '../../../core/run';
import type { OtherSiteFacts } from '../../../core/switchover';
import { seenReplicas, workloadsOf } from '../../../core/workloads';
import { mapBounded } from '../../adapters/concurrency';
import type { Deps } from '../../runtime/wire';
import { isAbsence } from '../absence';

const AT_ONCE = 8;

/**
 * Writes down how many replicas the other site has, while it can still be asked. Best effort: a lost site adds one
 * deadline and no more, and the ledger keeps what was seen in peace.
 */
export async function rememberOtherSite(deps: Deps, apps: readonly App[]): Promise<void> {
  const site = otherSite(deps.site);
  try {
    const cluster = await deps.cluster(site);
    await mapBounded(apps, AT_ONCE, async app => {
      const { present } = workloadsOf(app, await cluster.workloads(app.namespaces));
      const replicas = seenReplicas(present);
      if (Object.keys(replicas).length > 0)
        await deps.ledger.saveSeen(app.name, site, { at: deps.clock.now(), replicas });
    });
  } catch (error) {
    if (!isAbsence(error)) throw error;
    deps.log('other-site-not-seen', { site, error: error.message });
  }
}

/** What a switchover must know of the site that it leaves, since it begins its work there. */
export async function otherSiteFacts(deps: Deps, app: App, site: SiteName): Promise<OtherSiteFacts> {
  try {
    const cluster = await deps.cluster(site);
    if (!app.data) {
      await cluster.workloads(app.namespaces);
      return {};
    }
    const velero = deps.velero(cluster, app);
    const { source } = app.data;
    const [workloads, veleroReady, schedule] = await Promise.all([
      cluster.workloads(app.namespaces),
      velero.ready(),
      'schedule' in source ? velero.schedule(source.schedule) : undefined,
    ]);
    return { workloads: workloadsOf(app, workloads).present, veleroReady, schedule };
  } catch (error) {
    if (!isAbsence(error)) throw error;
    return { unreachable: error.message };
  }
}
