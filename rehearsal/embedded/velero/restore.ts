import type { KubeObject } from '../kubernetes/object';
import { at, duration, labelValue, message, stamp, text, UnsupportedByFake } from './json';
import { RestoreRun } from './restore-run';
import { RestoreFilter } from './restore-selection';
import { type ValidRestore, validateRestore } from './restore-validation';
import { Results } from './results';
import { type Process, pause } from './server';
import { Stopped, unlessStopped } from './worker';

const finalizer = 'restores.velero.io/external-resources-finalizer';

/**
 * pkg/controller/restore_controller.go: one Restore at a time, from New until it leaves InProgress. Deletions go
 * through the same queue: with a restore that is stuck, every later Restore stays New and none can be deleted.
 */
export class RestoreController {
  constructor(private readonly process: Process) {}

  async reconcile(name: string): Promise<void> {
    const { cluster } = this.process;
    const restore = cluster.own('Restore', name);
    if (!restore) return;
    if (restore.metadata.deletionTimestamp !== undefined) return this.letGo(restore);
    const phase = text(at(restore, 'status', 'phase'));
    if (phase !== undefined && phase !== 'New') return;
    const valid = this.validate(name);
    if (!valid) return;
    try {
      await this.run(name, valid);
    } catch (error) {
      if (error instanceof Stopped || error instanceof UnsupportedByFake) throw error;
      cluster.edit('Restore', name, (_, status) => {
        Object.assign(status, {
          phase: 'Failed',
          failureReason: message(error),
          completionTimestamp: this.now(),
        });
      });
    }
  }

  private validate(name: string): ValidRestore | undefined {
    let valid: ValidRestore | undefined;
    this.process.cluster.edit('Restore', name, (restore, status) => {
      restore.metadata.finalizers = [...new Set([...(restore.metadata.finalizers ?? []), finalizer])];
      const result = validateRestore(this.process.cluster, restore);
      if ('errors' in result) {
        Object.assign(status, { phase: 'FailedValidation', validationErrors: result.errors });
        return;
      }
      valid = result;
      Object.assign(status, { phase: 'InProgress', startTimestamp: this.now() });
    });
    return valid;
  }

  private async run(name: string, { backup, modifiers }: ValidRestore): Promise<void> {
    const { process } = this;
    const { cluster, bucket, clock, faults, signal, timing } = process;
    if (faults.restoreStuck) await unlessStopped(new Promise<never>(() => undefined), signal);
    const restore = cluster.own('Restore', name);
    if (!restore) return;
    await pause(process, timing.archive);
    const backupName = backup.metadata.name;
    const stored = bucket.get(backupName);
    if (!stored) throw new Error(`error downloading backup: rpc error: NoSuchKey: backups/${backupName}`);
    const podVolumeBackups = cluster
      .owned('PodVolumeBackup')
      .filter(({ metadata }) => metadata.labels?.['velero.io/backup-name'] === labelValue(backupName));
    // The location has the name that it has in this cluster, as the synced Backup says.
    stored.metadata = backup;
    const timeout = duration(restore.metadata.annotations?.['velero.io/pod-volume-timeout']);
    const deadline = clock.now() + (timeout ?? timing.podVolumeTimeout);
    let run: RestoreRun | undefined;
    const invalid = new Results();
    try {
      const filter = new RestoreFilter(cluster, restore.spec);
      run = new RestoreRun(process, restore, stored, podVolumeBackups, filter, modifiers, deadline);
      await this.restoreItems(name, run, filter, stored.items);
    } catch (error) {
      if (run) throw error;
      invalid.addVelero(message(error)); // a label selector that cannot be read
    }
    this.finish(name, run, invalid);
  }

  private async restoreItems(
    name: string,
    run: RestoreRun,
    filter: RestoreFilter,
    items: ItemList,
  ): Promise<void> {
    const { cluster } = this.process;
    const selected = filter.select(items);
    if (items.length === 0) run.warnings.addVelero('zero items to be restored');
    let written = this.process.clock.now();
    const write = (total: number) => {
      if (this.process.clock.now() - written < 1_000) return; // at most once a second
      written = this.process.clock.now();
      cluster.edit('Restore', name, (_, status) => {
        status.progress = { totalItems: total, itemsRestored: run.restoredItems };
      });
    };
    await run.restoreSelected(selected, write);
    cluster.edit('Restore', name, (_, status) => {
      status.progress = { totalItems: run.restoredItems, itemsRestored: run.restoredItems };
    });
    for (const errors of await Promise.all(run.podVolumes)) {
      for (const error of errors) run.errors.addVelero(error);
    }
  }

  private finish(name: string, run: RestoreRun | undefined, invalid: Results): void {
    const { cluster, bucket } = this.process;
    const errors = run && invalid.count === 0 ? run.errors : invalid;
    const warnings = run?.warnings ?? new Results();
    const operations = run?.operations ?? [];
    bucket.putRestore(name, {
      warnings: warnings.toJSON(),
      errors: errors.toJSON(),
      createdClaims: run?.createdClaims ?? [],
      operations,
    });
    const phase = operations.length > 0 ? 'WaitingForPluginOperations' : 'Finalizing';
    cluster.edit('Restore', name, (_, status) => {
      Object.assign(status, {
        phase: errors.count > 0 ? `${phase}PartiallyFailed` : phase,
        // omitempty in Go: no warnings and no errors are no fields
        ...(warnings.count > 0 && { warnings: warnings.count }),
        ...(errors.count > 0 && { errors: errors.count }),
        ...(operations.length > 0 && { restoreItemOperationsAttempted: operations.length }),
      });
    });
  }

  /** Deletes what the restore left in the bucket, then lets the object go. Without the bucket it stays. */
  private letGo(restore: KubeObject): void {
    const { cluster, bucket } = this.process;
    if (!restore.metadata.finalizers?.includes(finalizer)) return;
    const backup = cluster.own('Backup', text(at(restore, 'spec', 'backupName')) ?? '');
    if (backup) {
      const location = cluster.own(
        'BackupStorageLocation',
        text(at(backup, 'spec', 'storageLocation')) ?? '',
      );
      if (at(location, 'status', 'phase') !== 'Available' || !bucket.reachable) return;
      bucket.deleteRestore(restore.metadata.name);
    }
    const finalizers = restore.metadata.finalizers.filter(entry => entry !== finalizer);
    cluster.store.update({ ...restore, metadata: { ...restore.metadata, finalizers } });
  }

  private now(): string {
    return stamp(this.process.clock.now());
  }
}

type ItemList = Parameters<RestoreFilter['select']>[0];
