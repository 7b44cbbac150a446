import { copyOf } from '../json';
import { types } from '../kinds';
import type { KubeObject, WatchEvent } from '../object';
import { type Controller, type ControlPlane, isKind, writeStatus } from './controller';

/** Empties a namespace that is to be deleted, and furnishes a new one. */
export class NamespaceController implements Controller {
  readonly name = 'namespace';

  constructor(private readonly plane: ControlPlane) {}

  keysFor({ type, object }: WatchEvent): string[] {
    if (isKind(object, types.namespace)) return type === 'DELETED' ? [] : [object.metadata.name];
    const { namespace } = object.metadata;
    return type === 'DELETED' && namespace !== undefined ? [namespace] : [];
  }

  reconcile(name: string): void {
    const namespace = this.plane.store.peek(types.namespace, undefined, name);
    if (!namespace) return;
    if (namespace.metadata.deletionTimestamp === undefined) this.furnish(name);
    else this.empty(namespace);
  }

  /** The service account controller and the root CA publisher of every real cluster. */
  private furnish(namespace: string): void {
    const { store } = this.plane;
    if (!store.peek(types.serviceAccount, namespace, 'default')) {
      store.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } });
    }
    if (!store.peek(types.configMap, namespace, 'kube-root-ca.crt')) {
      store.create({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'kube-root-ca.crt', namespace },
        data: { 'ca.crt': "the cluster's certificate authority" },
      });
    }
  }

  private empty(namespace: KubeObject): void {
    const { store } = this.plane;
    const { name } = namespace.metadata;
    const contents = () =>
      store
        .types()
        .filter(type => type.namespaced)
        .flatMap(type => store.view(type, name));
    for (const object of contents()) {
      if (object.metadata.deletionTimestamp !== undefined) continue;
      const type = store.typeOf(object.apiVersion, object.kind);
      // Something else may have gone with what was deleted before.
      if (store.peek(type, name, object.metadata.name)) store.delete(type, name, object.metadata.name);
    }
    const remaining = contents();
    if (remaining.length === 0) {
      store.update({ ...copyOf(namespace), spec: { finalizers: [] } });
      return;
    }
    const held = remaining
      .filter(object => (object.metadata.finalizers?.length ?? 0) > 0)
      .map(object => object.kind);
    const message = `Some resources are remaining: ${[...new Set(held)].join(', ')}`;
    writeStatus(store, namespace, {
      phase: 'Terminating',
      ...(held.length > 0
        ? {
            conditions: [
              { type: 'NamespaceContentRemaining', status: 'True', reason: 'SomeResourcesRemain', message },
            ],
          }
        : {}),
    });
  }
}
