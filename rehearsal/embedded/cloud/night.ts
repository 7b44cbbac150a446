import { createHash } from 'node:crypto';
import { type App, type Config, SITE_NAMES, type SiteName } from '../../../core/config';
import { siteOf } from '../../../core/flip';
import { alarmPrefix } from '../../../lib/names';
import type { Execution, ExecutionStatus, HistoryEvent } from '../asl';
import { ACCOUNT } from '../aws/arn';
import { FakeCloudWatch } from '../aws/cloudwatch';
import { FakeEks } from '../aws/eks';
import { FakeEventBridge } from '../aws/eventbridge';
import { eventTime } from '../aws/eventbridge/event';
import { HealthCheckers } from '../aws/health-checkers';
import { FakeRoute53 } from '../aws/route53';
import type { HostedZone } from '../aws/route53/hosted-zone';
import { FakeS3 } from '../aws/s3';
import { CallLog } from '../calls';
import { FakeCluster } from '../kubernetes/cluster';
import type { Manifest } from '../kubernetes/manifests';
import type { KubeObject } from '../kubernetes/object';
import { seededRandom, stableHash } from '../kubernetes/random';
import { FakeKubernetesTransport } from '../kubernetes/transport';
import { Customer } from '../network/client';
import { DnsTree } from '../network/dns-tree';
import { probeThrough } from '../network/health-probe';
import { Internet } from '../network/internet';
import { Bucket } from '../velero/bucket';
import { firstBackups } from '../velero/first-backups';
import { FakeVelero } from '../velero/velero';
import { VirtualClock } from '../virtual-clock';
import { Credentials } from './credentials';
import { addHealthAlarms, addHealthChecks, addHeartbeatAlarms, addRules } from './detection';
import { addBuckets, addSwitchChecks, seedMainRecords, seedSignals } from './main-records';
import { addDependencies, addLoadBalancer, seedZones } from './names-on-the-internet';
import { Policies } from './policies';
import { SiteInAws } from './site';
import type { DeployedStack } from './template';
import { SiteVolumes } from './volumes';

export interface NightOptions {
  config: Config;
  /** The stacks as synthesized from this configuration. */
  stacks: Record<SiteName | 'global', DeployedStack>;
  manifests: Record<SiteName, readonly (Manifest | KubeObject)[]>;
  /** Lifeboat's RBAC of each cluster. */
  rbac: Record<SiteName, readonly KubeObject[]>;
  /** The site that main points to at the beginning. */
  active: SiteName;
  /** Every run with the same seed is the same. */
  seed: string;
  /** Milliseconds since the epoch. */
  startsAt: number;
  /** `namespace/name` of Certificates that are not issued, by site. */
  notIssued?: Partial<Record<SiteName, readonly string[]>>;
}

/** What watches the night. */
export interface Observer {
  onState?(site: SiteName, event: HistoryEvent, execution: Execution): void;
  onExecution?(site: SiteName, execution: Execution, status: ExecutionStatus): void;
  onLog?(site: SiteName, event: string, fields: Record<string, unknown>): void;
}

const ADDRESSES: Record<SiteName, readonly string[]> = {
  primary: ['192.0.2.10', '192.0.2.11'],
  dr: ['198.51.100.10', '198.51.100.11'],
};

/** S3 of each Region. */
const BUCKET_ADDRESSES: Record<SiteName, string> = { primary: '192.0.2.100', dr: '198.51.100.100' };
/** So long the quiet days before the night take at least. */
const CHECKERS_LOOK_AFTER_MS = 4 * 60_000;
/** How long ago main went to dr, where the night begins there. */
const DAYS_AGO_MS = 3 * 86_400_000;

/** The whole world of a rehearsal: two Regions with a cluster each, AWS around them, customers outside. */
export class Night {
  readonly config: Config;
  readonly clock: VirtualClock;
  readonly calls: CallLog;
  readonly internet: Internet;
  readonly route53: FakeRoute53;
  readonly zones: Map<string, HostedZone>;
  readonly clusters: Record<SiteName, FakeCluster>;
  readonly veleros: Record<SiteName, FakeVelero>;
  readonly volumes: Record<SiteName, SiteVolumes>;
  readonly bucket = new Bucket('backups');
  readonly transport: FakeKubernetesTransport;
  readonly bridge: FakeEventBridge;
  readonly checkers: HealthCheckers;
  readonly sites: Record<SiteName, SiteInAws>;
  readonly customers: Map<string, Customer>;
  readonly notes: string[] = [];
  readonly observers: Observer[] = [];
  /** S3 of each site's Region. */
  readonly s3: Record<SiteName, FakeS3>;
  private readonly eks: Record<SiteName, FakeEks>;
  private readonly switchChecks: string[];
  private readonly alarms: FakeCloudWatch;

