import { copyOf, sameJson } from '../json';
import { type Ingress, types } from '../kinds';
import type { KubeObject, WatchEvent } from '../object';
import type { Store } from '../store';
import { type Controller, type ControlPlane, fromKey, isKind, keyOf, writeStatus } from './controller';

const LEGACY_CLASS = 'kubernetes.io/ingress.class';

export interface IngressSettings {
  /** False: there is no ingress controller in the cluster. */
  controller: boolean;
  /** The load balancer's name, which the controller writes into each Ingress. */
  hostname: string;
}

/** Oldest first: with two Ingresses for one host and path the older one wins (ingress-nginx, docs/user-guide). */
export function servedIngresses(store: Store, settings: IngressSettings): Ingress[] {
  return store
    .view<Ingress>(types.ingress)
    .filter(ingress => isServed(store, settings, ingress))
    .sort((a, b) => (ageKey(a) < ageKey(b) ? -1 : 1));
}

function ageKey({ metadata }: KubeObject): string {
  return `${metadata.creationTimestamp} ${metadata.namespace}/${metadata.name}`;
}

/** A controller takes the Ingresses of its class. Without any IngressClass object in the cluster it takes all. */
function isServed(store: Store, settings: IngressSettings, ingress: Ingress): boolean {
  if (!settings.controller || ingress.metadata.deletionTimestamp !== undefined) return false;
  const classes = store.view(types.ingressClass).map(each => each.metadata.name);
  if (classes.length === 0) return true;
  const wanted = ingress.spec.ingressClassName ?? ingress.metadata.annotations?.[LEGACY_CLASS];
  return wanted !== undefined && classes.includes(wanted);
}

/** Finalizers of the AWS load balancer controller, which this one stands in for. */
function isOwnFinalizer(finalizer: string): boolean {
  return (
    /(^|\.)(ingress|service)\.k8s\.aws\//.test(finalizer) ||
    finalizer === 'service.kubernetes.io/load-balancer-cleanup'
  );
}

/** Writes the load balancer's name into the status of each Ingress, for external-dns and for people. */
export class IngressController implements Controller {
  readonly name = 'ingress';
  private readonly coming = new Set<string>();

  constructor(
    private readonly plane: ControlPlane,
    private readonly settings: IngressSettings,
  ) {}

  keysFor({ object }: WatchEvent): string[] {
    if (isKind(object, types.ingress)) return [keyOf(object)];
    if (isKind(object, types.ingressClass)) return this.plane.store.view(types.ingress).map(keyOf);
    if (isKind(object, types.service) && object.metadata.deletionTimestamp !== undefined) this.letGo(object);
    return [];
  }

  reset(): void {
    this.coming.clear();
  }

  reconcile(key: string): void {
    const { namespace, name } = fromKey(key);
    const ingress = this.plane.store.peek<Ingress>(types.ingress, namespace, name);
    if (!ingress) return;
    if (ingress.metadata.deletionTimestamp !== undefined) {
      this.letGo(ingress);
      return;
    }
    if (this.coming.has(key) || !isServed(this.plane.store, this.settings, ingress)) return;
    if (sameJson(ingress.status?.loadBalancer, this.address())) return;
    this.coming.add(key);
    this.plane.timers.after(this.plane.timing.ingressMs, () => {
      this.coming.delete(key);
      const still = this.plane.store.peek<Ingress>(types.ingress, namespace, name);
      if (still && still.metadata.deletionTimestamp === undefined) {
        writeStatus(this.plane.store, still, { loadBalancer: this.address() });
      }
    });
  }

  private address(): { ingress: { hostname: string }[] } {
    return { ingress: [{ hostname: this.settings.hostname }] };
  }

  private letGo(object: KubeObject): void {
    const finalizers = object.metadata.finalizers ?? [];
    if (!finalizers.some(isOwnFinalizer)) return;
    const rest = finalizers.filter(each => !isOwnFinalizer(each));
    this.plane.store.update({
      ...copyOf(object),
      metadata: { ...copyOf(object.metadata), finalizers: rest },
    });
  }
}
