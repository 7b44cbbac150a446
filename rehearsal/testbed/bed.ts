import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Config, SiteName } from '../../core/config';
import { otherSite } from '../../core/run';
import { loadConfig } from '../../lib/config';
import { rbacManifests } from '../../lib/rbac';
import type { Report } from '../report';
import { TestbedAws } from './aws/aws';
import { invokeStep, sendToStep } from './aws/invoke';
import { damagePacks, makeBucket, pointMain } from './aws/prepare';
import type { ExecutionView } from './aws/runs';
import type { Parts } from './build';
import { killProcess } from './host/processes';
import { run } from './host/run';
import { makeWorld } from './host/world';
import { API_PORT, AWS, NAME_SERVER_NAMES, NAME_SERVERS, REGIONS, RESOLVER, TOKEN_WEBHOOK } from './network';
import { Backups } from './platform/backups';
import { appManifests, installPlatform } from './platform/install';
import { Pebble } from './platform/pebble';
import { paceVelero, volumeOnItsWay } from './platform/velero';
import { Region } from './region/region';
import { type Delay, Route53DataPlane } from './route53/route53';

export interface BedOptions {
  parts: Parts;
  /** Everything that the bed writes. */
  folder: string;
  /** How much shorter AWS's delays are than in AWS, in (0, 1]. */
  delayFactor: number;
  say: (line: string) => void;
}

export const ORDERS = join(__dirname, 'orders');
export const ORDERS_CONFIG = join(ORDERS, 'lifeboat.yaml');
const SITES: readonly SiteName[] = ['primary', 'dr'];
const PEACE_SECONDS = 300;
const PEACE = 'between two looks whether the standby could take over';
/** AWS says "generally within 60 seconds"; usually it is much less. */
const PROPAGATION_MS = 15_000;

export interface RunView extends ExecutionView {
  site: SiteName;
  region: string;
}

/** Two Regions, AWS, the Internet between them, and the shop on top; all inside the namespaces of this process. */
export class Bed {
  readonly config: Config = loadConfig(ORDERS_CONFIG);

  private constructor(
    private readonly options: BedOptions,
    readonly aws: TestbedAws,
    readonly route53: Route53DataPlane,
    readonly pebble: Pebble,
    readonly regions: Readonly<Record<SiteName, Region>>,
    readonly backups: Backups,
  ) {}

  static async up(options: BedOptions): Promise<Bed> {
    const { parts, folder, say } = options;
    mkdirSync(folder, { recursive: true });
    await makeWorld();
    await useResolver(folder);
    const config = loadConfig(ORDERS_CONFIG);
    const pebble = new Pebble(parts.bin('pebble'), join(folder, 'pebble'));
    const aws = await TestbedAws.start({
      ...AWS,
      webhook: TOKEN_WEBHOOK,
      python: parts.python,
      folder: join(folder, 'aws'),
      regions: SITES.map(site => config.sites[site].region),
      functionVariables: { NODE_EXTRA_CA_CERTS: pebble.rootFile },
    });
    say('AWS answers.');
    const route53 = await Route53DataPlane.start({
      control: aws.emulator.control,
      aws: aws.client('us-east-1'),
      servers: NAME_SERVERS,
      staticNames: NAME_SERVER_NAMES,
      delayFactor: options.delayFactor,
      propagationMs: PROPAGATION_MS,
      log: say,
    });
    const regions = {
      primary: regionOf('primary', options, config, aws),
      dr: regionOf('dr', options, config, aws),
    };
    const backups = new Backups(parts.bin('velero'), folder, site => regions[site].kubectl);
    const bed = new Bed(options, aws, route53, pebble, regions, backups);
    try {
      await bed.furnish();
    } catch (error) {
      await bed.down();
      throw error;
    }
    return bed;
  }

  get folder(): string {
    return this.options.folder;
  }

  regionOf(site: SiteName): string {
    return this.config.sites[site].region;
  }

  /** Link, Pods, control plane, functions, executions: all of it at once. */
  async loseRegion(site: SiteName): Promise<void> {
    await Promise.all([this.regions[site].die(), this.aws.setRegion(this.regionOf(site), 'lost')]);
  }

  /** It boots again from its old disk. */
  async restoreRegion(site: SiteName): Promise<void> {
    await this.aws.setRegion(this.regionOf(site), 'up');
    await this.regions[site].boot();
  }

