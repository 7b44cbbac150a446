import { types } from '../../../rehearsal/embedded/kubernetes/kinds';
import type { KubeObject } from '../../../rehearsal/embedded/kubernetes/object';
import { seededRandom } from '../../../rehearsal/embedded/kubernetes/random';
import { Store } from '../../../rehearsal/embedded/kubernetes/store';
import { Bucket, type Content } from '../../../rehearsal/embedded/velero/bucket';
import { veleroManifests } from '../../../rehearsal/embedded/velero/install';
import { at, type Fields, list } from '../../../rehearsal/embedded/velero/json';
import type { Faults, Timing } from '../../../rehearsal/embedded/velero/server';
import { FakeVelero } from '../../../rehearsal/embedded/velero/velero';
import { podVolumes } from '../../../rehearsal/embedded/velero/volumes';
import { VirtualClock } from '../../../rehearsal/embedded/virtual-clock';

export const start = Date.parse('2026-03-01T00:00:00Z');

interface SiteOptions {
  accessMode?: 'ReadWrite' | 'ReadOnly';
  timing?: Partial<Timing>;
  faults?: Partial<Faults>;
  install?: boolean;
}

/** One cluster with a Velero, and just enough of a kubelet and a volume provisioner around it. */
export class Site {
  readonly store: Store;
  readonly velero: FakeVelero;
  readonly held = new Set<string>();
  readonly contents = new Map<string, Content>();
  readonly phases: string[] = [];
  private noNodes = false;

  constructor(
    readonly name: string,
    readonly clock: VirtualClock,
    readonly bucket: Bucket,
    options: SiteOptions = {},
  ) {
    this.store = new Store(clock, { random: seededRandom(name.length) });
    this.store.installCrds(['velero']);
    if (options.install !== false) for (const object of veleroManifests()) this.store.create(object);
    this.create({
      kind: 'StorageClass',
      apiVersion: 'storage.k8s.io/v1',
      metadata: { name: 'gp3' },
      provisioner: 'ebs',
    });
    this.store.watch(({ type, object }) => {
      if (object.kind === 'Pod' && type === 'ADDED') this.clock.after(1_000, () => this.startPod(object));
      if (object.kind === 'Pod' && object.metadata.deletionTimestamp) {
        this.clock.after(1_000, () => this.endPod(object));
      }
      if (object.kind === 'PersistentVolumeClaim' && type === 'ADDED') {
        this.clock.after(500, () => this.bind(object));
      }
      const phase = at(object, 'status', 'phase');
      if (object.apiVersion === 'velero.io/v1')
        this.phases.push(`${object.kind} ${object.metadata.name} ${phase}`);
    });
    this.velero = new FakeVelero({
      cluster: name,
      store: this.store,
      clock,
      bucket,
      random: seededRandom(7),
      location: { name: 'default', accessMode: options.accessMode ?? 'ReadWrite' },
      volumes: {
        read: (namespace, claim) => this.contents.get(`${namespace}/${claim}`),
        write: (namespace, claim, content, bytes) => {
          this.contents.set(`${namespace}/${claim}`, { content, bytes });
        },
      },
      pods: {
        hold: (namespace, pod) => void this.held.add(`${namespace}/${pod}`),
        release: (namespace, pod) => {
          this.held.delete(`${namespace}/${pod}`);
          const found = this.get('Pod', pod, namespace);
          if (found) this.clock.after(500, () => this.startPod(found));
        },
      },
      ...(options.timing && { timing: options.timing }),
      ...(options.faults && { faults: options.faults }),
    });
  }

  create(object: KubeObject): KubeObject {
    return this.store.create(object);
  }

  get(kind: string, name: string, namespace = 'velero'): KubeObject | undefined {
    const type = this.store.types().find(each => each.kind === kind);
    return type && this.store.get(type, type.namespaced ? namespace : undefined, name);
  }

  all(kind: string, namespace?: string): KubeObject[] {
    const type = this.store.types().find(each => each.kind === kind);
    return type ? this.store.list(type, namespace) : [];
  }

  delete(kind: string, name: string, namespace = 'velero'): void {
    const type = this.store.types().find(each => each.kind === kind);
    if (type) this.store.delete(type, type.namespaced ? namespace : undefined, name);
  }

  namespace(name: string, labels: Record<string, string> = {}): void {
    this.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  }

  backup(name: string, spec: Fields = {}): void {
    this.create({
      apiVersion: 'velero.io/v1',
      kind: 'Backup',
      metadata: { name, namespace: 'velero' },
      spec,
    });
  }

  restore(name: string, spec: Fields, annotations: Record<string, string> = {}): void {
    const metadata = { name, namespace: 'velero', annotations };
    this.create({ apiVersion: 'velero.io/v1', kind: 'Restore', metadata, spec });
  }

