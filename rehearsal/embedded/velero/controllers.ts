import type { KubeObject } from '../kubernetes/object';
import { finalizeBackup, queueBackup, runBackup } from './backup';
import { runOperations } from './data-mover';
import { collectGarbage, reconcileDeletion } from './deletion';
import { reconcileDownload } from './download';
import { at, duration, type Fields, same, stamp, text } from './json';
import { isValidationDue, validateLocation } from './location';
import { RestoreController } from './restore';
import { finalizeRestore } from './restore-finalizer';
import { reconcileSchedule } from './schedule';
import type { Process } from './server';
import { isSyncDue, syncLocation } from './sync';
import { background, Worker } from './worker';

interface Change {
  added: boolean;
  phase: string;
  phaseChanged: boolean;
  specChanged: boolean;
  isDeleting: boolean;
}

/** Which controller a change to which kind concerns. */
const interests: Record<string, Record<string, (change: Change) => boolean>> = {
  BackupStorageLocation: { validation: ({ specChanged }) => specChanged },
  Backup: {
    garbage: ({ added }) => added,
    queue: ({ phase }) => phase === 'New',
    backup: ({ phase }) => phase === 'Queued' || phase === 'ReadyToStart',
    backupFinalizer: ({ phase }) => phase.startsWith('Finalizing'),
  },
  Restore: {
    restore: ({ phase, isDeleting }) => phase === 'New' || isDeleting,
    operations: ({ phase, phaseChanged }) => phase.startsWith('WaitingFor') && phaseChanged,
    restoreFinalizer: ({ phase }) => phase.startsWith('Finalizing'),
  },
  Schedule: { schedule: ({ specChanged }) => specChanged },
  DownloadRequest: { download: ({ phase }) => phase === 'New' },
  DeleteBackupRequest: { deletion: ({ phase }) => phase === 'New' },
};

/** The controllers of one run of the server: who looks at which object, when, and every so often. */
export class Controllers {
  private readonly workers: Record<string, Worker>;
  private readonly process: Process;

  constructor(process: Process) {
    this.process = process;
    const restores = new RestoreController(process);
    const worker = (reconcile: (name: string) => Promise<void> | void) =>
      new Worker(process.clock, process.timing.reconcile, process.signal, reconcile);
    this.workers = {
      queue: worker(name => queueBackup(process, name)),
      backup: worker(name => runBackup(process, name)),
      backupFinalizer: worker(name => finalizeBackup(process, name)),
      garbage: worker(name => collectGarbage(process, name)),
      deletion: worker(name => reconcileDeletion(process, name)),
      restore: worker(name => restores.reconcile(name)),
      operations: worker(name => background(process.clock, runOperations(process, name))),
      restoreFinalizer: worker(name => finalizeRestore(process, name)),
      schedule: worker(name => reconcileSchedule(process, name)),
      validation: worker(name => validateLocation(process, name)),
      sync: worker(name => syncLocation(process, name)),
      download: worker(name => reconcileDownload(process, name)),
    };
    for (const kind of Object.keys(interests)) {
      for (const object of process.cluster.owned(kind)) this.notice(object, undefined, true);
    }
    this.everySoOften();
  }

  /** An object was written. `added` also for those that a server finds when it starts. */
  notice(object: KubeObject, old: KubeObject | undefined, added: boolean): void {
    const change: Change = {
      added,
      phase: text(at(object, 'status', 'phase')) ?? 'New',
      phaseChanged: added || !same(at(object, 'status', 'phase'), at(old, 'status', 'phase')),
      specChanged: added || !same(object.spec, old?.spec),
      isDeleting: object.metadata.deletionTimestamp !== undefined,
    };
    for (const [worker, concerns] of Object.entries(interests[object.kind] ?? {})) {
      if (concerns(change)) this.add(worker, object.metadata.name);
    }
  }

  private add(worker: string, name: string): void {
    this.workers[worker]?.add(name);
  }

  private everySoOften(): void {
    const { cluster, clock } = this.process;
    const all = (kind: string, worker: string, isDue: (object: KubeObject) => boolean) => () => {
      for (const object of cluster.owned(kind)) if (isDue(object)) this.add(worker, object.metadata.name);
    };
    this.every(
      10_000,
      all('BackupStorageLocation', 'validation', ({ metadata }) =>
        isValidationDue(this.process, metadata.name),
      ),
    );
    this.every(
      60_000,
      all('BackupStorageLocation', 'sync', location =>
        isSyncDue(location, duration(at(location, 'spec', 'backupSyncPeriod')), clock.now()),
      ),
    );
    this.every(
      60_000,
      all('Schedule', 'schedule', () => true),
    );
    this.every(
      60_000,
      all('DownloadRequest', 'download', request => isExpired(request, clock.now())),
    );
    this.every(
      3_600_000,
      all('Backup', 'garbage', () => true),
    );
  }

  /** At once, and then again after every period (PeriodicalEnqueueSource of pkg/util/kube). */
  private every(period: number, look: () => void): void {
    look();
    const cancel = this.process.clock.every(period, look);
    this.process.signal.addEventListener('abort', cancel, { once: true });
  }
}

function isExpired(request: KubeObject, now: number): boolean {
  const expiration = text(at(request, 'status', 'expiration'));
  return expiration === undefined || Date.parse(expiration) < now;
}

/**
 * markInProgressCRsFailed of pkg/cmd/server/server.go, at every start of a server: what was InProgress is lost, and
 * the volumes of such a restore are canceled.
 */
export function markInterrupted({ cluster, clock }: Process): void {
  for (const kind of ['Backup', 'Restore']) {
    for (const { metadata, status } of cluster.owned(kind)) {
      const phase = at(status, 'phase');
      if (phase === 'InProgress') {
        cluster.edit(kind, metadata.name, (_, current) => {
          current.phase = 'Failed';
          const noun = kind.toLowerCase();
          current.failureReason = `found a ${noun} with status "InProgress" during the server starting, mark it as "Failed"`;
          current.completionTimestamp = stamp(clock.now());
        });
        cancelVolumes(cluster, kind, metadata.uid);
      }
      if (kind === 'Backup' && String(phase).startsWith('WaitingForPluginOperations')) {
        // Its DataUploads were canceled with their nodes.
        cluster.edit(kind, metadata.name, (_, current) => {
          current.phase = 'FinalizingPartiallyFailed';
          current.errors = Number(current.errors ?? 0) + 1;
        });
      }
    }
  }
}

function cancelVolumes(cluster: Process['cluster'], owner: string, uid: string | undefined): void {
  const label = `velero.io/${owner.toLowerCase()}-uid`;
  for (const { metadata, status } of cluster.owned(`PodVolume${owner}`)) {
    const over = ['Completed', 'Failed', 'Canceled'].includes(String(at(status, 'phase')));
    if (over || metadata.labels?.[label] !== uid) continue;
    cluster.edit(`PodVolume${owner}`, metadata.name, ({ spec }, current) => {
      (spec as Fields).cancel = true;
      current.message = `${owner} was interrupted: the server was restarted`;
    });
  }
}
