import type { KubeObject, ObjectMeta, ResourceType } from './object';
import { apiVersionOf, builtInTypes } from './resource-types';

/** The fields of the kinds that the fake's controllers read and write. Everything else passes through untouched. */

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastUpdateTime?: string;
}

export interface Container {
  name: string;
  image: string;
  ports?: { name?: string; containerPort: number; protocol?: string }[];
  resources?: { requests?: Record<string, string | number>; limits?: Record<string, string | number> };
  readinessProbe?: { initialDelaySeconds?: number };
  restartPolicy?: string;
  env?: { name: string; value?: string; valueFrom?: Record<string, unknown> }[];
  envFrom?: Record<string, unknown>[];
}

export interface PodSpec {
  nodeName?: string;
  containers: Container[];
  initContainers?: Container[];
  volumes?: ({ name: string } & Record<string, unknown>)[];
  nodeSelector?: Record<string, string>;
  affinity?: Record<string, unknown>;
  tolerations?: { key?: string; operator?: string; value?: string; effect?: string }[];
  restartPolicy?: string;
  terminationGracePeriodSeconds?: number;
  [field: string]: unknown;
}

export interface ContainerStatus {
  name: string;
  image: string;
  imageID: string;
  ready: boolean;
  started?: boolean;
  restartCount: number;
  state: Record<string, Record<string, unknown>>;
}

export interface PodStatus {
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  conditions?: Condition[];
  containerStatuses?: ContainerStatus[];
  initContainerStatuses?: ContainerStatus[];
  podIP?: string;
  startTime?: string;
  reason?: string;
  [field: string]: unknown;
}

export interface Pod extends KubeObject {
  spec: PodSpec;
  status?: PodStatus;
}

export interface PodTemplate {
  metadata?: Partial<ObjectMeta>;
  spec: PodSpec;
}

export interface WorkloadStatus {
  observedGeneration?: number;
  replicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  updatedReplicas?: number;
  conditions?: Condition[];
  [field: string]: unknown;
}

export interface Deployment extends KubeObject {
  spec: {
    replicas?: number;
    selector: LabelSelector;
    template: PodTemplate;
    strategy?: {
      type?: string;
      rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string };
    };
    minReadySeconds?: number;
    progressDeadlineSeconds?: number;
    paused?: boolean;
  };
  status?: WorkloadStatus;
}

export interface ReplicaSet extends KubeObject {
  spec: { replicas?: number; selector: LabelSelector; template: PodTemplate; minReadySeconds?: number };
  status?: WorkloadStatus;
}

export interface StatefulSet extends KubeObject {
  spec: {
    replicas?: number;
    selector: LabelSelector;
    template: PodTemplate;
    serviceName?: string;
    podManagementPolicy?: string;
    updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } };
    volumeClaimTemplates?: {
      metadata: Partial<ObjectMeta> & { name: string };
      spec: Record<string, unknown>;
    }[];
    minReadySeconds?: number;
  };
  status?: WorkloadStatus;
}

export interface DaemonSet extends KubeObject {
  spec: { selector: LabelSelector; template: PodTemplate };
  status?: Record<string, unknown>;
}

export interface Job extends KubeObject {
  spec: {
    template: PodTemplate;
    completions?: number;
    parallelism?: number;
    suspend?: boolean;
    selector?: LabelSelector;
    ttlSecondsAfterFinished?: number;
  };
  status?: {
    active?: number;
    succeeded?: number;
    startTime?: string;
    completionTime?: string;
    conditions?: Condition[];
  };
}

export interface CronJob extends KubeObject {
  spec: {
    schedule: string;
    suspend?: boolean;
    concurrencyPolicy?: string;
    startingDeadlineSeconds?: number;
    successfulJobsHistoryLimit?: number;
    jobTemplate: { metadata?: Partial<ObjectMeta>; spec: Job['spec'] };
  };
  status?: { lastScheduleTime?: string; lastSuccessfulTime?: string; active?: Record<string, unknown>[] };
}

export interface Autoscaler extends KubeObject {
  spec: {
    scaleTargetRef: { apiVersion?: string; kind: string; name: string };
    minReplicas?: number;
    maxReplicas: number;
  };
  status?: Record<string, unknown>;
}

export interface VolumeClaim extends KubeObject {
  spec: {
    storageClassName?: string;
    volumeName?: string;
    accessModes?: string[];
    volumeMode?: string;
    selector?: LabelSelector;
    resources?: { requests?: Record<string, string | number> };
  };
  status?: { phase: string; capacity?: Record<string, string | number>; accessModes?: string[] };
}

