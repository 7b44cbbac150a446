import type { Clock } from '../../../core/clock';
import { applyDefaults, type DefaultClasses, initialStatus } from './defaults';
import { AlreadyExists, Conflict, Forbidden, Invalid, NotFound, UnknownKind } from './errors';
import { at, copyOf, deepFreeze, isRecord, list, sameJson } from './json';
import { types } from './kinds';
import type { KubeObject, ObjectStore, ResourceType, WatchEvent } from './object';
import { nameSuffix, type Random, seededRandom, uuid } from './random';
import {
  apiVersionOf,
  builtInTypes,
  groupVersion,
  typesOfCrd,
  type WellKnownCrds,
  wellKnownCrds,
} from './resource-types';
import {
  carryOver,
  changesSpec,
  type DeleteOptions,
  finalizerOf,
  graceOf,
  protectionOf,
  SERVER_FIELDS,
} from './store-rules';
import { objectErrors } from './validation/create';
import { assertTypes } from './validation/decode';
import { changeErrors } from './validation/update';

const DEFAULT_STORAGE_CLASS = 'storageclass.kubernetes.io/is-default-class';
const DEFAULT_INGRESS_CLASS = 'ingressclass.kubernetes.io/is-default-class';

type Objects = Map<string, Map<string, KubeObject>>;

/** Versions of one kind share their objects, as in etcd. */
function bucketOf(type: ResourceType): string {
  return `${type.group}/${type.resource}`;
}

/** One cluster's objects. See ObjectStore for the rules. */
export class Store implements ObjectStore {
  private readonly buckets = new Map<string, Objects>();
  private readonly byUid = new Map<
    string,
    { type: ResourceType; namespace: string | undefined; name: string }
  >();
  private readonly listeners = new Set<(event: WatchEvent) => void>();
  private readonly events: WatchEvent[] = [];
  private known: ResourceType[] = [...builtInTypes];
  private emitting = false;
  private version = 1;
  private readonly random: Random;

  private readonly classes: DefaultClasses = {
    storageClass: () => this.defaultOf(types.storageClass, DEFAULT_STORAGE_CLASS),
    ingressClass: () => this.defaultOf(types.ingressClass, DEFAULT_INGRESS_CLASS),
  };

  constructor(
    private readonly clock: Clock,
    options: { random?: Random } = {},
  ) {
    this.random = options.random ?? seededRandom(1);
  }

  /** The resourceVersion of the last write. */
  get resourceVersion(): string {
    return String(this.version);
  }

  types(): readonly ResourceType[] {
    return this.known;
  }

  typeOf(apiVersion: string, kind: string): ResourceType {
    const { group, version } = groupVersion(apiVersion);
    const found = this.known.find(
      type => type.kind === kind && type.group === group && type.version === version,
    );
    if (!found) throw new UnknownKind(apiVersion, kind);
    return found;
  }

  /** The type behind a path such as /apis/apps/v1/…/deployments. */
  typeOfResource(group: string, version: string, resource: string): ResourceType | undefined {
    return this.known.find(
      type => type.resource === resource && type.group === group && type.version === version,
    );
  }

  /** Makes a kind known without a CustomResourceDefinition. */
  registerType(type: ResourceType): void {
    const here = (each: ResourceType) =>
      each.group === type.group && each.version === type.version && each.resource === type.resource;
    this.known = [...this.known.filter(each => !here(each)), type];
  }

  /** Installs the CRDs of Velero or cert-manager, as their installation would. */
  installCrds(names: readonly WellKnownCrds[]): void {
    for (const crd of names.flatMap(wellKnownCrds)) {
      if (!this.find(types.crd, undefined, crd.metadata.name)) this.create(crd);
    }
  }

  get(type: ResourceType, namespace: string | undefined, name: string): KubeObject | undefined {
    const found = this.find(type, namespace, name);
    return found && this.inVersion(type, copyOf(found));
  }

  list(type: ResourceType, namespace?: string): KubeObject[] {
    return [...this.view(type, namespace)].map(object => this.inVersion(type, copyOf(object))).sort(byKey);
  }

  /** What get() gives, without the copy: frozen, to be read only. */
  peek<T extends KubeObject>(type: ResourceType, namespace: string | undefined, name: string): T | undefined {
    return this.find(type, namespace, name) as T | undefined;
  }

  /** What list() gives, without the copies and the order: frozen, to be read only. */
  view<T extends KubeObject>(type: ResourceType, namespace?: string): readonly T[] {
    const bucket = this.buckets.get(bucketOf(type));
    if (!bucket) return [];
    const maps = namespace === undefined ? [...bucket.values()] : [bucket.get(namespace) ?? new Map()];
    return maps.flatMap(map => [...map.values()]) as T[];
  }

