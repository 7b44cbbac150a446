import { copyOf, isRecord, list, record, text } from './json';
import type { KubeObject, ResourceType } from './object';
import { isBuiltIn } from './resource-types';

/** What the defaults of one object depend on elsewhere in the cluster. */
export interface DefaultClasses {
  storageClass(): string | undefined;
  ingressClass(): string | undefined;
}

type Fields = Record<string, unknown>;

/** Sets fields that are absent or null; null is how a patch says "absent". */
function fill(target: Fields, defaults: Fields): void {
  for (const [key, value] of Object.entries(defaults)) {
    if (target[key] === undefined || target[key] === null) target[key] = copyOf(value);
  }
}

function podDefaults(spec: Fields): void {
  fill(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    schedulerName: 'default-scheduler',
  });
  for (const container of [...list(spec.initContainers), ...list(spec.containers)].filter(isRecord)) {
    const image = text(container.image) ?? '';
    const latest = !image.includes('@') && (!/:[^/]*$/.test(image) || image.endsWith(':latest'));
    fill(container, { imagePullPolicy: latest ? 'Always' : 'IfNotPresent', resources: {} });
  }
}

function templateDefaults(spec: Fields): void {
  const pod = record(record(spec.template).spec);
  podDefaults(pod);
}

function jobDefaults(spec: Fields): void {
  fill(spec, {
    parallelism: 1,
    completions: 1,
    backoffLimit: 6,
    suspend: false,
    completionMode: 'NonIndexed',
  });
  templateDefaults(spec);
}

const BY_KIND: Record<string, (object: KubeObject, spec: Fields, classes: DefaultClasses) => void> = {
  Pod: (_object, spec) => podDefaults(spec),
  Deployment: (_object, spec) => {
    fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, strategy: {} });
    const strategy = record(spec.strategy);
    fill(strategy, { type: 'RollingUpdate' });
    if (strategy.type === 'RollingUpdate') {
      fill(strategy, { rollingUpdate: {} });
      fill(record(strategy.rollingUpdate), { maxSurge: '25%', maxUnavailable: '25%' });
    }
    templateDefaults(spec);
  },
  ReplicaSet: (_object, spec) => {
    fill(spec, { replicas: 1 });
    templateDefaults(spec);
  },
  StatefulSet: (_object, spec) => {
    fill(spec, {
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate' },
      revisionHistoryLimit: 10,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    });
    for (const template of list(spec.volumeClaimTemplates))
      fill(record(record(template).spec), { volumeMode: 'Filesystem' });
    templateDefaults(spec);
  },
  DaemonSet: (_object, spec) => templateDefaults(spec),
  Job: (_object, spec) => jobDefaults(spec),
  CronJob: (_object, spec) => {
    fill(spec, {
      suspend: false,
      concurrencyPolicy: 'Allow',
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    });
    jobDefaults(record(record(spec.jobTemplate).spec));
  },
  HorizontalPodAutoscaler: (_object, spec) => fill(spec, { minReplicas: 1 }),
  PersistentVolumeClaim: (_object, spec, classes) => {
    fill(spec, { volumeMode: 'Filesystem' });
    // The DefaultStorageClass admission plugin. An empty name means "no class" and stays.
    const standard = classes.storageClass();
    if (standard !== undefined && spec.storageClassName === undefined) spec.storageClassName = standard;
  },
  PersistentVolume: (_object, spec) =>
    fill(spec, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }),
  StorageClass: object => fill(object, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  Service: (_object, spec) => {
    fill(spec, { type: 'ClusterIP', sessionAffinity: 'None' });
    for (const port of list(spec.ports).filter(isRecord))
      fill(port, { protocol: 'TCP', targetPort: port.port });
  },
  Secret: object => {
    fill(object, { type: 'Opaque' });
    // stringData is write-only: the server moves it into data.
    if (isRecord(object.stringData)) {
      const encoded = Object.entries(object.stringData).map(([key, value]) => [
        key,
        Buffer.from(String(value)).toString('base64'),
      ]);
      object.data = { ...record(object.data), ...Object.fromEntries(encoded) };
    }
    delete object.stringData;
  },
  Namespace: (object, spec) => {
    fill(spec, { finalizers: ['kubernetes'] });
    object.metadata.labels = {
      ...object.metadata.labels,
      'kubernetes.io/metadata.name': object.metadata.name,
    };
  },
  Ingress: (object, spec, classes) => {
    const legacy = object.metadata.annotations?.['kubernetes.io/ingress.class'];
    const standard = classes.ingressClass();
    if (standard !== undefined && legacy === undefined && spec.ingressClassName === undefined) {
      spec.ingressClassName = standard;
    }
  },
};

const KINDS_WITHOUT_SPEC = new Set(['StorageClass', 'Secret']);

/** Fills in what the API server fills in, at creation and at every change. Changes `object`. */
export function applyDefaults(type: ResourceType, object: KubeObject, classes: DefaultClasses): void {
  const fillIn = BY_KIND[type.kind];
  // A CRD may have a kind of the same name, such as Knative's Service.
  if (!fillIn || !isBuiltIn(type)) return;
  if (!KINDS_WITHOUT_SPEC.has(type.kind) && !isRecord(object.spec)) object.spec = {};
  fillIn(object, record(object.spec), classes);
}

/** The status with which an object begins its life. */
export function initialStatus(type: ResourceType): Fields | undefined {
  if (type.group !== '') return undefined;
  switch (type.kind) {
    case 'Namespace':
      return { phase: 'Active' };
    case 'Pod':
    case 'PersistentVolumeClaim':
    case 'PersistentVolume':
      return { phase: 'Pending' };
    default:
      return undefined;
  }
}
