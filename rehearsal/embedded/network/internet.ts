import type { Certificate, WebResult } from '../../../core/network';
import type { VirtualClock } from '../virtual-clock';
import { refusal } from './certificates';
import type { DnsTree } from './dns-tree';

/** What a host sees of a request. */
export interface HostRequest {
  /** SNI; absent for plain HTTP. */
  serverName?: string;
  host: string;
  path: string;
  port: number;
}

export type HostAnswer =
  | { ok: true; status: number; body: string; certificate?: Certificate; afterMs?: number }
  /**
   * `refused`: nothing listens. `hang`: the connection is taken and nothing comes. `reset`: it is cut off instead
   * of an answer. `tls`: the handshake fails on the host's side.
   */
  | { ok: false; failure: 'refused' | 'hang' | 'reset' | 'tls'; detail?: string; certificate?: Certificate };

/** Something with an address: a load balancer, a registry, a bucket. */
export interface Host {
  region: string;
  accept(request: HostRequest): HostAnswer | Promise<HostAnswer>;
}

/** `lost`: packets from and to it vanish. `refusing`: its hosts refuse connections. */
export type RegionState = 'up' | 'lost' | 'refusing';

export interface Exchange {
  /** The Region of the client; any other word for clients that are in none, such as `customers`. */
  from: string;
  address: string;
  port: number;
  serverName?: string;
  host: string;
  path: string;
  deadlineMs: number;
  /** Whether the client refuses a bad certificate. Health checkers of Route 53 do not. */
  verify: boolean;
}

export interface InternetOptions {
  clock: VirtualClock;
  tree: DnsTree;
  /** One way, in milliseconds. Default: 1 within a Region, 30 otherwise. */
  latencyMs?: (from: string, to: string) => number;
}

/** Addresses, what stands behind them, and what lies between. */
export class Internet {
  readonly hosts = new Map<string, Host>();
  readonly clock: VirtualClock;
  readonly tree: DnsTree;
  private readonly regions = new Map<string, RegionState>();
  private readonly cuts = new Set<string>();
  private readonly sealed = new Set<string>();

  constructor(private readonly options: InternetOptions) {
    this.clock = options.clock;
    this.tree = options.tree;
  }

  setRegion(region: string, state: RegionState): void {
    this.regions.set(region, state);
  }

  regionState(region: string): RegionState {
    return this.regions.get(region) ?? 'up';
  }

  /** Connections from one place to another vanish, in this direction, while both are up for everybody else. */
  cut(from: string, to: string): void {
    this.cuts.add(`${from} ${to}`);
  }

  heal(from: string, to: string): void {
    this.cuts.delete(`${from} ${to}`);
  }

  /** Nothing that leaves the Region arrives any more, and what comes in does. Names are still resolved inside. */
  seal(region: string): void {
    this.sealed.add(region);
  }

  unseal(region: string): void {
    this.sealed.delete(region);
  }

  /** Whether what leaves the Region arrives. */
  leadsOut(region: string): boolean {
    return !this.sealed.has(region);
  }

  /** Whether packets arrive. */
  connects(from: string, to: string): boolean {
    if (this.cuts.has(`${from} ${to}`) || (from !== to && this.sealed.has(from))) return false;
    return this.regionState(from) !== 'lost' && this.regionState(to) !== 'lost';
  }

  /** One request on a connection of its own: TCP, TLS, HTTP. */
  async exchange(exchange: Exchange): Promise<WebResult> {
    const began = this.clock.now();
    const attempt = new Attempt(this.clock, exchange.deadlineMs);
    const result = await this.attempt(exchange, attempt);
    return result.ok ? { ...result, tookMs: this.clock.now() - began } : result;
  }

  private async attempt(exchange: Exchange, attempt: Attempt): Promise<WebResult> {
    const { from, address, port, serverName } = exchange;
    const host = this.hosts.get(address);
    const connected = host !== undefined && (await this.roundTrips(1, from, host.region, attempt));
    // An address where nothing stands any more, as of a deleted load balancer, is not refused: packets vanish.
    if (!connected) return attempt.timeOut();
    if (this.regionState(host.region) === 'refusing') return unreachable(address, port);
    const { path, host: hostName } = exchange;
    const asked = { host: hostName, path, port, ...(serverName === undefined ? {} : { serverName }) };
    const answer = await host.accept(asked);
    if (!answer.ok && answer.failure === 'refused') return unreachable(address, port);
    if (serverName !== undefined) {
      if (!(await this.roundTrips(2, from, host.region, attempt))) return attempt.timeOut();
      const failed = this.handshake(answer, serverName, exchange.verify);
      if (failed) return failed;
    }
    const processing = answer.ok ? (answer.afterMs ?? 2) : 0;
    const arrived =
      (await attempt.spend(processing)) && (await this.roundTrips(1, from, host.region, attempt));
    if (!arrived || (!answer.ok && answer.failure === 'hang')) {
      return attempt.timeOut();
    }
    if (!answer.ok)
      return { ok: false, failure: 'http', detail: answer.detail ?? 'ECONNRESET: socket hang up' };
    const { status, body, certificate } = answer;
    return { ok: true, status, body, ...(certificate && { certificate }), tookMs: 0 };
  }

  /** The handshake is completed without verification, the certificate read, and judged then. */
  private handshake(answer: HostAnswer, serverName: string, verify: boolean): WebResult | undefined {
    const { certificate } = answer;
    const failed = (detail: string): WebResult => ({
      ok: false,
      failure: 'tls',
      detail,
      ...(certificate && { certificate }),
    });
    if (!answer.ok && answer.failure === 'tls')
      return failed(answer.detail ?? 'EPROTO: tls alert handshake failure');
    if (!answer.ok) return undefined;
    if (!certificate) return failed('EPROTO: wrong version number');
    const problem = verify ? refusal(certificate, serverName, this.clock.now()) : undefined;
    return problem === undefined ? undefined : failed(problem);
  }

  /** @returns false when the packets vanish, or time is up. What began before an outage is caught by it. */
  private async roundTrips(count: number, from: string, to: string, attempt: Attempt): Promise<boolean> {
    if (!this.connects(from, to)) return false;
    const oneWay = this.options.latencyMs?.(from, to) ?? (from === to ? 1 : 30);
    return (await attempt.spend(count * 2 * oneWay)) && this.connects(from, to);
  }
}

/** The time that a request may take. */
class Attempt {
  private readonly deadline: number;

  constructor(
    private readonly clock: VirtualClock,
    private readonly deadlineMs: number,
  ) {
    this.deadline = clock.now() + deadlineMs;
  }

  /** @returns false when the deadline comes first. */
  async spend(ms: number): Promise<boolean> {
    const left = Math.max(0, this.deadline - this.clock.now());
    await this.clock.sleep(Math.min(ms, left));
    return ms <= left;
  }

  /** One deadline is for all of it: the system's own, of minutes, is never reached. */
  async timeOut(): Promise<WebResult> {
    await this.clock.sleep(Math.max(0, this.deadline - this.clock.now()));
    return { ok: false, failure: 'timeout', detail: `no answer within ${this.deadlineMs} ms` };
  }
}

function unreachable(address: string, port: number): WebResult {
  return { ok: false, failure: 'unreachable', detail: `connect ECONNREFUSED ${address}:${port}` };
}