  /** The object with that uid, of whatever type. For owner references. */
  withUid(uid: string): KubeObject | undefined {
    const where = this.byUid.get(uid);
    return where && this.find(where.type, where.namespace, where.name);
  }

  create(object: KubeObject): KubeObject {
    const type = this.typeOf(object.apiVersion, object.kind);
    const draft = this.draftOf(type, object);
    assertTypes(type, draft);
    const { namespace } = draft.metadata;
    if (namespace !== undefined && type.namespaced)
      this.requireNamespace(type, namespace, draft.metadata.name);
    applyDefaults(type, draft, this.classes);
    const errors = objectErrors(type, draft);
    if (errors.length > 0) throw new Invalid(type, draft.metadata.name, errors);
    if (this.find(type, namespace, draft.metadata.name)) throw new AlreadyExists(type, draft.metadata.name);
    const created = this.write(type, draft);
    this.emit({ type: 'ADDED', object: created });
    return copyOf(created);
  }

  update(object: KubeObject): KubeObject {
    const type = this.typeOf(object.apiVersion, object.kind);
    const old = this.require(type, object.metadata.namespace, object.metadata.name);
    this.requireSame(type, old, object);
    const next = { ...copyOf(object), metadata: carryOver(object.metadata, old.metadata) };
    assertTypes(type, next);
    applyDefaults(type, next, this.classes);
    const errors = [...objectErrors(type, next), ...changeErrors(type, old, next)];
    if (errors.length > 0) throw new Invalid(type, old.metadata.name, errors);
    return copyOf(this.replace(type, old, next));
  }

  updateStatus(object: KubeObject): KubeObject {
    const type = this.typeOf(object.apiVersion, object.kind);
    const old = this.require(type, object.metadata.namespace, object.metadata.name);
    const next = copyOf(old);
    if (object.status === undefined) delete next.status;
    else next.status = copyOf(object.status);
    return copyOf(this.replace(type, old, next));
  }

  delete(type: ResourceType, namespace: string | undefined, name: string, options: DeleteOptions = {}): void {
    const old = this.require(type, namespace, name);
    const { preconditions } = options;
    if (preconditions?.uid !== undefined && preconditions.uid !== old.metadata.uid) {
      throw new Conflict(
        type,
        name,
        `Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${old.metadata.uid}`,
      );
    }
    if (preconditions?.resourceVersion !== undefined) {
      this.requireSame(type, old, { ...old, metadata: { ...old.metadata, ...preconditions } });
    }
    const next = copyOf(old);
    const grace = graceOf(type, old, options.gracePeriodSeconds);
    const before = next.metadata.deletionGracePeriodSeconds;
    if (grace !== undefined) {
      next.metadata.deletionGracePeriodSeconds = typeof before === 'number' ? Math.min(before, grace) : grace;
    }
    if (old.metadata.deletionTimestamp === undefined) {
      next.metadata.deletionTimestamp = this.timestamp((grace ?? 0) * 1000);
      const finalizer = finalizerOf(options);
      if (finalizer !== undefined)
        next.metadata.finalizers = [...(next.metadata.finalizers ?? []), finalizer];
      if (type.kind === 'Namespace' && type.group === '') next.status = { phase: 'Terminating' };
    }
    if (this.held(next)) this.replace(type, old, next);
    else this.remove(type, old);
  }

