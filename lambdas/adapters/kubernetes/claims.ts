import type { ClaimObject } from '../../../core/kubernetes';
import { mapBounded } from '../concurrency';
import { type KubernetesClient, RESOURCES } from './client';

const AT_ONCE = 8;

/** The claims of the namespaces that the restore with this label did not bring. */
export async function oldClaims(
  api: KubernetesClient,
  namespaces: readonly string[],
  restoreSelector: string,
): Promise<ClaimObject[]> {
  const [label, name] = restoreSelector.split('=');
  const lists = await mapBounded(namespaces, AT_ONCE, namespace =>
    api.list<ClaimObject>(RESOURCES.PersistentVolumeClaim, namespace),
  );
  return lists.flat().filter(({ metadata }) => metadata.labels?.[label ?? ''] !== name);
}

/**
 * Makes the claim's volume outlive it (a StorageClass usually says Delete).
 * @returns the volume's name, or undefined for a claim that has none
 */
export async function keptVolume(api: KubernetesClient, claim: ClaimObject): Promise<string | undefined> {
  const volume = claim.spec?.volumeName;
  if (!volume) return undefined;
  await api.patch(RESOURCES.PersistentVolume, undefined, volume, {
    spec: { persistentVolumeReclaimPolicy: 'Retain' },
  });
  return volume;
}

export function removeClaim(api: KubernetesClient, { metadata }: ClaimObject): Promise<void> {
  return api.delete(RESOURCES.PersistentVolumeClaim, metadata.namespace ?? '', metadata.name);
}
