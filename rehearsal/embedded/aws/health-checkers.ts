import type { NightClock } from '../virtual-clock';
import { FakeLimit, onlyKnown } from './fake-limit';
import { seeded } from './random';

/** `HealthCheckConfig` of AWS::Route53::HealthCheck: the parts that the fake knows. */
export interface EndpointCheckConfig {
  Type: 'HTTPS' | 'HTTPS_STR_MATCH' | 'HTTP' | 'HTTP_STR_MATCH';
  FullyQualifiedDomainName: string;
  Port?: number;
  ResourcePath?: string;
  SearchString?: string;
  RequestInterval?: 10 | 30;
  FailureThreshold?: number;
  EnableSNI?: boolean;
  Inverted?: boolean;
  Disabled?: boolean;
  MeasureLatency?: boolean;
  Regions?: string[];
}

/** A check on other checks: healthy while at least so many of them are. */
export interface CalculatedCheckConfig {
  Type: 'CALCULATED';
  ChildHealthChecks: string[];
  HealthThreshold: number;
  Inverted?: boolean;
}

export type HealthCheckConfig = EndpointCheckConfig | CalculatedCheckConfig;

const fields = [
  'Type',
  'FullyQualifiedDomainName',
  'Port',
  'ResourcePath',
  'SearchString',
  'RequestInterval',
  'FailureThreshold',
  'EnableSNI',
  'Inverted',
  'Disabled',
  'MeasureLatency',
  'Regions',
];

/** One request of one checker. */
export interface Probe {
  /** Where the checker stands. */
  region: string;
  name: string;
  port: number;
  path: string;
  /** Undefined without TLS or with EnableSNI off. */
  serverName: string | undefined;
  tls: boolean;
  /** "must be able to establish a TCP connection within four seconds", then answer "within two seconds". */
  deadlineMs: number;
}

export type ProbeResult = { ok: true; status: number; body: string } | { ok: false; detail: string };

/** The default Regions, all that there are (API_HealthCheckConfig.html, `Regions`). */
const allRegions = [
  'us-east-1',
  'us-west-1',
  'us-west-2',
  'eu-west-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-northeast-1',
  'sa-east-1',
];

export interface HealthCheckersOptions {
  clock: NightClock;
  seed: string;
  probe: (probe: Probe) => Promise<ProbeResult>;
  /** Checkers in such a Region neither probe nor count. An assumption: AWS does not say. */
  isLost?: (region: string) => boolean;
  /** AWS does not document it; about 15 checkers in all are commonly seen. Default 2. */
  checkersPerRegion?: number;
}

/** No name server lags by more. */
const REMEMBERED_MS = 30 * 60_000;

/** A check that has been at work for long: what its checkers have found, and when they look next. */
export interface AtWork {
  answers: boolean;
  nextLookAfterMs: number;
}

interface Checker {
  region: string;
  healthy: boolean;
  /** Whether it has looked at all. */
  looked: boolean;
  /** Consecutive results that contradict `healthy`. */
  against: number;
}

interface Check {
  config: HealthCheckConfig;
  /** None for a calculated check. */
  checkers: Checker[];
  healthy: boolean;
  /** What it was before each change, for name servers that have not heard of it yet. */
  before: { until: number; healthy: boolean }[];
}

/**
 * Route 53's health checkers: a data plane of their own, in many Regions.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
 */
export class HealthCheckers {
  private readonly checks = new Map<string, Check>();
  private readonly listeners: ((id: string, healthy: boolean, detail: string) => void)[] = [];

  constructor(private readonly options: HealthCheckersOptions) {}

  /** @param atWork left out for a check that is new */
  add(id: string, config: HealthCheckConfig, atWork?: AtWork): void {
    if (config.Type === 'CALCULATED') this.addCalculated(id, config);
    else this.addEndpoint(id, config, atWork);
  }

  private addCalculated(id: string, config: CalculatedCheckConfig): void {
    onlyKnown(`health check ${id}`, config, ['Type', 'ChildHealthChecks', 'HealthThreshold', 'Inverted']);
    const check: Check = { config, checkers: [], healthy: true, before: [] };
    check.healthy = this.calculated(config);
    this.checks.set(id, check);
    this.onChange(child => {
      if (config.ChildHealthChecks.includes(child))
        this.become(id, check, this.calculated(config), `by ${child}`);
    });
  }

  private calculated({ ChildHealthChecks, HealthThreshold, Inverted }: CalculatedCheckConfig): boolean {
    const healthy = ChildHealthChecks.filter(child => this.known(child).healthy).length;
    return healthy >= HealthThreshold !== (Inverted === true);
  }

