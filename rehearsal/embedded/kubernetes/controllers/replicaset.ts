import { type Pod, type ReplicaSet, types } from '../kinds';
import { selects } from '../labels';
import type { KubeObject, WatchEvent } from '../object';
import { conditionOf } from './conditions';
import {
  type Controller,
  type ControlPlane,
  fromKey,
  isKind,
  keyOf,
  type Requeue,
  writeStatus,
} from './controller';
import { adopt, controllerOf, isActive, isPod, isReady, podFrom, release } from './pods';

/**
 * Keeps the number of Pods. Adopts orphans that its selector chooses and deletes the surplus at once: a Pod that
 * Velero restores beside a Deployment at 0 replicas does not live long.
 */
export class ReplicaSetController implements Controller {
  readonly name = 'replicaset';

  constructor(
    private readonly plane: ControlPlane,
    private readonly requeue: Requeue,
  ) {}

  keysFor({ object, old }: WatchEvent): string[] {
    if (isKind(object, types.replicaSet)) return [keyOf(object)];
    if (!isPod(object)) return [];
    const keys = [object, old].flatMap(each => (each ? this.ownersOf(each) : []));
    return [...new Set(keys)];
  }

  reconcile(key: string): void {
    const { namespace, name } = fromKey(key);
    const set = this.plane.store.peek<ReplicaSet>(types.replicaSet, namespace, name);
    if (!set) return;
    if (set.metadata.deletionTimestamp === undefined) this.adjust(set);
    this.report(key, set);
  }

  private ownersOf(pod: KubeObject): string[] {
    const owner = controllerOf(pod);
    if (owner) return owner.kind === 'ReplicaSet' ? [`${pod.metadata.namespace ?? ''}/${owner.name}`] : [];
    return this.plane.store
      .view<ReplicaSet>(types.replicaSet, pod.metadata.namespace)
      .filter(set => selects(set.spec.selector, pod.metadata.labels))
      .map(keyOf);
  }

  private adjust(set: ReplicaSet): void {
    const { store, random } = this.plane;
    this.claim(set);
    const pods = this.podsOf(set).filter(isActive);
    const surplus = pods.length - (set.spec.replicas ?? 1);
    for (let missing = -surplus; missing > 0; missing--)
      store.create(podFrom(set, set.spec.template, { random }));
    if (surplus <= 0) return;
    for (const pod of [...pods].sort(firstToGo).slice(0, surplus)) {
      store.delete(types.pod, pod.metadata.namespace, pod.metadata.name);
    }
  }

  private claim(set: ReplicaSet): void {
    for (const pod of this.plane.store.view<Pod>(types.pod, set.metadata.namespace)) {
      const fits = selects(set.spec.selector, pod.metadata.labels);
      const owner = controllerOf(pod);
      if (!owner && fits && isActive(pod)) adopt(this.plane.store, set, pod);
      else if (owner?.uid === set.metadata.uid && !fits) release(this.plane.store, set, pod);
    }
  }

  private podsOf(set: ReplicaSet): Pod[] {
    return this.plane.store
      .view<Pod>(types.pod, set.metadata.namespace)
      .filter(pod => controllerOf(pod)?.uid === set.metadata.uid);
  }

  private report(key: string, set: ReplicaSet): void {
    const pods = this.podsOf(set).filter(isActive);
    const ready = pods.filter(isReady);
    const waitMs = (set.spec.minReadySeconds ?? 0) * 1000;
    const available = ready.filter(pod => this.plane.steady || this.readyFor(pod) >= waitMs);
    if (available.length < ready.length) this.requeue(key, waitMs, { background: true });
    writeStatus(this.plane.store, set, {
      observedGeneration: set.metadata.generation ?? 0,
      replicas: pods.length,
      fullyLabeledReplicas: pods.length,
      ...(ready.length > 0 ? { readyReplicas: ready.length } : {}),
      ...(available.length > 0 ? { availableReplicas: available.length } : {}),
    });
  }

  private readyFor(pod: Pod): number {
    const since = conditionOf(pod.status?.conditions, 'Ready')?.lastTransitionTime;
    return since === undefined ? 0 : this.plane.clock.now() - Date.parse(since);
  }
}

/** The order of controller.ActivePodsWithRanks: without a node, pending, not ready, ready last, newest. */
function firstToGo(left: Pod, right: Pod): number {
  const rank = (pod: Pod) => [
    pod.spec.nodeName ? 1 : 0,
    pod.status?.phase === 'Running' ? 1 : 0,
    isReady(pod) ? 1 : 0,
    -Date.parse(conditionOf(pod.status?.conditions, 'Ready')?.lastTransitionTime ?? '1970-01-01T00:00:00Z'),
    -Date.parse(pod.metadata.creationTimestamp ?? '1970-01-01T00:00:00Z'),
  ];
  const a = rank(left);
  const b = rank(right);
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.metadata.name < right.metadata.name ? -1 : 1;
}
