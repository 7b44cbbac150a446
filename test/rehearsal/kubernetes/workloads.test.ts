import { at, copyOf, list } from '../../../rehearsal/embedded/kubernetes/json';
import { type Pod, types } from '../../../rehearsal/embedded/kubernetes/kinds';
import type { KubeObject } from '../../../rehearsal/embedded/kubernetes/object';
import {
  call,
  claim,
  clusterAt,
  condition,
  DEPLOYMENTS,
  deployment,
  mergePatch,
  namespace,
  podNames,
  podSpec,
  pods,
  readyPods,
  service,
  statefulSet,
  storageClass,
} from './fixtures';

function shop(options: Parameters<typeof clusterAt>[1] = {}) {
  const made = clusterAt(undefined, options);
  made.cluster.store.create(namespace('shop'));
  return made;
}

const get = (cluster: ReturnType<typeof shop>['cluster'], name: string) =>
  cluster.store.get(types.deployment, 'shop', name);

describe('Deployments', () => {
  test('bring their Pods to Ready in virtual time and count them in their status', async () => {
    const { clock, cluster } = shop();
    cluster.store.create(deployment('web', 3));
    await clock.advance(1_000);
    expect(podNames(cluster)).toHaveLength(3);
    expect(get(cluster, 'web')?.status).toMatchObject({
      observedGeneration: 1,
      replicas: 3,
      unavailableReplicas: 3,
    });
    expect(get(cluster, 'web')?.status).not.toHaveProperty('readyReplicas');
    expect(condition(get(cluster, 'web'), 'Available')).toMatchObject({ status: 'False' });
    await clock.run(cluster.settled());
    expect(get(cluster, 'web')?.status).toMatchObject({
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
    });
    expect(condition(get(cluster, 'web'), 'Available')).toMatchObject({ status: 'True' });
    expect(condition(get(cluster, 'web'), 'Progressing')).toMatchObject({ reason: 'NewReplicaSetAvailable' });
  });

  test('take time: pulling, starting and the readiness probe', async () => {
    const { clock, cluster } = shop({
      timing: { controllerMs: 0, pullMs: 3_000, startMs: 1_000, readyMs: 2_000 },
    });
    cluster.store.create(deployment('web', 1));
    await clock.advance(5_999);
    expect(readyPods(cluster)).toHaveLength(0);
    expect(pods(cluster)[0]?.status?.phase).toBe('Running');
    await clock.advance(1);
    expect(readyPods(cluster)).toHaveLength(1);
  });

  test('make ReplicaSets named by the hash of their template, the same in both clusters', () => {
    const [one, two] = ['a', 'b'].map(name => {
      const { cluster } = clusterAt(undefined, { name });
      cluster.load([namespace('shop'), deployment('web', 1)]);
      return cluster.store.list(types.replicaSet, 'shop')[0]?.metadata.name;
    });
    expect(one).toMatch(/^web-[a-z0-9]+$/);
    expect(one).toBe(two);
  });

  test('stop their Pods when scaled to 0, each within its grace time', async () => {
    const { clock, cluster } = shop({ timing: { stopMs: 2_000 } });
    cluster.load([deployment('web', 2)]);
    mergePatch(cluster, `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 0 } });
    await clock.advance(500);
    expect(podNames(cluster)).toEqual([]);
    expect(pods(cluster)).toHaveLength(2);
    await clock.run(cluster.settled());
    expect(pods(cluster)).toEqual([]);
    expect(get(cluster, 'web')?.status).not.toHaveProperty('replicas');
  });

  test('replace Pods of an old template and never fall below what must be available', async () => {
    const { clock, cluster } = shop();
    cluster.load([deployment('web', 4)]);
    const before = podNames(cluster);
    mergePatch(cluster, `${DEPLOYMENTS}/web`, {
      spec: { template: { metadata: { annotations: { v: '2' } } } },
    });
    let least = 4;
    for (let second = 0; second < 60; second++) {
      await clock.advance(1_000);
      least = Math.min(least, readyPods(cluster).length);
    }
    expect(least).toBe(3);
    expect(readyPods(cluster)).toHaveLength(4);
    expect(podNames(cluster).filter(name => before.includes(name))).toEqual([]);
    expect(
      cluster.store
        .list(types.replicaSet, 'shop')
        .map(set => (set.spec as { replicas: number }).replicas)
        .sort(),
    ).toEqual([0, 4]);
  });

  test('that are scaled while nothing can start never exceed their progress deadline', async () => {
    const { clock, cluster } = shop();
    cluster.load([deployment('web', 1)]);
    cluster.faults.neverReady.push('registry.levlabs.link/web');
    mergePatch(cluster, `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 2 } });
    await clock.advance(3_600_000);
    expect(condition(get(cluster, 'web'), 'Progressing')).toMatchObject({ status: 'True' });
  });

  test('that never came up exceed it', async () => {
    const { clock, cluster } = shop({ faults: { neverReady: ['registry.levlabs.link/web'] } });
    cluster.store.create(deployment('web', 1));
    await clock.advance(601_000 + 10_000);
    expect(condition(get(cluster, 'web'), 'Progressing')).toMatchObject({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
    });
  });
});

