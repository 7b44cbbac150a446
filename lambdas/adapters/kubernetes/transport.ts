/** One HTTP exchange with a Kubernetes API server. Everything above it is the same in AWS and in the rehearsal. */
export interface KubernetesTransport {
  exchange(cluster: ClusterAccess, request: KubernetesRequest): Promise<KubernetesResponse>;
}

export interface ClusterAccess {
  /** As EKS DescribeCluster gives it: `https://ABC.gr7.us-east-2.eks.amazonaws.com`. */
  endpoint: string;
  /** PEM. */
  certificateAuthority: string;
  /** `k8s-aws-v1.…`: a presigned STS GetCallerIdentity request. */
  token: string;
}

export interface KubernetesRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `/apis/apps/v1/namespaces/shop/deployments/web`. */
  path: string;
  query?: Record<string, string>;
  /** For PATCH: `application/merge-patch+json`. */
  contentType?: string;
  body?: unknown;
  deadlineMs: number;
}

export interface KubernetesResponse {
  status: number;
  /** Parsed JSON, or the text of a non-JSON answer such as /readyz's. */
  body: unknown;
}

/** No answer from the API server: refused, reset, timed out. */
export class TransportFailed extends Error {
  override name = 'TransportFailed';
}
