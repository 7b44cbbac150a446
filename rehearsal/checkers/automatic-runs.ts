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

  private judge(): void {
    const { night } = this.watched;
    for (const site of SITE_NAMES) {
      for (const execution of night.sites[site].machine.executions()) {
        const automatic = (execution.input as { startedBy?: string } | null)?.startedBy === 'alarm';
        if (!automatic || this.judged.has(execution.name)) continue;
        const first = night.calls.calls.find(call => call.run === execution.name && isChange(call));
        if (first) this.judged.set(execution.name, this.verdictAt(first.at, otherSite(site), execution.name));
      }
    }
  }

  private verdictAt(at: number, left: SiteName, run: string): string {
    const { night } = this.watched;
    const moved = night.config.apps.filter(
      ({ endpoint, namespaces }) =>
        endpoint &&
        night.calls.calls.some(
          call =>
            call.run === run && isChange(call) && namespaces.some(ns => call.resource.includes(`/${ns}/`)),
        ),
    );
    for (const { name, dwellSeconds } of moved) {
      const badSeconds = (at - (this.lastGood.get(`${name} ${left}`) ?? 0)) / 1000;
      if (badSeconds >= dwellSeconds) continue;
      this.violations.push(
        `run ${run} changed ${name} at ${clockTime(at)}, ${badSeconds} s after ${left} had served it well`,
      );
    }
    return `${moved.map(({ name }) => name).join(', ')} at ${clockTime(at)}`;
  }

  finding(): Finding {
    const runs = [...this.judged].map(([run, what]) => `${run.slice(0, 8)} changed ${what}`);
    return found(
      this.id,
      this.violations,
      runs.length > 0 ? `${runs.join('; ')}: down for the dwell time` : 'no automatic run changed anything',
    );
  }
}

function isChange({
  service,
  action,
  outcome,
}: {
  service: string;
  action: string;
  outcome: string;
}): boolean {
  return service === 'kubernetes' && outcome === 'ok' && !action.startsWith('GET');
}
