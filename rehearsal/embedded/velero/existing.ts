import type { KubeObject } from '../kubernetes/object';
import { mergePatch } from '../kubernetes/patch';
import { type Fields, isFields, labelValue, list, message, same, textMap } from './json';
import { createMergePatch } from './json-patch';
import type { Results } from './results';
import type { Process } from './server';

const ownMetadata = [
  'generateName',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
];

/** resetMetadata and resetStatus of pkg/restore/restore.go. Finalizers and managedFields stay; owners do not. */
export function resetMetadataAndStatus(object: KubeObject): void {
  for (const name of ownMetadata) delete object.metadata[name];
  delete object.status;
}

export function addRestoreLabels(object: KubeObject, restore: string, backup: string): void {
  object.metadata.labels = {
    ...object.metadata.labels,
    'velero.io/backup-name': labelValue(backup),
    'velero.io/restore-name': labelValue(restore),
  };
}

/**
 * What happens to an object that is there already (restoreItem of pkg/restore/restore.go): equal ones are passed over
 * without a word, different ones with a warning, and none gets the restore's labels; ServiceAccounts are merged;
 * policy `update` patches the difference into it, and when the API server refuses that, its labels alone.
 * Gives whether it was updated.
 */
export function meetExisting(
  process: Process,
  found: KubeObject,
  wanted: KubeObject,
  policy: string | undefined,
  warnings: Results,
): boolean {
  const { namespace } = wanted.metadata;
  const current = structuredClone(found);
  resetMetadataAndStatus(current);
  const ownLabels = current.metadata.labels;
  const labels = wanted.metadata.labels ?? {};
  addRestoreLabels(current, labels['velero.io/restore-name'] ?? '', labels['velero.io/backup-name'] ?? '');
  const equal = same(current, wanted);
  if (!equal && wanted.kind === 'ServiceAccount') {
    const merged = mergedServiceAccount(current, wanted);
    if (same(current, merged)) return false;
    return patch(process, found, createMergePatch(current, merged), warnings);
  }
  if (policy === 'update') {
    const labelled = structuredClone(current);
    current.metadata.labels = { ...ownLabels };
    const target = equal ? labelled : wanted;
    if (patch(process, found, createMergePatch(current, target), warnings)) return true;
    if (!equal) patch(process, found, createMergePatch(current, labelled), warnings);
    return false;
  }
  if (!equal) {
    const subject =
      policy === 'none'
        ? `${wanted.kind} "${wanted.metadata.name}"`
        : `${wanted.kind}:${wanted.metadata.name}`;
    const text = 'Warning: the in-cluster version is different than the backed-up version';
    warnings.add(namespace, `could not restore, ${subject} already exists. ${text}`);
  }
  return false;
}

/** The API server decides: most of a claim's or a Pod's spec, for instance, is immutable. */
function patch(process: Process, found: KubeObject, changes: Fields | undefined, warnings: Results): boolean {
  if (changes === undefined) return false;
  try {
    process.cluster.store.update(mergePatch(found, changes) as KubeObject);
    return true;
  } catch (error) {
    warnings.add(found.metadata.namespace, message(error));
    return false;
  }
}

/** pkg/restore/merge_service_account.go: what the cluster's has stays, what only the backup's has is added. */
function mergedServiceAccount(current: KubeObject, wanted: KubeObject): KubeObject {
  const merged = structuredClone(current);
  for (const field of ['secrets', 'imagePullSecrets']) {
    const here = list(merged[field]).filter(isFields);
    const missing = list(wanted[field])
      .filter(isFields)
      .filter(({ name }) => !here.some(entry => entry.name === name));
    if (missing.length > 0) merged[field] = [...here, ...missing];
  }
  merged.metadata.labels = { ...wanted.metadata.labels, ...merged.metadata.labels };
  merged.metadata.annotations = { ...textMap(wanted.metadata.annotations), ...merged.metadata.annotations };
  return merged;
}