  /** The executions of the Regions that can be seen, oldest first. */
  async runs(): Promise<RunView[]> {
    const lists = await Promise.all(
      SITES.map(async site => {
        const region = this.regionOf(site);
        const runs = await this.aws.whileThere(region, () => this.aws.executions(region), []);
        return runs.map(run => ({ ...run, site, region }));
      }),
    );
    return lists.flat().sort((a, b) => a.start - b.start);
  }

  /** Every state that a run entered, in order. */
  async enteredStates(): Promise<{ at: number; state: string; run: string }[]> {
    const lists = await Promise.all(
      (await this.runs()).map(async ({ region, arn, name }) => {
        const states = await this.aws.whileThere(region, () => this.aws.history(region, arn), []);
        return states.map(({ at, state }) => ({ at, state, run: name }));
      }),
    );
    return lists.flat().sort((a, b) => a.at - b.at);
  }

  /** Calls to AWS's APIs that were made with the credentials of Lifeboat's functions. */
  lifeboatCalls(since: number): Report['calls'] {
    return this.aws.calls.flatMap(({ at, region, service, action, accessKey, status }) => {
      const step = this.aws.functions.functionOf(accessKey)?.variables.LIFEBOAT_STEP;
      if (step === undefined || at < since) return [];
      const when = new Date(at).toISOString();
      return [{ at: when, step, service, action, region, resource: '', outcome: String(status) }];
    });
  }

  /** Where the first name server leads customers of main. */
  mainTarget(): string | undefined {
    const main = this.config.apps[0]?.endpoint?.main ?? '';
    const cname = this.route53.lookup(main, 'CNAME').find(({ type }) => type === 'CNAME');
    return cname?.value.replace(/\.$/, '');
  }

  /** As a person does it, past Lifeboat. */
  async pointMain(host: string): Promise<void> {
    const { zone, apps } = this.config;
    for (const { endpoint } of apps) {
      if (!endpoint) continue;
      const record = { main: endpoint.main, host, ttl: endpoint.ttlSeconds };
      // Route 53's one control plane is in us-east-1, whichever Region is lost.
      await pointMain(this.aws.client('us-east-1'), zone.id, record);
    }
  }

  /** What the other site has backed up can be restored no more: the packs that lie in the site's Region are damaged. */
  async damageBackups(site: SiteName): Promise<void> {
    await damagePacks(this.client(site), `orders-backups-${otherSite(site)}`);
  }

  /**
   * Kills that process of the site's Velero as soon as the bytes of a volume are on their way back.
   * @param command words of its command line
   * @throws NeverRestored
   */
  async killInRestore(site: SiteName, command: string): Promise<void> {
    await volumeOnItsWay(this.regions[site].kubectl);
    killProcess(this.regions[site].cgroup, command);
  }

  /** Somebody takes main out of the site's certificate; resolves when cert-manager has got the new one. */
  async ownNameOnly(site: SiteName): Promise<void> {
    const { kubectl } = this.regions[site];
    const host = this.config.apps[0]?.endpoint?.hosts[site];
    const kind = 'certificates.cert-manager.io';
    const before = Number((await kubectl.get(kind, 'shop', 'orders'))?.status?.revision);
    await kubectl.patch(kind, 'shop', 'orders', { spec: { dnsNames: [host] } });
    await kubectl.wait(`${kind}/shop`, `jsonpath={.status.revision}=${before + 1}`, 120, 'orders');
  }

  /** Lets each site that is there look whether it could take over, as it does every five minutes: it remembers what the other has. */
  async lookInPeace(): Promise<void> {
    const there = SITES.filter(site => !this.aws.isLost(this.regionOf(site)));
    for (const site of there) await invokeStep(this.client(site), 'preflight', { peace: true });
  }

  /**
   * Lets the sites look in peace as often as the stacks' schedule says, but not while a run is at work: whether the
   * standby's message would come before or after the run's is chance. @returns what ends it
   */
  keepLooking(): () => void {
    const { say, delayFactor } = this.options;
    const look = async () => {
      const runs = await this.runs();
      if (!runs.some(({ status }) => status === 'RUNNING')) await this.lookInPeace();
    };
    const timer = setInterval(
      () => {
        look().catch((error: Error) => say(`The look in peace failed: ${error.message}`));
      },
      PEACE_SECONDS * 1000 * delayFactor,
    );
    return () => clearInterval(timer);
  }

  /** Sends a guard on duty besides those that the stack's rule sends each minute; it relieves the one that is there. */
  async sendGuard(site: SiteName): Promise<void> {
    await sendToStep(this.client(site), 'guard', { watch: true });
  }

