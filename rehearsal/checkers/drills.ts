import { type App, SITE_NAMES, type SiteName } from '../../core/config';
import { mappingOf } from '../../core/drill';
import { writtenUntil } from '../embedded/cloud/volumes';
import type { KubeObject, WatchEvent } from '../embedded/kubernetes/object';
import { type Checker, clockTime, count, type Finding, found, type Watched } from './checker';
import { claimsOf, isCarrier, startsNow } from './pods';

const CHANGES = /^(PATCH|POST|DELETE)/;
/** What Kubernetes itself puts into every namespace, and what stands ready for drills. */
const STANDING = ['lifeboat-drill', 'lifeboat-cleanup', 'kube-root-ca.crt', 'default'];
const KINDS: readonly [string, string][] = [
  ['v1', 'Pod'],
  ['v1', 'PersistentVolumeClaim'],
  ['v1', 'Service'],
  ['v1', 'Secret'],
  ['v1', 'ConfigMap'],
  ['v1', 'ServiceAccount'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'ReplicaSet'],
  ['batch/v1', 'CronJob'],
  ['batch/v1', 'Job'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['networking.k8s.io/v1', 'Ingress'],
];

/**
 * What a drill promises: it writes nowhere but to its scratch namespaces and Velero's, changes no record, runs the app on
 * whole data, and leaves nothing behind. Looks at every call, at the volumes as pods start, and at what is there in the end.
 */
export class Drills implements Checker {
  readonly id = 'drill';
  private readonly violations: string[] = [];
  private looked = 0;

  constructor(private readonly watched: Watched) {
    for (const site of SITE_NAMES) {
      watched.night.clusters[site].store.watch(event => this.notice(site, event));
    }
  }

  private notice(site: SiteName, { type, object, old }: WatchEvent): void {
    if (type === 'DELETED' || object.kind !== 'Pod' || !startsNow(object, old) || isCarrier(object)) return;
    const namespace = object.metadata.namespace ?? '';
    const app = this.watched.night.config.apps.find(each => this.scratch(each).includes(namespace));
    if (app?.data) for (const claim of claimsOf(object)) this.look(app, site, object, claim);
  }

  private look(app: App, site: SiteName, { metadata }: KubeObject, claim: string): void {
    const { night } = this.watched;
    this.looked++;
    const content = night.volumes[site].read(metadata.namespace ?? '', claim);
    if (writtenUntil(content) !== undefined) return;
    this.violations.push(
      `pod ${metadata.name} of the drill of ${app.name} started on ${site} at ${clockTime(night.clock.now())} with ${content?.content ?? 'nothing'} on volume ${claim}`,
    );
  }

  finding(): Finding {
    const drills = new Set(
      SITE_NAMES.flatMap(site => this.watched.night.sites[site].machine.executions())
        .filter(({ input }) => (input as { mode?: string } | null)?.mode === 'drill')
        .map(({ name }) => name),
    );
    if (drills.size === 0) return found(this.id, [], 'no run was a drill');
    return found(
      this.id,
      [...this.violations, ...this.strayed(drills), ...SITE_NAMES.flatMap(site => this.left(site))],
      `${count(drills.size, 'drill')}: wrote to scratch namespaces only, looked into ${count(this.looked, 'volume')} as a pod started on it, and nothing is left`,
    );
  }

  /** Writes of drills to anything that is not theirs. */
  private strayed(drills: ReadonlySet<string>): string[] {
    const { calls, config } = this.watched.night;
    const theirs = config.apps.flatMap(app => [...this.scratch(app), app.data?.veleroNamespace ?? '']);
    return calls.calls
      .filter(({ run, action, service }) => {
        if (!run || !drills.has(run)) return false;
        if (service === 'route53') return action.startsWith('Change');
        return service === 'kubernetes' && CHANGES.test(action);
      })
      .filter(({ service, resource }) => {
        const namespace = /\/namespaces\/([^/]+)\//.exec(resource)?.[1];
        return service === 'route53' || namespace === undefined || !theirs.includes(namespace);
      })
      .map(
        ({ step, action, resource, at }) => `${step} of a drill: ${action} ${resource} at ${clockTime(at)}`,
      );
  }

  private left(site: SiteName): string[] {
    const { store } = this.watched.night.clusters[site];
    const namespaces = this.watched.night.config.apps.flatMap(app => this.scratch(app));
    return KINDS.flatMap(([apiVersion, kind]) =>
      namespaces.flatMap(namespace => store.list(store.typeOf(apiVersion, kind), namespace)),
    )
      .filter(({ metadata }) => !STANDING.includes(metadata.name))
      .map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name} is left on ${site}`);
  }

  private scratch(app: App): string[] {
    return app.data ? Object.values(mappingOf(this.watched.night.config, app)) : [];
  }
}
