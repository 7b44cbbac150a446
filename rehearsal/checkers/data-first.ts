import { type App, SITE_NAMES, type SiteName } from '../../core/config';
import { writtenUntil } from '../embedded/cloud/volumes';
import type { KubeObject, WatchEvent } from '../embedded/kubernetes/object';
import { type Checker, clockTime, count, type Finding, found, type Watched } from './checker';
import { claimsOf, isCarrier, startsNow } from './pods';

/** I8: no workload scales up before the data that it reads is there. Looks into the volumes of each Pod that starts. */
export class DataFirst implements Checker {
  readonly id = 'I8';
  private readonly violations: string[] = [];
  private looked = 0;

  constructor(private readonly watched: Watched) {
    for (const site of SITE_NAMES) {
      watched.night.clusters[site].store.watch(event => this.notice(site, event));
    }
  }

  private notice(site: SiteName, { type, object, old }: WatchEvent): void {
    if (type === 'DELETED' || object.kind !== 'Pod' || !startsNow(object, old)) return;
    const app = this.watched.night.config.apps.find(({ namespaces }) =>
      namespaces.includes(object.metadata.namespace ?? ''),
    );
    if (!app?.data || isCarrier(object)) return;
    for (const claim of claimsOf(object)) this.look(app, site, object, claim);
  }

  private look(app: App, site: SiteName, pod: KubeObject, claim: string): void {
    const { night } = this.watched;
    const namespace = pod.metadata.namespace ?? '';
    const content = night.volumes[site].read(namespace, claim);
    this.looked++;
    if (writtenUntil(content) !== undefined) return;
    const what = content?.content ? `"${content.content}"` : 'nothing';
    this.violations.push(
      `pod ${pod.metadata.name} of ${app.name} started on ${site} at ${clockTime(night.clock.now())} with ${what} on volume ${claim}`,
    );
  }

  finding(): Finding {
    return found(
      this.id,
      this.violations,
      `looked into ${count(this.looked, 'volume')} as a pod started on it: whole data each time`,
    );
  }
}
