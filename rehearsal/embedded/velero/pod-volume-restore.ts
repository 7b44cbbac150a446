import type { KubeObject } from '../kubernetes/object';
import { at, labelValue, message, text } from './json';
import { createPodVolumeObject } from './node-agent';
import { type Process, until } from './server';
import { podVolumes } from './volumes';

export interface VolumeBackup {
  volume: string;
  snapshot: string;
  bytes: number;
}

/**
 * getVolumeBackupInfoForPod of pkg/podvolume/util.go: the data that a backup has for a Pod, found by the Pod's name
 * and its namespace in the backup. A backup of a volume that failed or was empty has no snapshot and does not count.
 */
export function volumeBackupsOf(backups: KubeObject[], pod: KubeObject, sourceNamespace: string | undefined) {
  const volumes = podVolumes(pod);
  return backups.flatMap((backup): VolumeBackup[] => {
    const reference = at(backup, 'spec', 'pod');
    const volume = text(at(backup, 'spec', 'volume')) ?? '';
    const snapshot = text(at(backup, 'status', 'snapshotID'));
    const source = volumes.find(({ name }) => name === volume)?.source ?? {};
    const restorable = !('projected' in source) && !('downwardAPI' in source);
    const own = at(reference, 'name') === pod.metadata.name && at(reference, 'namespace') === sourceNamespace;
    if (!own || !snapshot || !restorable) return [];
    return [{ volume, snapshot, bytes: Number(at(backup, 'status', 'progress', 'totalBytes') ?? 0) }];
  });
}

interface Request {
  restore: KubeObject;
  pod: KubeObject;
  backups: VolumeBackup[];
  location: string;
  sourceNamespace: string;
  /** Of the whole restore, in virtual time. */
  deadline: number;
}

/**
 * RestorePodVolumes of pkg/podvolume/restorer.go: one PodVolumeRestore for each volume, then waits for all of them.
 * It looks at PodVolumeRestores alone: when the Pod is gone before its init container ran, nothing ends the wait but
 * the timeout of four hours. Gives the errors.
 */
export async function restorePodVolumes(process: Process, request: Request): Promise<string[]> {
  const { cluster, clock } = process;
  if (process.faults.nodeAgentGone) return ['error to check node agent status: daemonset pod not found'];
  const errors: string[] = [];
  const names: string[] = [];
  for (const backup of request.backups) {
    try {
      names.push(createRestore(process, request, backup).metadata.name);
    } catch (error) {
      errors.push(message(error));
    }
  }
  const status = (name: string) => fieldsOf(cluster.own('PodVolumeRestore', name));
  const over = (name: string) => ['Completed', 'Failed', 'Canceled'].includes(status(name).phase);
  const done = await until(process, request.deadline - clock.now(), () =>
    names.every(over) ? true : undefined,
  );
  for (const name of names) {
    const { phase, text } = status(name);
    if (phase === 'Failed') errors.push(`pod volume restore failed: ${text}`);
    if (phase === 'Canceled') errors.push(`pod volume restore canceled: ${text}`);
  }
  if (!done) errors.push('timed out waiting for all PodVolumeRestores to complete');
  return errors;
}

function fieldsOf(object: KubeObject | undefined): { phase: string; text: string } {
  return {
    phase: text(at(object, 'status', 'phase')) ?? 'New',
    text: text(at(object, 'status', 'message')) ?? '',
  };
}

function createRestore(
  process: Process,
  request: Request,
  { volume, snapshot, bytes }: VolumeBackup,
): KubeObject {
  const { restore, pod, location, sourceNamespace } = request;
  const { namespace, name, uid } = pod.metadata;
  const claimName = podVolumes(pod).find(({ name }) => name === volume)?.claim;
  const claim =
    claimName === undefined
      ? undefined
      : process.cluster.get('v1', 'PersistentVolumeClaim', namespace, claimName);
  if (claimName !== undefined && !claim) {
    const reason = `persistentvolumeclaims "${claimName}" not found`;
    throw new Error(`error getting persistent volume claim for volume: ${reason}`);
  }
  return createPodVolumeObject(
    process,
    'PodVolumeRestore',
    restore,
    {
      'velero.io/restore-name': labelValue(restore.metadata.name),
      'velero.io/restore-uid': restore.metadata.uid ?? '',
      'velero.io/pod-uid': uid ?? '',
      ...(claim?.metadata.uid !== undefined && { 'velero.io/pvc-uid': claim.metadata.uid }),
    },
    {},
    {
      pod: { kind: 'Pod', namespace, name, uid },
      volume,
      snapshotID: snapshot,
      snapshotSize: bytes,
      backupStorageLocation: location,
      repoIdentifier: '',
      uploaderType: 'kopia',
      sourceNamespace,
    },
  );
}
