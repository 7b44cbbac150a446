import { copyOf } from '../json';
import type { Pod, PodTemplate } from '../kinds';
import { types } from '../kinds';
import type { KubeObject, ObjectMeta, OwnerReference } from '../object';
import { quantity } from '../quantity';
import { nameSuffix, type Random } from '../random';
import type { Store } from '../store';
import { isTrue } from './conditions';
import { isKind } from './controller';

export function isPod(object: KubeObject): object is Pod {
  return isKind(object, types.pod);
}

/** Neither ended nor on its way out. */
export function isActive(pod: Pod): boolean {
  return !isFinished(pod) && pod.metadata.deletionTimestamp === undefined;
}

export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

export function isReady(pod: Pod): boolean {
  return isTrue(pod.status?.conditions, 'Ready');
}

/** Ready, and not leaving: what an endpoint must be. */
export function isServing(pod: Pod): boolean {
  return isReady(pod) && pod.metadata.deletionTimestamp === undefined;
}

export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(owner => owner.controller === true);
}

export function ownerReference(owner: KubeObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Gives an orphan an owner. */
export function adopt(store: Store, owner: KubeObject, orphan: KubeObject): void {
  const object = copyOf(orphan);
  object.metadata.ownerReferences = [...(object.metadata.ownerReferences ?? []), ownerReference(owner)];
  store.update(object);
}

/** Takes the owner from an object that its selector does not choose any more. */
export function release(store: Store, owner: KubeObject, owned: KubeObject): void {
  const object = copyOf(owned);
  object.metadata.ownerReferences = (object.metadata.ownerReferences ?? []).filter(
    each => each.uid !== owner.metadata.uid,
  );
  store.update(object);
}

/** A Pod of a workload, with a name of its own or one made from the owner's. */
export function podFrom(
  owner: KubeObject,
  template: PodTemplate,
  naming: { name: string } | { random: Random },
  labels: Record<string, string> = {},
): KubeObject {
  const name =
    'name' in naming ? naming.name : `${owner.metadata.name.slice(0, 57)}-${nameSuffix(naming.random)}`;
  const metadata: ObjectMeta = {
    name,
    labels: { ...template.metadata?.labels, ...labels },
    ownerReferences: [ownerReference(owner)],
    ...('random' in naming ? { generateName: `${owner.metadata.name}-` } : {}),
    ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
    ...(template.metadata?.annotations ? { annotations: { ...template.metadata.annotations } } : {}),
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: copyOf(template.spec) };
}

/** What a Pod asks of a node: its containers together, or one init container if that is more. */
export function requestOf(pod: Pod, resource: string): number {
  const of = (container: { resources?: { requests?: Record<string, string | number> } }) =>
    quantity(container.resources?.requests?.[resource]) ?? 0;
  const together = pod.spec.containers.reduce((sum, container) => sum + of(container), 0);
  return Math.max(together, ...(pod.spec.initContainers ?? []).map(of));
}

/** The claims that a Pod mounts, by name. */
export function claimsOf(pod: Pod): string[] {
  return (pod.spec.volumes ?? []).flatMap(volume => {
    const claim = volume.persistentVolumeClaim;
    const name = (claim as { claimName?: string } | undefined)?.claimName;
    return name === undefined ? [] : [name];
  });
}
