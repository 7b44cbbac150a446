import { ClusterUnreachable, Forbidden, LifeboatError, NotFound, WriteConflict } from '../../../core/errors';
import {
  type ClusterAccess,
  type KubernetesRequest,
  type KubernetesTransport,
  TransportFailed,
} from './transport';

/** Where a resource's objects live in the API. */
export interface Resource {
  /** `/apis/apps/v1`. */
  api: string;
  /** `deployments`. */
  plural: string;
  kind: string;
}

export const RESOURCES = {
  Deployment: { api: '/apis/apps/v1', plural: 'deployments', kind: 'Deployment' },
  StatefulSet: { api: '/apis/apps/v1', plural: 'statefulsets', kind: 'StatefulSet' },
  CronJob: { api: '/apis/batch/v1', plural: 'cronjobs', kind: 'CronJob' },
  HorizontalPodAutoscaler: {
    api: '/apis/autoscaling/v2',
    plural: 'horizontalpodautoscalers',
    kind: 'HorizontalPodAutoscaler',
  },
  Ingress: { api: '/apis/networking.k8s.io/v1', plural: 'ingresses', kind: 'Ingress' },
  Node: { api: '/api/v1', plural: 'nodes', kind: 'Node' },
  Pod: { api: '/api/v1', plural: 'pods', kind: 'Pod' },
  Service: { api: '/api/v1', plural: 'services', kind: 'Service' },
  ServiceAccount: { api: '/api/v1', plural: 'serviceaccounts', kind: 'ServiceAccount' },
  Secret: { api: '/api/v1', plural: 'secrets', kind: 'Secret' },
  ConfigMap: { api: '/api/v1', plural: 'configmaps', kind: 'ConfigMap' },
  PersistentVolumeClaim: { api: '/api/v1', plural: 'persistentvolumeclaims', kind: 'PersistentVolumeClaim' },
  PersistentVolume: { api: '/api/v1', plural: 'persistentvolumes', kind: 'PersistentVolume' },
  Backup: { api: '/apis/velero.io/v1', plural: 'backups', kind: 'Backup' },
  Restore: { api: '/apis/velero.io/v1', plural: 'restores', kind: 'Restore' },
  Schedule: { api: '/apis/velero.io/v1', plural: 'schedules', kind: 'Schedule' },
  BackupStorageLocation: {
    api: '/apis/velero.io/v1',
    plural: 'backupstoragelocations',
    kind: 'BackupStorageLocation',
  },
  PodVolumeBackup: { api: '/apis/velero.io/v1', plural: 'podvolumebackups', kind: 'PodVolumeBackup' },
  PodVolumeRestore: { api: '/apis/velero.io/v1', plural: 'podvolumerestores', kind: 'PodVolumeRestore' },
} as const satisfies Record<string, Resource>;

/** A page of a list is at most this large, so that no answer outgrows a Lambda. */
const PAGE = 500;

/**
 * The few verbs of the Kubernetes API that Lifeboat needs, with its errors under our names.
 * All methods throw ClusterUnreachable, Forbidden; those on one object NotFound, WriteConflict.
 */
export class KubernetesClient {
  constructor(
    private readonly transport: KubernetesTransport,
    private readonly access: ClusterAccess,
    /** For messages: `levlabs-dr in us-east-2`. */
    private readonly cluster: string,
    private readonly deadlineMs: number,
  ) {}

  /** /readyz: @returns why the API server is not ready, or undefined when it is */
  async notReady(): Promise<string | undefined> {
    const { status, body } = await this.send({ method: 'GET', path: '/readyz' });
    // It answers, and does not know us: that is our mistake, and says nothing about its health.
    if (status === 401 || status === 403) throw this.refusal(status, body, `GET /readyz on ${this.cluster}`);
    return status === 200 ? undefined : `/readyz says ${status}: ${String(body).slice(0, 200)}`;
  }

  async get<T>(resource: Resource, namespace: string | undefined, name: string): Promise<T> {
    return (await this.call({ method: 'GET', path: path(resource, namespace, name) })) as T;
  }

