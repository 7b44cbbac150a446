import { CARRIER_LABEL, RESTORE_LABEL } from '../../../core/kubernetes';
import { restoreName } from '../../../core/restore';
import { restChanges, workloadsOf } from '../../../core/workloads';
import { keptVolume, oldClaims, removeClaim } from '../../adapters/kubernetes/claims';
import type { Cluster } from '../../adapters/kubernetes/cluster';
import type { AppContext } from '../app-step';

/**
 * Makes room for the restore. Velero restores no data into a claim or a pod that is there already, and says so only
 * in a warning. So the target's workloads go to rest and its old claims go; their volumes are kept, since after a
 * failover they may hold the last writes that no backup has.
 * @returns what is waited for, or undefined when the way is clear
 */
export async function clearTheWay(context: AppContext, cluster: Cluster): Promise<string | undefined> {
  const { deps, input, app, activation } = context;
  const { present } = workloadsOf(app, await cluster.workloads(app.namespaces));
  await cluster.apply(restChanges(present, activation.id));
  const pods = (await cluster.pods(app.namespaces)).filter(
    ({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed',
  );
  // Nobody waits any more for what an earlier activation had brought.
  const carriers = pods.filter(({ metadata }) =>
    isCarrierOfOther(metadata.labels, restoreName(app, activation)),
  );
  await cluster.deletePods(carriers);
  if (pods.length > 0)
    return `${pods.length} pods on ${input.run.activate} must end before the data can come.`;
  const claims = await oldClaims(
    cluster.api,
    app.namespaces,
    `${RESTORE_LABEL}=${restoreName(app, activation)}`,
  );
  if (claims.length === 0) return undefined;
  const kept: string[] = [];
  for (const claim of claims) {
    const volume = await keptVolume(cluster.api, claim);
    if (volume) kept.push(volume);
    await removeClaim(cluster.api, claim);
  }
  const note = `Old volumes on ${input.run.activate} were kept as they were: ${kept.join(', ')}. Delete them when nobody misses a write.`;
  await deps.ledger.changeAppRun(input.run.id, app.name, record => {
    const now = record ?? context.record;
    return kept.length === 0 || now.notes.includes(note) ? now : { ...now, notes: [...now.notes, note] };
  });
  return `${claims.length} old claims on ${input.run.activate} are going.`;
}

function isCarrierOfOther(labels: Record<string, string> | undefined, restore: string): boolean {
  const carries = labels?.[CARRIER_LABEL];
  return carries !== undefined && carries !== restore;
}