  constructor(private readonly options: NightOptions) {
    const { config, seed, startsAt, stacks } = options;
    this.config = config;
    this.clock = new VirtualClock(startsAt);
    this.calls = new CallLog(this.clock);
    const tree = new DnsTree();
    this.internet = new Internet({ clock: this.clock, tree });
    this.route53 = new FakeRoute53({
      clock: this.clock,
      log: this.calls,
      seed,
      aliasAddresses: name => tree.addressesOf(name),
      healthy: (check, at) => this.checkers.isHealthy(check, at),
      checks: () => this.checkers,
    });
    this.clusters = both(site => this.makeCluster(site));
    this.zones = seedZones(config, options.active, this.clusters, this.route53, tree);
    seedMainRecords(config, stacks.global, this.zones);
    for (const site of SITE_NAMES) addLoadBalancer(config, this.clusters[site], this.internet, tree);
    this.s3 = both(site => this.makeS3(site, tree));
    seedSignals(config, options.active, this.s3, startsAt - DAYS_AGO_MS);
    addDependencies(config, this.zones, this.internet, tree);
    this.volumes = both(
      site =>
        new SiteVolumes(
          this.clusters[site],
          () => this.clock.now(),
          ns => this.atWork(site, ns),
        ),
    );
    for (const site of SITE_NAMES) this.volumes[site].fill();
    this.veleros = both(site => this.makeVelero(site));

    const credentials = new Credentials();
    const policies = new Policies(Object.values(stacks));
    this.eks = both(site => this.makeEks(site));
    this.transport = new FakeKubernetesTransport({
      clock: this.clock,
      calls: this.calls,
      clusters: SITE_NAMES.map(site => ({ cluster: this.clusters[site], ...addressOf(this.clusters[site]) })),
      secretFor: key => credentials.secretFor(key),
      authenticate: (key, cluster) =>
        policies.identityIn(stacks[this.siteOfCluster(cluster)], credentials.roleOf(key)),
    });
    this.bridge = new FakeEventBridge({ clock: this.clock, seed, targets: this.targets() });
    this.sites = both(
      site =>
        new SiteInAws({
          config,
          site,
          stack: stacks[site],
          clock: this.clock,
          calls: this.calls,
          internet: this.internet,
          seed,
          route53: () => this.route53,
          eks: region => this.eks[config.sites.dr.region === region ? 'dr' : 'primary'],
          s3: region => this.s3[config.sites.dr.region === region ? 'dr' : 'primary'],
          kubernetes: this.transport,
          credentials,
          statementsOf: role => policies.of(role),
          emit: event => this.bridge.put(stacks[site].region, event),
          onEvent: (event, execution) => this.tell(observer => observer.onState?.(site, event, execution)),
          onExecution: (execution, status) =>
            this.tell(observer => observer.onExecution?.(site, execution, status)),
          onLog: (event, fields) => this.tell(observer => observer.onLog?.(site, event, fields)),
        }),
    );
    this.checkers = new HealthCheckers({
      clock: this.clock,
      seed,
      probe: probeThrough(this.internet, seed),
      isLost: region => this.internet.regionState(region) === 'lost',
    });
    this.switchChecks = addSwitchChecks(stacks.global, this.checkers, options.active, CHECKERS_LOOK_AFTER_MS);
    this.alarms = new FakeCloudWatch({
      clock: this.clock,
      log: this.calls,
      region: stacks.global.region,
      seed,
      emit: event => this.bridge.put(stacks.global.region, event),
    });
    this.customers = new Map(
      config.apps.flatMap(({ name, endpoint }) =>
        endpoint
          ? [
              [
                name,
                new Customer({
                  internet: this.internet,
                  name: endpoint.main,
                  health: endpoint.health,
                  seed: `${seed} ${name}`,
                }),
              ],
            ]
          : [],
      ),
    );
  }