  /** Like get, with undefined for an object that is not there. */
  async find<T>(resource: Resource, namespace: string | undefined, name: string): Promise<T | undefined> {
    return this.get<T>(resource, namespace, name).catch((error: unknown) => {
      if (error instanceof NotFound) return undefined;
      throw error;
    });
  }

  async list<T>(resource: Resource, namespace: string | undefined, labelSelector?: string): Promise<T[]> {
    const items: T[] = [];
    let next: string | undefined;
    do {
      const page = (await this.call({
        method: 'GET',
        path: path(resource, namespace),
        query: {
          limit: String(PAGE),
          ...(labelSelector ? { labelSelector } : {}),
          ...(next ? { continue: next } : {}),
        },
      })) as { items: T[]; metadata?: { continue?: string } };
      // The items of a list come without their kind.
      items.push(...page.items.map(item => ({ ...item, kind: resource.kind })));
      next = page.metadata?.continue || undefined;
    } while (next);
    return items;
  }

  /** @returns false when an object of that name is there already */
  async create(resource: Resource, namespace: string, object: unknown): Promise<boolean> {
    const request = { method: 'POST', path: path(resource, namespace), body: object } as const;
    const { status, body } = await this.send(request);
    if (status >= 200 && status < 300) return true;
    // 409 is also what a quota answers that somebody changes at the moment.
    if (status === 409 && (body as { reason?: string } | undefined)?.reason === 'AlreadyExists') return false;
    throw this.refusal(status, body, `POST ${request.path} on ${this.cluster}`);
  }

  /** A JSON merge patch (RFC 7386). */
  async patch(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    patch: unknown,
  ): Promise<void> {
    const contentType = 'application/merge-patch+json';
    await this.call({ method: 'PATCH', path: path(resource, namespace, name), contentType, body: patch });
  }

  /** Does nothing when the object is not there. */
  async delete(resource: Resource, namespace: string, name: string): Promise<void> {
    try {
      await this.call({ method: 'DELETE', path: path(resource, namespace, name) });
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
    }
  }

  /** Every object that the selector chooses; without one, every object of the namespace. */
  async deleteAll(resource: Resource, namespace: string, labelSelector?: string): Promise<void> {
    const query = labelSelector ? { query: { labelSelector } } : {};
    await this.call({ method: 'DELETE', path: path(resource, namespace), ...query });
  }

  private async call(request: Omit<KubernetesRequest, 'deadlineMs'>): Promise<unknown> {
    const { status, body } = await this.send(request);
    if (status >= 200 && status < 300) return body;
    throw this.refusal(status, body, `${request.method} ${request.path} on ${this.cluster}`);
  }

  private async send(request: Omit<KubernetesRequest, 'deadlineMs'>) {
    try {
      return await this.transport.exchange(this.access, { ...request, deadlineMs: this.deadlineMs });
    } catch (error) {
      if (error instanceof TransportFailed) {
        throw new ClusterUnreachable(
          `The Kubernetes API of ${this.cluster} does not answer: ${error.message}`,
        );
      }
      throw error;
    }
  }

  private refusal(status: number, body: unknown, what: string): LifeboatError {
    const message = `${what}: ${status} ${(body as { message?: string } | undefined)?.message ?? String(body).slice(0, 200)}`;
    if (status === 401) return new Forbidden(`${message}. Check the EKS access entry of the step's role.`);
    if (status === 403) {
      return new Forbidden(
        `${message}. Apply Lifeboat's RBAC: npx lifeboat rbac --site SITE | kubectl apply -f -`,
      );
    }
    if (status === 404) return new NotFound(message);
    if (status === 409) return new WriteConflict(message);
    if (status === 410 || status === 429 || status >= 500) return new ClusterUnreachable(message);
    return new UnexpectedAnswer(message);
  }
}

/** The API refused what we sent as wrong: a mistake of ours, not of the world. */
export class UnexpectedAnswer extends LifeboatError {
  override name = 'UnexpectedAnswer';
}

function path({ api, plural }: Resource, namespace: string | undefined, name?: string): string {
  const scope = namespace ? `/namespaces/${namespace}` : '';
  return `${api}${scope}/${plural}${name ? `/${name}` : ''}`;
}
