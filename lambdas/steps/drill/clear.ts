import type { App } from '../../../core/config';
import { BROUGHT_SELECTOR, DRILL_INGRESS, DRILL_LABEL, drillsUnderWay } from '../../../core/drill';
import type { Cluster } from '../../adapters/kubernetes/cluster';
import type { Velero } from '../../adapters/kubernetes/velero';

/**
 * Empties the scratch namespaces of an app: stops what Velero still brings, then removes all that was brought or made.
 * The namespaces themselves stay, with the Roles in them. Asked again and again until nothing is left.
 * @returns what is still there
 */
export async function clearScratch(
  { cluster, velero, scratch }: { cluster: Cluster; velero: Velero; scratch: readonly string[] },
  app: App,
): Promise<string | undefined> {
  const ours = (await velero.restores()).filter(
    ({ metadata }) => metadata.labels?.[DRILL_LABEL] === app.name,
  );
  const atWork = drillsUnderWay(ours);
  for (const name of atWork) await velero.cancelVolumes(name);
  const left = await cluster.emptied(scratch, BROUGHT_SELECTOR, DRILL_INGRESS);
  const words = [...atWork.map(name => `Restore ${name} is being stopped`), ...left];
  return words.length > 0 ? `${words.join(', ')}.` : undefined;
}
