import type { StoredRestore, VolumeInfo } from './bucket';
import { at, message, stamp, text, textMap } from './json';
import { mergeResults, Results } from './results';
import { type Process, pause, until } from './server';

const resourceTimeout = 600_000; // --resource-timeout

/** Restores in Finalizing: pkg/controller/restore_finalizer_controller.go */
export async function finalizeRestore(process: Process, name: string): Promise<void> {
  const { cluster, bucket, clock, timing } = process;
  const restore = cluster.own('Restore', name);
  const phase = text(at(restore, 'status', 'phase')) ?? '';
  if (!restore || !phase.startsWith('Finalizing')) return;
  await pause(process, timing.finalize);
  const backup = text(at(restore, 'spec', 'backupName')) ?? '';
  const errors = new Results();
  const orphaned = cluster.own('Backup', backup) === undefined;
  if (!orphaned) {
    if (!bucket.reachable) return retryLater(process, () => finalizeRestore(process, name));
    const stored = bucket.restore(name);
    const mapping = textMap(at(restore, 'spec', 'namespaceMapping'));
    const volumes = bucket.get(backup)?.volumes ?? [];
    await Promise.all(volumes.map(volume => patchVolume(process, volume, mapping, stored, errors)));
    if (stored && errors.count > 0) {
      bucket.putRestore(name, { ...stored, errors: mergeResults(stored.errors, errors.toJSON()) });
    }
  }
  const failed = orphaned || errors.count > 0 || phase === 'FinalizingPartiallyFailed';
  cluster.edit('Restore', name, (_, status) => {
    if (errors.count > 0) status.errors = Number(status.errors ?? 0) + errors.count;
    const completionTimestamp = stamp(clock.now());
    Object.assign(status, { phase: failed ? 'PartiallyFailed' : 'Completed', completionTimestamp });
  });
}

async function retryLater(process: Process, again: () => Promise<void>): Promise<void> {
  await pause(process, 60_000);
  return again();
}

/**
 * patchDynamicPVWithVolumeInfo: waits ten minutes for each claim that this restore created to be bound, then gives its
 * new volume the reclaim policy and the labels of the old one. A claim that waits for its first consumer is passed over.
 */
async function patchVolume(
  process: Process,
  info: VolumeInfo,
  mapping: Record<string, string>,
  stored: StoredRestore | undefined,
  errors: Results,
): Promise<void> {
  const namespace = mapping[info.namespace] ?? info.namespace;
  const created = stored?.createdClaims.some(
    claim => claim.namespace === namespace && claim.name === info.claim,
  );
  if (!created) return;
  const failed = stored?.operations.some(
    ({ claim, namespace: own, state }) => own === namespace && claim === info.claim && state !== 'done',
  );
  if (failed) return;
  try {
    const volume = await until(process, resourceTimeout, () => boundVolume(process, namespace, info.claim));
    if (volume === undefined) throw new Error('context deadline exceeded');
    if (volume !== 'first consumer') patchWith(process, volume, info);
  } catch (error) {
    if (process.signal.aborted) throw error;
    const text = `fail to patch dynamic PV, err: ${message(error)}, PVC: ${info.claim}, PV: ${info.pv}`;
    errors.add(namespace, text);
  }
}

function boundVolume(process: Process, namespace: string, name: string): string | undefined {
  const { cluster } = process;
  const claim = cluster.get('v1', 'PersistentVolumeClaim', namespace, name);
  if (at(claim, 'status', 'phase') === 'Pending') {
    const className = text(at(claim, 'spec', 'storageClassName')) ?? '';
    const storageClass = cluster.get('storage.k8s.io/v1', 'StorageClass', undefined, className);
    if (!storageClass) throw new Error(`storageclasses.storage.k8s.io "${className}" not found`);
    if (storageClass.volumeBindingMode === 'WaitForFirstConsumer') return 'first consumer';
  }
  const volume = text(at(claim, 'spec', 'volumeName'));
  if (at(claim, 'status', 'phase') !== 'Bound' || volume === undefined) return undefined;
  const found = cluster.get('v1', 'PersistentVolume', undefined, volume);
  return at(found, 'status', 'phase') === 'Bound' ? volume : undefined;
}

function patchWith({ cluster }: Process, name: string, info: VolumeInfo): void {
  const volume = cluster.get('v1', 'PersistentVolume', undefined, name);
  if (!volume) return;
  const current = volume.metadata.labels ?? {};
  const different =
    at(volume, 'spec', 'persistentVolumeReclaimPolicy') !== info.reclaimPolicy ||
    Object.entries(info.labels).some(([key, value]) => current[key] !== value);
  if (!different) return;
  cluster.store.update({
    ...volume,
    metadata: { ...volume.metadata, labels: info.labels },
    spec: { ...(volume.spec as object), persistentVolumeReclaimPolicy: info.reclaimPolicy },
  });
}
