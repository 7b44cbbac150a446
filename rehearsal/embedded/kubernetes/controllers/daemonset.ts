import { type DaemonSet, type Node, type Pod, types } from '../kinds';
import type { WatchEvent } from '../object';
import { isTrue } from './conditions';
import { type Controller, type ControlPlane, fromKey, isKind, keyOf, writeStatus } from './controller';
import { controllerOf, isActive, isPod, isReady, podFrom } from './pods';

/** One Pod on every node that fits the template's nodeSelector. Without rolling updates. */
export class DaemonSetController implements Controller {
  readonly name = 'daemonset';

  constructor(private readonly plane: ControlPlane) {}

  keysFor({ object }: WatchEvent): string[] {
    if (isKind(object, types.daemonSet)) return [keyOf(object)];
    if (isKind(object, types.node)) return this.plane.store.view(types.daemonSet).map(keyOf);
    const owner = isPod(object) ? controllerOf(object) : undefined;
    return owner?.kind === 'DaemonSet' ? [`${object.metadata.namespace ?? ''}/${owner.name}`] : [];
  }

  reconcile(key: string): void {
    const { namespace, name } = fromKey(key);
    const { store, random } = this.plane;
    const set = store.peek<DaemonSet>(types.daemonSet, namespace, name);
    if (!set || set.metadata.deletionTimestamp !== undefined) return;
    const nodes = store.view<Node>(types.node).filter(node => fits(set, node));
    for (const node of nodes) {
      const there = this.podsOf(set).some(pod => pod.spec.nodeName === node.metadata.name);
      if (there || !isTrue(node.status?.conditions, 'Ready')) continue;
      const pod = podFrom(set, set.spec.template, { random }) as Pod;
      store.create({ ...pod, spec: { ...pod.spec, nodeName: node.metadata.name } } as Pod);
    }
    this.report(set, nodes.length);
  }

  private podsOf(set: DaemonSet): Pod[] {
    return this.plane.store
      .view<Pod>(types.pod, set.metadata.namespace)
      .filter(pod => controllerOf(pod)?.uid === set.metadata.uid && isActive(pod));
  }

  private report(set: DaemonSet, desired: number): void {
    const pods = this.podsOf(set);
    const ready = pods.filter(isReady).length;
    writeStatus(this.plane.store, set, {
      observedGeneration: set.metadata.generation ?? 0,
      desiredNumberScheduled: desired,
      currentNumberScheduled: pods.length,
      updatedNumberScheduled: pods.length,
      numberMisscheduled: 0,
      numberReady: ready,
      ...(ready > 0 ? { numberAvailable: ready } : {}),
      ...(desired > ready ? { numberUnavailable: desired - ready } : {}),
    });
  }
}

function fits(set: DaemonSet, node: Node): boolean {
  return Object.entries(set.spec.template.spec.nodeSelector ?? {}).every(
    ([key, value]) => node.metadata.labels?.[key] === value,
  );
}