  private addEndpoint(id: string, config: EndpointCheckConfig, atWork: AtWork | undefined): void {
    onlyKnown(`health check ${id}`, config, fields);
    const search = config.Type.endsWith('_STR_MATCH');
    if (!/^HTTPS?(_STR_MATCH)?$/.test(config.Type)) throw new FakeLimit(`health check type ${config.Type}`);
    if (search !== (config.SearchString !== undefined))
      throw new FakeLimit(`${id}: SearchString goes with *_STR_MATCH`);
    const regions = config.Regions ?? allRegions;
    if (regions.length < 3) throw new FakeLimit(`${id}: Route 53 wants at least three Regions`);
    const { clock, seed, checkersPerRegion = 2 } = this.options;
    const random = seeded(`${seed} health check ${id}`);
    const interval = (config.RequestInterval ?? 30) * 1000;
    // "Route 53 considers a new health check to be healthy until there's enough data to determine the actual
    // status"; with inversion the check then starts as unhealthy.
    const answers = atWork?.answers ?? true;
    const checkers = regions.flatMap(region =>
      Array.from({ length: checkersPerRegion }, () => ({
        region,
        healthy: answers,
        looked: atWork !== undefined,
        against: 0,
      })),
    );
    const check: Check = { config, checkers, healthy: (config.Inverted === true) !== answers, before: [] };
    this.checks.set(id, check);
    if (config.Disabled) return;
    for (const checker of checkers) {
      // "health checkers in different data centers don't coordinate with one another"
      clock.after((atWork?.nextLookAfterMs ?? 0) + random() * interval, () => {
        void this.probe(id, check, config, checker);
        clock.every(interval, () => void this.probe(id, check, config, checker));
      });
    }
  }

  /**
   * What failover and weighted records ask, inversion included. A disabled check is healthy, or inverted not.
   * @param at now if left out; earlier, for who hears of it late
   */
  isHealthy(id: string, at?: number): boolean {
    const { healthy, before } = this.known(id);
    const then = at === undefined ? undefined : before.find(({ until }) => at < until);
    return then?.healthy ?? healthy;
  }

  /** The HealthCheckPercentageHealthy metric. */
  percentageHealthy(id: string): number {
    const counted = this.counted(this.known(id));
    return counted.length === 0
      ? 0
      : (100 * counted.filter(checker => checker.healthy).length) / counted.length;
  }

  configOf(id: string): HealthCheckConfig {
    return this.known(id).config;
  }

  /** What each checker found when it looked last, inversion not included; nothing of a checker that has not looked. */
  observations(id: string): { region: string; answers: boolean }[] {
    return this.counted(this.known(id))
      .filter(({ looked }) => looked)
      .map(({ region, healthy }) => ({ region, answers: healthy }));
  }

  ids(): string[] {
    return [...this.checks.keys()];
  }

  onChange(listener: (id: string, healthy: boolean, detail: string) => void): void {
    this.listeners.push(listener);
  }

  private async probe(
    id: string,
    check: Check,
    config: EndpointCheckConfig,
    checker: Checker,
  ): Promise<void> {
    if (this.options.isLost?.(checker.region))
      return this.judge(id, check, `checkers of ${checker.region} lost`);
    const tls = config.Type.startsWith('HTTPS');
    const result = await this.options.probe({
      region: checker.region,
      name: config.FullyQualifiedDomainName,
      port: config.Port ?? (tls ? 443 : 80),
      path: config.ResourcePath ?? '/',
      serverName: tls && config.EnableSNI !== false ? config.FullyQualifiedDomainName : undefined,
      tls,
      deadlineMs: 6000,
    });
    checker.looked = true;
    const problem = unhealthy(result, config);
    if ((problem === undefined) === checker.healthy) checker.against = 0;
    else checker.against += 1;
    if (checker.against >= (config.FailureThreshold ?? 3)) {
      checker.healthy = !checker.healthy;
      checker.against = 0;
    }
    this.judge(id, check, problem ?? 'answers');
  }

  /** "If more than 18% of health checkers report that an endpoint is healthy, Route 53 considers it healthy." */
  private judge(id: string, check: Check, detail: string): void {
    const counted = this.counted(check);
    if (counted.length === 0) return;
    const share = counted.filter(checker => checker.healthy).length / counted.length;
    const healthy = share > 0.18 !== (check.config.Inverted === true);
    this.become(id, check, healthy, detail);
  }

  private become(id: string, check: Check, healthy: boolean, detail: string): void {
    if (healthy === check.healthy) return;
    const now = this.options.clock.now();
    check.before = [
      ...check.before.filter(({ until }) => until > now - REMEMBERED_MS),
      { until: now, healthy: check.healthy },
    ];
    check.healthy = healthy;
    for (const listener of this.listeners) listener(id, healthy, detail);
  }

  private counted(check: Check): Checker[] {
    return check.checkers.filter(checker => !this.options.isLost?.(checker.region));
  }

  private known(id: string): Check {
    const check = this.checks.get(id);
    if (!check) throw new FakeLimit(`no health check ${id}`);
    return check;
  }
}

/** Certificates are not looked at: "HTTPS health checks don't validate SSL/TLS certificates". */
function unhealthy(result: ProbeResult, config: EndpointCheckConfig): string | undefined {
  if (!result.ok) return result.detail;
  if (result.status < 200 || result.status >= 400) return `HTTP ${result.status}`;
  const searched = config.SearchString;
  // "The string must appear entirely in the first 5,120 bytes of the response body".
  if (searched !== undefined && !firstBytes(result.body, 5120).includes(searched)) {
    return `"${searched}" is not in the first 5,120 bytes of the body`;
  }
  return undefined;
}

function firstBytes(text: string, bytes: number): string {
  return Buffer.from(text, 'utf8').subarray(0, bytes).toString('utf8');
}
