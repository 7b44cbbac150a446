import { parseSchedule } from '../controllers/cron-schedule';
import type { FieldError } from '../errors';
import { at, isRecord, list, numeric, record, text } from '../json';
import type { LabelSelector } from '../kinds';
import { selects } from '../labels';
import type { KubeObject, ResourceType } from '../object';
import { quantity } from '../quantity';
import { isBuiltIn } from '../resource-types';
import { forbidden, invalid, labelErrors, metadataErrors, required } from './names';

function countErrors(field: string, value: unknown): FieldError[] {
  const count = numeric(value);
  if (count === undefined) return [];
  return count >= 0 && Number.isInteger(count)
    ? []
    : [invalid(field, count, 'must be greater than or equal to 0')];
}

function containerErrors(field: string, containers: unknown): FieldError[] {
  return list(containers).flatMap((container, index) => [
    ...(text(at(container, 'name')) ? [] : [required(`${field}[${index}].name`)]),
    ...(text(at(container, 'image')) ? [] : [required(`${field}[${index}].image`)]),
  ]);
}

function podSpecErrors(field: string, spec: unknown): FieldError[] {
  const volumes = new Set(list(at(spec, 'volumes')).map(volume => at(volume, 'name')));
  const containers = [...list(at(spec, 'initContainers')), ...list(at(spec, 'containers'))];
  const mounts = containers.flatMap(container => list(at(container, 'volumeMounts')));
  return [
    ...(list(at(spec, 'containers')).length === 0 ? [required(`${field}.containers`)] : []),
    ...containerErrors(`${field}.containers`, at(spec, 'containers')),
    ...containerErrors(`${field}.initContainers`, at(spec, 'initContainers')),
    ...mounts
      .filter(mount => !volumes.has(at(mount, 'name')))
      .map(
        (mount): FieldError => ({
          type: 'FieldValueInvalid',
          field: `${field}.containers.volumeMounts.name`,
          message: `Not found: ${JSON.stringify(at(mount, 'name'))}`,
        }),
      ),
  ];
}

/** A StatefulSet's claim templates are volumes that its Pods may mount. */
function withClaimTemplates(spec: unknown): unknown {
  const pod = record(at(spec, 'template', 'spec'));
  const claims = list(at(spec, 'volumeClaimTemplates')).map(claim => ({
    name: at(claim, 'metadata', 'name'),
  }));
  return { ...pod, volumes: [...list(pod.volumes), ...claims] };
}

function workloadErrors(spec: Record<string, unknown>): FieldError[] {
  const labels = at(spec, 'template', 'metadata', 'labels');
  const selector = spec.selector as LabelSelector | undefined;
  const selectorErrors = !isRecord(selector)
    ? [required('spec.selector')]
    : selects(selector, record(labels) as Record<string, string>)
      ? []
      : [invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')];
  return [
    ...countErrors('spec.replicas', spec.replicas),
    ...selectorErrors,
    ...labelErrors('spec.template.labels', labels),
    ...podSpecErrors('spec.template.spec', withClaimTemplates(spec)),
  ];
}

function jobErrors(field: string, spec: unknown): FieldError[] {
  const policy = at(spec, 'template', 'spec', 'restartPolicy');
  return [
    ...podSpecErrors(`${field}.template.spec`, at(spec, 'template', 'spec')),
    ...(policy === 'OnFailure' || policy === 'Never'
      ? []
      : [
          {
            type: 'FieldValueNotSupported' as const,
            field: `${field}.template.spec.restartPolicy`,
            message: `Unsupported value: ${JSON.stringify(policy)}: supported values: "OnFailure", "Never"`,
          },
        ]),
  ];
}

function cronJobErrors(spec: Record<string, unknown>): FieldError[] {
  const schedule = text(spec.schedule) ?? '';
  return [
    ...(schedule === ''
      ? [required('spec.schedule')]
      : parseSchedule(schedule)
        ? []
        : [invalid('spec.schedule', schedule, 'expected exactly 5 fields in their ranges')]),
    ...jobErrors('spec.jobTemplate.spec', at(spec, 'jobTemplate', 'spec')),
  ];
}

/** A floor of 0 needs the alpha gate HPAScaleToZero, which EKS does not have. */
function autoscalerErrors(spec: Record<string, unknown>): FieldError[] {
  const least = numeric(spec.minReplicas);
  const most = numeric(spec.maxReplicas);
  return [
    ...(least !== undefined && least < 1
      ? [invalid('spec.minReplicas', least, 'must be greater than or equal to 1')]
      : []),
    ...(most === undefined
      ? [required('spec.maxReplicas')]
      : most < 1
        ? [invalid('spec.maxReplicas', most, 'must be greater than 0')]
        : least !== undefined && most < least
          ? [invalid('spec.maxReplicas', most, 'must be greater than or equal to `minReplicas`')]
          : []),
    ...(text(at(spec, 'scaleTargetRef', 'name')) ? [] : [required('spec.scaleTargetRef.name')]),
  ];
}

function claimErrors(spec: Record<string, unknown>): FieldError[] {
  const storage = at(spec, 'resources', 'requests', 'storage');
  return [
    ...(list(spec.accessModes).length === 0
      ? [required('spec.accessModes', 'at least 1 access mode is required')]
      : []),
    ...((quantity(storage) ?? 0) > 0 ? [] : [required('spec.resources[storage]')]),
  ];
}

function ingressErrors(spec: Record<string, unknown>): FieldError[] {
  if (list(spec.rules).length === 0 && spec.defaultBackend === undefined) {
    return [invalid('spec', spec, 'either `defaultBackend` or `rules` must be specified')];
  }
  const paths = list(spec.rules).flatMap(rule => list(at(rule, 'http', 'paths')));
  return paths
    .filter(path => text(at(path, 'pathType')) === undefined)
    .map(() => required('spec.rules[0].http.paths[0].pathType', 'pathType must be specified'));
}

const BY_KIND: Record<string, (spec: Record<string, unknown>, object: KubeObject) => FieldError[]> = {
  Pod: spec => podSpecErrors('spec', spec),
  Deployment: workloadErrors,
  ReplicaSet: workloadErrors,
  StatefulSet: workloadErrors,
  DaemonSet: workloadErrors,
  Job: spec => jobErrors('spec', spec),
  CronJob: cronJobErrors,
  HorizontalPodAutoscaler: autoscalerErrors,
  PersistentVolumeClaim: claimErrors,
  Ingress: ingressErrors,
  StorageClass: (_spec, object) => (text(object.provisioner) ? [] : [required('provisioner')]),
  RoleBinding: (_spec, object) => (text(at(object, 'roleRef', 'name')) ? [] : [required('roleRef.name')]),
  ClusterRoleBinding: (_spec, object) =>
    text(at(object, 'roleRef', 'name')) ? [] : [required('roleRef.name')],
  CustomResourceDefinition: (spec, object) =>
    object.metadata.name === `${text(at(spec, 'names', 'plural'))}.${text(spec.group)}`
      ? []
      : [invalid('metadata.name', object.metadata.name, 'must be spec.names.plural+"."+spec.group')],
};

/** What the API server would refuse in a new object, or in the new state of an old one. */
export function objectErrors(type: ResourceType, object: KubeObject): FieldError[] {
  const check = isBuiltIn(type) ? BY_KIND[type.kind] : undefined;
  const spec = object.spec;
  if (check && spec !== undefined && !isRecord(spec)) return [forbidden('spec', 'must be an object')];
  return [...metadataErrors(type, object), ...(check?.(record(spec), object) ?? [])];
}
