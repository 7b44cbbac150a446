import type { KubeObject } from './object';
import type { Store } from './store';

export interface NodeSpec {
  name: string;
  cpu?: string;
  memory?: string;
  pods?: number;
  labels?: Record<string, string>;
}

/** Three m5.xlarge, one in each zone. */
export function defaultNodes(region: string): NodeSpec[] {
  return ['a', 'b', 'c'].map((zone, index) => ({
    name: `ip-10-0-${index + 1}-10.${region}.compute.internal`,
    labels: { 'topology.kubernetes.io/zone': `${region}${zone}` },
  }));
}

function node(spec: NodeSpec, region: string): KubeObject {
  const labels = {
    'kubernetes.io/hostname': spec.name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'topology.kubernetes.io/region': region,
    ...spec.labels,
  };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: spec.name, labels }, spec: {} };
}

function allocatable({ cpu = '3920m', memory = '15Gi', pods = 58 }: NodeSpec): Record<string, string> {
  return { cpu, memory, pods: String(pods) };
}

const RBAC = 'rbac.authorization.k8s.io/v1';

function clusterRole(name: string, rules: Record<string, string[]>[]): KubeObject {
  const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
  return { apiVersion: RBAC, kind: 'ClusterRole', metadata: { name, labels }, rules };
}

function binding(role: string, groups: string[]): KubeObject {
  return {
    apiVersion: RBAC,
    kind: 'ClusterRoleBinding',
    metadata: { name: role, labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: groups.map(name => ({ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name })),
  };
}

const CORE = ['configmaps', 'endpoints', 'persistentvolumeclaims', 'pods', 'serviceaccounts', 'services'];
const APPS = ['daemonsets', 'deployments', 'replicasets', 'statefulsets'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const READ = ['get', 'list', 'watch'];

function appRules(verbs: string[], scale: string[]): Record<string, string[]>[] {
  return [
    { apiGroups: [''], resources: CORE, verbs },
    { apiGroups: ['apps'], resources: [...APPS, ...scale], verbs },
    { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], verbs },
    { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'networkpolicies'], verbs },
    { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs },
  ];
}

const SCALES = ['deployments/scale', 'replicasets/scale', 'statefulsets/scale'];

/** What the API server itself creates (plugin/pkg/auth/authorizer/rbac/bootstrappolicy), shortened. */
function policy(): KubeObject[] {
  return [
    clusterRole('cluster-admin', [
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
      { nonResourceURLs: ['*'], verbs: ['*'] },
    ]),
    binding('cluster-admin', ['system:masters']),
    clusterRole('system:public-info-viewer', [
      { nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'], verbs: ['get'] },
    ]),
    binding('system:public-info-viewer', ['system:authenticated', 'system:unauthenticated']),
    clusterRole('system:discovery', [
      {
        nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/readyz', '/version'],
        verbs: ['get'],
      },
    ]),
    binding('system:discovery', ['system:authenticated']),
    clusterRole('view', [
      ...appRules(READ, SCALES),
      { apiGroups: [''], resources: ['namespaces', 'events'], verbs: READ },
    ]),
    clusterRole('edit', [
      ...appRules([...READ, ...WRITE], SCALES),
      { apiGroups: [''], resources: ['secrets'], verbs: [...READ, ...WRITE] },
      { apiGroups: [''], resources: ['namespaces', 'events'], verbs: READ },
    ]),
  ];
}

/** Furnishes a new cluster as EKS hands it over: namespaces, default roles, nodes, and the old gp2 class. */
export function bootstrap(store: Store, region: string, nodes: readonly NodeSpec[]): void {
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) {
    store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  for (const object of policy()) store.create(object);
  store.create({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    // EKS creates it in every cluster, since 1.30 not as the default.
    metadata: { name: 'gp2' },
    provisioner: 'kubernetes.io/aws-ebs',
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Delete',
  });
  for (const spec of nodes) {
    store.create(node(spec, region));
    setReady(store, spec.name, true, allocatable(spec));
  }
}

/** A kubelet that reports, or one that has fallen silent. */
export function setReady(
  store: Store,
  name: string,
  ready: boolean,
  capacity?: Record<string, string>,
): void {
  const type = store.typeOf('v1', 'Node');
  const object = store.get(type, undefined, name);
  if (!object) return;
  const before = (object.status ?? {}) as Record<string, unknown>;
  const condition = {
    type: 'Ready',
    status: ready ? 'True' : 'Unknown',
    reason: ready ? 'KubeletReady' : 'NodeStatusUnknown',
    lastTransitionTime: store.timestamp(),
  };
  const unreachable = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' };
  store.update({ ...object, spec: { ...(object.spec as object), taints: ready ? [] : [unreachable] } });
  store.updateStatus({
    ...object,
    status: { ...before, ...(capacity ? { capacity, allocatable: capacity } : {}), conditions: [condition] },
  });
}
