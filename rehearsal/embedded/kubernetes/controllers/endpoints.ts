import { type Pod, type Service, type ServicePort, types } from '../kinds';
import { mapSelects } from '../labels';
import type { KubeObject, WatchEvent } from '../object';
import { type Controller, type ControlPlane, fromKey, isKind, keyOf } from './controller';
import { isFinished, isPod, isServing, ownerReference } from './pods';

const SERVICE_NAME = 'kubernetes.io/service-name';

/** The Pods behind a Service that are ready now, in order of name. */
export function servingPods(pods: readonly Pod[], service: Service): Pod[] {
  return pods
    .filter(pod => mapSelects(service.spec.selector, pod.metadata.labels) && isServing(pod))
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** Writes the EndpointSlice of each Service with a selector. The old Endpoints kind is not written. */
export class EndpointsController implements Controller {
  readonly name = 'endpoints';

  constructor(private readonly plane: ControlPlane) {}

  keysFor({ object, old }: WatchEvent): string[] {
    if (isKind(object, types.service)) return [keyOf(object)];
    if (!isPod(object)) return [];
    return this.plane.store
      .view<Service>(types.service, object.metadata.namespace)
      .filter(({ spec }) =>
        [object, old].some(each => each && mapSelects(spec.selector, each.metadata.labels)),
      )
      .map(keyOf);
  }

  reconcile(key: string): void {
    const { namespace, name } = fromKey(key);
    const { store } = this.plane;
    const service = store.peek<Service>(types.service, namespace, name);
    if (!service?.spec.selector || service.metadata.deletionTimestamp !== undefined) return;
    const pods = store
      .view<Pod>(types.pod, namespace)
      .filter(
        pod =>
          mapSelects(service.spec.selector, pod.metadata.labels) && pod.status?.podIP && !isFinished(pod),
      );
    const content = {
      addressType: 'IPv4',
      ports: (service.spec.ports ?? []).map(port => ({
        name: port.name ?? '',
        port: portOf(port, pods[0]),
        protocol: port.protocol ?? 'TCP',
      })),
      endpoints: pods.map(endpointOf),
    };
    const existing = store
      .view(types.endpointSlice, namespace)
      .find(slice => slice.metadata.ownerReferences?.some(owner => owner.uid === service.metadata.uid));
    if (existing) store.update({ ...existing, ...content } as KubeObject);
    else {
      store.create({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: '',
          generateName: `${name}-`,
          namespace,
          labels: {
            [SERVICE_NAME]: name,
            'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
          },
          ownerReferences: [ownerReference(service)],
        },
        ...content,
      });
    }
  }
}

function portOf(port: ServicePort, pod: Pod | undefined): number {
  if (typeof port.targetPort === 'number') return port.targetPort;
  const named = pod?.spec.containers
    .flatMap(each => each.ports ?? [])
    .find(each => each.name === port.targetPort);
  return named?.containerPort ?? port.port;
}

function endpointOf(pod: Pod): Record<string, unknown> {
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const ready = isServing(pod);
  return {
    addresses: [pod.status?.podIP],
    conditions: { ready, serving: ready, terminating },
    nodeName: pod.spec.nodeName,
    targetRef: {
      kind: 'Pod',
      namespace: pod.metadata.namespace,
      name: pod.metadata.name,
      uid: pod.metadata.uid,
    },
  };
}
