import type { Data } from '../../../core/config';
import { NotFound } from '../../../core/errors';
import type { PodObject } from '../../../core/kubernetes';
import { lastBackup, needsReaders, notReading, withVolume } from '../../../core/switchover';
import type { Cluster } from '../../adapters/kubernetes/cluster';
import type { Velero } from '../../adapters/kubernetes/velero';
import type { AppContext } from '../app-step';
import { createReaders } from './readers';

/** The site that is left, and the backup that is made there. */
export interface OtherSide {
  cluster: Cluster;
  velero: Velero;
  data: Data;
  name: string;
}

/**
 * Begins the last backup, as soon as Velero can read the volumes.
 * @param pods those of the app's namespaces
 * @returns what was begun or is waited for
 */
export async function take(
  { app, activation }: AppContext,
  { cluster, velero, data, name }: OtherSide,
  pods: readonly PodObject[],
): Promise<string> {
  const schedule = 'schedule' in data.source ? await velero.schedule(data.source.schedule) : undefined;
  if (!schedule) throw new NotFound(`There is no Schedule of ${app.name} to make the last backup from.`);
  const claims = needsReaders(schedule) ? withVolume(await cluster.claims(app.namespaces)) : [];
  const missing = notReading(claims, pods);
  if (missing.length > 0) {
    await createReaders(cluster, app, claims, await velero.image(), activation.id);
    return `Velero reads volumes through pods, and the app has none at rest: one each for ${missing.join(', ')} starts.`;
  }
  await velero.createBackup(lastBackup(app, schedule, name));
  return `Backup ${name}, the last one of the site, was begun.`;
}
