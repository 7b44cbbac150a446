import { BadRequest } from '../errors';
import { at, isRecord } from '../json';
import type { KubeObject, ResourceType } from '../object';
import { isBuiltIn } from '../resource-types';

/** Fields in which a wrong JSON type is a common slip: `replicas: "3"`, a label `true`. */
const FIELDS: { path: string[]; type: 'number' | 'boolean' | 'string' }[] = [
  { path: ['spec', 'replicas'], type: 'number' },
  { path: ['spec', 'minReplicas'], type: 'number' },
  { path: ['spec', 'maxReplicas'], type: 'number' },
  { path: ['spec', 'suspend'], type: 'boolean' },
  { path: ['spec', 'paused'], type: 'boolean' },
  { path: ['spec', 'schedule'], type: 'string' },
  { path: ['spec', 'storageClassName'], type: 'string' },
  { path: ['spec', 'volumeName'], type: 'string' },
];

const GO_TYPE = { number: 'int32', boolean: 'bool', string: 'string' } as const;
const GO_SOURCE: Record<string, string> = { number: 'number', boolean: 'bool', string: 'string' };

function refuse(kind: string, path: string, found: unknown, wanted: string): never {
  const source = GO_SOURCE[typeof found] ?? (Array.isArray(found) ? 'array' : 'object');
  throw new BadRequest(
    `${kind} in version "v1" cannot be handled as a ${kind}: json: cannot unmarshal ${source} into Go struct field ${kind}.${path} of type ${wanted}`,
  );
}

/** The strictness of the Go types behind the built-in kinds. @throws BadRequest */
export function assertTypes(type: ResourceType, object: KubeObject): void {
  for (const key of ['labels', 'annotations'] as const) {
    const map: unknown = object.metadata[key];
    if (map !== undefined && map !== null && !isRecord(map)) {
      refuse(type.kind, `metadata.${key}`, map, 'map[string]string');
    }
    for (const value of Object.values(isRecord(map) ? map : {})) {
      if (typeof value !== 'string') refuse(type.kind, `metadata.${key}`, value, 'string');
    }
  }
  if (!isBuiltIn(type)) return;
  for (const field of FIELDS) {
    const value = at(object, ...field.path);
    if (value !== undefined && value !== null && typeof value !== field.type) {
      refuse(type.kind, field.path.join('.'), value, GO_TYPE[field.type]);
    }
  }
}
