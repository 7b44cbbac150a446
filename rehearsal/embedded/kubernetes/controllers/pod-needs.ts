import { at, isRecord, list, record, text } from '../json';
import { type Pod, types, type VolumeClaim } from '../kinds';
import type { ResourceType } from '../object';
import type { Store } from '../store';
import { claimsOf } from './pods';

/** Something that a Pod cannot start without, and that is not there. */
export interface Missing {
  kind: 'Secret' | 'ConfigMap' | 'PersistentVolumeClaim';
  name: string;
  /** The waiting reason under which `kubectl describe pod` shows it. */
  reason: 'ContainerCreating' | 'CreateContainerConfigError';
  message: string;
}

interface Reference {
  type: ResourceType;
  name: string;
  reason: Missing['reason'];
}

function reference(
  type: ResourceType,
  source: unknown,
  field: string,
  reason: Missing['reason'],
): Reference[] {
  if (!isRecord(source) || source.optional === true) return [];
  const name = text(source[field]);
  return name === undefined ? [] : [{ type, name, reason }];
}

/** Secrets and ConfigMaps in volumes: without them nothing is mounted and the Pod stays in ContainerCreating. */
function inVolumes(pod: Pod): Reference[] {
  const sources = (pod.spec.volumes ?? []).flatMap(volume => [
    volume,
    ...list(at(volume, 'projected', 'sources')).map(source => {
      const { secret, configMap } = record(source);
      return {
        name: volume.name,
        ...(isRecord(secret) ? { secret: { ...secret, secretName: secret.name } } : {}),
        ...(isRecord(configMap) ? { configMap } : {}),
      };
    }),
  ]);
  return sources.flatMap(source => [
    ...reference(types.secret, at(source, 'secret'), 'secretName', 'ContainerCreating'),
    ...reference(types.configMap, at(source, 'configMap'), 'name', 'ContainerCreating'),
  ]);
}

/** Secrets and ConfigMaps in the environment: the container cannot be created. */
function inEnvironment(pod: Pod): Reference[] {
  const reason = 'CreateContainerConfigError';
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].flatMap(container => [
    ...(container.env ?? []).flatMap(variable => [
      ...reference(types.secret, at(variable.valueFrom, 'secretKeyRef'), 'name', reason),
      ...reference(types.configMap, at(variable.valueFrom, 'configMapKeyRef'), 'name', reason),
    ]),
    ...(container.envFrom ?? []).flatMap(from => [
      ...reference(types.secret, from.secretRef, 'name', reason),
      ...reference(types.configMap, from.configMapRef, 'name', reason),
    ]),
  ]);
}

/** The Secrets and ConfigMaps that a Pod's template needs, each once. */
export function configOf(pod: Pod): { type: ResourceType; name: string }[] {
  const all = [...inVolumes(pod), ...inEnvironment(pod)];
  return all.filter(
    (each, index) => all.findIndex(other => other.type === each.type && other.name === each.name) === index,
  );
}

/** The first thing that keeps the containers of a scheduled Pod from starting. */
export function missingNeed(store: Store, pod: Pod): Missing | undefined {
  const { namespace } = pod.metadata;
  for (const name of claimsOf(pod)) {
    const claim = store.peek<VolumeClaim>(types.claim, namespace, name);
    if (claim?.status?.phase !== 'Bound') {
      const message = `persistentvolumeclaim "${name}" is not bound`;
      return { kind: 'PersistentVolumeClaim', name, reason: 'ContainerCreating', message };
    }
  }
  for (const { type, name, reason } of [...inVolumes(pod), ...inEnvironment(pod)]) {
    if (store.peek(type, namespace, name)) continue;
    const kind = type.kind === 'Secret' ? 'Secret' : 'ConfigMap';
    return { kind, name, reason, message: `${type.kind.toLowerCase()} "${name}" not found` };
  }
  return undefined;
}
