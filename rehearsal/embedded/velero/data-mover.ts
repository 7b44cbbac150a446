import type { Content, StoredRestore } from './bucket';
import { at, fields, text } from './json';
import { generatedName, type Process, pause } from './server';
import { afterRestore } from './volumes';

type Operation = StoredRestore['operations'][number];

/** Seconds between two looks at operations (restore_operations_controller.go). */
const frequency = 10_000;

/**
 * Restores in WaitingForPluginOperations: CSI snapshots whose data were moved into the bucket. Every volume is brought
 * by a DataDownload, which needs no Pod: it fills a volume of its own and hands it to the claim that waits for it.
 */
export async function runOperations(process: Process, name: string): Promise<void> {
  const { cluster, bucket, clock } = process;
  const phase = () => text(at(cluster.own('Restore', name), 'status', 'phase')) ?? '';
  if (!phase().startsWith('WaitingForPluginOperations')) return;
  const stored = bucket.restore(name);
  if (!stored) return;
  const began = clock.now();
  await Promise.all(
    stored.operations
      .filter(operation => operation.state === 'open')
      .map(async operation => {
        operation.state = await download(process, operation);
      }),
  );
  // The controller notices at its next look.
  await pause(process, frequency - ((clock.now() - began) % frequency));
  bucket.putRestore(name, stored);
  const failed = stored.operations.filter(({ state }) => state !== 'done');
  cluster.edit('Restore', name, (_, status) => {
    const done = stored.operations.length - failed.length;
    if (done > 0) status.restoreItemOperationsCompleted = done;
    if (failed.length > 0) {
      status.restoreItemOperationsFailed = failed.length;
      status.errors = Number(status.errors ?? 0) + failed.length;
    }
    const partially = failed.length > 0 || phase().endsWith('PartiallyFailed');
    status.phase = partially ? 'FinalizingPartiallyFailed' : 'Finalizing';
  });
}

async function download(process: Process, { namespace, claim, snapshot }: Operation): Promise<string> {
  const { bucket, volumes, faults, timing } = process;
  await pause(process, timing.prepareRestore);
  if (faults.nodeAgentGone) return 'timeout on preparing data download';
  let content: Content | undefined;
  try {
    content = bucket.snapshot(snapshot);
  } catch (error) {
    return `data path restore failed: ${String(error)}`;
  }
  if (!content) return 'data path restore failed: Unable to load snapshot';
  const seconds = content.bytes / timing.restoreBytesPerSecond;
  await pause(process, (faults.damagedPack ? seconds / 2 : seconds) * 1_000);
  if (faults.damagedPack) return 'data path restore failed: unable to open object: blob is corrupted';
  const target = process.cluster.get('v1', 'PersistentVolumeClaim', namespace, claim);
  if (!target) return `persistentvolumeclaims "${claim}" not found`;
  bind(process, namespace, claim);
  const after = afterRestore(volumes.read(namespace, claim), content, true);
  volumes.write(namespace, claim, after.content, after.bytes);
  return 'done';
}

/** RebindVolume of pkg/exposer/generic_restore.go: the filled volume is bound to the claim that selects it. */
function bind({ cluster, ...process }: Process, namespace: string, name: string): void {
  const claim = cluster.get('v1', 'PersistentVolumeClaim', namespace, name);
  if (!claim || at(claim, 'status', 'phase') === 'Bound') return;
  const spec = fields(claim.spec);
  const volumeName = generatedName({ cluster, ...process }, `pvc-${name}-`);
  const selector = fields(at(spec, 'selector', 'matchLabels'));
  cluster.store.create({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: volumeName, labels: selector as Record<string, string> },
    spec: {
      accessModes: spec.accessModes,
      capacity: at(spec, 'resources', 'requests'),
      storageClassName: spec.storageClassName,
      persistentVolumeReclaimPolicy: 'Delete',
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace,
        name,
        uid: claim.metadata.uid,
      },
    },
    status: { phase: 'Bound' },
  });
  const updated = cluster.store.update({ ...claim, spec: { ...spec, volumeName } });
  cluster.store.updateStatus({ ...updated, status: { ...fields(claim.status), phase: 'Bound' } });
  const volume = cluster.get('v1', 'PersistentVolume', undefined, volumeName);
  if (volume) cluster.store.updateStatus({ ...volume, status: { phase: 'Bound' } });
}
