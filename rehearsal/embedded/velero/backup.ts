import type { KubeObject } from '../kubernetes/object';
import { validateBackup } from './backup-validation';
import type { ArchivedItem, StoredBackup, VolumeInfo } from './bucket';
import { Collection } from './collection';
import { at, type Fields, labelValue, message, stamp, text, UnsupportedByFake } from './json';
import { folderOf } from './location';
import { createPodVolumeObject } from './node-agent';
import { type Process, pause, until } from './server';
import { isMounted, isRunning, type PodVolume, volumesToBackUp } from './volumes';
import { Stopped } from './worker';

/** New backups stand in a queue (pkg/controller/backup_queue_controller.go); one runs at a time. */
export function queueBackup({ cluster }: Process, name: string): void {
  const phase = text(at(cluster.own('Backup', name), 'status', 'phase'));
  if (phase !== undefined && phase !== 'New') return;
  const positions = cluster.owned('Backup').map(backup => Number(at(backup, 'status', 'queuePosition') ?? 0));
  cluster.edit('Backup', name, (_, status) => {
    Object.assign(status, { phase: 'Queued', queuePosition: Math.max(0, ...positions) + 1 });
  });
}

/** A queued backup, from ReadyToStart until it leaves InProgress: pkg/controller/backup_controller.go */
export async function runBackup(process: Process, name: string): Promise<void> {
  const { cluster, clock, timing } = process;
  if (at(cluster.own('Backup', name), 'status', 'phase') === 'Queued') {
    cluster.edit('Backup', name, (_, status) => {
      status.phase = 'ReadyToStart';
      delete status.queuePosition;
    });
    await pause(process, timing.reconcile);
  }
  if (at(cluster.own('Backup', name), 'status', 'phase') !== 'ReadyToStart') return;
  const backup = cluster.edit('Backup', name, (object, status) => {
    const errors = validateBackup(cluster, object, status, clock.now());
    if (errors.length > 0) Object.assign(status, { phase: 'FailedValidation', validationErrors: errors });
    else Object.assign(status, { phase: 'InProgress', startTimestamp: stamp(clock.now()) });
  });
  if (!backup || at(backup, 'status', 'phase') !== 'InProgress') return;
  try {
    await new BackupRun(process, backup).run();
  } catch (error) {
    if (error instanceof Stopped || error instanceof UnsupportedByFake) throw error;
    const failed = {
      phase: 'Failed',
      failureReason: message(error),
      completionTimestamp: stamp(clock.now()),
    };
    cluster.edit('Backup', name, (_, status) => Object.assign(status, failed));
  }
}

/** The end of a backup: pkg/controller/backup_finalizer_controller.go. The bucket has its last status then. */
export async function finalizeBackup(process: Process, name: string): Promise<void> {
  const { cluster, bucket, clock, timing } = process;
  const phase = text(at(cluster.own('Backup', name), 'status', 'phase')) ?? '';
  if (!phase.startsWith('Finalizing')) return;
  await pause(process, timing.finalize);
  while (!bucket.reachable) await pause(process, 60_000);
  const backup = cluster.edit('Backup', name, (_, status) => {
    status.phase = phase === 'Finalizing' ? 'Completed' : 'PartiallyFailed';
    status.completionTimestamp = stamp(clock.now());
  });
  if (backup) bucket.putMetadata(name, backup);
}

class BackupRun {
  private warnings = 0;
  private errors = 0;
  private readonly volumes: VolumeInfo[] = [];
  private readonly moved: StoredBackup['moved'] = [];

  constructor(
    private readonly process: Process,
    private readonly backup: KubeObject,
  ) {}

