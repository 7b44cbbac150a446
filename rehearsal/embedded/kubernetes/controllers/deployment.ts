import { canonicalJson, copyOf, sameJson } from '../json';
import {
  type Condition,
  type Deployment,
  type PodTemplate,
  type ReplicaSet,
  types,
  type WorkloadStatus,
} from '../kinds';
import { selects } from '../labels';
import type { WatchEvent } from '../object';
import { hashLetters } from '../random';
import { conditionOf, withCondition } from './conditions';
import {
  type Controller,
  type ControlPlane,
  fromKey,
  isKind,
  keyOf,
  type Requeue,
  writeStatus,
} from './controller';
import { adopt, controllerOf, ownerReference } from './pods';

const HASH = 'pod-template-hash';
const REVISION = 'deployment.kubernetes.io/revision';

/** Keeps a ReplicaSet for the newest template, and moves the Pods over to it. */
export class DeploymentController implements Controller {
  readonly name = 'deployment';

  constructor(
    private readonly plane: ControlPlane,
    private readonly requeue: Requeue,
  ) {}

  keysFor({ object }: WatchEvent): string[] {
    if (isKind(object, types.deployment)) return [keyOf(object)];
    if (!isKind(object, types.replicaSet)) return [];
    const owner = controllerOf(object);
    if (owner) return owner.kind === 'Deployment' ? [`${object.metadata.namespace ?? ''}/${owner.name}`] : [];
    return this.plane.store
      .view<Deployment>(types.deployment, object.metadata.namespace)
      .filter(deployment => selects(deployment.spec.selector, object.metadata.labels))
      .map(keyOf);
  }

  reconcile(key: string): void {
    const { namespace, name } = fromKey(key);
    const deployment = this.plane.store.peek<Deployment>(types.deployment, namespace, name);
    if (!deployment || deployment.metadata.deletionTimestamp !== undefined) return;
    this.adoptSets(deployment);
    const newest = this.newestSet(deployment);
    const older = this.setsOf(deployment).filter(set => set.metadata.uid !== newest?.metadata.uid);
    if (newest) this.scale(deployment, newest, older);
    this.report(key, deployment);
  }

  private adoptSets(deployment: Deployment): void {
    for (const set of this.plane.store.view<ReplicaSet>(types.replicaSet, deployment.metadata.namespace)) {
      const orphan = !controllerOf(set) && set.metadata.deletionTimestamp === undefined;
      if (orphan && selects(deployment.spec.selector, set.metadata.labels))
        adopt(this.plane.store, deployment, set);
    }
  }

  private setsOf(deployment: Deployment): ReplicaSet[] {
    return this.plane.store
      .view<ReplicaSet>(types.replicaSet, deployment.metadata.namespace)
      .filter(set => controllerOf(set)?.uid === deployment.metadata.uid);
  }

  private newestSet(deployment: Deployment): ReplicaSet | undefined {
    const sets = this.setsOf(deployment);
    const wanted = canonicalJson(withoutHash(deployment.spec.template));
    const found = sets.find(set => canonicalJson(withoutHash(set.spec.template)) === wanted);
    if (found ?? deployment.spec.paused) return found;
    const revision = String(
      1 + Math.max(0, ...sets.map(set => Number(set.metadata.annotations?.[REVISION] ?? 0))),
    );
    const created = this.createSet(deployment, hashLetters(wanted), revision);
    this.plane.store.update({
      ...copyOf(deployment),
      metadata: {
        ...copyOf(deployment.metadata),
        annotations: { ...deployment.metadata.annotations, [REVISION]: revision },
      },
    });
    return created;
  }

