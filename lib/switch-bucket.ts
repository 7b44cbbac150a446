import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Config, SiteName } from '../core/config';
import { SIGNALS, signalKey } from '../core/signals';
import { accept } from './accept';
import { switchBucketName } from './names';

export interface SwitchBucketProps {
  config: Config;
  /** The site in whose Region it stands. */
  site: SiteName;
}

/**
 * Where the switch `standby-switch` keeps its signals: a few bytes for each app, which Route 53's health checkers
 * read without credentials. Everybody may read exactly these keys, and nobody may list them.
 */
export class SwitchBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { config, site }: SwitchBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      // By name: health checks in the global stack must know it without asking this Region.
      bucketName: switchBucketName(Stack.of(this), config, site),
      encryption: BucketEncryption.S3_MANAGED,
      // Health checkers speak TLS.
      enforceSSL: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      blockPublicAccess: new BlockPublicAccess({
        blockPublicAcls: true,
        ignorePublicAcls: true,
        blockPublicPolicy: false,
        restrictPublicBuckets: false,
      }),
      // It says where main points to, and its name must never be free for somebody else.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const keys = config.apps.flatMap(({ endpoint }) =>
      endpoint ? SIGNALS[site].map(signal => signalKey(endpoint.main, signal)) : [],
    );
    if (keys.length > 0) {
      this.bucket.addToResourcePolicy(
        new PolicyStatement({
          sid: 'HealthCheckers',
          principals: [new AnyPrincipal()],
          actions: ['s3:GetObject'],
          resources: keys.map(key => this.bucket.arnForObjects(key)),
        }),
      );
    }
    accept(
      this.bucket,
      'AwsSolutions-S1',
      'The readers are health checkers, several a second; CloudTrail has the writers.',
    );
    accept(
      this.bucket,
      'AwsSolutions-S2',
      'Health checkers have no credentials; the policy shows them single keys with nothing to hide.',
    );
  }
}
