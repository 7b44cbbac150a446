import type { Metadata } from '../../../core/kubernetes';
import { type KubernetesClient, RESOURCES, type Resource } from './client';

interface Found {
  metadata: Metadata;
}

/** What must be seen to be gone. A Service is not deleted by the collection: that is younger than the verb. */
const SEEN = [
  RESOURCES.Deployment,
  RESOURCES.StatefulSet,
  RESOURCES.HorizontalPodAutoscaler,
  RESOURCES.Service,
];
/** What goes at once, and is not looked at: nobody here needs to read a Secret. */
const UNSEEN = [RESOURCES.Secret, RESOURCES.ConfigMap, RESOURCES.ServiceAccount];

/**
 * Removes what the selector chooses, the named Ingress, and every pod and claim of a namespace that belongs to us.
 * @returns what was there when we looked; nothing when it is empty
 */
export async function emptyNamespace(
  api: KubernetesClient,
  namespace: string,
  selector: string,
  ingress: string,
): Promise<string[]> {
  const left: string[] = [];
  const remove = async (resource: Resource, chosen?: string) => {
    for (const { metadata } of await api.list<Found>(resource, namespace, chosen)) {
      left.push(`${resource.kind} ${namespace}/${metadata.name}`);
      if (!metadata.deletionTimestamp) await api.delete(resource, namespace, metadata.name);
    }
  };
  await api.delete(RESOURCES.Ingress, namespace, ingress);
  for (const resource of SEEN) await remove(resource, selector);
  await remove(RESOURCES.Pod);
  await remove(RESOURCES.PersistentVolumeClaim);
  for (const resource of UNSEEN) await api.deleteAll(resource, namespace, selector);
  return left;
}
