import { copyOf } from '../json';
import type { KubeObject, ResourceType, WatchEvent } from '../object';
import type { Controller, ControlPlane } from './controller';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

interface Place {
  type: ResourceType;
  namespace: string | undefined;
  name: string;
}

/** Deletes what belonged to something that is gone, and what claims to belong to something that never was here. */
export class GarbageCollector implements Controller {
  readonly name = 'garbage-collector';
  /** Everything with an owner, by the owner's uid and then by its own. */
  private readonly dependents = new Map<string, Map<string, Place>>();
  private readonly places = new Map<string, Place>();

  constructor(private readonly plane: ControlPlane) {}

  keysFor({ type, object, old }: WatchEvent): string[] {
    const { uid } = object.metadata;
    if (uid === undefined) return [];
    if (old) this.unlink(old, uid);
    if (type === 'DELETED') {
      this.unlink(object, uid);
      this.places.delete(uid);
      return [...(this.dependents.get(uid)?.keys() ?? []), ...this.ownersOnTheWayOut(object)];
    }
    this.link(object, uid);
    const leaving = object.metadata.finalizers?.some(each => each === FOREGROUND || each === ORPHAN);
    const owners = object.metadata.ownerReferences ?? [];
    const astray = owners.some(owner => !this.plane.store.withUid(owner.uid));
    return (leaving && object.metadata.deletionTimestamp !== undefined) || astray ? [uid] : [];
  }

  reconcile(uid: string): void {
    const place = this.places.get(uid);
    const object = place && this.plane.store.get(place.type, place.namespace, place.name);
    if (!place || !object || object.metadata.uid !== uid) return;
    if (object.metadata.deletionTimestamp !== undefined) {
      this.release(object, uid);
      return;
    }
    const owners = object.metadata.ownerReferences ?? [];
    const present = owners.filter(owner => this.plane.store.withUid(owner.uid));
    if (present.length === owners.length) return;
    if (present.length === 0) this.plane.store.delete(place.type, place.namespace, place.name);
    else this.plane.store.update({ ...object, metadata: { ...object.metadata, ownerReferences: present } });
  }

  private release(object: KubeObject, uid: string): void {
    const finalizers = object.metadata.finalizers ?? [];
    const dependents = [...(this.dependents.get(uid)?.values() ?? [])];
    if (finalizers.includes(ORPHAN)) {
      for (const place of dependents) this.disown(place, uid);
      this.withoutFinalizer(object, ORPHAN);
    } else if (finalizers.includes(FOREGROUND)) {
      for (const { type, namespace, name } of dependents) {
        this.plane.store.delete(type, namespace, name, { propagationPolicy: 'Foreground' });
      }
      if ((this.dependents.get(uid)?.size ?? 0) === 0) this.withoutFinalizer(object, FOREGROUND);
    }
  }

  private disown({ type, namespace, name }: Place, uid: string): void {
    const object = this.plane.store.get(type, namespace, name);
    if (!object) return;
    const ownerReferences = (object.metadata.ownerReferences ?? []).filter(owner => owner.uid !== uid);
    this.plane.store.update({ ...object, metadata: { ...object.metadata, ownerReferences } });
  }

  private withoutFinalizer(object: KubeObject, finalizer: string): void {
    const type = this.plane.store.typeOf(object.apiVersion, object.kind);
    const current = this.plane.store.get(type, object.metadata.namespace, object.metadata.name);
    if (!current) return;
    const finalizers = (current.metadata.finalizers ?? []).filter(each => each !== finalizer);
    this.plane.store.update({ ...copyOf(current), metadata: { ...current.metadata, finalizers } });
  }

  private ownersOnTheWayOut(object: KubeObject): string[] {
    return (object.metadata.ownerReferences ?? [])
      .map(owner => owner.uid)
      .filter(uid => this.plane.store.withUid(uid)?.metadata.deletionTimestamp !== undefined);
  }

  private link(object: KubeObject, uid: string): void {
    const place = {
      type: this.plane.store.typeOf(object.apiVersion, object.kind),
      namespace: object.metadata.namespace,
      name: object.metadata.name,
    };
    this.places.set(uid, place);
    for (const owner of object.metadata.ownerReferences ?? []) {
      const owned = this.dependents.get(owner.uid) ?? new Map<string, Place>();
      this.dependents.set(owner.uid, owned.set(uid, place));
    }
  }

  private unlink(object: KubeObject, uid: string): void {
    for (const owner of object.metadata.ownerReferences ?? []) {
      const owned = this.dependents.get(owner.uid);
      owned?.delete(uid);
      if (owned?.size === 0) this.dependents.delete(owner.uid);
    }
  }
}
