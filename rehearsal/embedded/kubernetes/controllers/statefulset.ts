import { canonicalJson, copyOf } from '../json';
import { type Pod, type StatefulSet, types } from '../kinds';
import { selects } from '../labels';
import type { KubeObject, WatchEvent } from '../object';
import { hashLetters } from '../random';
import { type Controller, type ControlPlane, fromKey, isKind, keyOf, writeStatus } from './controller';
import { adopt, controllerOf, isFinished, isPod, isReady, isServing, podFrom } from './pods';

const REVISION = 'controller-revision-hash';

/** Pods with stable names and claims of their own: one after the other up, and one after the other down. */
export class StatefulSetController implements Controller {
  readonly name = 'statefulset';

  constructor(private readonly plane: ControlPlane) {}

  keysFor({ object }: WatchEvent): string[] {
    if (isKind(object, types.statefulSet)) return [keyOf(object)];
    if (!isPod(object)) return [];
    const owner = controllerOf(object);
    if (owner)
      return owner.kind === 'StatefulSet' ? [`${object.metadata.namespace ?? ''}/${owner.name}`] : [];
    return this.plane.store
      .view<StatefulSet>(types.statefulSet, object.metadata.namespace)
      .filter(set => ordinalOf(set, object) !== undefined)
      .map(keyOf);
  }

  reconcile(key: string): void {
    const { namespace, name } = fromKey(key);
    const set = this.plane.store.peek<StatefulSet>(types.statefulSet, namespace, name);
    if (!set || set.metadata.deletionTimestamp !== undefined) return;
    this.claim(set);
    this.adjust(set);
    this.report(set);
  }

  private claim(set: StatefulSet): void {
    for (const pod of this.plane.store.view<Pod>(types.pod, set.metadata.namespace)) {
      const orphan = !controllerOf(pod) && pod.metadata.deletionTimestamp === undefined;
      if (orphan && ordinalOf(set, pod) !== undefined) adopt(this.plane.store, set, pod);
    }
  }

  private podsOf(set: StatefulSet): Map<number, Pod> {
    const pods = new Map<number, Pod>();
    for (const pod of this.plane.store.view<Pod>(types.pod, set.metadata.namespace)) {
      const ordinal = ordinalOf(set, pod);
      if (ordinal !== undefined && controllerOf(pod)?.uid === set.metadata.uid) pods.set(ordinal, pod);
    }
    return pods;
  }

  private adjust(set: StatefulSet): void {
    const inOrder = set.spec.podManagementPolicy !== 'Parallel';
    const replicas = set.spec.replicas ?? 1;
    const pods = this.podsOf(set);
    for (let ordinal = 0; ordinal < replicas; ordinal++) {
      const done = this.ensure(set, ordinal, pods.get(ordinal));
      if (inOrder && !done) return;
    }
    const surplus = [...pods.keys()].filter(ordinal => ordinal >= replicas).sort((a, b) => b - a);
    for (const ordinal of surplus) {
      this.deletePod(pods.get(ordinal));
      if (inOrder) return;
    }
    if (surplus.length === 0) this.update(set, pods);
  }

  /** Whether the next Pod may be looked at: this one runs and is ready. */
  private ensure(set: StatefulSet, ordinal: number, pod: Pod | undefined): boolean {
    if (!pod) {
      this.createPod(set, ordinal);
      return false;
    }
    if (isFinished(pod)) this.deletePod(pod);
    return isServing(pod);
  }

  /** Replaces Pods of an older template from the last to the first, each when the one before is ready again. */
  private update(set: StatefulSet, pods: Map<number, Pod>): void {
    const strategy = set.spec.updateStrategy;
    if (strategy?.type === 'OnDelete') return;
    const from = strategy?.rollingUpdate?.partition ?? 0;
    for (const ordinal of [...pods.keys()].sort((a, b) => b - a)) {
      const pod = pods.get(ordinal);
      if (!pod || ordinal < from) return;
      if (pod.metadata.labels?.[REVISION] !== revisionOf(set)) {
        this.deletePod(pod);
        return;
      }
      if (!isServing(pod)) return;
    }
  }

  private createPod(set: StatefulSet, ordinal: number): void {
    const { store } = this.plane;
    const name = `${set.metadata.name}-${ordinal}`;
    const claims = (set.spec.volumeClaimTemplates ?? []).map(template => {
      const claimName = `${template.metadata.name}-${name}`;
      if (!store.peek(types.claim, set.metadata.namespace, claimName))
        store.create(claimFrom(set, template, claimName));
      return { name: template.metadata.name, persistentVolumeClaim: { claimName } };
    });
    const pod = podFrom(
      set,
      set.spec.template,
      { name },
      {
        [REVISION]: revisionOf(set),
        'statefulset.kubernetes.io/pod-name': name,
        'apps.kubernetes.io/pod-index': String(ordinal),
      },
    ) as Pod;
    const others = (pod.spec.volumes ?? []).filter(
      volume => !claims.some(claim => claim.name === volume.name),
    );
    pod.spec = {
      ...pod.spec,
      hostname: name,
      subdomain: set.spec.serviceName,
      volumes: [...others, ...claims],
    };
    store.create(pod);
  }

  private deletePod(pod: Pod | undefined): void {
    if (!pod || pod.metadata.deletionTimestamp !== undefined) return;
    this.plane.store.delete(types.pod, pod.metadata.namespace, pod.metadata.name);
  }

  private report(set: StatefulSet): void {
    const pods = [...this.podsOf(set).values()];
    const revision = revisionOf(set);
    const ready = pods.filter(isReady).length;
    const updated = pods.filter(pod => pod.metadata.labels?.[REVISION] === revision).length;
    const name = `${set.metadata.name}-${revision}`;
    writeStatus(this.plane.store, set, {
      observedGeneration: set.metadata.generation ?? 0,
      replicas: pods.length,
      ...(ready > 0 ? { readyReplicas: ready, availableReplicas: ready } : { availableReplicas: 0 }),
      ...(updated > 0 ? { updatedReplicas: updated, currentReplicas: updated } : {}),
      currentRevision: name,
      updateRevision: name,
      collisionCount: 0,
    });
  }
}

function revisionOf(set: StatefulSet): string {
  return hashLetters(canonicalJson(set.spec.template));
}

function ordinalOf(set: StatefulSet, pod: KubeObject): number | undefined {
  const match = /^(.*)-(\d+)$/.exec(pod.metadata.name);
  const fits = match?.[1] === set.metadata.name && selects(set.spec.selector, pod.metadata.labels);
  return fits ? Number(match?.[2]) : undefined;
}

type ClaimTemplate = NonNullable<StatefulSet['spec']['volumeClaimTemplates']>[number];

function claimFrom(set: StatefulSet, template: ClaimTemplate, name: string): KubeObject {
  const { namespace } = set.metadata;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
      ...(template.metadata.annotations ? { annotations: { ...template.metadata.annotations } } : {}),
    },
    spec: copyOf(template.spec),
  };
}
