import type { App, Endpoint, SiteName } from '../../../core/config';
import { siteOf } from '../../../core/flip';
import { mapBounded } from '../../adapters/concurrency';
import type { Deps } from '../../runtime/wire';
import { whereIsMain } from '../looking';

const DNS_MS = 2000;
const AT_ONCE = 100;
const NOBODY: ReadonlySet<SiteName | undefined> = new Set();

/**
 * Where main is, by app, as the zone's own name servers say, past every cache. All of them are asked at first, then one
 * after the other, and all again when one says something new: Route 53 counts every question.
 */
export class Mains {
  private readonly seen = new Map<string, ReadonlySet<SiteName | undefined>>();
  private readonly servers = new Map<string, Promise<string[]>>();
  private turn = 0;

  constructor(private readonly deps: Deps) {}

  /** Every site that some server says main is, undefined for another name; empty when nobody has answered yet. */
  of(app: App): ReadonlySet<SiteName | undefined> {
    return this.seen.get(app.name) ?? NOBODY;
  }

  async refresh(): Promise<void> {
    this.turn++;
    await mapBounded(this.deps.config.apps, AT_ONCE, async app => {
      if (app.endpoint && !(await this.isUnchanged(app, app.endpoint))) await this.askAll(app, app.endpoint);
    });
  }

  private async isUnchanged(app: App, endpoint: Endpoint): Promise<boolean> {
    const known = this.of(app);
    const servers = known.size === 1 ? await this.serversOf(endpoint.zone.name) : [];
    const server = servers[this.turn % servers.length];
    if (server === undefined) return false;
    const answer = await this.deps.network.authoritativeCname(server, endpoint.main, DNS_MS);
    // One silent server says nothing; the next one is asked at the next look.
    return !answer.ok || known.has(siteOf(endpoint, answer.target));
  }

  private async askAll(app: App, endpoint: Endpoint): Promise<void> {
    const { known, sites } = await whereIsMain(this.deps.network, endpoint);
    if (known) this.seen.set(app.name, sites);
  }

  private serversOf(zone: string): Promise<string[]> {
    const servers = this.servers.get(zone) ?? this.deps.network.nameservers(zone, DNS_MS);
    this.servers.set(zone, servers);
    return servers;
  }
}
