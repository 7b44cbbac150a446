import type { KubeObject } from '../kubernetes/object';
import { at } from './json';
import { type Process, until } from './server';

const terminatingTimeout = 600_000; // --terminating-resource-timeout

/**
 * EnsureNamespaceExistsAndIsReady of pkg/util/kube/utils.go. A new one gets labels and annotations from the backup,
 * one that exists is left as it is, one that is being deleted is waited for. Gives whether it was created.
 * @throws Error after ten minutes of waiting
 */
export async function ensureNamespace(process: Process, archived: KubeObject | undefined, name: string) {
  const { cluster } = process;
  const terminating = (namespace: KubeObject | undefined) =>
    namespace !== undefined &&
    (namespace.metadata.deletionTimestamp !== undefined ||
      at(namespace, 'status', 'phase') === 'Terminating');
  const current = () => cluster.get('v1', 'Namespace', undefined, name);
  const ready = await until(process, terminatingTimeout, () => (terminating(current()) ? undefined : true));
  if (!ready)
    throw new Error(`timed out waiting for terminating namespace ${name} to disappear before restoring`);
  if (current()) return false;
  const { labels, annotations } = archived?.metadata ?? {};
  cluster.store.create({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, ...(labels && { labels }), ...(annotations && { annotations }) },
    ...(archived?.spec !== undefined && { spec: archived.spec }),
  });
  return true;
}
