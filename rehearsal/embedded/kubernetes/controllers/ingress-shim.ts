import { copyOf, sameJson } from '../json';
import { type CertificateObject, type Ingress, types } from '../kinds';
import type { KubeObject, ResourceType, WatchEvent } from '../object';
import type { Store } from '../store';
import { type Controller, type ControlPlane, fromKey, isKind, keyOf } from './controller';
import { controllerOf, ownerReference } from './pods';

const GROUP = 'cert-manager.io';

/** The Certificate type, when cert-manager is installed. */
export function certificateType(store: Store): ResourceType | undefined {
  return store.typeOfResource(GROUP, 'v1', 'certificates');
}

interface IssuerRef {
  name: string;
  kind: 'ClusterIssuer' | 'Issuer';
  group: string;
}

function issuerOf({ metadata }: Ingress): IssuerRef | undefined {
  const cluster = metadata.annotations?.['cert-manager.io/cluster-issuer'];
  if (cluster !== undefined) return { name: cluster, kind: 'ClusterIssuer', group: GROUP };
  const local = metadata.annotations?.['cert-manager.io/issuer'];
  return local === undefined ? undefined : { name: local, kind: 'Issuer', group: GROUP };
}

/** cert-manager's ingress-shim: a Certificate for every `tls` of an Ingress that asks for one by annotation. */
export class IngressShim implements Controller {
  readonly name = 'ingress-shim';

  constructor(private readonly plane: ControlPlane) {}

  keysFor({ object }: WatchEvent): string[] {
    if (isKind(object, types.ingress)) return [keyOf(object)];
    if (isKind(object, types.crd) && object.metadata.name === `certificates.${GROUP}`) {
      return this.plane.store.view(types.ingress).map(keyOf);
    }
    const owner = isKind(object, { kind: 'Certificate', group: GROUP }) ? controllerOf(object) : undefined;
    return owner?.kind === 'Ingress' ? [`${object.metadata.namespace ?? ''}/${owner.name}`] : [];
  }

  reconcile(key: string): void {
    const { namespace, name } = fromKey(key);
    const { store } = this.plane;
    const type = certificateType(store);
    const ingress = store.peek<Ingress>(types.ingress, namespace, name);
    if (!type || !ingress || ingress.metadata.deletionTimestamp !== undefined) return;
    const issuerRef = issuerOf(ingress);
    const wanted = issuerRef
      ? (ingress.spec.tls ?? []).filter(each => each.secretName && each.hosts?.length)
      : [];
    for (const { secretName = '', hosts = [] } of wanted) {
      this.ensure(type, ingress, {
        secretName,
        dnsNames: [...hosts],
        issuerRef,
        usages: ['digital signature', 'key encipherment'],
      });
    }
    for (const certificate of store.view<CertificateObject>(type, namespace)) {
      const ours = controllerOf(certificate)?.uid === ingress.metadata.uid;
      if (ours && !wanted.some(each => each.secretName === certificate.metadata.name)) {
        store.delete(type, namespace, certificate.metadata.name);
      }
    }
  }

  private ensure(
    type: ResourceType,
    ingress: Ingress,
    spec: { secretName: string; [field: string]: unknown },
  ): void {
    const { store } = this.plane;
    const { namespace } = ingress.metadata;
    const existing = store.peek<CertificateObject>(type, namespace, spec.secretName);
    if (!existing) {
      const created: KubeObject = {
        apiVersion: `${GROUP}/v1`,
        kind: 'Certificate',
        metadata: {
          name: spec.secretName,
          ...(namespace === undefined ? {} : { namespace }),
          ...(ingress.metadata.labels ? { labels: { ...ingress.metadata.labels } } : {}),
          ownerReferences: [ownerReference(ingress)],
        },
        spec,
      };
      store.create(created);
      return;
    }
    // One that belongs to another Ingress, or to nobody, is not touched.
    if (controllerOf(existing)?.uid !== ingress.metadata.uid) return;
    const next = { ...existing.spec, ...spec };
    if (!sameJson(existing.spec, next)) store.update({ ...copyOf(existing), spec: next } as KubeObject);
  }
}
