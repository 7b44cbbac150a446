import { type App, SITE_NAMES, type SiteName } from '../../core/config';
import { otherSite } from '../../core/run';
import { writtenUntil } from '../embedded/cloud/volumes';
import type { KubeObject, WatchEvent } from '../embedded/kubernetes/object';
import { type Checker, clockTime, count, type Finding, found, type Watched } from './checker';
import { claimsOf, isCarrier, startsNow } from './pods';

interface Compared {
  app: App;
  /** The site that is left. */
  from: SiteName;
  namespace: string;
  claim: string;
  there: number | undefined;
}

/**
 * What a switchover promises beyond a failover: no write is missing, and one that fails leaves customers served where
 * they were. As the app starts on the new site, its volumes are held against those of the old one; at the end the old
 * ones must be as they were then, since a later write would be one that nobody brought along.
 */
export class NothingLost implements Checker {
  readonly id = 'loss';
  private readonly violations: string[] = [];
  private readonly compared = new Map<string, Compared>();

  constructor(private readonly watched: Watched) {
    for (const site of SITE_NAMES) {
      watched.night.clusters[site].store.watch(event => this.notice(site, event));
    }
  }

  private notice(site: SiteName, { type, object, old }: WatchEvent): void {
    if (type === 'DELETED' || object.kind !== 'Pod' || !startsNow(object, old) || isCarrier(object)) return;
    const { night } = this.watched;
    const namespace = object.metadata.namespace ?? '';
    const app = night.config.apps.find(({ namespaces }) => namespaces.includes(namespace));
    if (app?.data && this.switchovers(site, 'RUNNING').length > 0) this.compare(app, site, object);
  }

  private compare(app: App, site: SiteName, pod: KubeObject): void {
    const { night } = this.watched;
    const namespace = pod.metadata.namespace ?? '';
    const from = otherSite(site);
    for (const claim of claimsOf(pod)) {
      const here = writtenUntil(night.volumes[site].read(namespace, claim));
      const there = writtenUntil(night.volumes[from].read(namespace, claim));
      this.compared.set(`${site} ${namespace}/${claim}`, { app, from, namespace, claim, there });
      if (here !== undefined && there !== undefined && here >= there) continue;
      this.violations.push(
        `${namespace}/${claim} on ${site} has writes until ${time(here)} as ${pod.metadata.name} starts, on ${from} there are some until ${time(there)}`,
      );
    }
  }

  /** Switchovers to a site. */
  private switchovers(site: SiteName, status?: string) {
    return this.watched.night.sites[site].machine
      .executions()
      .filter(({ input }) => (input as { mode?: string } | null)?.mode === 'switchover')
      .filter(execution => status === undefined || execution.status === status);
  }

  finding(): Finding {
    const { night } = this.watched;
    const to = SITE_NAMES.filter(site => this.switchovers(site).length > 0);
    if (to.length === 0) return found(this.id, [], 'no run was a switchover');
    const late = [...this.compared.values()].flatMap(({ app, from, namespace, claim, there }) => {
      // A switchover that failed gives the app back to the site, and it writes on.
      if (night.mainAt(app)[0] === from) return [];
      const now = writtenUntil(night.volumes[from].read(namespace, claim));
      return now === there
        ? []
        : [`${namespace}/${claim} on ${from} was written until ${time(now)}, after it was left`];
    });
    return found(
      this.id,
      [...this.violations, ...late, ...this.unserved()],
      `${count(this.compared.size, 'volume')} held against the other site's as the app started: no write is missing; customers are served in the end`,
    );
  }

  /** Apps whose customers get no good answer in the end, from whichever site main names. */
  private unserved(): string[] {
    const { night } = this.watched;
    return night.config.apps.flatMap(app => {
      const last = night.customers.get(app.name)?.intervals().at(-1);
      const region = night.mainAt(app)[0];
      if (!last || (last.good && region && last.site === night.regionOf(region))) return [];
      return [`customers of ${app.name} end the night with: ${last.detail}`];
    });
  }
}

function time(ms: number | undefined): string {
  return ms === undefined ? 'never' : clockTime(ms);
}
