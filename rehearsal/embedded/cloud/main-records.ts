import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Config, SiteName } from '../../../core/config';
import { type FailoverRecord, failoverPair } from '../../../core/migration';
import { signalHost, signalKey } from '../../../core/signals';
import { checksByApp, OUTPUTS } from '../../../lib/names';
import type { HealthCheckConfig, HealthCheckers } from '../aws/health-checkers';
import type { HostedZone } from '../aws/route53/hosted-zone';
import type { FakeS3 } from '../aws/s3';
import type { DnsTree } from '../network/dns-tree';
import type { Internet } from '../network/internet';
import { type DeployedStack, NotDeployable } from './template';

interface RecordSetGroup {
  HostedZoneId: string;
  RecordSets: (Omit<ResourceRecordSet, 'TTL' | 'ResourceRecords'> & {
    TTL: string;
    ResourceRecords: string[];
  })[];
}

/** The groups of records that a stack makes: those of the main names. */
function groupsOf(stack: DeployedStack): RecordSetGroup[] {
  return stack
    .ofType('AWS::Route53::RecordSetGroup')
    .map(([, properties]) => properties as unknown as RecordSetGroup);
}

/**
 * Puts the failover records into the zones, as if they had stood there for long: those that the global stack makes, and
 * those that `lifeboat switch` makes by hand.
 */
export function seedMainRecords(
  config: Config,
  stack: DeployedStack,
  zones: ReadonlyMap<string, HostedZone>,
): void {
  const zoneOf = (id: string) => {
    const zone = zones.get(id);
    if (!zone) throw new NotDeployable(`records are made in the zone ${id}, which is not there`);
    return zone;
  };
  for (const { HostedZoneId, RecordSets } of groupsOf(stack)) {
    zoneOf(HostedZoneId).seed(
      ...RecordSets.map(({ TTL, ResourceRecords, ...rest }) => ({
        ...rest,
        TTL: Number(TTL),
        ResourceRecords: ResourceRecords.map(Value => ({ Value })),
      })),
    );
  }
  const checks = checksByApp(stack.output(OUTPUTS.mainChecks));
  for (const { name, endpoint } of config.apps) {
    const check = checks.get(name);
    if (endpoint?.records !== 'by-hand' || !check) continue;
    zoneOf(endpoint.zone.id).seed(...failoverPair(endpoint, check).map(asRecordSet));
  }
}

function asRecordSet(record: FailoverRecord): ResourceRecordSet {
  const { name, ttlSeconds, target, setIdentifier, failover, healthCheckId } = record;
  return {
    Name: name,
    Type: 'CNAME',
    TTL: ttlSeconds,
    ResourceRecords: [{ Value: target }],
    SetIdentifier: setIdentifier,
    Failover: failover,
    ...(healthCheckId ? { HealthCheckId: healthCheckId } : {}),
  };
}

/**
 * Puts the health checks of the main records to work, as if they had been for days; a calculated one after those that
 * it counts. Nothing is looked at while the quiet days before the night pass.
 */
export function addSwitchChecks(
  stack: DeployedStack,
  checkers: HealthCheckers,
  active: SiteName,
  nextLookAfterMs: number,
): string[] {
  const checks = new Map(
    stack
      .ofType('AWS::Route53::HealthCheck')
      .map(([id, { HealthCheckConfig }]) => [id, HealthCheckConfig as HealthCheckConfig]),
  );
  const added: string[] = [];
  const add = (id: string) => {
    const config = checks.get(id);
    if (!config) throw new NotDeployable(`a record names the health check ${id}, which is not there`);
    if (added.includes(id)) return;
    if (config.Type === 'CALCULATED') for (const child of config.ChildHealthChecks) add(child);
    const answers =
      active === 'dr' && config.Type !== 'CALCULATED' && config.ResourcePath?.endsWith('/at-dr');
    checkers.add(id, config, { answers: answers === true, nextLookAfterMs });
    added.push(id);
  };
  for (const check of checksByApp(stack.output(OUTPUTS.mainChecks)).values()) add(check);
  return added;
}

/** The buckets of a site's stack, on the internet under their own names. */
export function addBuckets(
  stack: DeployedStack,
  s3: FakeS3,
  internet: Internet,
  tree: DnsTree,
  address: string,
): void {
  for (const [id, properties] of stack.ofType('AWS::S3::Bucket')) {
    const bucket = stack.ref(id);
    s3.addBucket(bucket, isOpen(properties) ? publicKeys(stack, bucket) : []);
    tree.setAddresses(signalHost(bucket, stack.region), [address], 5);
    internet.hosts.set(address, s3.host(bucket));
  }
}

/** Whether the bucket lets its policy show objects to everybody. */
function isOpen({ PublicAccessBlockConfiguration: block }: Record<string, unknown>): boolean {
  const { BlockPublicPolicy, RestrictPublicBuckets } = (block ?? {}) as Record<string, boolean>;
  return block !== undefined && BlockPublicPolicy === false && RestrictPublicBuckets === false;
}

function publicKeys(stack: DeployedStack, bucket: string): string[] {
  const statements = stack
    .ofType('AWS::S3::BucketPolicy')
    .filter(([, { Bucket }]) => Bucket === bucket)
    .flatMap(([, { PolicyDocument }]) => (PolicyDocument as { Statement: BucketStatement[] }).Statement);
  return statements
    .filter(
      ({ Effect, Action, Principal }) => Effect === 'Allow' && Action === 's3:GetObject' && isAll(Principal),
    )
    .flatMap(({ Resource }) => Resource)
    .map(arn => arn.slice(`arn:aws:s3:::${bucket}/`.length));
}

interface BucketStatement {
  Effect: string;
  Action: string | string[];
  Principal: unknown;
  Resource: string | string[];
}

function isAll(principal: unknown): boolean {
  return principal === '*' || (principal as { AWS?: unknown }).AWS === '*';
}

/** As some days after a failover: dr has taken every main name, and primary has copied that. */
export function seedSignals(
  config: Config,
  active: SiteName,
  s3: Record<SiteName, FakeS3>,
  modifiedAt: number,
): void {
  if (active !== 'dr') return;
  for (const { endpoint } of config.apps) {
    if (!endpoint) continue;
    for (const fake of Object.values(s3)) {
      for (const bucket of fake.bucketNames())
        fake.seed(bucket, signalKey(endpoint.main, 'at-dr'), 'some days ago', modifiedAt);
    }
  }
}
