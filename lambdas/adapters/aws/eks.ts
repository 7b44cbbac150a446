import { DescribeClusterCommand, type EKSClient } from '@aws-sdk/client-eks';
import type { Clock } from '../../../core/clock';
import { ClusterUnreachable, NotFound } from '../../../core/errors';
import { awsCall } from './call';

export interface ClusterAddress {
  endpoint: string;
  /** PEM. */
  certificateAuthority: string;
}

/**
 * Where a cluster's Kubernetes API is.
 * @throws NotFound, ClusterUnreachable (not ACTIVE); Throttled, AwsUnavailable, Forbidden
 */
export async function describeCluster(
  clock: Clock,
  client: Pick<EKSClient, 'send'>,
  name: string,
  region: string,
  deadlineMs: number,
): Promise<ClusterAddress> {
  const { cluster } = await awsCall(clock, `EKS DescribeCluster ${name} in ${region}`, deadlineMs, abort =>
    client.send(new DescribeClusterCommand({ name }), abort),
  ).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') {
      throw new NotFound(`No EKS cluster ${name} in ${region}. Check sites in lifeboat.yaml.`);
    }
    throw error;
  });
  const endpoint = cluster?.endpoint;
  const authority = cluster?.certificateAuthority?.data;
  if (!endpoint || !authority) {
    throw new ClusterUnreachable(
      `EKS cluster ${name} in ${region} is ${cluster?.status} and has no endpoint.`,
    );
  }
  return { endpoint, certificateAuthority: Buffer.from(authority, 'base64').toString('utf8') };
}
