import type { Clock } from '../../../../core/clock';
import type { KubeObject, ObjectStore, WatchEvent } from '../object';
import type { Random } from '../random';
import type { Store } from '../store';
import type { ClusterTimers } from '../timers';
import type { Faults, Timing } from '../timing';

/** What every controller of a cluster works with. */
export interface ControlPlane {
  readonly store: Store;
  readonly clock: Clock;
  readonly timers: ClusterTimers;
  readonly timing: Timing;
  readonly faults: Faults;
  readonly random: Random;
  /** True while objects are loaded that are taken as having run for long. */
  readonly steady: boolean;
}

/**
 * A control loop: something changed, so bring the world closer to what is wanted. Level-triggered like the real
 * ones: reconcile() looks at the whole state and may be called once too often, never once too few.
 */
export interface Controller {
  readonly name: string;
  /** Which keys to reconcile after an event. */
  keysFor(event: WatchEvent): Iterable<string>;
  reconcile(key: string): void;
  /** The power went away, and what was only in memory with it. */
  reset?(): void;
}

export type Requeue = (key: string, ms: number, options?: { background?: boolean }) => void;

interface Queued {
  due: number;
  cancel: () => void;
}

/** Calls the controllers of one cluster, each key of each once at a time, a moment after what caused it. */
export class ControllerManager {
  private readonly queued = new Map<string, Queued>();
  private controllers: readonly Controller[] = [];

  constructor(private readonly plane: ControlPlane) {
    plane.store.watch(event => this.dispatch(event));
  }

  start(controllers: readonly Controller[]): void {
    this.controllers = controllers;
    this.resync();
  }

  /** For a controller that wants to look again later. */
  requeueFor(name: string): Requeue {
    return (key, ms, options) => {
      const controller = this.controllers.find(each => each.name === name);
      if (controller) this.enqueue(controller, key, ms, options);
    };
  }

  /** Everything anew from the objects, as after a boot. */
  restart(): void {
    this.queued.clear();
    for (const controller of this.controllers) controller.reset?.();
    this.resync();
  }

  private resync(): void {
    for (const type of this.plane.store.types()) {
      for (const object of this.plane.store.view(type)) this.dispatch({ type: 'ADDED', object });
    }
  }

  private dispatch(event: WatchEvent): void {
    for (const controller of this.controllers) {
      for (const key of controller.keysFor(event))
        this.enqueue(controller, key, this.plane.timing.controllerMs);
    }
  }

  private enqueue(
    controller: Controller,
    key: string,
    ms: number,
    options: { background?: boolean } = {},
  ): void {
    const id = `${controller.name} ${key}`;
    const due = this.plane.clock.now() + ms;
    const before = this.queued.get(id);
    if (before && before.due <= due) return;
    before?.cancel();
    const cancel = this.plane.timers.after(
      ms,
      () => {
        this.queued.delete(id);
        controller.reconcile(key);
      },
      options,
    );
    this.queued.set(id, { due, cancel });
  }
}

export function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

export function fromKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

export function isKind(object: KubeObject, type: { kind: string; group: string }): boolean {
  if (object.kind !== type.kind) return false;
  const slash = object.apiVersion.indexOf('/');
  return (slash === -1 ? '' : object.apiVersion.slice(0, slash)) === type.group;
}

/** Writes the status when the object is still there. */
export function writeStatus(store: ObjectStore, object: KubeObject, status: object): void {
  store.updateStatus({ ...object, status });
}
