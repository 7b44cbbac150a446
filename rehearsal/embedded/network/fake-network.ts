import { isIP } from 'node:net';
import type { Cname, Lookup, Network, WebRequest, WebResult } from '../../../core/network';
import type { CallLog } from '../calls';
import { authoritativeCnameOf, nameserversOf } from './authoritative';
import { Resolver } from './dns';
import type { Internet } from './internet';

export interface FakeNetworkOptions {
  internet: Internet;
  log: CallLog;
  /** Where the machine stands that this is the network of. */
  region: string;
  seed: string;
}

/** The network as one machine has it: its place, and its resolver with its cache. */
export class FakeNetwork implements Network {
  readonly resolver: Resolver;

  constructor(private readonly options: FakeNetworkOptions) {
    const { internet, region, seed } = options;
    this.resolver = new Resolver({ clock: internet.clock, tree: internet.tree, seed: `${seed} ${region}` });
  }

  lookup(name: string, deadlineMs: number): Promise<Lookup> {
    return this.recorded('lookup', name, this.options.region, () => this.resolve(name, deadlineMs));
  }

  nameservers(zone: string, deadlineMs: number): Promise<string[]> {
    return this.options.log.record(this.call('nameservers', zone, this.options.region), async () => {
      if (!this.isCutOff()) return nameserversOf(this.resolver, zone, deadlineMs);
      await this.options.internet.clock.sleep(deadlineMs);
      return [];
    });
  }

  authoritativeCname(server: string, name: string, deadlineMs: number): Promise<Cname> {
    const { clock, tree } = this.options.internet;
    return this.recorded('authoritativeCname', `${name} at ${server}`, this.options.region, () =>
      authoritativeCnameOf({ clock, tree, reachable: this.reachesServers() }, server, name, deadlineMs),
    );
  }

  request(request: WebRequest): Promise<WebResult> {
    const region = this.options.internet.hosts.get(request.address)?.region ?? '';
    const resource = `${request.host}:${request.port}${request.path} at ${request.address}`;
    return this.recorded('request', resource, region, () => this.exchange(request));
  }

  private async exchange(request: WebRequest): Promise<WebResult> {
    const { internet, region } = this.options;
    const began = internet.clock.now();
    const found = isIP(request.address) ? undefined : await this.resolve(request.address, request.deadlineMs);
    if (found?.ok === false) {
      const failure = found.failure === 'no-such-name' ? 'unreachable' : 'timeout';
      return { ok: false, failure, detail: found.detail };
    }
    const spent = internet.clock.now() - began;
    const result = await internet.exchange({
      ...request,
      from: region,
      address: found?.addresses[0] ?? request.address,
      deadlineMs: request.deadlineMs - spent,
      verify: true,
    });
    return result.ok ? { ...result, tookMs: result.tookMs + spent } : result;
  }

  private async resolve(name: string, deadlineMs: number): Promise<Lookup> {
    if (!this.isCutOff()) return this.resolver.lookup(name, deadlineMs);
    await this.options.internet.clock.sleep(deadlineMs);
    return { ok: false, failure: 'no-answer', detail: `queryA ETIMEOUT ${name}` };
  }

  private isCutOff(): boolean {
    return this.options.internet.regionState(this.options.region) === 'lost';
  }

  /** Lookups go through the Region's own resolver; questions to name servers leave the Region. */
  private reachesServers(): boolean {
    return !this.isCutOff() && this.options.internet.leadsOut(this.options.region);
  }

  private call(action: string, resource: string, region: string) {
    return { service: 'network', action, region, resource };
  }

  /** Failures of the network are values, and yet the log of calls shall show them. */
  private async recorded<T extends { ok: true } | { ok: false; failure: string }>(
    action: string,
    resource: string,
    region: string,
    work: () => Promise<T>,
  ): Promise<T> {
    let result: T | undefined;
    try {
      await this.options.log.record(this.call(action, resource, region), async () => {
        result = await work();
        if (!result.ok) throw new Outcome(result.failure);
      });
    } catch (error) {
      if (!(error instanceof Outcome)) throw error;
    }
    if (!result) throw new Error(`network ${action} ${resource} ended without a result`);
    return result;
  }
}

/** Only to give the log a name for what happened. */
class Outcome extends Error {
  constructor(failure: string) {
    super(failure);
    this.name = failure;
  }
}
