import { ApiError } from './errors';
import { copyOf, isRecord, record, text } from './json';
import { types } from './kinds';
import type { Manifest } from './manifests';
import type { KubeObject, OwnerReference, ResourceType } from './object';
import { groupVersion, guessedType, wellKnownFor } from './resource-types';
import type { Store } from './store';

export interface LoadOptions {
  /** For objects of namespaced kinds that name no namespace. Default: `default`. */
  namespace?: string;
}

/** An object of the manifests that the API server would refuse. */
export class ManifestRefused extends Error {
  override name = 'ManifestRefused';
}

/** What must be there before what. Everything else comes last, in the order in which it was written. */
const ORDER = [
  'Namespace',
  'CustomResourceDefinition',
  'PriorityClass',
  'StorageClass',
  'IngressClass',
  'PersistentVolume',
  'ServiceAccount',
  'ClusterRole',
  'Role',
  'ClusterRoleBinding',
  'RoleBinding',
  'Secret',
  'ConfigMap',
  'PersistentVolumeClaim',
  'Service',
];

function rank(object: KubeObject): number {
  const place = ORDER.indexOf(object.kind);
  return place === -1 ? ORDER.length : place;
}

/** Objects that a controller makes out of others. Those in a `kubectl get all -o yaml` are made anew. */
const MADE_BY_CONTROLLERS = new Set([
  'Pod',
  'ReplicaSet',
  'Job',
  'ControllerRevision',
  'EndpointSlice',
  'CertificateRequest',
]);

/**
 * Creates the objects in a cluster's store, as `kubectl apply -f` of the whole folder would after a few rounds.
 * Returns what a reader of the result should know.
 * @throws ManifestRefused naming every object that the API server would refuse
 */
export function loadManifests(
  store: Store,
  loads: readonly (Manifest | KubeObject)[],
  options: LoadOptions = {},
): string[] {
  const notes: string[] = [];
  const manifests = loads.map(load => (isManifest(load) ? load : { object: load, origin: '' }));
  const ordered = [...manifests].sort((a, b) => rank(a.object) - rank(b.object));
  const refused: string[] = [];
  const owned: { object: KubeObject; type: ResourceType }[] = [];
  for (const { object, origin } of ordered) {
    const type = typeFor(store, object, notes);
    const draft = prepared(type, object, options.namespace ?? 'default');
    if (isRemade(draft, manifests, notes)) continue;
    try {
      createMissingNamespace(store, draft.metadata.namespace);
      putInto(store, type, draft, origin, notes);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refused.push(`${origin === '' ? '' : `${origin}: `}${error.message}`);
      continue;
    }
    if (draft.metadata.ownerReferences?.length) owned.push({ object: draft, type });
  }
  if (refused.length > 0) throw new ManifestRefused(refused.join('\n'));
  for (const { object, type } of owned) rewireOwners(store, type, object, notes);
  return notes;
}

function isManifest(load: Manifest | KubeObject): load is Manifest {
  return 'origin' in load && isRecord(load.object);
}

function typeFor(store: Store, object: KubeObject, notes: string[]): ResourceType {
  const { apiVersion, kind } = object;
  const known = store.types().some(type => {
    const version = type.group === '' ? type.version : `${type.group}/${type.version}`;
    return type.kind === kind && version === apiVersion;
  });
  if (known) return store.typeOf(apiVersion, kind);
  const installed = wellKnownFor(apiVersion, kind);
  if (installed !== undefined) {
    store.installCrds([installed]);
    notes.push(
      `${kind} (${apiVersion}): ${installed}'s CRDs are not in the manifests and are taken as installed`,
    );
    return store.typeOf(apiVersion, kind);
  }
  const type = guessedType(apiVersion, kind);
  store.registerType(type);
  notes.push(
    `${kind} (${apiVersion}): no CustomResourceDefinition in the manifests, taken as ${type.namespaced ? 'namespaced' : 'cluster-wide'} "${type.resource}"`,
  );
  return type;
}

function prepared(type: ResourceType, object: KubeObject, namespace: string): KubeObject {
  const draft = copyOf(object);
  // `kubectl get -o yaml` and templates write null for "not set".
  for (const [field, value] of Object.entries(draft.metadata))
    if (value === null) delete draft.metadata[field];
  if (type.namespaced) draft.metadata.namespace ||= namespace;
  else delete draft.metadata.namespace;
  if (type.group !== '') return draft;
  const spec = record(draft.spec);
  // The node of another day, and the identity of a claim that is made anew.
  if (type.kind === 'Pod') delete spec.nodeName;
  if (type.kind === 'PersistentVolume' && isRecord(spec.claimRef)) {
    delete spec.claimRef.uid;
    delete spec.claimRef.resourceVersion;
  }
  return draft;
}

function isRemade(object: KubeObject, manifests: readonly Manifest[], notes: string[]): boolean {
  const owner = object.metadata.ownerReferences?.find(each => each.controller);
  if (!owner || !MADE_BY_CONTROLLERS.has(object.kind)) return false;
  const present = manifests.some(
    ({ object: other }) => other.kind === owner.kind && other.metadata.name === owner.name,
  );
  if (present) {
    notes.push(`${object.kind} ${object.metadata.name}: left out, ${owner.kind} ${owner.name} makes it anew`);
  }
  return present;
}

function createMissingNamespace(store: Store, namespace: string | undefined): void {
  if (namespace === undefined || store.peek(types.namespace, undefined, namespace)) return;
  store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
}

function putInto(store: Store, type: ResourceType, draft: KubeObject, origin: string, notes: string[]): void {
  const { namespace, name } = draft.metadata;
  if (!store.peek(type, namespace, name)) {
    store.create(draft);
    return;
  }
  const { resourceVersion: _stale, uid: _other, ...metadata } = draft.metadata;
  store.update({ ...draft, metadata: { ...metadata, name } });
  const expected = [
    'Namespace',
    'CustomResourceDefinition',
    'ServiceAccount',
    'ClusterRole',
    'ClusterRoleBinding',
  ];
  if (!expected.includes(draft.kind)) {
    notes.push(
      `${draft.kind} ${namespace ?? ''}/${name}: written down twice, ${origin || 'the last one'} counts`,
    );
  }
}

/** Owner references go by uid, and uids are new. */
function rewireOwners(store: Store, type: ResourceType, draft: KubeObject, notes: string[]): void {
  const { namespace, name } = draft.metadata;
  const object = store.get(type, namespace, name);
  if (!object) return;
  const owners: OwnerReference[] = [];
  for (const owner of draft.metadata.ownerReferences ?? []) {
    const uid = uidOf(store, owner, namespace);
    if (uid !== undefined) owners.push({ ...owner, uid });
    else
      notes.push(
        `${draft.kind} ${name}: its owner ${owner.kind} ${owner.name} is not there, taken as unowned`,
      );
  }
  if (owners.length > 0) object.metadata.ownerReferences = owners;
  else delete object.metadata.ownerReferences;
  store.update(object);
}

function uidOf(store: Store, owner: OwnerReference, namespace: string | undefined): string | undefined {
  const { group } = groupVersion(owner.apiVersion);
  const type = store.types().find(each => each.kind === owner.kind && each.group === group);
  const found = type && store.peek(type, type.namespaced ? namespace : undefined, owner.name);
  return text(found?.metadata.uid);
}