describe('ReplicaSets and orphans', () => {
  function restoredPod(cluster: ReturnType<typeof shop>['cluster'], name = 'web-restored'): KubeObject {
    const [set] = cluster.store.list(types.replicaSet, 'shop');
    const labels = at(set?.spec, 'template', 'metadata', 'labels') as Record<string, string>;
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'shop', labels: copyOf(labels) },
      spec: podSpec(),
    };
  }

  test('adopt and kill a Pod that is restored beside a Deployment at 0 replicas', async () => {
    const { clock, cluster } = shop();
    cluster.load([deployment('web', 0)]);
    cluster.store.create(restoredPod(cluster));
    await clock.run(cluster.settled());
    expect(pods(cluster)).toEqual([]);
  });

  test('adopt an orphan Pod in place of starting one', async () => {
    const { clock, cluster } = shop();
    cluster.load([deployment('web', 0)]);
    mergePatch(cluster, `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 2 } });
    cluster.store.create(restoredPod(cluster));
    await clock.run(cluster.settled());
    const found = pods(cluster).find(pod => pod.metadata.name === 'web-restored');
    expect(found?.metadata.ownerReferences).toMatchObject([{ kind: 'ReplicaSet', controller: true }]);
    expect(podNames(cluster)).toHaveLength(2);
  });

  test('are adopted themselves by a Deployment whose selector chooses them', async () => {
    const { clock, cluster } = shop();
    cluster.load([deployment('web', 1)]);
    const [set] = cluster.store.list(types.replicaSet, 'shop');
    const { clock: otherClock, cluster: other } = shop();
    other.store.create({
      ...(set as KubeObject),
      metadata: { name: 'web-restored', namespace: 'shop', labels: set?.metadata.labels ?? {} },
    });
    other.store.create(deployment('web', 1));
    await otherClock.run(other.settled());
    expect(
      other.store
        .list(types.replicaSet, 'shop')
        .map(each => [each.metadata.name, each.metadata.ownerReferences?.[0]?.kind]),
    ).toEqual([['web-restored', 'Deployment']]);
    expect(podNames(other)).toHaveLength(1);
    await clock.advance(0);
  });

  test('let a Pod go whose labels are changed, and start another', async () => {
    const { clock, cluster } = shop();
    cluster.load([deployment('web', 1)]);
    const [pod] = pods(cluster);
    cluster.store.update({
      ...(pod as Pod),
      metadata: { ...(pod as Pod).metadata, labels: { app: 'debug' } },
    });
    await clock.run(cluster.settled());
    expect(podNames(cluster)).toHaveLength(2);
    const left = cluster.store.get(types.pod, 'shop', pod?.metadata.name ?? '');
    expect(left?.metadata.ownerReferences).toEqual([]);
  });

  test('delete the Pods that are not ready before those that are', async () => {
    const { clock, cluster } = shop();
    cluster.load([deployment('web', 2)]);
    const ready = podNames(cluster);
    cluster.faults.neverReady.push('registry.levlabs.link/web');
    mergePatch(cluster, `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 4 } });
    await clock.advance(20_000);
    mergePatch(cluster, `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 2 } });
    await clock.run(cluster.settled());
    expect(podNames(cluster)).toEqual(ready);
  });
});

describe('StatefulSets', () => {
  test('start one Pod after the other, under stable names, each with a claim of its own', async () => {
    const { clock, cluster } = shop();
    cluster.store.create(statefulSet('db', 2));
    await clock.advance(1_000);
    expect(podNames(cluster)).toEqual(['db-0']);
    await clock.run(cluster.settled());
    expect(readyPods(cluster)).toEqual(['db-0', 'db-1']);
    expect(cluster.store.list(types.claim, 'shop').map(each => [each.metadata.name, each.status])).toEqual([
      ['data-db-0', expect.objectContaining({ phase: 'Bound' })],
      ['data-db-1', expect.objectContaining({ phase: 'Bound' })],
    ]);
    expect(cluster.store.get(types.statefulSet, 'shop', 'db')?.status).toMatchObject({
      replicas: 2,
      readyReplicas: 2,
      observedGeneration: 1,
    });
  });

  test('stop from the last Pod on, one after the other, and keep the claims', async () => {
    const { clock, cluster } = shop();
    cluster.load([statefulSet('db', 2)]);
    mergePatch(cluster, '/apis/apps/v1/namespaces/shop/statefulsets/db/scale', { spec: { replicas: 0 } });
    await clock.advance(500);
    expect(podNames(cluster)).toEqual(['db-0']);
    await clock.run(cluster.settled());
    expect(pods(cluster)).toEqual([]);
    expect(cluster.store.list(types.claim, 'shop')).toHaveLength(2);
  });

  test('find their old claims again when they are scaled up', async () => {
    const { clock, cluster } = shop();
    cluster.load([statefulSet('db', 1)]);
    const before = cluster.store.list(types.claim, 'shop')[0]?.metadata.uid;
    const scale = '/apis/apps/v1/namespaces/shop/statefulsets/db/scale';
    mergePatch(cluster, scale, { spec: { replicas: 0 } });
    await clock.run(cluster.settled());
    mergePatch(cluster, scale, { spec: { replicas: 1 } });
    await clock.run(cluster.settled());
    expect(readyPods(cluster)).toEqual(['db-0']);
    expect(cluster.store.list(types.claim, 'shop').map(each => each.metadata.uid)).toEqual([before]);
  });

  test('wait for ever behind a Pod that does not get ready', async () => {
    const { clock, cluster } = shop({ faults: { neverReady: ['registry.levlabs.link/db'] } });
    cluster.store.create(statefulSet('db', 2));
    await clock.advance(3_600_000);
    expect(podNames(cluster)).toEqual(['db-0']);
  });
});

describe('Pods', () => {
  const pod = (name: string, spec: Record<string, unknown> = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop' },
    spec: podSpec(spec),
  });

  test('that fit no node stay Pending as Unschedulable until there is room', async () => {
    const { clock, cluster } = shop({ nodes: [{ name: 'n1', cpu: '1' }] });
    const big = { containers: [{ name: 'web', image: 'x:1', resources: { requests: { cpu: '600m' } } }] };
    cluster.store.create(pod('one', big));
    cluster.store.create(pod('two', big));
    await clock.run(cluster.settled());
    expect(readyPods(cluster)).toEqual(['one']);
    expect(condition(cluster.store.get(types.pod, 'shop', 'two'), 'PodScheduled')).toMatchObject({
      status: 'False',
      reason: 'Unschedulable',
      message: '0/1 nodes are available: 1 Insufficient cpu.',
    });
    cluster.store.delete(types.pod, 'shop', 'one');
    await clock.run(cluster.settled());
    expect(readyPods(cluster)).toEqual(['two']);
  });

  test('need room for their memory too, the largest init container included', async () => {
    const { clock, cluster } = shop({ nodes: [{ name: 'n1', memory: '2Gi' }] });
    const resources = { requests: { memory: '3Gi' } };
    cluster.store.create(pod('one', { containers: [{ name: 'a', image: 'x:1', resources }] }));
    cluster.store.create(pod('two', { initContainers: [{ name: 'i', image: 'x:1', resources }] }));
    await clock.run(cluster.settled());
    const messages = pods(cluster).map(each => condition(each, 'PodScheduled')?.message);
    expect(messages).toEqual(Array(2).fill('0/1 nodes are available: 1 Insufficient memory.'));
  });

  test('go only to nodes that match their nodeSelector', async () => {
    const { clock, cluster } = shop();
    cluster.store.create(pod('one', { nodeSelector: { disk: 'ssd' } }));
    await clock.run(cluster.settled());
    expect(condition(pods(cluster)[0], 'PodScheduled')).toMatchObject({ reason: 'Unschedulable' });
  });

  test('whose image cannot be pulled wait with ErrImagePull, then ImagePullBackOff, and recover at a later try', async () => {
    const { clock, cluster } = shop({ faults: { imageFaults: ['registry.levlabs.link/'] } });
    cluster.store.create(pod('one'));
    const waiting = () => pods(cluster)[0]?.status?.containerStatuses?.[0]?.state.waiting?.reason;
    await clock.advance(1_000);
    expect(waiting()).toBe('ErrImagePull');
    await clock.advance(3_000);
    expect(waiting()).toBe('ImagePullBackOff');
    cluster.faults.imageFaults.length = 0;
    await clock.advance(30_000);
    expect(readyPods(cluster)).toEqual(['one']);
  });

  test('do not need the registry for an image that their node has', async () => {
    const { clock, cluster } = shop({ nodes: [{ name: 'n1' }] });
    cluster.load([deployment('web', 1)]);
    cluster.faults.imageFaults.push('registry.levlabs.link/');
    mergePatch(cluster, `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 2 } });
    await clock.run(cluster.settled());
    expect(readyPods(cluster)).toHaveLength(2);
  });

  test('run and stay unready while their readiness probe fails', async () => {
    const { clock, cluster } = shop({ faults: { neverReady: [/web:1$/] } });
    cluster.store.create(pod('one'));
    await clock.advance(60_000);
    expect(pods(cluster)[0]?.status?.phase).toBe('Running');
    expect(condition(pods(cluster)[0], 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotReady',
    });
    cluster.faults.neverReady.length = 0;
    await clock.advance(10_000);
    expect(readyPods(cluster)).toEqual(['one']);
  });

  test('run their init containers first, and stay in them while they are held', async () => {
    const { clock, cluster } = shop();
    cluster.holdPod('shop', 'one');
    cluster.store.create(pod('one', { initContainers: [{ name: 'setup', image: 'x:1' }] }));
    await clock.advance(60_000);
    expect(pods(cluster)[0]?.status).toMatchObject({
      phase: 'Pending',
      initContainerStatuses: [{ state: { running: {} } }],
      containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
    });
    cluster.releasePod('shop', 'one');
    await clock.run(cluster.settled());
    expect(pods(cluster)[0]?.status).toMatchObject({
      phase: 'Running',
      initContainerStatuses: [{ state: { terminated: { exitCode: 0 } } }],
    });
    expect(readyPods(cluster)).toEqual(['one']);
  });

  test("wait in Velero's restore-wait until they are released, before or after they come", async () => {
    const { clock, cluster } = shop();
    const initContainers = [{ name: 'restore-wait', image: 'velero:1' }];
    cluster.store.create(pod('one', { initContainers }));
    cluster.releasePod('shop', 'two');
    cluster.store.create(pod('two', { initContainers }));
    await clock.advance(60_000);
    expect(readyPods(cluster)).toEqual(['two']);
    cluster.releasePod('shop', 'one');
    await clock.run(cluster.settled());
    expect(readyPods(cluster)).toEqual(['one', 'two']);
  });

  test('do not start without a Secret or ConfigMap that they need, and start when it comes', async () => {
    const { clock, cluster } = shop();
    cluster.store.create(
      pod('env', { containers: [{ name: 'a', image: 'x:1', envFrom: [{ secretRef: { name: 'db' } }] }] }),
    );
    cluster.store.create(pod('vol', { volumes: [{ name: 'c', configMap: { name: 'settings' } }] }));
    cluster.store.create(
      pod('opt', { volumes: [{ name: 'c', configMap: { name: 'none', optional: true } }] }),
    );
    await clock.advance(60_000);
    expect(readyPods(cluster)).toEqual(['opt']);
    const reason = (name: string) =>
      pods(cluster).find(each => each.metadata.name === name)?.status?.containerStatuses?.[0]?.state.waiting;
    expect(reason('env')).toEqual({ reason: 'CreateContainerConfigError', message: 'secret "db" not found' });
    expect(reason('vol')).toEqual({ reason: 'ContainerCreating', message: 'configmap "settings" not found' });
    cluster.store.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db', namespace: 'shop' } });
    cluster.store.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'shop' },
    });
    await clock.run(cluster.settled());
    expect(readyPods(cluster)).toEqual(['env', 'opt', 'vol']);
  });

  test('are scheduled only when their claims are bound', async () => {
    const { clock, cluster } = shop();
    cluster.store.create(
      pod('one', { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] }),
    );
    await clock.advance(10_000);
    expect(condition(pods(cluster)[0], 'PodScheduled')).toMatchObject({
      message: 'persistentvolumeclaim "data" not found',
    });
    cluster.store.create(claim('data'));
    await clock.advance(10_000);
    expect(condition(pods(cluster)[0], 'PodScheduled')).toMatchObject({
      message: 'pod has unbound immediate PersistentVolumeClaims',
    });
    cluster.store.create(storageClass('fast'));
    await clock.run(cluster.settled());
    expect(readyPods(cluster)).toEqual(['one']);
  });

  test('take other times for other images', async () => {
    const { clock, cluster } = shop({
      timing: { byImage: [{ image: 'registry.levlabs.link/web', readyMs: 120_000 }] },
    });
    cluster.store.create(pod('slow'));
    cluster.store.create(pod('fast', { containers: [{ name: 'a', image: 'x:1' }] }));
    await clock.advance(60_000);
    expect(readyPods(cluster)).toEqual(['fast']);
    await clock.advance(120_000);
    expect(readyPods(cluster)).toEqual(['fast', 'slow']);
  });

  test('are the endpoints of the Services that select them while they are ready', async () => {
    const { clock, cluster } = shop();
    cluster.load([deployment('web', 2), service('web', { app: 'web' })]);
    const addresses = () =>
      list(cluster.store.list(types.endpointSlice, 'shop')[0]?.endpoints).filter(each =>
        at(each, 'conditions', 'ready'),
      );
    expect(cluster.endpoints('shop', 'web')).toEqual(readyPods(cluster));
    expect(addresses()).toHaveLength(2);
    call(cluster, 'DELETE', `/api/v1/namespaces/shop/pods/${podNames(cluster)[0]}`);
    expect(cluster.endpoints('shop', 'web')).toHaveLength(1);
    await clock.advance(100);
    expect(addresses()).toHaveLength(1);
  });
});
