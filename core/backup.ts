import type { App, Data } from './config';
import { spoken } from './duration';
import type { BackupObject, LocationObject } from './kubernetes';

export type BackupChoice =
  | { ok: true; name: string; takenAt: number; ageSeconds: number }
  | { ok: false; cause: 'none' | 'stale'; reason: string };

/** Velero's own label on a Backup that a Schedule made. */
const SCHEDULE_LABEL = 'velero.io/schedule-name';

/**
 * The newest backup that may be restored.
 * Its age counts from its start: what was written while it ran may or may not be in it.
 * @param acceptOld a person has said that an old backup is better than none
 * @param now milliseconds since the epoch
 */
export function chooseBackup(
  app: App,
  data: Data,
  backups: readonly BackupObject[],
  locations: readonly LocationObject[],
  acceptOld: boolean,
  now: number,
): BackupChoice {
  const ours = backups.filter(backup => isOurs(backup, data) && fromOtherSite(backup, locations));
  const rejected = new Map<string, string>();
  const usable = ours.filter(backup => {
    const why = unusable(backup, app, data, locations, now);
    if (why) rejected.set(backup.metadata.name, why);
    return !why;
  });
  const newest = newestOf(usable);
  if (!newest) return { ok: false, cause: 'none', reason: noneReason(data, rejected) };
  const takenAt = Date.parse(newest.status?.startTimestamp ?? '');
  const ageSeconds = (now - takenAt) / 1000;
  if (ageSeconds > data.maxAgeSeconds && !acceptOld) {
    const reason = `The newest usable backup, ${newest.metadata.name}, is ${spoken(ageSeconds)} old; at most ${spoken(data.maxAgeSeconds)} are allowed.`;
    return { ok: false, cause: 'stale', reason };
  }
  return { ok: true, name: newest.metadata.name, takenAt, ageSeconds };
}

function isOurs(backup: BackupObject, { source }: Data): boolean {
  if ('backup' in source) return backup.metadata.name === source.backup;
  return backup.metadata.labels?.[SCHEDULE_LABEL] === source.schedule;
}

/**
 * What lies in a location that this cluster may only read was made by the other site. Where there is such a location,
 * this cluster's own backups do not count: after a failover they are newer than they are true.
 */
function fromOtherSite({ spec }: BackupObject, locations: readonly LocationObject[]): boolean {
  const readOnly = locations.filter(location => location.spec?.accessMode === 'ReadOnly');
  return readOnly.length === 0 || readOnly.some(({ metadata }) => metadata.name === spec?.storageLocation);
}

function unusable(
  { spec, status, metadata }: BackupObject,
  app: App,
  data: Data,
  locations: readonly LocationObject[],
  now: number,
): string | undefined {
  const phase = status?.phase ?? 'New';
  const accepted = data.partiallyFailed === 'accept' ? ['Completed', 'PartiallyFailed'] : ['Completed'];
  if (metadata.deletionTimestamp) return 'is being deleted';
  if (!accepted.includes(phase)) return `is ${phase}`;
  if (Number.isNaN(Date.parse(status?.startTimestamp ?? ''))) return 'has no start time';
  if (status?.expiration && Date.parse(status.expiration) <= now) return 'has expired';
  const included = spec?.includedNamespaces ?? [];
  const left =
    included.length === 0 || included.includes('*')
      ? []
      : app.namespaces.filter(ns => !included.includes(ns));
  if (left.length > 0) return `lacks namespace ${left.join(', ')}`;
  const location = locations.find(({ metadata: { name } }) => name === spec?.storageLocation);
  if (location?.status?.phase !== 'Available') {
    return `lies in ${spec?.storageLocation ?? 'no location'}, which is ${location?.status?.phase ?? 'not there'}`;
  }
  return undefined;
}

function newestOf(backups: readonly BackupObject[]): BackupObject | undefined {
  const start = (backup: BackupObject) => Date.parse(backup.status?.startTimestamp ?? '');
  return [...backups].sort((a, b) => start(b) - start(a))[0];
}

function noneReason({ source }: Data, rejected: Map<string, string>): string {
  const what = 'backup' in source ? `Backup ${source.backup}` : `A backup of schedule ${source.schedule}`;
  if (rejected.size === 0) return `${what} is not in the cluster.`;
  const latest = [...rejected].sort(([a], [b]) => b.localeCompare(a)).slice(0, 3);
  return `${what} is not usable: ${latest.map(([name, why]) => `${name} ${why}`).join('; ')}.`;
}

// Velero 1.18, pkg/apis/velero/v1/backup_types.go.
const FAILED = ['FailedValidation', 'PartiallyFailed', 'Failed', 'Deleting'];

export type BackupState =
  | { word: 'under-way'; detail: string }
  | { word: 'done'; detail: string; takenAt: number; endedAt: number }
  | { word: 'failed'; detail: string };

/** What became of one Backup. Success is `Completed`; `PartiallyFailed` only where the configuration says so. */
export function judgeBackup(
  { metadata, status }: BackupObject,
  policy: Data['partiallyFailed'],
): BackupState {
  const phase = status?.phase || 'New';
  const counts = `${status?.warnings ?? 0} warnings, ${status?.errors ?? 0} errors`;
  if (phase === 'Completed' || (phase === 'PartiallyFailed' && policy === 'accept')) {
    const accepted = phase === 'Completed' ? '' : ', which the configuration accepts';
    return {
      word: 'done',
      detail: `Backup ${metadata.name} is ${phase} (${counts})${accepted}.`,
      takenAt: Date.parse(status?.startTimestamp ?? ''),
      endedAt: Date.parse(status?.completionTimestamp ?? ''),
    };
  }
  if (FAILED.includes(phase)) {
    const why = [status?.failureReason, ...(status?.validationErrors ?? [])].filter(Boolean).join('; ');
    return {
      word: 'failed',
      detail: `Backup ${metadata.name} is ${phase} (${counts})${why ? `: ${why}` : ''}.`,
    };
  }
  return { word: 'under-way', detail: `Backup ${metadata.name} is ${phase}.` };
}
