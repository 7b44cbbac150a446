import { FakeCluster } from '../../../rehearsal/embedded/kubernetes/cluster';
import { types } from '../../../rehearsal/embedded/kubernetes/kinds';
import type { KubeObject } from '../../../rehearsal/embedded/kubernetes/object';
import { seededRandom } from '../../../rehearsal/embedded/kubernetes/random';
import { Bucket, type Content } from '../../../rehearsal/embedded/velero/bucket';
import { veleroManifests } from '../../../rehearsal/embedded/velero/install';
import { at, type Fields } from '../../../rehearsal/embedded/velero/json';
import { FakeVelero } from '../../../rehearsal/embedded/velero/velero';
import { VirtualClock } from '../../../rehearsal/embedded/virtual-clock';
import { claim, start } from './world';

/** A Deployment with one Pod that mounts the claim `data`. */
function shop(replicas: number): KubeObject {
  const labels = { app: 'shop' };
  const container = { name: 'main', image: 'shop:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] };
  const spec = {
    containers: [container],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'shop', name: 'shop' },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };

class Site {
  readonly cluster: FakeCluster;
  readonly velero: FakeVelero;
  readonly contents = new Map<string, Content>();

  constructor(
    name: string,
    readonly clock: VirtualClock,
    bucket: Bucket,
  ) {
    this.cluster = new FakeCluster({
      name,
      region: name,
      clock,
      loadBalancer: { hostname: `${name}.example`, addresses: ['192.0.2.1'] },
      timing: { pullMs: 0 }, // the trial's nodes had their images
    });
    this.cluster.store.installCrds(['velero']);
    const storageClass = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'gp3' } };
    this.cluster.store.create({ ...storageClass, provisioner: 'ebs.csi.aws.com' });
    for (const object of veleroManifests()) this.cluster.store.create(object);
    this.velero = new FakeVelero({
      cluster: name,
      store: this.cluster.store,
      clock,
      bucket,
      random: seededRandom(1),
      location: { name: 'default', accessMode: 'ReadWrite' },
      volumes: {
        read: (space, pvc) => this.contents.get(`${space}/${pvc}`),
        write: (space, pvc, content, bytes) => void this.contents.set(`${space}/${pvc}`, { content, bytes }),
      },
      pods: {
        hold: (space, pod) => this.cluster.holdPod(space, pod),
        release: (space, pod) => this.cluster.releasePod(space, pod),
      },
    });
  }

  restore(rules: string | undefined, spec: Fields = {}): void {
    const { store } = this.cluster;
    const metadata = { namespace: 'velero', name: 'r' };
    if (rules !== undefined) {
      const data = { rules: `version: v1\nresourceModifierRules:\n${rules}` };
      store.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
    }
    const resourceModifier =
      rules === undefined ? {} : { resourceModifier: { kind: 'ConfigMap', name: 'r' } };
    store.create({
      apiVersion: 'velero.io/v1',
      kind: 'Restore',
      metadata,
      spec: { backupName: 'nightly', includedNamespaces: ['shop'], ...resourceModifier, ...spec },
    });
  }

  phase(): unknown {
    const type = this.cluster.store.typeOf('velero.io/v1', 'Restore');
    return at(this.cluster.store.get(type, 'velero', 'r'), 'status', 'phase');
  }

  pods(): KubeObject[] {
    return this.cluster.store.list(types.pod, 'shop');
  }
}

async function world(bytes = 50e6) {
  const clock = new VirtualClock(start);
  const bucket = new Bucket('backups');
  const primary = new Site('primary', clock, bucket);
  const dr = new Site('dr', clock, bucket);
  for (const object of [namespace, claim('shop', 'data'), shop(1)]) primary.cluster.store.create(object);
  primary.contents.set('shop/data', { content: 'monday', bytes });
  await clock.advance(20_000);
  primary.cluster.store.create({
    apiVersion: 'velero.io/v1',
    kind: 'Backup',
    metadata: { namespace: 'velero', name: 'nightly' },
    spec: { includedNamespaces: ['shop'], defaultVolumesToFsBackup: true },
  });
  await clock.advance(100_000);
  return { clock, primary, dr };
}

const zero = (resource: string) => `
- conditions: {groupResource: ${resource}}
  mergePatches: [{patchData: '{"spec":{"replicas":0}}'}]
`;
const noLabels = `
- conditions: {groupResource: pods}
  mergePatches: [{patchData: '{"metadata":{"labels":null}}'}]
`;

describe('a Restore among the controllers of a cluster', () => {
  it('of a whole namespace ends with the Pod of the backup in the hands of its Deployment, with its data', async () => {
    const { clock, primary, dr } = await world();
    dr.restore(undefined);
    await clock.advance(60_000);
    expect(dr.phase()).toBe('Completed');
    expect(dr.pods().map(({ metadata }) => metadata.name)).toEqual(
      primary.pods().map(({ metadata }) => metadata.name),
    );
    expect(dr.pods()[0]?.metadata.ownerReferences).toMatchObject([{ kind: 'ReplicaSet' }]);
    expect(at(dr.pods()[0], 'status', 'phase')).toBe('Running');
    expect(dr.contents.get('shop/data')?.content).toBe('monday');
  });

  it.each([
    [50e6, 11.6],
    [500e6, 17.6],
  ])('of %d bytes takes about %d s until the Pods are Ready, as with real nodes', async (bytes, measured) => {
    const { clock, dr } = await world(bytes);
    const began = clock.now();
    dr.restore(undefined);
    const ready = () => {
      const conditions = at(dr.pods()[0], 'status', 'conditions');
      return (
        Array.isArray(conditions) && conditions.some(each => each.type === 'Ready' && each.status === 'True')
      );
    };
    while (!ready() && clock.now() < began + 60_000) await clock.advance(100);
    expect(Math.abs((clock.now() - began) / 1_000 - measured)).toBeLessThan(1);
  });

  it('into a Deployment at 0 replicas loses its Pod to the ReplicaSet there, brings no data, and hangs', async () => {
    const { clock, dr } = await world();
    for (const object of [namespace, shop(0)]) dr.cluster.store.create(object);
    await clock.advance(5_000);
    dr.restore(undefined);
    await clock.advance(3 * 3_600_000);
    expect(dr.pods()).toEqual([]);
    expect(dr.contents.get('shop/data')).toBeUndefined();
    expect(dr.phase()).toBe('InProgress');
    await clock.advance(2 * 3_600_000);
    expect(dr.phase()).toBe('PartiallyFailed');
  });

  it.each(['replicasets.apps', 'deployments.apps'])(
    'with %s restored at 0 replicas loses its Pod, too',
    async resource => {
      const { clock, dr } = await world();
      dr.restore(zero(resource));
      await clock.advance(5 * 3_600_000);
      expect(dr.phase()).toBe('PartiallyFailed');
    },
  );

  it('of Pods without labels brings the data beside a Deployment at 0 replicas, and leaves a Pod that runs and is nobody’s', async () => {
    const { clock, dr } = await world();
    for (const object of [namespace, shop(0)]) dr.cluster.store.create(object);
    await clock.advance(5_000);
    dr.restore(noLabels, { includedResources: ['pods', 'persistentvolumeclaims', 'persistentvolumes'] });
    await clock.advance(60_000);
    expect(dr.phase()).toBe('Completed');
    expect(dr.contents.get('shop/data')?.content).toBe('monday');
    expect(dr.pods()).toHaveLength(1);
    expect(dr.pods()[0]?.metadata.ownerReferences).toBeUndefined();
    expect(at(dr.pods()[0], 'status', 'phase')).toBe('Running');
  });
});
