import type { FieldError } from '../errors';
import { at, isRecord, record, sameJson } from '../json';
import type { KubeObject, ResourceType } from '../object';
import { quantity } from '../quantity';
import { isBuiltIn } from '../resource-types';
import { forbidden, invalid } from './names';

type Fields = Record<string, unknown>;

function without(fields: Fields, ...keys: string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)));
}

function immutable(field: string, before: unknown, after: unknown): FieldError[] {
  return sameJson(before, after) ? [] : [invalid(field, after, 'field is immutable')];
}

const STATEFUL_SET_RULE =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

function statefulSetErrors(before: Fields, after: Fields): FieldError[] {
  const free = [
    'replicas',
    'ordinals',
    'template',
    'updateStrategy',
    'revisionHistoryLimit',
    'persistentVolumeClaimRetentionPolicy',
    'minReadySeconds',
  ];
  return sameJson(without(before, ...free), without(after, ...free))
    ? []
    : [forbidden('spec', STATEFUL_SET_RULE)];
}

const CLAIM_RULE =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

function claimErrors(before: Fields, after: Fields, old: KubeObject): FieldError[] {
  const bound = at(old, 'status', 'phase') === 'Bound';
  const free = ['volumeAttributesClassName'];
  if (bound) free.push('resources');
  // The binder sets the name of the volume once, and a late default the class.
  if (!before.volumeName) free.push('volumeName');
  if (before.storageClassName === undefined) free.push('storageClassName');
  if (!sameJson(without(before, ...free), without(after, ...free))) return [forbidden('spec', CLAIM_RULE)];
  const had = quantity(at(before, 'resources', 'requests', 'storage')) ?? 0;
  const wants = quantity(at(after, 'resources', 'requests', 'storage')) ?? 0;
  return wants < had
    ? [forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')]
    : [];
}

const POD_RULE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function imagesAside(containers: unknown): unknown {
  return Array.isArray(containers)
    ? containers.map(each => without(record(each), 'image', 'imagePullPolicy'))
    : containers;
}

function podErrors(before: Fields, after: Fields): FieldError[] {
  // nodeName is set by the binding subresource alone; the fake's scheduler writes it once.
  const free = [
    'activeDeadlineSeconds',
    'tolerations',
    'terminationGracePeriodSeconds',
    'containers',
    'initContainers',
  ];
  if (!before.nodeName) free.push('nodeName');
  const same =
    sameJson(without(before, ...free), without(after, ...free)) &&
    sameJson(imagesAside(before.containers), imagesAside(after.containers)) &&
    sameJson(imagesAside(before.initContainers), imagesAside(after.initContainers));
  return same ? [] : [forbidden('spec', POD_RULE)];
}

const VOLUME_SOURCES = ['csi', 'awsElasticBlockStore', 'nfs', 'hostPath', 'local', 'portworxVolume'];

function volumeErrors(before: Fields, after: Fields): FieldError[] {
  return VOLUME_SOURCES.every(source => sameJson(before[source], after[source]))
    ? []
    : [forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation')];
}

const BY_KIND: Record<
  string,
  (before: Fields, after: Fields, old: KubeObject, now: KubeObject) => FieldError[]
> = {
  Deployment: (before, after) => immutable('spec.selector', before.selector, after.selector),
  ReplicaSet: (before, after) => immutable('spec.selector', before.selector, after.selector),
  DaemonSet: (before, after) => immutable('spec.selector', before.selector, after.selector),
  StatefulSet: statefulSetErrors,
  Job: (before, after) => [
    ...immutable('spec.completions', before.completions, after.completions),
    ...immutable('spec.selector', before.selector, after.selector),
    ...immutable('spec.template', before.template, after.template),
  ],
  Pod: podErrors,
  PersistentVolumeClaim: claimErrors,
  PersistentVolume: volumeErrors,
  Service: (before, after) =>
    before.clusterIP && before.type !== 'ExternalName' && after.type !== 'ExternalName'
      ? immutable('spec.clusterIP', before.clusterIP, after.clusterIP)
      : [],
  Secret: (_before, _after, old, now) => [
    ...immutable('type', old.type, now.type),
    ...(old.immutable === true && !sameJson(old.data, now.data)
      ? [forbidden('data', 'field is immutable when `immutable` is set')]
      : []),
  ],
  ConfigMap: (_before, _after, old, now) =>
    old.immutable === true && !sameJson(old.data, now.data)
      ? [forbidden('data', 'field is immutable when `immutable` is set')]
      : [],
  StorageClass: (_before, _after, old, now) => [
    ...(sameJson(old.parameters, now.parameters)
      ? []
      : [forbidden('parameters', 'updates to parameters are forbidden.')]),
    ...(old.provisioner === now.provisioner
      ? []
      : [forbidden('provisioner', 'updates to provisioner are forbidden.')]),
    ...immutable('reclaimPolicy', old.reclaimPolicy, now.reclaimPolicy),
    ...immutable('volumeBindingMode', old.volumeBindingMode, now.volumeBindingMode),
  ],
  RoleBinding: (_before, _after, old, now) =>
    sameJson(old.roleRef, now.roleRef) ? [] : [invalid('roleRef', now.roleRef, 'cannot change roleRef')],
  ClusterRoleBinding: (_before, _after, old, now) =>
    sameJson(old.roleRef, now.roleRef) ? [] : [invalid('roleRef', now.roleRef, 'cannot change roleRef')],
};

/** What may not change, between the old state of an object and the wanted one. */
export function changeErrors(type: ResourceType, old: KubeObject, now: KubeObject): FieldError[] {
  const had = new Set(old.metadata.finalizers ?? []);
  const added = (now.metadata.finalizers ?? []).filter(finalizer => !had.has(finalizer));
  const errors =
    old.metadata.deletionTimestamp && added.length > 0
      ? [
          forbidden(
            'metadata.finalizers',
            `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map(each => JSON.stringify(each)).join(', ')}}`,
          ),
        ]
      : [];
  if (!isBuiltIn(type)) return errors;
  const before = isRecord(old.spec) ? old.spec : {};
  const after = isRecord(now.spec) ? now.spec : {};
  return [...errors, ...(BY_KIND[type.kind]?.(before, after, old, now) ?? [])];
}