  /** What takes its time in AWS, and what it takes here, in seconds. */
  delays(): Record<string, Delay> {
    const { delayFactor } = this.options;
    return { ...this.route53.delays(), [PEACE]: { real: PEACE_SECONDS, here: PEACE_SECONDS * delayFactor } };
  }

  async down(): Promise<void> {
    await Promise.all(SITES.map(site => this.regions[site].die()));
    await this.pebble.stop();
    await this.route53.stop();
    await this.aws.stop();
  }

  private async furnish(): Promise<void> {
    const { say } = this.options;
    const { zone, apps } = this.config;
    await this.route53.createZone(zone.id, zone.name);
    await this.pebble.start();
    // Each site's backups lie in the other's Region, where they are needed.
    for (const site of SITES) await makeBucket(this.client(otherSite(site)), `orders-backups-${site}`);
    for (const { endpoint } of apps) if (endpoint) await this.pointMain(endpoint.hosts.primary);
    await Promise.all([this.prepareDeployment(), ...SITES.map(site => this.furnishRegion(site))]);
    // Both prove main at the same name; one after the other, as in a life where dr joined later.
    for (const site of SITES) {
      await this.regions[site].kubectl.wait('certificate/shop', 'condition=Ready', 120, 'orders');
      say(`${site} has its certificate.`);
    }
    await this.regions.primary.kubectl.rollout('deployment/front', 'orders', 60);
    await this.regions.primary.kubectl.rollout('deployment/orders', 'orders', 60);
    say('The shop is open.');
    // Only now, as its users do: before, every health check would find the site down.
    await this.aws.deploy(ORDERS_CONFIG);
    say('Lifeboat is deployed in both Regions.');
  }

  private async prepareDeployment(): Promise<void> {
    await this.aws.bootstrap();
    await Promise.all(
      SITES.map(async site => {
        const { region, cluster } = this.config.sites[site];
        await this.regions[site].certificates.make();
        await this.aws.setCluster({
          region,
          name: cluster,
          endpoint: `https://${REGIONS[site].node}:${API_PORT}`,
          certificateAuthority: this.regions[site].certificates.authority(),
          version: '1.35',
        });
      }),
    );
  }

  private async furnishRegion(site: SiteName): Promise<void> {
    const region = this.regions[site];
    const { say, parts, folder, delayFactor } = this.options;
    await region.boot();
    say(`${site} has a cluster with a node.`);
    await installPlatform({
      site,
      kubectl: region.kubectl,
      parts,
      folder: join(folder, site),
      credentials: this.aws.operator,
      zone: this.config.zone,
      propagationSeconds: (PROPAGATION_MS * delayFactor) / 1000,
      acme: { directory: this.pebble.directory, authority: this.pebble.serverAuthority },
    });
    await region.kubectl.apply(appManifests(join(ORDERS, site)));
    await paceVelero(region.kubectl, new Date());
    await region.kubectl.apply(rbacManifests(this.config, site));
    say(`${site} has its platform.`);
  }

  private client(site: SiteName): ReturnType<TestbedAws['client']> {
    return this.aws.client(this.config.sites[site].region);
  }
}

/** Everybody in the bed resolves names through its own name servers. */
async function useResolver(folder: string): Promise<void> {
  const file = join(folder, 'resolv.conf');
  writeFileSync(file, `nameserver ${RESOLVER}\noptions timeout:1 attempts:2\n`);
  await run(['mount', '--bind', file, '/etc/resolv.conf']);
}

function findRunc(folders: readonly string[]): string {
  const found = folders.map(folder => join(folder, 'runc')).find(file => existsSync(file));
  if (found) return found;
  throw new Error(`There is no runc in ${folders.join(', ')}; type "npm run testbed:build".`);
}

function regionOf(site: SiteName, { parts, folder }: BedOptions, config: Config, aws: TestbedAws): Region {
  const { region, cluster } = config.sites[site];
  const tokenWebhookConfig = join(folder, `${site}-token-webhook.kubeconfig`);
  writeFileSync(tokenWebhookConfig, aws.tokenWebhookConfig(region, cluster));
  const { debian } = parts;
  return new Region({
    site,
    region,
    folder: join(folder, site),
    bin: name => parts.bin(name),
    debian: {
      path: debian.bin.join(delimiter),
      libraries: debian.lib.join(delimiter),
      cni: debian.cni,
      runc: findRunc(debian.bin),
    },
    images: parts.images().map(({ archive }) => archive),
    tokenWebhookConfig,
  });
}
