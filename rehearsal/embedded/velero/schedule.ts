import type { Schedule } from '../kubernetes/controllers/cron-schedule';
import type { KubeObject } from '../kubernetes/object';
import { parseCron } from './cron';
import { at, fields, isFields, message, stamp, text, textMap, UnsupportedByFake } from './json';
import type { Process } from './server';

/**
 * pkg/controller/schedule_controller.go. Schedules are looked at every minute and when their spec changes, so a backup
 * starts up to a minute after its time. One that is taken out of pause makes up at once for the time it missed, once.
 */
export function reconcileSchedule(process: Process, name: string): void {
  const { cluster, clock } = process;
  const schedule = cluster.own('Schedule', name);
  if (!schedule || at(schedule, 'spec', 'paused') === true) return;
  const skip = at(schedule, 'spec', 'skipImmediately') === true;
  if (skip) {
    cluster.edit('Schedule', name, (object, status) => {
      fields(object.spec).skipImmediately = false;
      status.lastSkipped = stamp(clock.now());
    });
  }
  const cron = validate(process, name);
  if (!cron) return;
  const current = cluster.own('Schedule', name) ?? schedule;
  const due = cron.next(lastRun(current));
  if (due === undefined || clock.now() <= due || isRunning(process, name)) return;
  cluster.store.create(backupOf(process, current));
  cluster.edit('Schedule', name, (_, status) => {
    status.lastBackup = stamp(clock.now());
  });
}

function validate({ cluster }: Process, name: string): Schedule | undefined {
  const schedule = cluster.own('Schedule', name);
  const expression = text(at(schedule, 'spec', 'schedule'));
  let cron: Schedule | undefined;
  let error = 'Schedule must be a non-empty valid Cron expression';
  try {
    if (expression !== undefined) cron = parseCron(expression);
  } catch (thrown) {
    if (thrown instanceof UnsupportedByFake) throw thrown;
    error = `invalid schedule: ${message(thrown)}`;
  }
  const phase = cron ? 'Enabled' : 'FailedValidation';
  if (at(schedule, 'status', 'phase') !== phase) {
    cluster.edit('Schedule', name, (_, status) => {
      status.phase = phase;
      delete status.validationErrors;
      if (!cron) status.validationErrors = [error];
    });
  }
  return cron;
}

function lastRun(schedule: KubeObject): number {
  const last = text(at(schedule, 'status', 'lastBackup')) ?? schedule.metadata.creationTimestamp ?? '';
  const skipped = text(at(schedule, 'status', 'lastSkipped'));
  return Math.max(Date.parse(last), skipped === undefined ? 0 : Date.parse(skipped));
}

/** checkIfBackupInNewOrProgress: it does not know the phases Queued and ReadyToStart. */
function isRunning({ cluster }: Process, schedule: string): boolean {
  return cluster
    .owned('Backup')
    .filter(({ metadata }) => metadata.labels?.['velero.io/schedule-name'] === schedule)
    .some(backup => ['New', 'InProgress'].includes(text(at(backup, 'status', 'phase')) ?? 'New'));
}

/** FromSchedule of pkg/builder/backup_builder.go */
function backupOf({ cluster, clock }: Process, schedule: KubeObject): KubeObject {
  const { name, labels, annotations, uid } = schedule.metadata;
  const { metadata: templateMetadata, ...template } = fields(at(schedule, 'spec', 'template'));
  const own = fields(templateMetadata).labels;
  const time = stamp(clock.now()).replace(/\D/g, '');
  const owned = at(schedule, 'spec', 'useOwnerReferencesInBackup') === true;
  return {
    apiVersion: 'velero.io/v1',
    kind: 'Backup',
    metadata: {
      namespace: cluster.namespace,
      name: `${name}-${time}`,
      labels: { ...(isFields(own) ? textMap(own) : labels), 'velero.io/schedule-name': name },
      ...(annotations && { annotations: { ...annotations } }),
      ...(owned && {
        ownerReferences: [
          { apiVersion: 'velero.io/v1', kind: 'Schedule', name, uid: uid ?? '', controller: true },
        ],
      }),
    },
    spec: structuredClone(template),
  };
}
