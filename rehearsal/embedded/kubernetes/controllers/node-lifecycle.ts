import { type Node, type Pod, types } from '../kinds';
import type { WatchEvent } from '../object';
import { conditionOf, isTrue, withCondition } from './conditions';
import { type Controller, type ControlPlane, isKind, type Requeue } from './controller';
import { controllerOf, isActive, isReady } from './pods';

/** Takes the Pods of a node that is not ready out of service at once, and evicts them after five minutes. */
export class NodeLifecycle implements Controller {
  readonly name = 'node-lifecycle';

  constructor(
    private readonly plane: ControlPlane,
    private readonly requeue: Requeue,
  ) {}

  keysFor({ object }: WatchEvent): string[] {
    return isKind(object, types.node) ? [object.metadata.name] : [];
  }

  reconcile(name: string): void {
    const { store, clock, timing } = this.plane;
    const node = store.peek<Node>(types.node, undefined, name);
    const ready = conditionOf(node?.status?.conditions, 'Ready');
    if (!node || isTrue(node.status?.conditions, 'Ready')) return;
    const pods = store.view<Pod>(types.pod).filter(pod => pod.spec.nodeName === name);
    for (const pod of pods.filter(isReady)) this.takeOut(pod);
    const leftMs = Date.parse(ready?.lastTransitionTime ?? '') + timing.evictionMs - clock.now();
    if (leftMs > 0) {
      this.requeue(name, leftMs, { background: true });
      return;
    }
    // A DaemonSet's Pods tolerate the taint for ever. The others get a deletionTimestamp and stay Terminating:
    // nobody on the node confirms that they have stopped.
    for (const pod of pods.filter(each => isActive(each) && controllerOf(each)?.kind !== 'DaemonSet')) {
      store.delete(types.pod, pod.metadata.namespace, pod.metadata.name);
    }
  }

  private takeOut(pod: Pod): void {
    const now = this.plane.store.timestamp();
    const condition = { type: 'Ready', status: 'False' as const, reason: 'NodeNotReady' };
    const conditions = withCondition(pod.status?.conditions, condition, now);
    this.plane.store.updateStatus({ ...pod, status: { ...pod.status, conditions } });
  }
}
