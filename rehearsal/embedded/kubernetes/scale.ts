import { Invalid } from './errors';
import { at, numeric, record, text } from './json';
import type { LabelSelector } from './kinds';
import { selectorText } from './labels';
import type { KubeObject, ResourceType } from './object';
import { invalid } from './validation/names';

const SCALABLE = ['deployments', 'statefulsets', 'replicasets'];

export function hasScale(type: ResourceType): boolean {
  return type.group === 'apps' && SCALABLE.includes(type.resource);
}

/** The `/scale` of a workload: autoscaling/v1 Scale, with the selector as text. */
export function scaleOf(object: KubeObject): Record<string, unknown> {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = record(at(object, 'spec', 'selector')) as LabelSelector;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: numeric(at(object, 'spec', 'replicas')) ?? 0 },
    status: { replicas: numeric(at(object, 'status', 'replicas')) ?? 0, selector: selectorText(selector) },
  };
}

/** The workload with another number of replicas. @throws Invalid as the Scale's validation words it */
export function applyScale(type: ResourceType, object: KubeObject, replicas: number): KubeObject {
  if (replicas < 0 || !Number.isInteger(replicas)) {
    const scale = { ...type, group: 'autoscaling', kind: 'Scale' };
    throw new Invalid(scale, text(object.metadata.name) ?? '', [
      invalid('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ]);
  }
  return { ...object, spec: { ...record(object.spec), replicas } };
}
