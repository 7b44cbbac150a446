import type { App } from '../../../core/config';
import { otherSite } from '../../../core/run';
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
