import { at, labelValue, message, stamp, text } from './json';
import type { Process } from './server';

/**
 * pkg/controller/gc_controller.go, once an hour and when a Backup appears: deletes what has expired, from the bucket
 * too, unless the location is read-only.
 */
export function collectGarbage(process: Process, name: string): void {
  const { cluster, clock } = process;
  const backup = cluster.own('Backup', name);
  const expiration = text(at(backup, 'status', 'expiration'));
  if (!backup || expiration === undefined || Date.parse(expiration) > clock.now()) return;
  const location = cluster.own('BackupStorageLocation', text(at(backup, 'spec', 'storageLocation')) ?? '');
  if (at(location, 'status', 'phase') !== 'Available') return;
  const readOnly = at(location, 'spec', 'accessMode') === 'ReadOnly';
  cluster.edit('Backup', name, ({ metadata }) => {
    const { 'velero.io/gc-failure': _, ...labels } = metadata.labels ?? {};
    metadata.labels = { ...labels, ...(readOnly && { 'velero.io/gc-failure': 'BSLReadOnly' }) };
  });
  if (!readOnly) deleteBackup(process, name);
}

/** A DeleteBackupRequest: pkg/controller/backup_deletion_controller.go */
export function reconcileDeletion(process: Process, name: string): void {
  const { cluster, clock } = process;
  const request = cluster.own('DeleteBackupRequest', name);
  const phase = text(at(request, 'status', 'phase'));
  if (!request || (phase !== undefined && phase !== 'New')) return;
  let error: string | undefined;
  try {
    error = deleteBackup(process, text(at(request, 'spec', 'backupName')) ?? '');
  } catch (thrown) {
    error = message(thrown);
  }
  if (error === undefined) cluster.remove('DeleteBackupRequest', name);
  else {
    cluster.edit('DeleteBackupRequest', name, (_, status) => {
      Object.assign(status, { phase: 'Processed', errors: [error], lastUpdated: stamp(clock.now()) });
    });
  }
}

/** Gives why it cannot be done. A backup takes its PodVolumeBackups and every Restore that was made of it along. */
function deleteBackup({ cluster, bucket }: Process, name: string): string | undefined {
  const backup = cluster.own('Backup', name);
  if (!backup) return name === '' ? 'spec.backupName is required' : 'backup not found';
  const phase = text(at(backup, 'status', 'phase')) ?? 'New';
  if (/^(Queued|ReadyToStart|InProgress|Finalizing|WaitingFor)/.test(phase))
    return 'backup is still in progress';
  const locationName = text(at(backup, 'spec', 'storageLocation')) ?? '';
  const location = cluster.own('BackupStorageLocation', locationName);
  if (!location) return `backup storage location ${locationName} not found`;
  const refused = `cannot delete backup because backup storage location ${locationName} is currently in`;
  if (at(location, 'spec', 'accessMode') === 'ReadOnly') return `${refused} read-only mode`;
  if (at(location, 'status', 'phase') !== 'Available') return `${refused} Unavailable state`;
  bucket.delete(name);
  for (const restore of cluster.owned('Restore')) {
    if (at(restore, 'spec', 'backupName') === name) cluster.remove('Restore', restore.metadata.name);
  }
  for (const volume of cluster.owned('PodVolumeBackup')) {
    if (volume.metadata.labels?.['velero.io/backup-name'] === labelValue(name)) {
      cluster.remove('PodVolumeBackup', volume.metadata.name);
    }
  }
  cluster.remove('Backup', name);
  return undefined;
}