  watch(listener: (event: WatchEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Kubernetes' time format: whole seconds. */
  timestamp(fromNow = 0): string {
    return new Date(this.clock.now() + fromNow).toISOString().replace(/\.\d+Z$/, 'Z');
  }

  private draftOf(type: ResourceType, object: KubeObject): KubeObject {
    const draft = copyOf(object);
    draft.metadata = { ...draft.metadata };
    for (const field of SERVER_FIELDS) delete draft.metadata[field];
    const { generateName } = draft.metadata;
    if (!draft.metadata.name && typeof generateName === 'string') {
      draft.metadata.name = `${generateName.slice(0, 58)}${nameSuffix(this.random)}`;
    }
    if (type.statusSubresource) delete draft.status;
    const status = initialStatus(type);
    if (status) draft.status = status;
    return draft;
  }

  private write(type: ResourceType, draft: KubeObject): KubeObject {
    const { metadata } = draft;
    metadata.uid = uuid(this.random);
    metadata.creationTimestamp = this.timestamp();
    if (isRecord(draft.spec)) metadata.generation = 1;
    const protection = protectionOf(type);
    if (protection !== undefined) {
      metadata.finalizers = [...new Set([...(metadata.finalizers ?? []), protection])];
    }
    const created = this.put(type, draft);
    this.byUid.set(metadata.uid, { type, namespace: metadata.namespace, name: metadata.name });
    if (bucketOf(type) === bucketOf(types.crd))
      for (const served of typesOfCrd(created)) this.registerType(served);
    return created;
  }

  private replace(type: ResourceType, old: KubeObject, next: KubeObject): KubeObject {
    next.apiVersion = old.apiVersion;
    if (sameJson(old, next)) return old;
    if (changesSpec(type, old, next)) next.metadata.generation = (old.metadata.generation ?? 0) + 1;
    if (next.metadata.deletionTimestamp !== undefined && !this.held(next)) {
      this.remove(type, next);
      return next;
    }
    const written = this.put(type, next);
    if (bucketOf(type) === bucketOf(types.crd))
      for (const served of typesOfCrd(written)) this.registerType(served);
    this.emit({ type: 'MODIFIED', object: written, old });
    return written;
  }

  private put(type: ResourceType, object: KubeObject): KubeObject {
    this.version++;
    object.metadata.resourceVersion = String(this.version);
    const bucket = this.buckets.get(bucketOf(type)) ?? new Map<string, Map<string, KubeObject>>();
    this.buckets.set(bucketOf(type), bucket);
    const namespace = object.metadata.namespace ?? '';
    const objects = bucket.get(namespace) ?? new Map<string, KubeObject>();
    bucket.set(namespace, objects);
    objects.set(object.metadata.name, deepFreeze(object));
    return object;
  }

  private remove(type: ResourceType, last: KubeObject): void {
    const { namespace, name, uid } = last.metadata;
    this.version++;
    this.buckets
      .get(bucketOf(type))
      ?.get(namespace ?? '')
      ?.delete(name);
    if (uid !== undefined) this.byUid.delete(uid);
    this.emit({ type: 'DELETED', object: deepFreeze(copyOf(last)) });
    if (bucketOf(type) === bucketOf(types.crd)) this.removeTypes(typesOfCrd(last));
  }

  private removeTypes(gone: readonly ResourceType[]): void {
    for (const type of gone) {
      for (const object of this.view(type)) this.remove(type, object);
      this.known = this.known.filter(each => bucketOf(each) !== bucketOf(type));
    }
  }

  /** Whether something still has to happen before an object that is to be deleted may go. */
  private held(object: KubeObject): boolean {
    const { finalizers, deletionGracePeriodSeconds } = object.metadata;
    const grace = typeof deletionGracePeriodSeconds === 'number' ? deletionGracePeriodSeconds : 0;
    const contents = object.kind === 'Namespace' && list(at(object, 'spec', 'finalizers')).length > 0;
    return (finalizers?.length ?? 0) > 0 || grace > 0 || contents;
  }

  private emit(event: WatchEvent): void {
    this.events.push(event);
    // A listener that writes is told of its own write after everybody has heard of the first.
    if (this.emitting) return;
    this.emitting = true;
    try {
      for (let next = this.events.shift(); next; next = this.events.shift()) {
        for (const listener of [...this.listeners]) listener(next);
      }
    } finally {
      this.emitting = false;
    }
  }

  private find(type: ResourceType, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.buckets
      .get(bucketOf(type))
      ?.get(type.namespaced ? (namespace ?? '') : '')
      ?.get(name);
  }

  private require(type: ResourceType, namespace: string | undefined, name: string): KubeObject {
    const found = this.find(type, namespace, name);
    if (!found) throw new NotFound(type, name);
    return found;
  }

  private requireNamespace(type: ResourceType, namespace: string, name: string): void {
    const found = this.require(types.namespace, undefined, namespace);
    if (found.metadata.deletionTimestamp === undefined) return;
    throw Forbidden.resource(
      type,
      name,
      `unable to create new content in namespace ${namespace} because it is being terminated`,
    );
  }

  private requireSame(type: ResourceType, old: KubeObject, object: KubeObject): void {
    const { uid, resourceVersion, name } = object.metadata;
    if (uid !== undefined && uid !== old.metadata.uid) {
      throw new Conflict(
        type,
        name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`,
      );
    }
    if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) throw new Conflict(type, name);
  }

  private inVersion(type: ResourceType, object: KubeObject): KubeObject {
    object.apiVersion = apiVersionOf(type);
    return object;
  }

  private defaultOf(type: ResourceType, annotation: string): string | undefined {
    return this.view(type).find(each => each.metadata.annotations?.[annotation] === 'true')?.metadata.name;
  }
}

function byKey(left: KubeObject, right: KubeObject): number {
  const a = `${left.metadata.namespace ?? ''}/${left.metadata.name}`;
  const b = `${right.metadata.namespace ?? ''}/${right.metadata.name}`;
  return a < b ? -1 : a > b ? 1 : 0;
}
