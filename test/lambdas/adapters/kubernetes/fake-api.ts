import { KubernetesClient } from '../../../../lambdas/adapters/kubernetes/client';
import type {
  ClusterAccess,
  KubernetesRequest,
  KubernetesResponse,
  KubernetesTransport,
} from '../../../../lambdas/adapters/kubernetes/transport';
import { VirtualClock } from '../../../../rehearsal/embedded/virtual-clock';

export const ACCESS: ClusterAccess = {
  endpoint: 'https://DR.gr7.us-east-2.eks.amazonaws.com',
  certificateAuthority: 'PEM',
  token: 'k8s-aws-v1.token',
};

type Answer = (request: KubernetesRequest) => KubernetesResponse | Promise<KubernetesResponse>;

/**
 * An API server that answers as the test says. Every exchange takes 10 ms of virtual time, so that what is asked at
 * once is under way at once.
 */
export class FakeApi implements KubernetesTransport {
  readonly clock = new VirtualClock(Date.parse('2026-03-01T03:00:00Z'));
  readonly requests: KubernetesRequest[] = [];
  readonly accesses: ClusterAccess[] = [];
  underWay = 0;
  mostUnderWay = 0;
  readonly client = new KubernetesClient(this, ACCESS, 'levlabs-dr in us-east-2', 2_000);

  constructor(private readonly answer: Answer) {}

  async exchange(access: ClusterAccess, request: KubernetesRequest): Promise<KubernetesResponse> {
    this.accesses.push(access);
    this.requests.push(request);
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    await this.clock.sleep(10);
    this.underWay -= 1;
    return this.answer(request);
  }

  run<T>(promise: Promise<T>): Promise<T> {
    return this.clock.run(promise);
  }

  /** `GET /api/v1/pods`, without the query. */
  get asked(): string[] {
    return this.requests.map(({ method, path }) => `${method} ${path}`);
  }
}

/** An API that holds these objects by path; what is not in it is NotFound. */
export function holding(objects: Record<string, unknown>): FakeApi {
  return new FakeApi(({ path }) =>
    path in objects ? ok(objects[path]) : status(404, `"${path}" not found`),
  );
}

export function ok(body: unknown, code = 200): KubernetesResponse {
  return { status: code, body };
}

export function list(...items: unknown[]): { items: unknown[]; metadata: object } {
  return { items, metadata: { resourceVersion: '1' } };
}

/** As the API server says no. */
export function status(code: number, message: string, reason = ''): KubernetesResponse {
  return {
    status: code,
    body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code },
  };
}

/** The error that a call is expected to end with. @throws when it succeeds */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    value => {
      throw new Error(`expected an error, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error as Error,
  );
}
