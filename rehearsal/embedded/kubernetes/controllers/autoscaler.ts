import { copyOf } from '../json';
import { type Autoscaler, type Condition, type Deployment, types } from '../kinds';
import type { KubeObject, ResourceType, WatchEvent } from '../object';
import { withCondition } from './conditions';
import {
  type Controller,
  type ControlPlane,
  fromKey,
  isKind,
  keyOf,
  type Requeue,
  writeStatus,
} from './controller';

const TARGETS: Record<string, ResourceType> = {
  Deployment: types.deployment,
  StatefulSet: types.statefulSet,
  ReplicaSet: types.replicaSet,
};

/**
 * Keeps a target within its floor and ceiling, as under a load that always fits. A target at 0 replicas is left
 * alone (ScalingDisabled): so an autoscaler brings nothing up by itself, and lets nothing below its floor.
 */
export class AutoscalerController implements Controller {
  readonly name = 'autoscaler';
  private readonly due = new Set<string>();

  constructor(
    private readonly plane: ControlPlane,
    private readonly requeue: Requeue,
  ) {}

  keysFor({ object }: WatchEvent): string[] {
    const keys = isKind(object, types.autoscaler)
      ? [keyOf(object)]
      : this.plane.store
          .view<Autoscaler>(types.autoscaler, object.metadata.namespace)
          .filter(({ spec }) => {
            const type = TARGETS[spec.scaleTargetRef.kind];
            return (
              type !== undefined && isKind(object, type) && spec.scaleTargetRef.name === object.metadata.name
            );
          })
          .map(keyOf);
    return keys.filter(key => !this.due.has(key));
  }

  reset(): void {
    this.due.clear();
  }

  /** The real one looks every 15 s whether or not anything changed: here a change waits for the next look. */
  reconcile(key: string): void {
    if (!this.due.delete(key)) {
      const period = this.plane.timing.autoscalerMs;
      this.due.add(key);
      this.requeue(key, period - (this.plane.clock.now() % period));
      return;
    }
    const { namespace, name } = fromKey(key);
    const autoscaler = this.plane.store.peek<Autoscaler>(types.autoscaler, namespace, name);
    if (!autoscaler || autoscaler.metadata.deletionTimestamp !== undefined) return;
    const type = TARGETS[autoscaler.spec.scaleTargetRef.kind];
    const target =
      type && this.plane.store.peek<Deployment>(type, namespace, autoscaler.spec.scaleTargetRef.name);
    if (!target) {
      this.report(autoscaler, 0, 0, [{ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale' }]);
      return;
    }
    this.scale(autoscaler, target);
  }

  private scale(autoscaler: Autoscaler, target: Deployment): void {
    const current = target.spec.replicas ?? 1;
    const { minReplicas = 1, maxReplicas } = autoscaler.spec;
    if (current === 0) {
      this.report(autoscaler, 0, 0, [
        { type: 'AbleToScale', status: 'True', reason: 'SucceededGetScale' },
        {
          type: 'ScalingActive',
          status: 'False',
          reason: 'ScalingDisabled',
          message: 'scaling is disabled since the replica count of the target is zero',
        },
      ]);
      return;
    }
    const desired = Math.min(maxReplicas, Math.max(minReplicas, current));
    if (desired !== current) {
      const next: KubeObject = { ...copyOf(target), spec: { ...copyOf(target.spec), replicas: desired } };
      this.plane.store.update(next);
    }
    const reason =
      current < minReplicas
        ? 'TooFewReplicas'
        : current > maxReplicas
          ? 'TooManyReplicas'
          : 'DesiredWithinRange';
    this.report(autoscaler, target.status?.replicas ?? 0, desired, [
      { type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale' },
      { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound' },
      { type: 'ScalingLimited', status: reason === 'DesiredWithinRange' ? 'False' : 'True', reason },
    ]);
  }

  private report(autoscaler: Autoscaler, current: number, desired: number, wanted: Condition[]): void {
    const before = autoscaler.status?.conditions as Condition[] | undefined;
    const conditions = wanted.reduce<Condition[]>(
      (all, each) => withCondition(all, each, this.plane.store.timestamp()),
      before?.filter(each => wanted.some(other => other.type === each.type)) ?? [],
    );
    const currentReplicas = current > 0 ? { currentReplicas: current } : {};
    writeStatus(this.plane.store, autoscaler, { ...currentReplicas, desiredReplicas: desired, conditions });
  }
}