  async run(): Promise<void> {
    const { cluster, bucket, timing } = this.process;
    const { name } = this.backup.metadata;
    if (bucket.get(name)) throw new Error('backup already exists in object storage');
    const collection = new Collection(cluster, this.backup);
    const items = collection.collect();
    this.edit({ progress: { totalItems: items.length, itemsBackedUp: 0 } });
    await pause(this.process, items.length * timing.item);
    this.edit({ progress: { totalItems: items.length, itemsBackedUp: items.length } });
    const claimsExcluded = !collection.resources.shouldInclude('persistentvolumeclaims');
    const podVolumeBackups = await this.backUpPods(items, claimsExcluded);
    const moving = this.claimsToMove(items);
    await pause(this.process, timing.archive);
    const phase = moving.length > 0 ? 'WaitingForPluginOperations' : 'Finalizing';
    const status = {
      phase: this.errors > 0 ? `${phase}PartiallyFailed` : phase,
      ...(this.warnings > 0 && { warnings: this.warnings }),
      ...(this.errors > 0 && { errors: this.errors }),
      ...(moving.length > 0 && { backupItemOperationsAttempted: moving.length }),
    };
    const location = text(at(this.backup, 'spec', 'storageLocation')) ?? '';
    const stored: StoredBackup = {
      folder: folderOf(cluster.own('BackupStorageLocation', location)),
      metadata: { ...this.backup, status: { ...(cluster.own('Backup', name)?.status as Fields), ...status } },
      items,
      podVolumeBackups,
      volumes: this.volumes,
      moved: this.moved,
    };
    bucket.put(name, stored);
    this.edit(status);
    if (moving.length > 0) await this.move(items, moving, stored);
  }

  /**
   * File-system backup reads volumes through Pods that run. Of a workload at 0 replicas it has nothing to read and says
   * nothing; of a Pod that does not run it skips the volumes with a warning; the backup is Completed all the same.
   */
  private async backUpPods(items: ArchivedItem[], claimsExcluded: boolean): Promise<KubeObject[]> {
    const all = at(this.backup, 'spec', 'defaultVolumesToFsBackup') === true;
    const names: string[] = [];
    const taken = new Set<string>();
    for (const { object: pod } of items.filter(({ object }) => object.kind === 'Pod')) {
      const volumes = volumesToBackUp(pod, all, claimsExcluded);
      if (volumes.length > 0) names.push(...this.backUpPod(pod, volumes, taken, items));
    }
    return this.awaitVolumes(names);
  }

  private backUpPod(
    pod: KubeObject,
    volumes: PodVolume[],
    taken: Set<string>,
    items: ArchivedItem[],
  ): string[] {
    const namespace = pod.metadata.namespace ?? '';
    if (!isRunning(pod)) {
      this.warnings += volumes.length;
      return [];
    }
    if (this.process.faults.nodeAgentGone) {
      this.errors++;
      return [];
    }
    const names: string[] = [];
    for (const { name, source, claim } of volumes) {
      const key = `${namespace}/${claim}`;
      if (claim !== undefined && taken.has(key)) continue; // another Pod's backup has it
      if ('hostPath' in source || !isMounted(pod, name)) {
        this.warnings++;
        continue;
      }
      names.push(this.createPodVolumeBackup(pod, name, claim));
      if (claim === undefined) continue;
      taken.add(key);
      this.noteVolume(items, namespace, claim, 'PodVolumeBackup');
    }
    return names;
  }

  private createPodVolumeBackup(pod: KubeObject, volume: string, claim: string | undefined): string {
    const { namespace, name, uid } = pod.metadata;
    const found = claim && this.process.cluster.get('v1', 'PersistentVolumeClaim', namespace, claim);
    const created = createPodVolumeObject(
      this.process,
      'PodVolumeBackup',
      this.backup,
      {
        'velero.io/backup-name': labelValue(this.backup.metadata.name),
        'velero.io/backup-uid': this.backup.metadata.uid ?? '',
        ...(found && { 'velero.io/pvc-uid': found.metadata.uid ?? '' }),
      },
      claim === undefined ? {} : { 'velero.io/pvc-name': claim },
      {
        node: at(pod, 'spec', 'nodeName'),
        pod: { kind: 'Pod', namespace, name, uid },
        volume,
        backupStorageLocation: at(this.backup, 'spec', 'storageLocation'),
        repoIdentifier: '',
        uploaderType: 'kopia',
      },
    );
    return created.metadata.name;
  }