  /**
   * Lets the quiet days before the night happen: the site at work has made its backups, and both clusters know them.
   * Takes a few minutes of virtual time, in which nothing of Lifeboat is at work yet.
   */
  async prepare(): Promise<void> {
    await this.clock.run(firstBackups(this.clock, this.clusters[this.options.active].store));
  }

  /** The night begins: health checks, alarms and rules go to work, customers begin to ask. */
  begin(): void {
    const { stacks } = this.options;
    addHealthChecks(stacks.global, this.checkers, this.switchChecks);
    this.alarms.receiveHealthChecks(this.checkers);
    addHealthAlarms(stacks.global, this.alarms);
    for (const site of SITE_NAMES)
      addHeartbeatAlarms(stacks[site], this.sites[site].cloudwatch, this.clock.now());
    for (const stack of Object.values(stacks)) addRules(stack, this.bridge);
    for (const customer of this.customers.values()) customer.start();
  }

  /**
   * The Region goes dark: its cluster and nodes, its network, and what AWS offers there to Lifeboat. What AWS serves
   * to everybody out of us-east-1 (Route 53's control plane, metrics and alarms of health checks) is a fault of its
   * own: `loseGlobalControlPlanes`.
   */
  loseRegion(site: SiteName): void {
    this.stopWriting(site);
    this.internet.setRegion(this.regionOf(site), 'lost');
    this.clusters[site].lose();
    this.eks[site].endpoint.state = 'hang';
    this.s3[site].endpoint.state = 'hang';
    this.sites[site].setReachable(false);
  }

  restoreRegion(site: SiteName): void {
    this.internet.setRegion(this.regionOf(site), 'up');
    this.clusters[site].restore();
    this.eks[site].endpoint.state = 'up';
    this.s3[site].endpoint.state = 'up';
    this.sites[site].setReachable(true);
  }

  /** The cluster is gone, AWS around it is well. */
  loseCluster(site: SiteName): void {
    this.stopWriting(site);
    this.clusters[site].lose();
  }

  breakApp(site: SiteName, app: App): void {
    this.stopWriting(site);
    for (const namespace of app.namespaces) this.clusters[site].breakApp(namespace);
  }

  /** What AWS serves to the world out of us-east-1 stops: changes in Route 53, metrics and alarms of health checks. */
  loseGlobalControlPlanes(): void {
    this.route53.controlPlane = 'hang';
    this.alarms.endpoint.state = 'hang';
    this.bridge.setRegion(this.options.stacks.global.region, 'lost');
  }

  /** The event of an alarm, beside those that the alarms send by themselves. */
  raiseAlarm(site: SiteName, app: App): void {
    const { region } = this.options.stacks.global;
    const alarmName = `${alarmPrefix(this.config, site)}${app.name}`;
    this.bridge.put(region, {
      version: '0',
      id: `${alarmName} ${this.clock.now()}`,
      'detail-type': 'CloudWatch Alarm State Change',
      source: 'aws.cloudwatch',
      account: ACCOUNT,
      time: eventTime(this.clock.now()),
      region,
      resources: [`arn:aws:cloudwatch:${region}:${ACCOUNT}:alarm:${alarmName}`],
      detail: { alarmName, state: { value: 'ALARM' }, previousState: { value: 'OK' } },
    });
  }

  /** All of us-east-1: what AWS serves from there to the world, its network, and the site there if one is. */
  loseUsEast1(): void {
    this.loseGlobalControlPlanes();
    const { region } = this.options.stacks.global;
    this.internet.setRegion(region, 'lost');
    for (const site of SITE_NAMES) if (this.regionOf(site) === region) this.loseRegion(site);
  }

  regionOf(site: SiteName): string {
    return this.config.sites[site].region;
  }

  /** The site that each authoritative server says main points to; undefined for anything else. */
  mainAt(app: App): (SiteName | undefined)[] {
    const { endpoint } = app;
    const zone = endpoint && this.zones.get(endpoint.zone.id);
    if (!endpoint || !zone) return [];
    return zone.servers.map(server => siteOf(endpoint, cnameAt(zone, server, endpoint.main)));
  }

  /** Whether somebody writes to the volumes of a namespace: its app serves there, or is a worker with Ready pods. */
  private atWork(site: SiteName, namespace: string): boolean {
    const cluster = this.clusters[site];
    const app = this.config.apps.find(({ namespaces }) => namespaces.includes(namespace));
    if (!app || cluster.state === 'lost' || this.internet.regionState(this.regionOf(site)) !== 'up')
      return false;
    return app.endpoint ? this.mainAt(app)[0] === site : this.options.active === site;
  }

