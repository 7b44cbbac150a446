import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EKSClient } from '@aws-sdk/client-eks';
import type { Route53Client } from '@aws-sdk/client-route-53';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { Clock } from '../../core/clock';
import type { Network } from '../../core/network';
import type { KubernetesTransport } from '../adapters/kubernetes/transport';

/**
 * Everything outside of Lifeboat, in one struct: what production takes from AWS and the machine, the rehearsal
 * takes from its fakes. Nothing else in lambdas/ reaches out.
 */
export interface World {
  clock: Clock;
  network: Network;
  kubernetes: KubernetesTransport;
  credentials: AwsCredentialIdentityProvider;
  dynamodb: Pick<DynamoDBClient, 'send'>;
  /** SNS takes a message only in the Region of its topic. */
  sns(region: string): Pick<SNSClient, 'send'>;
  sfn: Pick<SFNClient, 'send'>;
  cloudwatch: Pick<CloudWatchClient, 'send'>;
  /** Route 53's control plane; for a zone in another account, with the credentials of the role. */
  route53(roleArn?: string): Pick<Route53Client, 'send'>;
  eks(region: string): Pick<EKSClient, 'send'>;
  s3(region: string): Pick<S3Client, 'send'>;
  /** One structured line in the step's log. */
  log(event: string, fields: Record<string, unknown>): void;
}