  private async awaitVolumes(names: string[]): Promise<KubeObject[]> {
    const { cluster, timing } = this.process;
    const phase = (name: string) => String(at(cluster.own('PodVolumeBackup', name), 'status', 'phase'));
    const over = (name: string) => ['Completed', 'Failed', 'Canceled'].includes(phase(name));
    const done = await until(this.process, timing.podVolumeTimeout, () =>
      names.every(over) ? true : undefined,
    );
    if (!done) this.errors++;
    this.errors += names.filter(name => ['Failed', 'Canceled'].includes(phase(name))).length;
    return names.flatMap(name => cluster.own('PodVolumeBackup', name) ?? []);
  }

  /** The data mover takes claims whose volumes come from a CSI driver and that no Pod's file-system backup takes. */
  private claimsToMove(items: ArchivedItem[]): KubeObject[] {
    const { snapshotMoveData, snapshotVolumes } = this.backup.spec as Fields;
    if (snapshotMoveData !== true || snapshotVolumes === false) return [];
    return items
      .map(({ object }) => object)
      .filter(({ kind, metadata, spec }) => {
        const volume = items.find(
          ({ object }) =>
            object.kind === 'PersistentVolume' && object.metadata.name === at(spec, 'volumeName'),
        );
        const noted = this.volumes.some(
          info => info.namespace === metadata.namespace && info.claim === metadata.name,
        );
        return kind === 'PersistentVolumeClaim' && at(volume?.object, 'spec', 'csi') !== undefined && !noted;
      });
  }

  /** WaitingForPluginOperations: DataUploads from snapshots that were taken just now. The controller looks every 10 s. */
  private async move(items: ArchivedItem[], claims: KubeObject[], stored: StoredBackup): Promise<void> {
    const { bucket, volumes, timing } = this.process;
    const contents = claims.map(({ metadata }) => ({
      namespace: metadata.namespace ?? '',
      claim: metadata.name,
      content: volumes.read(metadata.namespace ?? '', metadata.name) ?? { content: '', bytes: 0 },
    }));
    const bytes = contents.reduce((sum, { content }) => sum + content.bytes, 0);
    const needed = timing.prepareBackup + (bytes / timing.backupBytesPerSecond) * 1_000;
    await pause(this.process, Math.ceil(needed / 10_000) * 10_000);
    for (const { namespace, claim, content } of contents) {
      this.moved.push({ namespace, claim, snapshot: bucket.addSnapshot(content) });
      this.noteVolume(items, namespace, claim, 'CSISnapshot');
    }
    const phase = this.errors > 0 ? 'FinalizingPartiallyFailed' : 'Finalizing';
    this.edit({ phase, backupItemOperationsCompleted: claims.length });
    bucket.put(this.backup.metadata.name, {
      ...stored,
      metadata: { ...stored.metadata, status: { ...(stored.metadata.status as Fields), phase } },
    });
  }

  private noteVolume(
    items: ArchivedItem[],
    namespace: string,
    claim: string,
    method: VolumeInfo['method'],
  ): void {
    const found = items.find(
      ({ object: { kind, metadata } }) =>
        kind === 'PersistentVolumeClaim' && metadata.namespace === namespace && metadata.name === claim,
    );
    const pv = text(at(found?.object, 'spec', 'volumeName'));
    const volume = items.find(
      ({ object }) => object.kind === 'PersistentVolume' && object.metadata.name === pv,
    );
    if (pv === undefined || !volume) return;
    this.volumes.push({
      pv,
      namespace,
      claim,
      method,
      reclaimPolicy: text(at(volume.object, 'spec', 'persistentVolumeReclaimPolicy')) ?? 'Delete',
      labels: volume.object.metadata.labels ?? {},
    });
  }

  private edit(change: Fields): void {
    const { name } = this.backup.metadata;
    this.process.cluster.edit('Backup', name, (_, status) => Object.assign(status, change));
  }
}
