import type {
  AutoscalerObject,
  ClaimObject,
  IngressObject,
  Metadata,
  NodeObject,
  PodObject,
  ServiceObject,
  WorkloadObject,
} from '../../../core/kubernetes';
import type { Change } from '../../../core/workloads';
import { mapBounded } from '../concurrency';
import { type KubernetesClient, RESOURCES } from './client';
import { emptyNamespace } from './scratch';

/** How many API calls one step has under way at once. */
const AT_ONCE = 16;

/** One cluster, in the words of the steps. All methods throw ClusterUnreachable, Forbidden. */
export class Cluster {
  constructor(readonly api: KubernetesClient) {}

  async workloads(namespaces: readonly string[]): Promise<WorkloadObject[]> {
    const kinds = [RESOURCES.Deployment, RESOURCES.StatefulSet, RESOURCES.CronJob];
    const lists = await mapBounded(
      namespaces.flatMap(namespace => kinds.map(kind => ({ namespace, kind }))),
      AT_ONCE,
      ({ namespace, kind }) => this.api.list<WorkloadObject>(kind, namespace),
    );
    return lists.flat();
  }

  autoscalers(namespaces: readonly string[]): Promise<AutoscalerObject[]> {
    return this.listAll(namespaces, RESOURCES.HorizontalPodAutoscaler);
  }

  ingresses(namespaces: readonly string[]): Promise<IngressObject[]> {
    return this.listAll(namespaces, RESOURCES.Ingress);
  }

  services(namespaces: readonly string[]): Promise<ServiceObject[]> {
    return this.listAll(namespaces, RESOURCES.Service);
  }

  pods(namespaces: readonly string[], labelSelector?: string): Promise<PodObject[]> {
    return this.listAll(namespaces, RESOURCES.Pod, labelSelector);
  }

  claims(namespaces: readonly string[]): Promise<ClaimObject[]> {
    return this.listAll(namespaces, RESOURCES.PersistentVolumeClaim);
  }

  everyPod(): Promise<PodObject[]> {
    return this.api.list(RESOURCES.Pod, undefined);
  }

  nodes(): Promise<NodeObject[]> {
    return this.api.list(RESOURCES.Node, undefined);
  }

  /** Applies changes, many at once. The first error ends it; what went through stays, and asking again does the rest. */
  async apply(changes: readonly Change[]): Promise<void> {
    await mapBounded(changes, AT_ONCE, ({ kind, namespace, name, patch }) =>
      this.api.patch(RESOURCES[kind], namespace, name, patch),
    );
  }

  /** Those whose names are taken are left alone. */
  async createPods(pods: readonly { metadata?: unknown }[]): Promise<void> {
    await mapBounded(pods, AT_ONCE, pod =>
      this.api.create(RESOURCES.Pod, (pod.metadata as Metadata).namespace ?? '', pod),
    );
  }

  /** Does nothing when one of that name is there already. */
  async createIngress(ingress: { metadata: { namespace: string } }): Promise<void> {
    await this.api.create(RESOURCES.Ingress, ingress.metadata.namespace, ingress);
  }

  /**
   * Removes from scratch namespaces what the selector chooses, one Ingress, and all pods and claims.
   * @returns what was still there, `Deployment drill-x/web`
   */
  async emptied(namespaces: readonly string[], selector: string, ingress: string): Promise<string[]> {
    const left = await mapBounded(namespaces, AT_ONCE, namespace =>
      emptyNamespace(this.api, namespace, selector, ingress),
    );
    return left.flat();
  }

  async deletePods(pods: readonly PodObject[]): Promise<void> {
    await mapBounded(pods, AT_ONCE, ({ metadata }) =>
      this.api.delete(RESOURCES.Pod, metadata.namespace ?? '', metadata.name),
    );
  }

  private async listAll<T>(
    namespaces: readonly string[],
    resource: (typeof RESOURCES)[keyof typeof RESOURCES],
    labelSelector?: string,
  ): Promise<T[]> {
    const lists = await mapBounded(namespaces, AT_ONCE, namespace =>
      this.api.list<T>(resource, namespace, labelSelector),
    );
    return lists.flat();
  }
}
