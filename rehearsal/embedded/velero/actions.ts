import type { KubeObject } from '../kubernetes/object';
import { changeImages, changeStorageClass } from './images';
import { at, drop, type Fields, fields, isFields, list, set, text, textMap } from './json';
import { initContainer } from './node-agent';
import type { Process } from './server';
import { podVolumes } from './volumes';

/** Another item of the backup that must be restored before this one. */
export interface AdditionalItem {
  resource: string;
  namespace: string | undefined;
  name: string;
}

export interface ActionInput {
  object: KubeObject;
  /** As it is in the backup, with its status and its owners. */
  original: KubeObject;
  restore: KubeObject;
  /** The volumes of this Pod that have data in the backup. */
  volumesWithData: string[];
}

/**
 * Velero's own restore item actions (pkg/restore/actions), in place on `object`: what must not travel is taken out,
 * and what the item needs is named. `skip` means that the item is not restored.
 * @throws Error that fails the item
 */
export function runActions(
  process: Process,
  input: ActionInput,
): { additional: AdditionalItem[]; skip: boolean } {
  const { object, original, restore } = input;
  changeImages(process.cluster, object);
  changeStorageClass(process.cluster, object);
  let additional: AdditionalItem[] = [];
  switch (object.kind) {
    case 'Pod':
      additional = restorePod(process, input);
      break;
    case 'PersistentVolumeClaim':
      additional = restoreClaim(object, original);
      break;
    case 'Service':
      restoreService(object, at(restore, 'spec', 'preserveNodePorts') === true);
      break;
    case 'Job':
      for (const label of ['controller-uid', 'batch.kubernetes.io/controller-uid']) {
        drop(object, 'spec', 'selector', 'matchLabels', label);
        drop(object, 'spec', 'template', 'metadata', 'labels', label);
      }
      break;
    case 'ServiceAccount':
      restoreServiceAccount(object);
      break;
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      mapSubjects(object, textMap(at(restore, 'spec', 'namespaceMapping')));
      break;
    case 'Secret':
      return { additional, skip: isAutomaticToken(process, object) };
  }
  return { additional, skip: false };
}

/** pod_action.go, add_pvc_from_pod_action.go, pod_volume_restore_action.go */
function restorePod(process: Process, { object, restore, volumesWithData }: ActionInput): AdditionalItem[] {
  const spec = fields(object.spec);
  delete spec.nodeName;
  delete spec.priority;
  const token = `${text(spec.serviceAccountName) ?? ''}-token-`;
  const isToken = (entry: unknown) => (text(fields(entry).name) ?? '').startsWith(token);
  if (spec.volumes) spec.volumes = list(spec.volumes).filter(volume => !isToken(volume));
  const containers = [...list(spec.containers), ...list(spec.initContainers)].filter(isFields);
  for (const container of containers) {
    if (container.volumeMounts)
      container.volumeMounts = list(container.volumeMounts).filter(mount => !isToken(mount));
  }
  addInitContainer(process, spec, restore, volumesWithData);
  const { namespace } = object.metadata;
  const additional: AdditionalItem[] = podVolumes(object).flatMap(({ claim }) =>
    claim === undefined ? [] : [{ resource: 'persistentvolumeclaims', namespace, name: claim }],
  );
  const priority = text(spec.priorityClassName);
  if (priority) {
    additional.push({ resource: 'priorityclasses.scheduling.k8s.io', namespace: undefined, name: priority });
  }
  return additional;
}

/** The container is added for data in the backup, even when this restore excludes claims and will bring none. */
function addInitContainer(process: Process, spec: Fields, restore: KubeObject, volumes: string[]): void {
  const others = list(spec.initContainers).filter(
    container => !['restore-wait', 'restic-wait'].includes(String(fields(container).name)),
  );
  if (volumes.length > 0) {
    others.unshift({
      name: initContainer,
      image: veleroImage(process),
      command: ['/velero-restore-helper'],
      args: [restore.metadata.uid ?? ''],
      env: [
        { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
        { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      ],
      volumeMounts: volumes.map(name => ({ name, mountPath: `/restores/${name}` })),
    });
  }
  if (others.length > 0) spec.initContainers = others;
  else delete spec.initContainers;
}

function veleroImage({ cluster }: Process): string {
  const deployment = cluster.get('apps/v1', 'Deployment', cluster.namespace, 'velero');
  const [container] = list(at(deployment, 'spec', 'template', 'spec', 'containers'));
  return text(fields(container).image) ?? 'velero/velero:v1.18.3';
}

const bindingAnnotations = [
  'pv.kubernetes.io/bind-completed',
  'pv.kubernetes.io/bound-by-controller',
  'volume.kubernetes.io/storage-provisioner',
  'volume.beta.kubernetes.io/storage-provisioner',
  'volume.kubernetes.io/selected-node',
  'velero.io/volume-snapshot-name',
  'velero.io/data-upload-name',
];

/** pvc_action.go: the PersistentVolume comes first, if the claim was bound when it was backed up. */
function restoreClaim(object: KubeObject, original: KubeObject): AdditionalItem[] {
  for (const annotation of bindingAnnotations) drop(object, 'metadata', 'annotations', annotation);
  const volume = text(at(original, 'spec', 'volumeName'));
  if (at(original, 'status', 'phase') !== 'Bound' || volume === undefined) return [];
  return [{ resource: 'persistentvolumes', namespace: undefined, name: volume }];
}

/** service_action.go: addresses and node ports are the cluster's to give, except node ports that kubectl applied. */
function restoreService(object: KubeObject, preserveNodePorts: boolean): void {
  const spec = fields(object.spec);
  if (spec.clusterIP !== 'None') {
    delete spec.clusterIP;
    delete spec.clusterIPs;
  }
  if (preserveNodePorts || spec.type === 'ExternalName') return;
  const applied = object.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'];
  const appliedSpec: unknown = applied === undefined ? undefined : at(JSON.parse(applied), 'spec');
  const explicit = list(fields(appliedSpec).ports).map(fields);
  for (const port of list(spec.ports).filter(isFields)) {
    const kept = explicit.some(
      ({ name, nodePort }) =>
        nodePort !== undefined && (port.name ? name === port.name : nodePort === port.nodePort),
    );
    if (!kept) delete port.nodePort;
  }
  if (!fields(appliedSpec).healthCheckNodePort) delete spec.healthCheckNodePort;
}

/** service_account_action.go: the token Secret of the other cluster is left out. */
function restoreServiceAccount(object: KubeObject): void {
  if (!Array.isArray(object.secrets)) return;
  const prefix = `${object.metadata.name}-token-`;
  object.secrets = object.secrets.filter(secret => !(text(fields(secret).name) ?? '').startsWith(prefix));
}

function mapSubjects(object: KubeObject, mapping: Record<string, string>): void {
  for (const subject of list(object.subjects).filter(isFields)) {
    const mapped = mapping[text(subject.namespace) ?? ''];
    if (mapped !== undefined) set(subject, mapped, 'namespace');
  }
}

/** secret_action.go: tokens that Kubernetes made for a ServiceAccount are not restored, others without their token. */
function isAutomaticToken({ cluster }: Process, object: KubeObject): boolean {
  if (object.type !== 'kubernetes.io/service-account-token') return false;
  const accounts = cluster.list('v1', 'ServiceAccount', object.metadata.namespace);
  if (accounts.some(({ metadata }) => object.metadata.name.startsWith(`${metadata.name}-token-`)))
    return true;
  drop(object, 'metadata', 'annotations', 'kubernetes.io/service-account.uid');
  drop(object, 'data', 'token');
  drop(object, 'data', 'ca.crt');
  return false;
}
