import type { KubeObject } from '../kubernetes/object';
import { at, duration, stamp, text } from './json';
import type { Process } from './server';

/** pkg/controller/backup_storage_location_controller.go: whether the bucket answers. */
export function validateLocation({ cluster, bucket, clock }: Process, name: string): void {
  cluster.edit('BackupStorageLocation', name, (_, status) => {
    status.lastValidationTime = stamp(clock.now());
    if (bucket.reachable) {
      status.phase = 'Available';
      delete status.message;
    } else {
      status.phase = 'Unavailable';
      status.message = `BackupStorageLocation "${name}" is unavailable: rpc error: dial tcp: i/o timeout`;
    }
  });
}

/** Looked at every ten seconds, validated again when a minute has passed since the last time. */
export function isValidationDue({ cluster, clock }: Process, name: string): boolean {
  const location = cluster.own('BackupStorageLocation', name);
  const period = duration(at(location, 'spec', 'validationFrequency')) ?? 60_000;
  const last = text(at(location, 'status', 'lastValidationTime'));
  if (period === 0) return false;
  return last === undefined || clock.now() >= Date.parse(last) + period;
}

/** Where a location's backups lie: two locations of one cluster usually lead to two places. */
export function folderOf(location: KubeObject | undefined): string {
  const storage = at(location, 'spec', 'objectStorage');
  return `${text(at(storage, 'bucket')) ?? ''}/${text(at(storage, 'prefix')) ?? ''}`;
}
