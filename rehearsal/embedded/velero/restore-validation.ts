import type { KubeObject } from '../kubernetes/object';
import type { Cluster } from './cluster';
import { includesExcludesErrors } from './filters';
import { at, type Fields, fields, isFields, list, message, text, texts, UnsupportedByFake } from './json';
import { type ModifierFile, readModifiers, validateModifiers } from './modifiers-file';

/** pkg/controller/restore_controller.go nonRestorableResources */
const nonRestorable = [
  'nodes',
  'events',
  'events.events.k8s.io',
  'backups.velero.io',
  'restores.velero.io',
  'resticrepositories.velero.io',
  'csinodes.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
  'backuprepositories.velero.io',
];

/** Fields of RestoreSpec (pkg/apis/velero/v1/restore_types.go) that the fake acts on, or may leave alone. */
const knownFields = [
  'backupName',
  'scheduleName',
  'includedNamespaces',
  'excludedNamespaces',
  'includedResources',
  'excludedResources',
  'namespaceMapping',
  'labelSelector',
  'orLabelSelectors',
  'restorePVs',
  'preserveNodePorts',
  'includeClusterResources',
  'existingResourcePolicy',
  'itemOperationTimeout',
  'resourceModifier',
  'uploaderConfig',
];

export interface ValidRestore {
  backup: KubeObject;
  modifiers: ModifierFile | undefined;
}

/**
 * validateAndComplete of restore_controller.go: fills in what the spec leaves open, in place, and gives either what
 * the restore needs or the texts for validationErrors. Velero returns at some errors and collects others.
 */
export function validateRestore(cluster: Cluster, restore: KubeObject): ValidRestore | { errors: string[] } {
  const spec = fields(restore.spec);
  restore.spec = spec;
  refuseUnsupported(spec);
  const included = texts(spec.includedResources);
  const excluded = texts(spec.excludedResources);
  spec.excludedResources = [...excluded, ...nonRestorable.filter(resource => !excluded.includes(resource))];
  const errors = nonRestorable
    .filter(resource => included.includes(resource))
    .map(resource => `${resource} are non-restorable resources`);
  for (const error of includesExcludesErrors(included, texts(spec.excludedResources))) {
    errors.push(`Invalid included/excluded resource lists: ${error}`);
  }
  for (const error of includesExcludesErrors(
    texts(spec.includedNamespaces),
    texts(spec.excludedNamespaces),
  )) {
    errors.push(`Invalid included/excluded namespace lists: ${error}`);
  }
  if (spec.orLabelSelectors !== undefined && spec.labelSelector !== undefined) {
    const text =
      'encountered labelSelector as well as orLabelSelectors in restore spec, only one can be specified';
    errors.push(text);
  }
  if ((text(spec.backupName) === undefined) === (text(spec.scheduleName) === undefined)) {
    errors.push('Either a backup or schedule must be specified as a source for the restore, but not both');
    return { errors };
  }
  const policy = text(spec.existingResourcePolicy);
  if (policy !== undefined && policy !== 'none' && policy !== 'update') {
    errors.push(`Invalid ExistingResourcePolicy: ${policy}`);
  }
  const backup = findBackup(cluster, spec, errors);
  if (!backup) return { errors };
  spec.scheduleName ??= backup.metadata.labels?.['velero.io/schedule-name'];
  const modifiers = findModifiers(cluster, spec, errors);
  return errors.length > 0 ? { errors } : { backup, modifiers };
}

function refuseUnsupported(spec: Fields): void {
  for (const [name, value] of Object.entries(spec)) {
    const emptyHooks = name === 'hooks' && list(fields(value).resources).length === 0;
    if (!knownFields.includes(name) && !emptyHooks) throw new UnsupportedByFake(`spec.${name} of a Restore`);
  }
}

/** With a schedule: its most recent backup that is Completed, among those that this cluster knows at this moment. */
function findBackup(cluster: Cluster, spec: Fields, errors: string[]): KubeObject | undefined {
  const schedule = text(spec.scheduleName);
  if (schedule !== undefined) {
    const backups = cluster
      .owned('Backup')
      .filter(({ metadata }) => metadata.labels?.['velero.io/schedule-name'] === schedule);
    if (backups.length === 0) errors.push('No backups found for schedule');
    const started = (backup: KubeObject) => text(at(backup, 'status', 'startTimestamp')) ?? '';
    const newest = backups
      .filter(backup => at(backup, 'status', 'phase') === 'Completed')
      .sort((a, b) => (started(a) < started(b) ? 1 : -1))[0];
    if (!newest) {
      errors.push('No completed backups found for schedule');
      return undefined;
    }
    spec.backupName = newest.metadata.name;
  }
  const name = text(spec.backupName) ?? '';
  const backup = cluster.own('Backup', name);
  if (!backup) {
    const reason = `backups.velero.io "${name}" not found`;
    errors.push(`Error retrieving backup: can't find backup ${cluster.namespace}/${name}: ${reason}`);
    return undefined;
  }
  const locationName = text(at(backup, 'spec', 'storageLocation')) ?? '';
  const location = cluster.own('BackupStorageLocation', locationName);
  if (!location) {
    errors.push(`Error retrieving backup: backupstoragelocations.velero.io "${locationName}" not found`);
    return undefined;
  }
  if (at(location, 'status', 'phase') !== 'Available') {
    errors.push(`The BSL ${locationName} is unavailable, cannot retrieve the backup`);
    return undefined;
  }
  return backup;
}

/** A reference of another kind than ConfigMap is ignored without a word, as in the real controller. */
function findModifiers(cluster: Cluster, spec: Fields, errors: string[]): ModifierFile | undefined {
  const reference = spec.resourceModifier;
  if (!isFields(reference) || String(reference.kind).toLowerCase() !== 'configmap') return undefined;
  const name = text(reference.name) ?? '';
  const place = `configmap ${cluster.namespace}/${name}`;
  const configMap = cluster.get('v1', 'ConfigMap', cluster.namespace, name);
  if (!configMap) {
    errors.push(`failed to get resource modifiers ${place}`);
    return undefined;
  }
  let context = 'Error in parsing resource modifiers provided in';
  try {
    const modifiers = readModifiers(configMap);
    context = 'Validation error in resource modifiers provided in';
    validateModifiers(modifiers);
    return modifiers;
  } catch (error) {
    errors.push(`${context} ${place}: ${message(error)}`);
    return undefined;
  }
}
