import type { KubeObject } from '../embedded/kubernetes/object';

export function startsNow(pod: KubeObject, old: KubeObject | undefined): boolean {
  const running = (object: KubeObject | undefined) =>
    (object?.status as { phase?: string } | undefined)?.phase === 'Running';
  return running(pod) && !running(old);
}

/** A Pod that Velero restored to bring the volumes in runs nothing of the app's. */
export function isCarrier(pod: KubeObject): boolean {
  const { containers = [] } = (pod.spec ?? {}) as { containers?: { name: string }[] };
  return (
    pod.metadata.labels?.['velero.io/restore-name'] !== undefined &&
    containers.every(({ name }) => name === 'carrier')
  );
}

export function claimsOf(pod: KubeObject): string[] {
  const { volumes = [] } = (pod.spec ?? {}) as {
    volumes?: { persistentVolumeClaim?: { claimName: string } }[];
  };
  return volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}
