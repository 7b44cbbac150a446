import type { KubeObject } from '../kubernetes/object';
import type { Cluster } from './cluster';
import { includesExcludesErrors } from './filters';
import { at, duration, type Fields, fields, list, stamp, text, texts, UnsupportedByFake } from './json';

/** Fields of BackupSpec (pkg/apis/velero/v1/backup_types.go) that the fake acts on, or may leave alone. */
const knownFields = [
  'metadata',
  'includedNamespaces',
  'excludedNamespaces',
  'includedResources',
  'excludedResources',
  'labelSelector',
  'orLabelSelectors',
  'includeClusterResources',
  'ttl',
  'storageLocation',
  'defaultVolumesToFsBackup',
  'snapshotMoveData',
  'snapshotVolumes',
  'csiSnapshotTimeout',
  'itemOperationTimeout',
  'orderedResources',
  'uploaderConfig',
  'volumeGroupSnapshotLabelKey',
];
const scopedFilters = [
  'includedClusterScopedResources',
  'excludedClusterScopedResources',
  'includedNamespaceScopedResources',
  'excludedNamespaceScopedResources',
];

/**
 * prepareBackupRequest of pkg/controller/backup_controller.go: fills in what the spec leaves open, in place, and gives
 * the texts for validationErrors.
 */
export function validateBackup(cluster: Cluster, backup: KubeObject, status: Fields, now: number): string[] {
  const spec = fields(backup.spec);
  backup.spec = spec;
  const errors = filterErrors(spec);
  refuseUnsupported(spec);
  status.version = 1;
  status.formatVersion = '1.1.0';
  const ttl = duration(spec.ttl) || 720 * 3_600_000;
  spec.ttl = text(spec.ttl) ?? '720h0m0s';
  status.expiration = stamp(now + ttl);
  spec.defaultVolumesToFsBackup ??= false;
  spec.snapshotMoveData ??= false;
  errors.push(...locationErrors(cluster, spec));
  const label = text(spec.storageLocation) ?? '';
  backup.metadata.labels = { ...backup.metadata.labels, 'velero.io/storage-location': label };
  const excludedByLabel = cluster
    .list('v1', 'Namespace')
    .filter(({ metadata }) => metadata.labels?.['velero.io/exclude-from-backup'] === 'true')
    .map(({ metadata }) => metadata.name);
  const excluded = [...texts(spec.excludedNamespaces), ...excludedByLabel];
  if (excluded.length > 0) spec.excludedNamespaces = excluded;
  const included = texts(spec.includedNamespaces);
  if (included.length === 0) spec.includedNamespaces = ['*'];
  for (const error of includesExcludesErrors(included, excluded)) {
    errors.push(`Invalid included/excluded namespace lists: ${error}`);
  }
  return errors;
}

function filterErrors(spec: Fields): string[] {
  const errors: string[] = [];
  const scoped = scopedFilters.some(name => list(spec[name]).length > 0);
  const old = texts(spec.includedResources).length > 0 || texts(spec.excludedResources).length > 0;
  if (scoped && (old || spec.includeClusterResources !== undefined)) {
    errors.push('old and new resource filter parameters cannot be used together');
  } else if (scoped) throw new UnsupportedByFake('scoped resource filters of a Backup');
  for (const error of includesExcludesErrors(texts(spec.includedResources), texts(spec.excludedResources))) {
    errors.push(`Invalid included/excluded resource lists: ${error}`);
  }
  if (spec.orLabelSelectors !== undefined && spec.labelSelector !== undefined) {
    const text =
      'encountered labelSelector as well as orLabelSelectors in backup spec, only one can be specified';
    errors.push(text);
  }
  return errors;
}

function refuseUnsupported(spec: Fields): void {
  for (const [name, value] of Object.entries(spec)) {
    const empty =
      list(value).length === 0 && (name === 'volumeSnapshotLocations' || scopedFilters.includes(name));
    const noHooks = name === 'hooks' && list(fields(value).resources).length === 0;
    if (knownFields.includes(name) || empty || noHooks || scopedFilters.includes(name)) continue;
    throw new UnsupportedByFake(`spec.${name} of a Backup`);
  }
}

function locationErrors(cluster: Cluster, spec: Fields): string[] {
  const asked = text(spec.storageLocation);
  const byDefault = cluster.owned('BackupStorageLocation').find(({ spec }) => fields(spec).default === true);
  const name = asked ?? byDefault?.metadata.name ?? 'default';
  spec.storageLocation = name;
  const location = cluster.own('BackupStorageLocation', name);
  if (!location) {
    const which = asked ? `the default ${name} was not found` : `the server default ${name} does not exist`;
    const reason = `Error: backupstoragelocations.velero.io "${name}" not found`;
    return [
      `an existing backup storage location was not specified at backup creation time and ${which}. ${reason}`,
    ];
  }
  const errors: string[] = [];
  if (at(location, 'spec', 'accessMode') === 'ReadOnly') {
    errors.push(
      `backup can't be created because backup storage location ${name} is currently in read-only mode`,
    );
  }
  if (at(location, 'status', 'phase') !== 'Available') {
    errors.push(`backup can't be created because BackupStorageLocation ${name} is in Unavailable status.`);
  }
  return errors;
}