  private stopWriting(site: SiteName): void {
    for (const app of this.config.apps)
      for (const namespace of app.namespaces) this.volumes[site].touch(namespace);
  }

  private makeCluster(site: SiteName): FakeCluster {
    const { config, manifests, rbac, notIssued, seed } = this.options;
    const { region, cluster: name } = config.sites[site];
    const cluster = new FakeCluster({
      name,
      region,
      clock: this.clock,
      loadBalancer: {
        hostname: `k8s-ingress-${name}.elb.${region}.amazonaws.com`,
        addresses: ADDRESSES[site],
      },
      random: seededRandom(stableHash(`${seed} ${name}`)),
    });
    cluster.store.installCrds(['velero', 'cert-manager']);
    this.notes.push(
      ...cluster
        .load([...manifests[site], ...rbac[site]], { notIssued: notIssued?.[site] ?? [] })
        .map(note => `${site}: ${note}`),
    );
    return cluster;
  }

  private makeVelero(site: SiteName): FakeVelero {
    const cluster = this.clusters[site];
    const velero = new FakeVelero({
      cluster: cluster.name,
      store: cluster.store,
      clock: this.clock,
      bucket: this.bucket,
      volumes: this.volumes[site],
      pods: {
        hold: (namespace, name) => cluster.holdPod(namespace, name),
        release: (namespace, name) => cluster.releasePod(namespace, name),
      },
      random: seededRandom(stableHash(`${this.options.seed} velero ${site}`)),
    });
    cluster.onState(state => (state === 'up' ? velero.restore() : velero.lose()));
    return velero;
  }

  private makeEks(site: SiteName): FakeEks {
    const { region } = this.config.sites[site];
    const eks = new FakeEks({ clock: this.clock, log: this.calls, region });
    eks.setCluster({ name: this.clusters[site].name, ...addressOf(this.clusters[site]), version: '1.35' });
    return eks;
  }

  private makeS3(site: SiteName, tree: DnsTree): FakeS3 {
    const stack = this.options.stacks[site];
    const s3 = new FakeS3({ clock: this.clock, log: this.calls, region: stack.region });
    addBuckets(stack, s3, this.internet, tree, BUCKET_ADDRESSES[site]);
    return s3;
  }

  private siteOfCluster(cluster: FakeCluster): SiteName {
    return cluster === this.clusters.dr ? 'dr' : 'primary';
  }

  private targets() {
    const siteAt = (region: string) => SITE_NAMES.find(site => this.regionOf(site) === region);
    return {
      stateMachine: ({ region, input }: { region: string; input: string }) => {
        const site = siteAt(region);
        if (site && this.isUp(site)) this.sites[site].machine.start({ input: JSON.parse(input) });
      },
      lambda: async ({ region, arn, input }: { region: string; arn: string; input: string }) => {
        const site = siteAt(region);
        if (!site || !this.isUp(site)) return;
        try {
          await this.sites[site].functions.invoke(arn, JSON.parse(input));
        } catch (error) {
          // EventBridge hands an event over and hears no more of it. A failure is shown all the same, since no Lambda
          // should fail, unless the Region is lost under it.
          if (this.isUp(site)) throw error;
        }
      },
    };
  }

  private isUp(site: SiteName): boolean {
    return this.internet.regionState(this.regionOf(site)) === 'up';
  }

  private tell(say: (observer: Observer) => void): void {
    for (const observer of this.observers) say(observer);
  }
}

function cnameAt(zone: HostedZone, server: string, name: string): string | undefined {
  const answer = zone.ask(server, name, 'CNAME');
  return answer?.kind === 'records' ? answer.records.find(({ type }) => type === 'CNAME')?.value : undefined;
}

function both<T>(make: (site: SiteName) => T): Record<SiteName, T> {
  return { primary: make('primary'), dr: make('dr') };
}

function addressOf({ name, region }: FakeCluster): { endpoint: string; certificateAuthority: string } {
  const id = createHash('sha256').update(name).digest('hex').slice(0, 32).toUpperCase();
  return {
    endpoint: `https://${id}.gr7.${region}.eks.amazonaws.com`,
    certificateAuthority: `-----BEGIN CERTIFICATE-----\n${Buffer.from(id).toString('base64')}\n-----END CERTIFICATE-----\n`,
  };
}
