import type { KubeObject } from '../kubernetes/object';
import type { Content } from './bucket';
import { at, fields, isFields, list, text } from './json';

/** The data on the cluster's volumes, kept by whoever runs the cluster. */
export interface Volumes {
  read(namespace: string, pvc: string): Content | undefined;
  write(namespace: string, pvc: string, content: string, bytes: number): void;
}

/**
 * What a volume holds after Kopia has restored into it. Kopia overwrites files that are in the snapshot and leaves
 * every other file where it is (pkg/uploader/kopia/snapshot.go sets Overwrite… and nothing that deletes), so a volume
 * that was not empty becomes a mixture, which is named as such and equals neither of the two.
 */
export function afterRestore(before: Content | undefined, restored: Content, complete: boolean): Content {
  const content = complete ? restored.content : `part of ${restored.content}`;
  if (!before || before.content === '' || before.content === content)
    return { content, bytes: restored.bytes };
  return { content: `${content} over ${before.content}`, bytes: Math.max(before.bytes, restored.bytes) };
}

export interface PodVolume {
  name: string;
  source: Record<string, unknown>;
  claim: string | undefined;
}

export function podVolumes(pod: KubeObject): PodVolume[] {
  return list(at(pod, 'spec', 'volumes'))
    .filter(isFields)
    .map(({ name, ...source }) => ({
      name: text(name) ?? '',
      source,
      claim: text(at(source, 'persistentVolumeClaim', 'claimName')),
    }));
}

/**
 * The volumes of a Pod for file-system backup (GetVolumesByPod of pkg/util/podvolume/pod_volume.go): those that its
 * annotation names, or with defaultVolumesToFsBackup all but those that another annotation excludes and those that
 * hold nothing of their own.
 */
export function volumesToBackUp(pod: KubeObject, all: boolean, claimsExcluded: boolean): PodVolume[] {
  const annotations = pod.metadata.annotations ?? {};
  const named = (key: string) => (annotations[key] ?? '').split(',').filter(name => name !== '');
  const volumes = podVolumes(pod);
  if (!all) {
    const wanted = named('backup.velero.io/backup-volumes');
    return volumes.filter(volume => wanted.includes(volume.name));
  }
  const excluded = named('backup.velero.io/backup-volumes-excludes');
  return volumes.filter(
    ({ name, source, claim }) =>
      !['hostPath', 'secret', 'configMap', 'projected', 'downwardAPI'].some(kind => kind in source) &&
      !(claim !== undefined && claimsExcluded) &&
      !excluded.includes(name) &&
      !name.startsWith('default-token'),
  );
}

/** A volume that no container mounts has no directory on the node. */
export function isMounted(pod: KubeObject, volume: string): boolean {
  return list(at(pod, 'spec', 'containers')).some(container =>
    list(fields(container).volumeMounts).some(mount => fields(mount).name === volume),
  );
}

/** pkg/util/kube/pod.go IsPodRunning */
export function isRunning(pod: KubeObject): boolean {
  return (
    text(at(pod, 'spec', 'nodeName')) !== undefined &&
    at(pod, 'status', 'phase') === 'Running' &&
    pod.metadata.deletionTimestamp === undefined
  );
}
