import type { KubeObject } from '../kubernetes/object';
import { at, labelValue, stamp, text } from './json';
import { folderOf } from './location';
import type { Process } from './server';

/**
 * pkg/controller/backup_sync_controller.go: brings the Backups of a bucket into this cluster and takes those away
 * that the bucket no longer has. A location that is not Available is passed over, and what was synced before stays.
 */
export function syncLocation(process: Process, name: string): void {
  const { cluster, bucket, clock } = process;
  const location = cluster.own('BackupStorageLocation', name);
  if (!location || at(location, 'status', 'phase') !== 'Available' || !bucket.reachable) return;
  const folder = folderOf(location);
  const stored = bucket.list().filter(backup => (bucket.folderOf(backup) ?? folder) === folder);
  for (const backup of stored) {
    if (!cluster.own('Backup', backup)) bringIn(process, backup, name);
  }
  for (const backup of cluster.owned('Backup')) {
    const { labels, name: own } = backup.metadata;
    const finished = ['Completed', 'PartiallyFailed'].includes(String(at(backup, 'status', 'phase')));
    const here = labels?.['velero.io/storage-location'] === labelValue(name);
    if (here && finished && !stored.includes(own)) cluster.remove('Backup', own);
  }
  cluster.edit('BackupStorageLocation', name, (_, status) => {
    status.lastSyncedTime = stamp(clock.now());
  });
}

/**
 * When a location is due: the controller wakes once a minute (backupSyncReconcilePeriod), so a shorter
 * backupSyncPeriod changes nothing. 0 turns the sync off.
 */
export function isSyncDue(location: KubeObject, period: number | undefined, now: number): boolean {
  if (period === 0) return false;
  const last = text(at(location, 'status', 'lastSyncedTime'));
  return last === undefined || now >= Date.parse(last) + (period ?? 60_000);
}

function bringIn({ cluster, bucket, clock }: Process, name: string, location: string): void {
  const stored = bucket.get(name);
  if (!stored) return;
  const { metadata, spec, status } = stored.metadata;
  const phase = text(at(status, 'phase')) ?? '';
  const expiration = text(at(status, 'expiration'));
  const unfinished = /^(WaitingForPluginOperations|Finalizing)/.test(phase);
  const expired = expiration !== undefined && Date.parse(expiration) <= clock.now();
  if (unfinished && !expired) return;
  const { labels, annotations } = metadata;
  const created = cluster.store.create({
    apiVersion: 'velero.io/v1',
    kind: 'Backup',
    status: { ...(status as object), ...(unfinished && { phase: 'PartiallyFailed' }) },
    metadata: {
      namespace: cluster.namespace,
      name,
      labels: { ...labels, 'velero.io/storage-location': labelValue(location) },
      ...(annotations && { annotations }),
    },
    spec: { ...(spec as object), storageLocation: location },
  });
  for (const volume of stored.podVolumeBackups) bringInVolume(cluster, volume, created, location);
}

function bringInVolume(
  cluster: Process['cluster'],
  volume: KubeObject,
  backup: KubeObject,
  location: string,
): void {
  const { name, labels, annotations } = volume.metadata;
  if (cluster.own('PodVolumeBackup', name)) return;
  const uid = backup.metadata.uid ?? '';
  cluster.store.create({
    apiVersion: 'velero.io/v1',
    kind: 'PodVolumeBackup',
    status: volume.status,
    metadata: {
      namespace: cluster.namespace,
      name,
      labels: { ...labels, 'velero.io/backup-uid': uid },
      ...(annotations && { annotations }),
      ownerReferences: [
        { apiVersion: 'velero.io/v1', kind: 'Backup', name: backup.metadata.name, uid, controller: true },
      ],
    },
    spec: { ...(volume.spec as object), backupStorageLocation: location },
  });
}
