import { at, copyOf, sameJson } from './json';
import type { KubeObject, ObjectMeta, ResourceType } from './object';
import { isBuiltIn } from './resource-types';

export interface DeleteOptions {
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  gracePeriodSeconds?: number;
  preconditions?: { uid?: string; resourceVersion?: string };
}

/** What the server alone writes. A client's value is ignored. */
export const SERVER_FIELDS = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
] as const;

/** The finalizer by which a deletion waits for the garbage collector. */
export function finalizerOf(options: DeleteOptions): string | undefined {
  switch (options.propagationPolicy) {
    case 'Foreground':
      return 'foregroundDeletion';
    case 'Orphan':
      return 'orphan';
    default:
      return undefined;
  }
}

/** The finalizer that the StorageObjectInUseProtection admission plugin adds. */
export function protectionOf(type: ResourceType): string | undefined {
  if (type.group !== '') return undefined;
  if (type.kind === 'PersistentVolumeClaim') return 'kubernetes.io/pvc-protection';
  return type.kind === 'PersistentVolume' ? 'kubernetes.io/pv-protection' : undefined;
}

/** How long a Pod may take to stop; the kubelet of its node has to confirm. Nothing else is graceful. */
export function graceOf(
  type: ResourceType,
  object: KubeObject,
  wanted: number | undefined,
): number | undefined {
  if (type.kind !== 'Pod' || type.group !== '') return undefined;
  const phase = at(object, 'status', 'phase');
  // A Pod without a node, or one that has ended, has nothing to stop (registry/core/pod strategy).
  if (!at(object, 'spec', 'nodeName') || phase === 'Succeeded' || phase === 'Failed') return 0;
  const own = at(object, 'spec', 'terminationGracePeriodSeconds');
  return wanted ?? (typeof own === 'number' ? own : 30);
}

/** The metadata that a client wants, with the fields that only the server writes as they were. */
export function carryOver(wanted: ObjectMeta, old: ObjectMeta): ObjectMeta {
  const kept = SERVER_FIELDS.filter(field => old[field] !== undefined).map(field => [field, old[field]]);
  const free = Object.entries(copyOf(wanted)).filter(
    ([field]) => !SERVER_FIELDS.some(each => each === field),
  );
  return { name: old.name, ...Object.fromEntries(free), ...Object.fromEntries(kept) };
}

/** The generation counts changes of what is wanted, and for a CRD without a status subresource of all but metadata. */
export function changesSpec(type: ResourceType, old: KubeObject, next: KubeObject): boolean {
  if (old.metadata.generation === undefined) return false;
  if (old.metadata.deletionTimestamp === undefined && next.metadata.deletionTimestamp !== undefined)
    return true;
  if (isBuiltIn(type)) return !sameJson(old.spec, next.spec);
  const ignored = type.statusSubresource ? ['metadata', 'status'] : ['metadata'];
  const wanted = (object: KubeObject) =>
    Object.fromEntries(Object.entries(object).filter(([key]) => !ignored.includes(key)));
  return !sameJson(wanted(old), wanted(next));
}