  private createSet(deployment: Deployment, hash: string, revision: string): ReplicaSet | undefined {
    const { store } = this.plane;
    const { name, namespace } = deployment.metadata;
    const template = copyOf(deployment.spec.template);
    const labels = { ...template.metadata?.labels, [HASH]: hash };
    const selector = deployment.spec.selector;
    const setName = `${name}-${hash}`;
    // A set of that name that is not ours: an orphan with another selector, or one that is being deleted. The real
    // controller adds to its collision count and tries another hash.
    const taken = store.peek(types.replicaSet, namespace, setName) !== undefined;
    const finalName = taken ? `${name}-${hashLetters(`${hash}${deployment.metadata.uid ?? ''}`)}` : setName;
    store.create({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: finalName,
        ...(namespace === undefined ? {} : { namespace }),
        labels,
        annotations: { [REVISION]: revision },
        ownerReferences: [ownerReference(deployment)],
      },
      spec: {
        replicas: 0,
        ...(deployment.spec.minReadySeconds === undefined
          ? {}
          : { minReadySeconds: deployment.spec.minReadySeconds }),
        selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH]: hash } },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
    });
    return store.peek<ReplicaSet>(types.replicaSet, namespace, finalName);
  }

  private scale(deployment: Deployment, newest: ReplicaSet, older: readonly ReplicaSet[]): void {
    const wanted = deployment.spec.replicas ?? 1;
    const active = older.filter(set => (set.spec.replicas ?? 0) > 0);
    if (deployment.spec.paused || active.length === 0) {
      this.setReplicas(newest, wanted);
      return;
    }
    if (deployment.spec.strategy?.type === 'Recreate') {
      for (const set of active) this.setReplicas(set, 0);
      if (older.every(set => (set.status?.replicas ?? 0) === 0)) this.setReplicas(newest, wanted);
      return;
    }
    this.roll(deployment, newest, active);
  }

  /** Up where there is room, and down once what is new is available: rolling.go, without its proportional scaling. */
  private roll(deployment: Deployment, newest: ReplicaSet, active: readonly ReplicaSet[]): void {
    const wanted = deployment.spec.replicas ?? 1;
    const limits = rollingLimits(deployment);
    const total = sum([newest, ...active], replicasOf);
    const room = wanted + limits.surge - total;
    if (replicasOf(newest) < wanted && room > 0) {
      this.setReplicas(newest, Math.min(wanted, replicasOf(newest) + room));
      return;
    }
    if (replicasOf(newest) > wanted) this.setReplicas(newest, wanted);
    const least = wanted - limits.unavailable;
    let spare = total - least - Math.max(0, replicasOf(newest) - availableOf(newest));
    let healthy = sum([newest, ...active], availableOf) - least;
    for (const set of active) {
      const broken = Math.max(0, Math.min(spare, replicasOf(set) - availableOf(set)));
      const good = Math.max(0, Math.min(spare - broken, healthy, replicasOf(set) - broken));
      this.setReplicas(set, replicasOf(set) - broken - good);
      spare -= broken + good;
      healthy -= good;
    }
  }

  private setReplicas(set: ReplicaSet, replicas: number): void {
    if (set.spec.replicas === replicas) return;
    const current = this.plane.store.get(types.replicaSet, set.metadata.namespace, set.metadata.name);
    if (current) this.plane.store.update({ ...current, spec: { ...copyOf(set.spec), replicas } });
  }

  private report(key: string, seen: Deployment): void {
    const { store } = this.plane;
    const deployment = store.peek<Deployment>(types.deployment, seen.metadata.namespace, seen.metadata.name);
    if (!deployment) return;
    const sets = this.setsOf(deployment);
    const newest = this.newestSet(deployment);
    const wanted = deployment.spec.replicas ?? 1;
    const present = sum(sets, set => set.status?.replicas ?? 0);
    const available = sum(sets, availableOf);
    const updated = newest?.status?.replicas ?? 0;
    const unavailable = Math.max(0, Math.max(wanted, present) - available);
    const status: WorkloadStatus = {
      observedGeneration: deployment.metadata.generation ?? 0,
      // The API leaves zeros out (omitempty), so a client that reads `readyReplicas` must expect nothing there.
      ...nonZero({
        replicas: present,
        updatedReplicas: updated,
        readyReplicas: sum(sets, set => set.status?.readyReplicas ?? 0),
        availableReplicas: available,
        unavailableReplicas: unavailable,
      }),
    };
    const complete = updated === wanted && present === wanted && available === wanted;
    status.conditions = this.conditions(key, deployment, status, { available, wanted, complete });
    writeStatus(store, deployment, status);
  }

  private conditions(
    key: string,
    deployment: Deployment,
    status: WorkloadStatus,
    { available, wanted, complete }: { available: number; wanted: number; complete: boolean },
  ): Condition[] {
    const now = this.plane.store.timestamp();
    const enough = available >= wanted - rollingLimits(deployment).unavailable;
    const conditions = withCondition(
      deployment.status?.conditions,
      enough
        ? {
            type: 'Available',
            status: 'True',
            reason: 'MinimumReplicasAvailable',
            message: 'Deployment has minimum availability.',
          }
        : {
            type: 'Available',
            status: 'False',
            reason: 'MinimumReplicasUnavailable',
            message: 'Deployment does not have minimum availability.',
          },
      now,
    );
    return this.withProgress(key, deployment, status, conditions, complete);
  }

  /** A Deployment that was complete once and is only scaled never exceeds its progress deadline (util.DeploymentTimedOut). */
  private withProgress(
    key: string,
    deployment: Deployment,
    status: WorkloadStatus,
    conditions: Condition[],
    complete: boolean,
  ): Condition[] {
    const now = this.plane.store.timestamp();
    const before = conditionOf(conditions, 'Progressing');
    const newTemplate = deployment.status?.observedGeneration !== undefined && this.rolledOutAnew(deployment);
    if (complete) return withCondition(conditions, progressing('True', 'NewReplicaSetAvailable'), now);
    if (before?.reason === 'NewReplicaSetAvailable' && !newTemplate) return conditions;
    const { conditions: _was, observedGeneration: _seen, ...counts } = deployment.status ?? {};
    const { observedGeneration: _now, ...next } = status;
    const moved = !sameJson(counts, next) || !before;
    const since = moved ? now : (before?.lastUpdateTime ?? now);
    const deadlineMs = (deployment.spec.progressDeadlineSeconds ?? 600) * 1000;
    if (this.plane.clock.now() - Date.parse(since) >= deadlineMs) {
      const exceeded = { ...progressing('False', 'ProgressDeadlineExceeded'), lastUpdateTime: since };
      return withCondition(conditions, exceeded, now);
    }
    this.requeue(key, Date.parse(since) + deadlineMs - this.plane.clock.now(), { background: true });
    return withCondition(
      conditions,
      { ...progressing('True', 'ReplicaSetUpdated'), lastUpdateTime: since },
      now,
    );
  }

  private rolledOutAnew(deployment: Deployment): boolean {
    const newest = this.newestSet(deployment);
    return this.setsOf(deployment).some(set => set !== newest && (set.status?.replicas ?? 0) > 0);
  }
}