export interface PersistentVolume extends KubeObject {
  spec: {
    capacity?: Record<string, string | number>;
    accessModes?: string[];
    storageClassName?: string;
    persistentVolumeReclaimPolicy?: string;
    claimRef?: { kind?: string; apiVersion?: string; namespace?: string; name?: string; uid?: string };
    csi?: { driver: string; volumeHandle: string };
    [field: string]: unknown;
  };
  status?: { phase: string };
}

export interface StorageClass extends KubeObject {
  provisioner: string;
  reclaimPolicy?: string;
  volumeBindingMode?: string;
}

export interface Node extends KubeObject {
  spec: {
    unschedulable?: boolean;
    taints?: { key: string; value?: string; effect: string }[];
    providerID?: string;
  };
  status?: {
    allocatable?: Record<string, string | number>;
    conditions?: Condition[];
    [field: string]: unknown;
  };
}

export interface ServicePort {
  name?: string;
  port: number;
  targetPort?: number | string;
  protocol?: string;
}

export interface Service extends KubeObject {
  spec: { selector?: Record<string, string>; ports?: ServicePort[]; type?: string; clusterIP?: string };
}

export interface IngressBackend {
  service?: { name: string; port?: { number?: number; name?: string } };
}

export interface Ingress extends KubeObject {
  spec: {
    ingressClassName?: string;
    defaultBackend?: IngressBackend;
    rules?: {
      host?: string;
      http?: { paths: { path?: string; pathType?: string; backend: IngressBackend }[] };
    }[];
    tls?: { hosts?: string[]; secretName?: string }[];
  };
  status?: { loadBalancer?: { ingress?: { hostname?: string; ip?: string }[] } };
}

export interface Secret extends KubeObject {
  type?: string;
  data?: Record<string, string>;
}

export interface CertificateObject extends KubeObject {
  spec: {
    secretName: string;
    dnsNames?: string[];
    commonName?: string;
    issuerRef: { name: string; kind?: string; group?: string };
    duration?: string;
    renewBefore?: string;
  };
  status?: { conditions?: Condition[]; notBefore?: string; notAfter?: string; renewalTime?: string };
}

function builtIn(apiVersion: string, kind: string): ResourceType {
  const type = builtInTypes.find(each => each.kind === kind && apiVersionOf(each) === apiVersion);
  if (!type) throw new Error(`${apiVersion} ${kind} is no built-in type`);
  return type;
}

/** The built-in types by the name that code uses for them. */
export const types = {
  namespace: builtIn('v1', 'Namespace'),
  node: builtIn('v1', 'Node'),
  pod: builtIn('v1', 'Pod'),
  service: builtIn('v1', 'Service'),
  endpoints: builtIn('v1', 'Endpoints'),
  configMap: builtIn('v1', 'ConfigMap'),
  secret: builtIn('v1', 'Secret'),
  serviceAccount: builtIn('v1', 'ServiceAccount'),
  claim: builtIn('v1', 'PersistentVolumeClaim'),
  volume: builtIn('v1', 'PersistentVolume'),
  deployment: builtIn('apps/v1', 'Deployment'),
  replicaSet: builtIn('apps/v1', 'ReplicaSet'),
  statefulSet: builtIn('apps/v1', 'StatefulSet'),
  daemonSet: builtIn('apps/v1', 'DaemonSet'),
  job: builtIn('batch/v1', 'Job'),
  cronJob: builtIn('batch/v1', 'CronJob'),
  autoscaler: builtIn('autoscaling/v2', 'HorizontalPodAutoscaler'),
  ingress: builtIn('networking.k8s.io/v1', 'Ingress'),
  ingressClass: builtIn('networking.k8s.io/v1', 'IngressClass'),
  storageClass: builtIn('storage.k8s.io/v1', 'StorageClass'),
  endpointSlice: builtIn('discovery.k8s.io/v1', 'EndpointSlice'),
  role: builtIn('rbac.authorization.k8s.io/v1', 'Role'),
  roleBinding: builtIn('rbac.authorization.k8s.io/v1', 'RoleBinding'),
  clusterRole: builtIn('rbac.authorization.k8s.io/v1', 'ClusterRole'),
  clusterRoleBinding: builtIn('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'),
  crd: builtIn('apiextensions.k8s.io/v1', 'CustomResourceDefinition'),
} as const;
