import type { Clock } from '../../core/clock';
import type { App, Config, Site, SiteName, Zone } from '../../core/config';
import { NotFound } from '../../core/errors';
import type { Ledger } from '../../core/ledger';
import type { Network } from '../../core/network';
import type { Switch } from '../../core/switch';
import { Documents } from '../adapters/aws/documents';
import { describeCluster } from '../adapters/aws/eks';
import { eksToken } from '../adapters/aws/eks-token';
import { Executions } from '../adapters/aws/executions';
import { DynamoLedger } from '../adapters/aws/ledger';
import { Metrics } from '../adapters/aws/metrics';
import { Notifier } from '../adapters/aws/notifier';
import { SignalBucket } from '../adapters/aws/signal-bucket';
import { HostedZone } from '../adapters/aws/zone';
import { KubernetesClient } from '../adapters/kubernetes/client';
import { Cluster } from '../adapters/kubernetes/cluster';
import { Velero } from '../adapters/kubernetes/velero';
import { CnameSwitch } from '../adapters/switch/cname-switch';
import { StandbySwitch } from '../adapters/switch/standby-switch';
import { BrokenDeployment, type Environment } from './environment';
import type { World } from './world';

/** What a step works with: the configuration, and the outside world in the step's own words. */
export interface Deps {
  config: Config;
  site: SiteName;
  clock: Clock;
  network: Network;
  ledger: Ledger;
  notifier: Notifier;
  executions: Executions;
  metrics: Metrics;
  /** @throws ClusterUnreachable, NotFound, Throttled, AwsUnavailable, Forbidden */
  cluster(site: SiteName): Promise<Cluster>;
  velero(cluster: Cluster, app: App): Velero;
  /** What moves main, as the configuration has it. */
  switch: Switch;
  log: World['log'];
}

/** The site that is activated must answer; it may take its time. */
const OWN_DEADLINE_MS = 10_000;
/** An object of some bytes is written in milliseconds, or S3 is in trouble. */
const OWN_BUCKET_DEADLINE_MS = 3_000;
/** The other one may be lost: no call to it is worth more than this (I10). */
export const OTHER_DEADLINE_MS = 2_000;

/** Builds the adapters over the world. Opens no connection by itself. */
export function wire(world: World, environment: Environment): Deps {
  const { config, site, region, table, topicArns, machineArn } = environment;
  const { clock } = world;
  return {
    config,
    site,
    clock,
    network: world.network,
    ledger: new DynamoLedger(new Documents(world.dynamodb, table, clock), clock),
    notifier: new Notifier({ sns: where => world.sns(where), topicArns, region, clock, log: world.log }),
    executions: new Executions(world.sfn, clock, machineArn),
    metrics: new Metrics(world.cloudwatch, clock),
    cluster: name =>
      openCluster(world, region, config.sites[name], name === site ? OWN_DEADLINE_MS : OTHER_DEADLINE_MS),
    velero: (cluster, app) => {
      if (!app.data) throw new NotFound(`${app.name} has no data that Velero moves.`);
      return new Velero(cluster.api, app.data.veleroNamespace);
    },
    switch: switchOf(world, environment),
    log: world.log,
  };
}

function switchOf(world: World, { config, site, switchBuckets }: Environment): Switch {
  const { clock, network } = world;
  if (config.switch !== 'standby-switch') {
    return new CnameSwitch((zone: Zone) => new HostedZone(world.route53(zone.roleArn), zone.id, clock));
  }
  if (!switchBuckets)
    throw new BrokenDeployment('The buckets of standby-switch are not known. Deploy the stack again.');
  const bucket = (of: SiteName) => {
    const { region } = config.sites[of];
    const deadlineMs = of === site ? OWN_BUCKET_DEADLINE_MS : OTHER_DEADLINE_MS;
    return new SignalBucket(world.s3(region), clock, {
      name: switchBuckets[of],
      site: of,
      region,
      deadlineMs,
    });
  };
  return new StandbySwitch({ network, clock, buckets: { primary: bucket('primary'), dr: bucket('dr') } });
}

async function openCluster(
  world: World,
  region: string,
  { region: clusterRegion, cluster }: Site,
  deadlineMs: number,
) {
  const address = await describeCluster(
    world.clock,
    world.eks(clusterRegion),
    cluster,
    clusterRegion,
    deadlineMs,
  );
  const token = await eksToken(world.credentials, region, cluster, world.clock.now());
  const place = `${cluster} in ${clusterRegion}`;
  return new Cluster(new KubernetesClient(world.kubernetes, { ...address, token }, place, deadlineMs));
}