function progressing(status: 'True' | 'False', reason: string): Omit<Condition, 'lastTransitionTime'> {
  return { type: 'Progressing', status, reason };
}

function nonZero(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { [HASH]: _hash, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

function replicasOf(set: ReplicaSet): number {
  return set.spec.replicas ?? 0;
}

function availableOf(set: ReplicaSet): number {
  return set.status?.availableReplicas ?? 0;
}

function sum(sets: readonly ReplicaSet[], of: (set: ReplicaSet) => number): number {
  return sets.reduce((total, set) => total + of(set), 0);
}

/** How many Pods more, and how many fewer, there may be while Pods are replaced. */
function rollingLimits({ spec }: Deployment): { surge: number; unavailable: number } {
  if (spec.strategy?.type === 'Recreate') return { surge: 0, unavailable: 0 };
  const wanted = spec.replicas ?? 1;
  const surge = share(spec.strategy?.rollingUpdate?.maxSurge ?? '25%', wanted, Math.ceil);
  const unavailable = share(spec.strategy?.rollingUpdate?.maxUnavailable ?? '25%', wanted, Math.floor);
  // Both may round to nothing, and then no Pod could ever be replaced (deployment/util ResolveFenceposts).
  return { surge, unavailable: Math.min(wanted, surge === 0 && unavailable === 0 ? 1 : unavailable) };
}

/** `25%` of the replicas, or a number of them. */
function share(value: number | string, of: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(value)?.[1];
  return percent === undefined ? Number(value) : round((of * Number(percent)) / 100);
}