  configMap(
    name: string,
    data: Record<string, string>,
    labels: Record<string, string> = {},
    namespace = 'velero',
  ) {
    this.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels }, data });
  }

  phase(kind: string, name: string): unknown {
    return at(this.get(kind, name), 'status', 'phase');
  }

  status(kind: string, name: string): Fields {
    return (this.get(kind, name)?.status ?? {}) as Fields;
  }

  /** The phases that an object of Velero went through, each once. */
  history(kind: string, name: string): string[] {
    const own = this.phases
      .filter(line => line.startsWith(`${kind} ${name} `))
      .map(line => line.split(' ')[2] ?? '');
    return own.filter((phase, index) => phase !== own[index - 1]);
  }

  /** A Pod with one claim of that name, running, with content on the volume. */
  database(namespace: string, content: string, bytes = 50e6, labels: Record<string, string> = {}): void {
    this.create(claim(namespace, 'data'));
    this.contents.set(`${namespace}/data`, { content, bytes });
    this.create(pod(namespace, 'db-0', { labels: { app: 'db', ...labels }, claim: 'data' }));
  }

  /** No node has room: Pods stay Pending. */
  setNoNodes(noNodes: boolean): void {
    this.noNodes = noNodes;
  }

  private startPod(pod: KubeObject): void {
    if (this.noNodes) return;
    const { namespace = '', name, uid } = pod.metadata;
    const found = this.get('Pod', name, namespace);
    if (!found || found.metadata.uid !== uid || found.metadata.deletionTimestamp) return;
    const ready = podVolumes(found).every(
      ({ claim }) =>
        claim === undefined ||
        at(this.get('PersistentVolumeClaim', claim, namespace), 'status', 'phase') === 'Bound',
    );
    if (!ready) return; // as a claim that is Pending for ever
    const bound = { ...found, spec: { ...(found.spec as Fields), nodeName: 'node-1' } };
    const updated = at(found, 'spec', 'nodeName') ? found : this.store.update(bound);
    const waiting = this.held.has(`${namespace}/${name}`);
    const init = list(at(updated, 'spec', 'initContainers')).map(container => ({
      name: at(container, 'name'),
      state: waiting ? { running: {} } : { terminated: {} },
    }));
    const status = { phase: waiting ? 'Pending' : 'Running', initContainerStatuses: init };
    this.store.updateStatus({ ...updated, status });
  }

  private endPod({ metadata }: KubeObject): void {
    const found = this.get('Pod', metadata.name, metadata.namespace);
    if (found?.metadata.uid !== metadata.uid) return;
    this.store.delete(types.pod, metadata.namespace, metadata.name, { gracePeriodSeconds: 0 });
  }

  private bind({ metadata }: KubeObject): void {
    const found = this.get('PersistentVolumeClaim', metadata.name, metadata.namespace);
    if (!found || at(found, 'spec', 'selector')) return;
    const storageClass = this.get('StorageClass', String(at(found, 'spec', 'storageClassName')));
    if (storageClass?.volumeBindingMode === 'WaitForFirstConsumer') return;
    let volumeName = at(found, 'spec', 'volumeName');
    if (volumeName === undefined) {
      volumeName = `pvc-${this.name}-${metadata.namespace}-${metadata.name}`;
      this.create({
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: String(volumeName) },
        spec: {
          persistentVolumeReclaimPolicy: 'Delete',
          csi: { driver: 'ebs.csi.aws.com', volumeHandle: String(volumeName) },
          claimRef: { kind: 'PersistentVolumeClaim', namespace: metadata.namespace, name: metadata.name },
        },
      });
    }
    const volume = this.get('PersistentVolume', String(volumeName));
    if (!volume) return; // the volume of another cluster: Pending for ever
    this.store.updateStatus({ ...volume, status: { phase: 'Bound' } });
    const named = this.store.update({ ...found, spec: { ...(found.spec as Fields), volumeName } });
    this.store.updateStatus({ ...named, status: { phase: 'Bound' } });
  }
}

export function claim(namespace: string, name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace, name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'gp3',
      resources: { requests: { storage: '1Gi' } },
    },
  };
}

export function pod(
  namespace: string,
  name: string,
  {
    labels = {},
    claim = '',
    image = 'db:1',
  }: { labels?: Record<string, string>; claim?: string; image?: string } = {},
): KubeObject {
  const volumes = claim === '' ? [] : [{ name: 'data', persistentVolumeClaim: { claimName: claim } }];
  const volumeMounts = claim === '' ? [] : [{ name: 'data', mountPath: '/data' }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, labels },
    spec: { containers: [{ name: 'main', image, volumeMounts }], volumes },
  };
}

export function workload(
  kind: 'Deployment' | 'ReplicaSet',
  namespace: string,
  name: string,
  replicas: number,
): KubeObject {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { namespace, name, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: `${name}:1` }] } },
    },
  };
}

/** Two clusters over one bucket. Everything has started after the first second. */
export async function twoSites(primaryOptions: SiteOptions = {}, drOptions: SiteOptions = {}) {
  const clock = new VirtualClock(start);
  const bucket = new Bucket('backups');
  const primary = new Site('primary', clock, bucket, primaryOptions);
  const dr = new Site('dr', clock, bucket, drOptions);
  await clock.advance(1_000);
  return { clock, bucket, primary, dr };
}

/** A backup `nightly` of namespace shop with one database, synced to dr. */
export async function syncedBackup(
  primaryOptions: SiteOptions = {},
  drOptions: SiteOptions = {},
  prepare: (primary: Site) => void = primary => primary.database('shop', 'monday'),
  spec: Fields = { includedNamespaces: ['shop'], defaultVolumesToFsBackup: true },
) {
  const world = await twoSites(primaryOptions, drOptions);
  world.primary.namespace('shop');
  prepare(world.primary);
  await world.clock.advance(5_000);
  world.primary.backup('nightly', spec);
  await world.clock.advance(120_000);
  return world;
}
