import type { KubernetesRequest, KubernetesResponse } from '../../../lambdas/adapters/kubernetes/transport';
import { FakeCluster, type FakeClusterOptions } from '../../../rehearsal/embedded/kubernetes/cluster';
import { at, list } from '../../../rehearsal/embedded/kubernetes/json';
import { type Pod, types } from '../../../rehearsal/embedded/kubernetes/kinds';
import type { KubeObject } from '../../../rehearsal/embedded/kubernetes/object';
import { VirtualClock } from '../../../rehearsal/embedded/virtual-clock';

/** A Monday, at noon. */
export const START = Date.parse('2026-03-02T12:00:00Z');

export const ADMIN = { user: 'admin', groups: ['system:masters'] };

export function clusterAt(
  clock = new VirtualClock(START),
  options: Partial<FakeClusterOptions> = {},
): { clock: VirtualClock; cluster: FakeCluster } {
  const cluster = new FakeCluster({
    name: 'levlabs-dr',
    region: 'us-east-2',
    clock,
    loadBalancer: { hostname: 'lb-dr.us-east-2.elb.amazonaws.com', addresses: ['198.51.100.7'] },
    ...options,
  });
  return { clock, cluster };
}

export function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

export function podSpec(extra: Record<string, unknown> = {}): Record<string, unknown> {
  return { containers: [{ name: 'web', image: 'registry.levlabs.link/web:1' }], ...extra };
}

export function deployment(name: string, replicas: number, spec: Record<string, unknown> = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: podSpec(spec) },
    },
  };
}

export function statefulSet(name: string, replicas: number, storageClassName = 'gp2'): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace: 'shop' },
    spec: {
      replicas,
      serviceName: name,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: 'db',
              image: 'registry.levlabs.link/db:1',
              volumeMounts: [{ name: 'data', mountPath: '/data' }],
            },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: {
            storageClassName,
            accessModes: ['ReadWriteOnce'],
            resources: { requests: { storage: '1Gi' } },
          },
        },
      ],
    },
  };
}

export function claim(name: string, spec: Record<string, unknown> = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'shop' },
    spec: {
      storageClassName: 'fast',
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      ...spec,
    },
  };
}

export function storageClass(name: string, fields: Record<string, unknown> = {}): KubeObject {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner: 'ebs.csi.aws.com',
    volumeBindingMode: 'Immediate',
    reclaimPolicy: 'Delete',
    ...fields,
  };
}

export function service(name: string, selector: Record<string, string>): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop' },
    spec: { selector, ports: [{ port: 80, targetPort: 8080 }] },
  };
}

export function ingress(name: string, host: string, extra: Record<string, unknown> = {}): KubeObject {
  const { annotations, ...spec } = extra;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name,
      namespace: 'shop',
      ...(annotations ? { annotations: annotations as Record<string, string> } : {}),
    },
    spec: {
      rules: [
        {
          host,
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } },
            ],
          },
        },
      ],
      ...spec,
    },
  };
}

/** The names of the Pods in `shop` that are not on their way out. */
export function podNames(cluster: FakeCluster, ns = 'shop'): string[] {
  return pods(cluster, ns)
    .filter(pod => pod.metadata.deletionTimestamp === undefined)
    .map(pod => pod.metadata.name);
}

export function pods(cluster: FakeCluster, ns = 'shop'): Pod[] {
  return cluster.store.list(types.pod, ns) as Pod[];
}

export function condition(object: KubeObject | undefined, type: string): Record<string, unknown> | undefined {
  const found = list(at(object, 'status', 'conditions')).find(each => at(each, 'type') === type);
  return found as Record<string, unknown> | undefined;
}

export function readyPods(cluster: FakeCluster, ns = 'shop'): string[] {
  return pods(cluster, ns)
    .filter(pod => condition(pod, 'Ready')?.status === 'True' && pod.metadata.deletionTimestamp === undefined)
    .map(pod => pod.metadata.name);
}

/** One request as somebody who may do everything. */
export function call(
  cluster: FakeCluster,
  method: KubernetesRequest['method'],
  path: string,
  rest: Partial<KubernetesRequest> = {},
  identity: { user: string; groups: string[] } = ADMIN,
): KubernetesResponse {
  return cluster.apiServer.handle({ method, path, deadlineMs: 1_000, ...rest }, identity);
}

export function mergePatch(cluster: FakeCluster, path: string, body: unknown): KubernetesResponse {
  return call(cluster, 'PATCH', path, { contentType: 'application/merge-patch+json', body });
}

export const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';
