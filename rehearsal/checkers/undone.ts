import { SITE_NAMES, type SiteName } from '../../core/config';
import type { KubeObject } from '../embedded/kubernetes/object';
import { type Checker, type Finding, found, type Watched } from './checker';

const KINDS: readonly [string, string][] = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['batch/v1', 'CronJob'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['velero.io/v1', 'Schedule'],
];

/**
 * A failure before the flip undoes what the run scaled. Compares both clusters at the end of the night with what they
 * were before it, for every app whose last word to on-call was `rolled-back`.
 */
export class Undone implements Checker {
  readonly id = 'undo';
  private readonly before = new Map<string, string>();

  /** Where main was before the night, by app. */
  private readonly mainBefore = new Map<string, SiteName | undefined>();

  constructor(private readonly watched: Watched) {
    const { night } = watched;
    for (const app of night.config.apps) this.mainBefore.set(app.name, night.mainAt(app)[0]);
    for (const site of SITE_NAMES) {
      for (const [key, state] of this.states(site)) this.before.set(key, state);
    }
  }

  finding(): Finding {
    const { night } = this.watched;
    const messages = SITE_NAMES.flatMap(site => night.sites[site].sns.messages).sort((a, b) => a.at - b.at);
    const last = messages.findLast(
      ({ attributes }) => attributes.event !== 'not-ready' && attributes.event !== 'ready-again',
    );
    if (last?.attributes.event !== 'rolled-back') return found(this.id, [], 'no run was rolled back');
    const apps = night.config.apps.filter(({ name, endpoint }) => !endpoint || !this.moved(name));
    const namespaces = new Set(apps.flatMap(app => app.namespaces));
    const violations = SITE_NAMES.flatMap(site => this.states(site))
      .filter(
        ([key, state]) =>
          namespaces.has(key.split(' ')[2] ?? '') && (this.before.get(key) ?? state) !== state,
      )
      .map(([key, state]) => `${key} is ${state}, was ${this.before.get(key)}`);
    return found(
      this.id,
      violations,
      'the workloads of both clusters are as they were before the run that was rolled back',
    );
  }

  private moved(name: string): boolean {
    const { night } = this.watched;
    const app = night.config.apps.find(candidate => candidate.name === name);
    return app !== undefined && night.mainAt(app).some(site => site !== this.mainBefore.get(name));
  }

  /** `site kind namespace name` → what Lifeboat may change of it. A lost cluster cannot be changed, and counts too. */
  private states(site: SiteName): [string, string][] {
    const { store } = this.watched.night.clusters[site];
    return KINDS.flatMap(([apiVersion, kind]) => store.list(store.typeOf(apiVersion, kind))).map(object => [
      `${site} ${object.kind} ${object.metadata.namespace} ${object.metadata.name}`,
      stateOf(object),
    ]);
  }
}

function stateOf({ spec }: KubeObject): string {
  const { replicas, suspend, minReplicas, paused } = (spec ?? {}) as Record<string, unknown>;
  // A field that is left out is what the API server takes for it.
  return JSON.stringify({ replicas, suspend: suspend ?? false, minReplicas, paused: paused ?? false });
}
