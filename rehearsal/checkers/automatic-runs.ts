import { SITE_NAMES, type SiteName } from '../../core/config';
import { unexpected } from '../../core/health';
import { otherSite } from '../../core/run';
import { type Checker, clockTime, type Finding, found, type Watched } from './checker';

/**
 * I4: no automatic run without a `down` verdict over the whole dwell time. Asks both sites of every app itself, every
 * second, and looks back from the first thing that an automatic run changed.
 */
export class AutomaticRuns implements Checker {
  readonly id = 'I4';
  /** When the site was last seen to serve the app: `app site` → ms since the epoch. */
  private readonly lastGood = new Map<string, number>();
  private readonly judged = new Map<string, string>();
  private readonly violations: string[] = [];
  private seen = 0;

  constructor(private readonly watched: Watched) {
    const { night } = watched;
    night.clock.every(1000, () => {
      for (const site of SITE_NAMES) for (const { name } of night.config.apps) void this.look(name, site);
      this.judge();
    });
  }

  private async look(name: string, site: SiteName): Promise<void> {
    const { night } = this.watched;
    const endpoint = night.config.apps.find(app => app.name === name)?.endpoint;
    const address = night.clusters[site].loadBalancer.addresses[0];
    if (!endpoint || !address) return;
    const at = night.clock.now();
    const result = await night.internet.exchange({
      from: 'checker',
      address,
      port: 443,
      serverName: endpoint.hosts[site],
      host: endpoint.hosts[site],
      path: endpoint.health.path,
      deadlineMs: 2000,
      verify: false,
    });
    if (result.ok && !unexpected(result, endpoint.health)) this.lastGood.set(`${name} ${site}`, at);
  }

  /** Looks at what happened in the last second: the first change of each app by each automatic run is judged. */
  private judge(): void {
    const { night } = this.watched;
    const { calls } = night.calls;
    for (; this.seen < calls.length; this.seen++) {
      const call = calls[this.seen];
      if (!call?.run || !CHANGES.test(call.action) || call.service !== 'kubernetes') continue;
      const left = this.leftBy(call.run);
      const app = night.config.apps.find(({ namespaces }) =>
        namespaces.some(ns => call.resource.includes(`/namespaces/${ns}/`)),
      );
      if (!left || !app?.endpoint || this.judged.has(`${call.run} ${app.name}`)) continue;
      this.judged.set(`${call.run} ${app.name}`, `${app.name} at ${clockTime(call.at)}`);
      const badSeconds = (call.at - (this.lastGood.get(`${app.name} ${left}`) ?? 0)) / 1000;
      if (badSeconds >= app.dwellSeconds) continue;
      this.violations.push(
        `run ${call.run} changed ${app.name} at ${clockTime(call.at)}, ${badSeconds} s after ${left} had served it well`,
      );
    }
  }

  /** The site that an automatic run leaves; undefined for a run that a person asked for. */
  private leftBy(run: string): SiteName | undefined {
    return SITE_NAMES.find(site =>
      this.watched.night.sites[otherSite(site)].machine
        .executions()
        .some(
          ({ name, input }) =>
            name === run && AUTOMATIC.includes((input as { startedBy?: string } | null)?.startedBy ?? ''),
        ),
    );
  }

  finding(): Finding {
    const changed = [...this.judged.values()];
    const evidence =
      changed.length > 0
        ? `first changes: ${changed.join(', ')}; each was down for its dwell time by then`
        : 'no automatic run changed anything';
    return found(this.id, this.violations, evidence);
  }
}

const AUTOMATIC = ['alarm', 'guard'];
const CHANGES = /^(PATCH|POST|DELETE)/;
