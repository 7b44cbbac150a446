import type { FakeCluster } from '../kubernetes/cluster';
import type { KubeObject, WatchEvent } from '../kubernetes/object';
import type { Content } from '../velero/bucket';
import type { Volumes } from '../velero/volumes';

/** 50 MB: what the trial on real nodes moved. */
const BYTES = 50e6;

/**
 * The data on one site's volumes. While its app is at work, and a Pod runs that may write there, what lies there is
 * "everything written until now"; when the last such Pod ends, it stays at that. A volume belongs to its claim's uid: a
 * new claim of the same name is an empty volume.
 */
export class SiteVolumes implements Volumes {
  private readonly written = new Map<string, Content>();

  constructor(
    private readonly cluster: FakeCluster,
    private readonly now: () => number,
    /** Whether somebody writes to the volumes of this namespace now. */
    private readonly atWork: (namespace: string) => boolean,
  ) {
    cluster.store.watch(event => this.notice(event));
  }

  /** From a site that has been at work: its volumes hold data from the start. */
  fill(): void {
    const type = this.cluster.store.typeOf('v1', 'PersistentVolumeClaim');
    for (const claim of this.cluster.store.list(type)) this.written.set(uidOf(claim), this.fresh());
  }

  /** Writes what the app writes; called whenever somebody looks, and before the app stops. */
  touch(namespace: string): void {
    if (!this.atWork(namespace)) return;
    const { store } = this.cluster;
    for (const pod of store.list(store.typeOf('v1', 'Pod'), namespace)) this.writeAs(pod);
  }

  /** A Pod that ends has written until its end. */
  private notice({ type, object, old }: WatchEvent): void {
    if (object.kind !== 'Pod') return;
    const before = type === 'DELETED' ? object : old;
    const goesOn = type !== 'DELETED' && isRunning(object);
    if (before && !goesOn && this.atWork(object.metadata.namespace ?? '')) this.writeAs(before);
  }

  private writeAs(pod: KubeObject): void {
    for (const name of isRunning(pod) ? writableClaims(pod) : []) {
      const claim = this.claim(pod.metadata.namespace ?? '', name);
      if (claim) this.written.set(uidOf(claim), this.fresh());
    }
  }

  read(namespace: string, pvc: string): Content | undefined {
    this.touch(namespace);
    const claim = this.claim(namespace, pvc);
    return claim && this.written.get(uidOf(claim));
  }

  write(namespace: string, pvc: string, content: string, bytes: number): void {
    const claim = this.claim(namespace, pvc);
    if (claim) this.written.set(uidOf(claim), { content, bytes });
  }

  private claim(namespace: string, name: string): KubeObject | undefined {
    const { store } = this.cluster;
    return store.get(store.typeOf('v1', 'PersistentVolumeClaim'), namespace, name);
  }

  private fresh(): Content {
    return { content: `${WRITTEN_UNTIL}${Math.round(this.now())}`, bytes: BYTES };
  }
}

const WRITTEN_UNTIL = 'written until ';

/** Until when the data of a volume were written, in ms since the epoch; undefined for an empty or damaged one. */
export function writtenUntil(content: Content | undefined): number | undefined {
  const match = /^written until (\d+)$/.exec(content?.content ?? '');
  return match ? Number(match[1]) : undefined;
}

function isRunning({ status }: KubeObject): boolean {
  return (status as { phase?: string } | undefined)?.phase === 'Running';
}

interface PodSpec {
  containers?: { volumeMounts?: { name: string; readOnly?: boolean }[] }[];
  volumes?: { name: string; persistentVolumeClaim?: { claimName: string } }[];
}

/** The claims that a container of the Pod mounts, and not only to read. */
function writableClaims({ spec }: KubeObject): string[] {
  const { containers = [], volumes = [] } = (spec ?? {}) as PodSpec;
  const mounted = new Set(
    containers
      .flatMap(({ volumeMounts = [] }) => volumeMounts)
      .filter(({ readOnly }) => readOnly !== true)
      .map(({ name }) => name),
  );
  return volumes.flatMap(({ name, persistentVolumeClaim }) =>
    mounted.has(name) ? (persistentVolumeClaim?.claimName ?? []) : [],
  );
}

function uidOf(claim: KubeObject): string {
  return claim.metadata.uid ?? claim.metadata.name;
}
