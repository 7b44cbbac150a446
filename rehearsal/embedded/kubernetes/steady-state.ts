import { conditionOf } from './controllers/conditions';
import { certificateType } from './controllers/ingress-shim';
import { missingNeed } from './controllers/pod-needs';
import { isActive, isReady } from './controllers/pods';
import { at, text } from './json';
import { type CertificateObject, type Pod, types, type VolumeClaim } from './kinds';
import type { Store } from './store';

const STAND_IN = 'lifeboat.rehearsal/stand-in';

/**
 * Creates the Secrets and ConfigMaps that Pods of the first load need and no manifest holds. These Pods are said
 * to run, so the objects must exist; they come from elsewhere, such as external-secrets. Returns notes.
 */
export function createStandIns(store: Store): string[] {
  const notes: string[] = [];
  for (const pod of store.view<Pod>(types.pod).filter(each => each.spec.nodeName && isActive(each))) {
    const missing = missingNeed(store, pod);
    if (!missing || missing.kind === 'PersistentVolumeClaim') continue;
    const { namespace = '' } = pod.metadata;
    const metadata = { name: missing.name, namespace, annotations: { [STAND_IN]: 'true' } };
    store.create({ apiVersion: 'v1', kind: missing.kind, metadata, data: {} });
    notes.push(
      `${missing.kind} ${namespace}/${missing.name}: not in the manifests, taken as there since Pods need it`,
    );
  }
  return notes;
}

/** What is not as it should be, or was taken for granted, in a cluster that is said to have run for long. */
export function steadyNotes(store: Store): string[] {
  return [...podNotes(store), ...claimNotes(store), ...certificateNotes(store)];
}

function podNotes(store: Store): string[] {
  return store
    .view<Pod>(types.pod)
    .filter(pod => isActive(pod) && !isReady(pod))
    .map(pod => {
      const scheduled = conditionOf(pod.status?.conditions, 'PodScheduled');
      const [waiting] = (pod.status?.containerStatuses ?? []).flatMap(each => each.state.waiting ?? []);
      const reason = text(at(waiting, 'message')) ?? text(at(waiting, 'reason'));
      const why = scheduled?.status === 'False' ? scheduled.message : reason;
      return `Pod ${pod.metadata.namespace}/${pod.metadata.name}: not ready (${why ?? 'its readiness probe fails'})`;
    });
}

function claimNotes(store: Store): string[] {
  const classes = new Set(store.view(types.storageClass).map(each => each.metadata.name));
  const missing = store
    .view<VolumeClaim>(types.claim)
    .flatMap(({ spec }) =>
      spec.storageClassName && !classes.has(spec.storageClassName) ? [spec.storageClassName] : [],
    );
  return [...new Set(missing)].map(
    name =>
      `StorageClass ${name}: not in the manifests; its claims are taken as bound, and new ones stay Pending`,
  );
}

function certificateNotes(store: Store): string[] {
  const type = certificateType(store);
  const certificates = type ? store.view<CertificateObject>(type) : [];
  const missing = certificates.flatMap(({ metadata, spec }) => {
    const cluster = spec.issuerRef.kind === 'ClusterIssuer';
    const issuers = store.typeOfResource('cert-manager.io', 'v1', cluster ? 'clusterissuers' : 'issuers');
    const there =
      issuers && store.peek(issuers, cluster ? undefined : metadata.namespace, spec.issuerRef.name);
    return there ? [] : [`${spec.issuerRef.kind ?? 'Issuer'} ${spec.issuerRef.name}`];
  });
  return [...new Set(missing)].map(
    name => `${name}: not in the manifests; its certificates are taken as issued, and none is renewed`,
  );
}
