import type { KubeObject } from '../kubernetes/object';
import type { Cluster } from './cluster';
import { at, fields, isFields, list, text, textMap } from './json';
import { pluginConfig } from './plugin-config';

const kinds = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'Pod',
];

/**
 * pkg/restore/actions/change_image_name_action.go: each entry of the ConfigMap is `old,new`; the first one whose old
 * part occurs anywhere in the image replaces every occurrence. Ephemeral containers keep their image.
 */
export function changeImages(cluster: Cluster, object: KubeObject): void {
  if (!kinds.includes(object.kind)) return;
  const rules = Object.entries(textMap(pluginConfig(cluster, 'velero.io/change-image-name')?.data))
    .sort(([a], [b]) => (a < b ? -1 : 1)) // Go's order is random: rules must not depend on it
    .flatMap(([, rule]) => (rule.includes(',') ? [rule] : []));
  if (rules.length === 0) return;
  for (const field of ['containers', 'initContainers']) {
    for (const container of list(at(object, ...podSpecPath(object.kind), field)).filter(isFields)) {
      const image = text(container.image);
      if (image !== undefined) container.image = replaced(image, rules);
    }
  }
}

function podSpecPath(kind: string): string[] {
  if (kind === 'Pod') return ['spec'];
  if (kind === 'CronJob') return ['spec', 'jobTemplate', 'spec', 'template', 'spec'];
  return ['spec', 'template', 'spec'];
}

function replaced(image: string, rules: string[]): string {
  for (const rule of rules) {
    const comma = rule.indexOf(',');
    const from = rule.slice(0, comma).trim();
    if (image.includes(from) && rule.length > comma + 1)
      return image.replaceAll(from, rule.slice(comma + 1).trim());
  }
  return image;
}

/** pkg/restore/actions/change_storageclass_action.go. @throws Error when the new class does not exist */
export function changeStorageClass(cluster: Cluster, object: KubeObject): void {
  if (!['PersistentVolumeClaim', 'PersistentVolume', 'StatefulSet'].includes(object.kind)) return;
  const classes = textMap(pluginConfig(cluster, 'velero.io/change-storage-class')?.data);
  const specs =
    object.kind === 'StatefulSet'
      ? list(at(object, 'spec', 'volumeClaimTemplates')).map(template => fields(fields(template).spec))
      : [fields(object.spec)];
  for (const spec of specs) {
    const next = classes[text(spec.storageClassName) ?? ''];
    if (next === undefined) continue;
    if (!cluster.get('storage.k8s.io/v1', 'StorageClass', undefined, next)) {
      const reason = `storageclasses.storage.k8s.io "${next}" not found`;
      throw new Error(`error getting storage class ${next} from API: ${reason}`);
    }
    spec.storageClassName = next;
  }
}
