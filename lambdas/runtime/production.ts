import { setTimeout as wait } from 'node:timers/promises';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EKSClient } from '@aws-sdk/client-eks';
import { Route53Client } from '@aws-sdk/client-route-53';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { fromEnv } from '@aws-sdk/credential-provider-env';
import { assumedRole } from '../adapters/aws/assumed-role';
import { HttpsTransport } from '../adapters/kubernetes/https-transport';
import { NodeNetwork } from '../adapters/network/node-network';
import { log } from './log';
import type { World } from './world';

/** The real world, with the credentials that Lambda puts into the environment. */
export function productionWorld(region: string): World {
  const options = { region, maxAttempts: 2 };
  const credentials = fromEnv();
  return {
    clock: {
      now: () => Date.now(),
      sleep: (ms, signal) =>
        wait(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
          throw signal?.aborted ? signal.reason : error;
        }),
    },
    network: new NodeNetwork(),
    kubernetes: new HttpsTransport(),
    credentials,
    dynamodb: new DynamoDBClient(options),
    sns: once((topicRegion: string) => new SNSClient({ ...options, region: topicRegion })),
    sfn: new SFNClient(options),
    cloudwatch: new CloudWatchClient(options),
    route53: once(
      (roleArn?: string) =>
        new Route53Client({ ...options, ...(roleArn ? { credentials: assumedRole(region, roleArn) } : {}) }),
    ),
    eks: once((clusterRegion: string) => new EKSClient({ ...options, region: clusterRegion })),
    s3: once((bucketRegion: string) => new S3Client({ ...options, region: bucketRegion })),
    log,
  };
}

/** One for each key: a client has a pool of connections of its own, and a role that it assumed. */
function once<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return key => {
    const kept = made.get(key) ?? make(key);
    made.set(key, kept);
    return kept;
  };
}
