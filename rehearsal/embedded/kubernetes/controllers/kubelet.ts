import { type Container, type Node, type Pod, types } from '../kinds';
import type { WatchEvent } from '../object';
import { timeFor } from '../timing';
import { isTrue } from './conditions';
import { type Controller, type ControlPlane, fromKey, isKind, keyOf } from './controller';
import { type NodeServices, PodRun } from './pod-run';
import { isFinished, isPod } from './pods';

/** The init container by which Velero keeps a Pod until its volumes are filled (velero pkg/podvolume). */
const VELERO_WAIT = 'restore-wait';

const NEEDED_KINDS = [types.claim, types.secret, types.configMap];

/** The kubelets of all nodes: they run what is scheduled onto them, and stop what is to go. */
export class Kubelet implements Controller, NodeServices {
  readonly name = 'kubelet';
  private readonly runs = new Map<string, PodRun>();
  private readonly stopping = new Set<string>();
  private readonly images = new Map<string, Set<string>>();
  private readonly held = new Set<string>();
  private readonly released = new Set<string>();
  private nextAddress = 0;

  constructor(readonly plane: ControlPlane) {}

  keysFor({ type, object }: WatchEvent): string[] {
    if (isPod(object)) {
      if (type === 'DELETED') this.forget(object);
      return [keyOf(object)];
    }
    if (isKind(object, types.node)) {
      const name = object.metadata.name;
      return this.plane.store
        .view<Pod>(types.pod)
        .filter(pod => pod.spec.nodeName === name)
        .map(keyOf);
    }
    if (!NEEDED_KINDS.some(kind => isKind(object, kind))) return [];
    return this.plane.store
      .view<Pod>(types.pod, object.metadata.namespace)
      .filter(pod => this.waits(pod))
      .map(keyOf);
  }

  reconcile(key: string): void {
    const { namespace, name } = fromKey(key);
    const pod = this.plane.store.peek<Pod>(types.pod, namespace, name);
    const uid = pod?.metadata.uid;
    if (!pod || uid === undefined || !this.nodeWorks(pod)) return;
    if (pod.metadata.deletionTimestamp !== undefined) this.stop(pod, uid);
    else if (!isFinished(pod)) this.run(pod, uid);
  }

  reset(): void {
    this.runs.clear();
    this.stopping.clear();
  }

  /** Keeps a Pod, there or still to come, in its first init container until releasePod. */
  hold(namespace: string, name: string): void {
    this.held.add(`${namespace}/${name}`);
    this.released.delete(`${namespace}/${name}`);
  }

  release(namespace: string, name: string): void {
    const key = `${namespace}/${name}`;
    this.held.delete(key);
    this.released.add(key);
    const pod = this.plane.store.peek<Pod>(types.pod, namespace, name);
    const run = pod?.metadata.uid === undefined ? undefined : this.runs.get(pod.metadata.uid);
    if (run) this.plane.timers.after(this.plane.timing.controllerMs, () => run.nudge());
  }

  isHeld(pod: Pod, container: Container): boolean {
    const key = keyOf(pod);
    return this.held.has(key) || (container.name === VELERO_WAIT && !this.released.has(key));
  }

  hasImage(node: string, image: string): boolean {
    return this.images.get(node)?.has(image) ?? false;
  }

  keepImage(node: string, image: string): void {
    const images = this.images.get(node) ?? new Set();
    this.images.set(node, images.add(image));
  }

  private run(pod: Pod, uid: string): void {
    const known = this.runs.get(uid);
    if (known) {
      known.nudge();
      return;
    }
    const { namespace, name } = pod.metadata;
    const run = new PodRun(this, { namespace, name, uid }, pod, pod.status?.podIP ?? this.address());
    this.runs.set(uid, run);
    run.begin();
  }

  private stop(pod: Pod, uid: string): void {
    if (this.stopping.has(uid)) return;
    this.stopping.add(uid);
    this.runs.get(uid)?.stop();
    const grace = pod.metadata.deletionGracePeriodSeconds;
    const longest = (typeof grace === 'number' ? grace : 0) * 1000;
    const needed = Math.max(
      ...pod.spec.containers.map(each => timeFor(this.plane.timing, 'stopMs', each.image)),
    );
    this.plane.timers.after(Math.min(longest, needed), () => {
      const { namespace, name } = pod.metadata;
      const still = this.plane.store.peek<Pod>(types.pod, namespace, name);
      if (still?.metadata.uid !== uid) return;
      this.plane.store.delete(types.pod, namespace, name, { gracePeriodSeconds: 0 });
    });
  }

  private forget(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    this.runs.get(uid)?.stop();
    this.runs.delete(uid);
    this.stopping.delete(uid);
    this.released.delete(keyOf(pod));
  }

  private waits(pod: Pod): boolean {
    return this.runs.get(pod.metadata.uid ?? '')?.isWaiting() ?? false;
  }

  private nodeWorks(pod: Pod): boolean {
    const { nodeName } = pod.spec;
    const node =
      nodeName === undefined ? undefined : this.plane.store.peek<Node>(types.node, undefined, nodeName);
    return isTrue(node?.status?.conditions, 'Ready');
  }

  private address(): string {
    const number = this.nextAddress++;
    return `10.0.${Math.floor(number / 250) % 250}.${(number % 250) + 2}`;
  }
}
