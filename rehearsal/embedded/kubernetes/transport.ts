import type { Clock } from '../../../core/clock';
import {
  type ClusterAccess,
  type KubernetesRequest,
  type KubernetesResponse,
  type KubernetesTransport,
  TransportFailed,
} from '../../../lambdas/adapters/kubernetes/transport';
import type { CallLog } from '../calls';
import { parsePath } from './api-path';
import type { Identity } from './authorization';
import type { FakeCluster } from './cluster';
import { type SecretKey, verifyToken } from './eks-authenticator';
import { Unauthorized } from './errors';
import { at, text } from './json';

/** A cluster and how it is reached: what EKS DescribeCluster says of it. */
export interface ServedCluster {
  cluster: FakeCluster;
  endpoint: string;
  /** PEM. */
  certificateAuthority: string;
}

export type TransportFault =
  /** No answer at all. */
  | 'hang'
  /** Nothing listens. */
  | 'refuse'
  /** An answer that the API server never gave, such as a load balancer's 503. */
  | { status: number };

export interface FakeKubernetesTransportOptions {
  clock: Clock;
  calls: CallLog;
  clusters: readonly ServedCluster[];
  /** The credentials that exist, for checking a token's signature. */
  secretFor(accessKeyId: string): SecretKey | undefined;
  /** The access entries of a cluster: who a caller is in there, or undefined when it knows him not. */
  authenticate(accessKeyId: string, cluster: FakeCluster): Identity | undefined;
  /** Whether STS of a Region answers the clusters' authenticators. Default: yes. */
  stsReachable?(region: string): boolean;
  /** Virtual time for one exchange. Default: 5 ms. */
  latencyMs?: number;
}

/** An answer that is not the one that was hoped for, so that the call log shows it as its outcome. */
class Refusal extends Error {
  constructor(readonly response: KubernetesResponse) {
    super(`HTTP ${response.status}`);
    this.name = text(at(response.body, 'reason')) ?? `Http${response.status}`;
  }
}

/** The network between Lifeboat and the API servers. */
export class FakeKubernetesTransport implements KubernetesTransport {
  /** Asked in order before every exchange; the first answer that is not undefined counts. */
  readonly faults: ((request: KubernetesRequest, cluster: FakeCluster) => TransportFault | undefined)[] = [];

  constructor(private readonly options: FakeKubernetesTransportOptions) {}

  async exchange(access: ClusterAccess, request: KubernetesRequest): Promise<KubernetesResponse> {
    const served = this.options.clusters.find(each => sameOrigin(each.endpoint, access.endpoint));
    const call = {
      service: 'kubernetes',
      action: `${request.method} ${subject(request.path)}`,
      region: served?.cluster.region ?? '',
      resource: request.path,
    };
    try {
      return await this.options.calls.record(call, async () => {
        const response = await this.answer(served, access, request);
        if (response.status >= 400) throw new Refusal(response);
        return response;
      });
    } catch (error) {
      if (error instanceof Refusal) return error.response;
      throw error;
    }
  }

  private async answer(
    served: ServedCluster | undefined,
    access: ClusterAccess,
    request: KubernetesRequest,
  ): Promise<KubernetesResponse> {
    const { clock, latencyMs = 5 } = this.options;
    if (!served) throw new TransportFailed(`getaddrinfo ENOTFOUND ${access.endpoint}`);
    const fault = this.faults.map(ask => ask(request, served.cluster)).find(each => each !== undefined);
    if (fault === 'hang' || served.cluster.state !== 'up') return this.noAnswer(request);
    if (latencyMs > request.deadlineMs) return this.noAnswer(request);
    await clock.sleep(latencyMs);
    if (fault === 'refuse') throw new TransportFailed(`connect ECONNREFUSED ${access.endpoint}`);
    if (served.certificateAuthority.trim() !== access.certificateAuthority.trim()) {
      throw new TransportFailed('unable to verify the first certificate');
    }
    // It may have gone while the request was under way.
    if (served.cluster.state !== 'up') return this.noAnswer(request, request.deadlineMs - latencyMs);
    if (fault !== undefined) return { status: fault.status, body: `fault: ${fault.status}\n` };
    const identity = this.identityOf(access.token, served.cluster);
    const response = identity
      ? served.cluster.apiServer.handle(throughJson(request), identity)
      : { status: 401, body: new Unauthorized().status() };
    return throughJson(response);
  }

  private async noAnswer(request: KubernetesRequest, leftMs = request.deadlineMs): Promise<never> {
    await this.options.clock.sleep(leftMs);
    throw new TransportFailed(`no answer within ${request.deadlineMs} ms`);
  }

  private identityOf(token: string, cluster: FakeCluster): Identity | undefined {
    const { clock, secretFor, stsReachable, authenticate } = this.options;
    const verified = verifyToken(token, {
      clusterName: cluster.name,
      now: clock.now(),
      secretFor,
      ...(stsReachable ? { stsReachable } : {}),
    });
    return verified.ok ? authenticate(verified.accessKeyId, cluster) : undefined;
  }
}

function sameOrigin(left: string, right: string): boolean {
  return URL.canParse(left) && URL.canParse(right) && new URL(left).origin === new URL(right).origin;
}

/** `deployments/scale`, or the path itself when it names no resource. */
function subject(path: string): string {
  const parsed = parsePath(path);
  if (!parsed) return path;
  return parsed.subresource === undefined ? parsed.resource : `${parsed.resource}/${parsed.subresource}`;
}

/** What crosses the network is JSON: no undefined, no shared objects. */
function throughJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
