/** A Kubernetes object as JSON, with just the fields that every kind has. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  [field: string]: unknown;
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export type WatchEvent = { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: KubeObject; old?: KubeObject };

/** A resource type as the API's discovery knows it. */
export interface ResourceType {
  /** '' for the core group. */
  group: string;
  version: string;
  kind: string;
  /** Plural, as in paths: `deployments`. */
  resource: string;
  namespaced: boolean;
  /** Whether `/status` is a path of its own, so that a write to the object leaves `status` alone. Velero has none. */
  statusSubresource?: boolean;
}

/**
 * The objects of one cluster, with etcd's and the API server's rules: uid, creationTimestamp, a resourceVersion
 * that grows with every write of the cluster, a generation that grows with every change of `spec`, conflicts,
 * finalizers that hold a deletion. What is returned is a copy: changing it changes nothing.
 * Controllers of the fakes work on it directly; Lifeboat only through the HTTP API above it.
 */
export interface ObjectStore {
  types(): readonly ResourceType[];
  get(type: ResourceType, namespace: string | undefined, name: string): KubeObject | undefined;
  list(type: ResourceType, namespace?: string): KubeObject[];
  /** @throws AlreadyExists, NotFound (the namespace) */
  create(object: KubeObject): KubeObject;
  /** Replaces. With metadata.resourceVersion set and stale: @throws Conflict; @throws NotFound */
  update(object: KubeObject): KubeObject;
  /** Replaces only `status`. @throws NotFound */
  updateStatus(object: KubeObject): KubeObject;
  /** Marks for deletion while finalizers are there, deletes otherwise. @throws NotFound */
  delete(type: ResourceType, namespace: string | undefined, name: string): void;
  /** Called after every write, in order, in the same turn. Returns a function that stops it. */
  watch(listener: (event: WatchEvent) => void): () => void;
  /** The resource type of a kind. @throws UnknownKind when neither built in nor by a CustomResourceDefinition. */
  typeOf(apiVersion: string, kind: string): ResourceType;
}
