import type { App } from '../../../core/config';
import { type ClaimObject, READER_LABEL } from '../../../core/kubernetes';
import { readerPod } from '../../../core/switchover';
import type { Cluster } from '../../adapters/kubernetes/cluster';

/** A Pod for each claim; those that are there already are left alone. */
export async function createReaders(
  cluster: Cluster,
  app: App,
  claims: readonly ClaimObject[],
  image: string,
  activationId: string,
): Promise<void> {
  const workloads = await cluster.workloads(app.namespaces);
  await cluster.createPods(claims.map(claim => readerPod(claim, workloads, image, activationId)));
}

/** Lets the volumes go: the app's own pods may come to another node. */
export async function removeReaders(cluster: Cluster, app: App): Promise<void> {
  if (app.data) await cluster.deletePods(await cluster.pods(app.namespaces, READER_LABEL));
}
