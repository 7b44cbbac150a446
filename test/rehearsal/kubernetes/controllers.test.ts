import { parseSchedule } from '../../../rehearsal/embedded/kubernetes/controllers/cron-schedule';
import { types } from '../../../rehearsal/embedded/kubernetes/kinds';
import type { KubeObject } from '../../../rehearsal/embedded/kubernetes/object';
import {
  call,
  claim,
  clusterAt,
  condition,
  DEPLOYMENTS,
  deployment,
  ingress,
  mergePatch,
  namespace,
  podSpec,
  pods,
  START,
  storageClass,
} from './fixtures';

function shop(options: Parameters<typeof clusterAt>[1] = {}) {
  const made = clusterAt(undefined, options);
  made.cluster.store.create(namespace('shop'));
  return made;
}

type Cluster = ReturnType<typeof shop>['cluster'];

describe('autoscalers', () => {
  const autoscaler = (minReplicas: number, maxReplicas: number): KubeObject => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      minReplicas,
      maxReplicas,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    },
  });
  const replicas = (cluster: Cluster) => cluster.store.get(types.deployment, 'shop', 'web')?.spec;

  test('raise a target to their floor and lower it to their ceiling at their next look', async () => {
    const { clock, cluster } = shop();
    cluster.store.create(deployment('web', 1));
    cluster.store.create(autoscaler(3, 5));
    await clock.advance(14_000);
    expect(replicas(cluster)).toMatchObject({ replicas: 1 });
    await clock.advance(2_000);
    expect(replicas(cluster)).toMatchObject({ replicas: 3 });
    mergePatch(cluster, `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 9 } });
    await clock.advance(16_000);
    expect(replicas(cluster)).toMatchObject({ replicas: 5 });
  });

  test('leave a target at 0 replicas alone', async () => {
    const { clock, cluster } = shop();
    cluster.store.create(deployment('web', 0));
    cluster.store.create(autoscaler(3, 5));
    await clock.advance(120_000);
    expect(replicas(cluster)).toMatchObject({ replicas: 0 });
    const found = cluster.store.get(types.autoscaler, 'shop', 'web');
    expect(condition(found, 'ScalingActive')).toMatchObject({ status: 'False', reason: 'ScalingDisabled' });
  });
});

describe('CronJobs', () => {
  const cron = (spec: Record<string, unknown> = {}): KubeObject => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'report', namespace: 'shop' },
    spec: {
      schedule: '*/10 * * * *',
      jobTemplate: { spec: { template: { spec: podSpec({ restartPolicy: 'Never' }) } } },
      ...spec,
    },
  });
  const jobs = (cluster: Cluster) => cluster.store.list(types.job, 'shop');
  const path = '/apis/batch/v1/namespaces/shop/cronjobs/report';

  test('start a Job at each scheduled time, which runs and completes', async () => {
    const { clock, cluster } = shop();
    cluster.store.create(cron());
    await clock.advance(9 * 60_000 + 59_000);
    expect(jobs(cluster)).toEqual([]);
    await clock.advance(60_000);
    expect(jobs(cluster).map(job => job.metadata.name)).toEqual([`report-${START / 60_000 + 10}`]);
    expect(condition(jobs(cluster)[0], 'Complete')).toMatchObject({ status: 'True' });
    expect(pods(cluster)[0]?.status?.phase).toBe('Succeeded');
    expect(cluster.store.get(types.cronJob, 'shop', 'report')?.status).toMatchObject({
      lastScheduleTime: '2026-03-02T12:10:00Z',
    });
  });

  test('start nothing while suspended, and what they missed at once when resumed', async () => {
    const { clock, cluster } = shop();
    cluster.store.create(cron({ suspend: true }));
    await clock.advance(35 * 60_000);
    mergePatch(cluster, path, { metadata: { labels: { looked: 'at' } } });
    await clock.advance(1_000);
    expect(jobs(cluster)).toEqual([]);
    mergePatch(cluster, path, { spec: { suspend: false } });
    await clock.advance(1_000);
    expect(jobs(cluster).map(job => job.metadata.name)).toEqual([`report-${START / 60_000 + 30}`]);
  });

  test('do not start what they missed after their startingDeadlineSeconds', async () => {
    const { clock, cluster } = shop();
    cluster.store.create(cron({ suspend: true, startingDeadlineSeconds: 60 }));
    await clock.advance(35 * 60_000);
    mergePatch(cluster, path, { spec: { suspend: false } });
    await clock.advance(1_000);
    expect(jobs(cluster)).toEqual([]);
  });

  test('keep the last three completed Jobs', async () => {
    const { clock, cluster } = shop();
    cluster.store.create(cron());
    await clock.advance(61 * 60_000);
    expect(jobs(cluster)).toHaveLength(3);
    expect(pods(cluster)).toHaveLength(3);
  });

  test.each([
    ['0 3 * * *', '2026-03-03T03:00:00Z'],
    ['*/15 * * * *', '2026-03-02T12:15:00Z'],
    ['30 6 * * mon-fri', '2026-03-03T06:30:00Z'],
    ['0 0 1 * *', '2026-04-01T00:00:00Z'],
    ['0 0 13 * 5', '2026-03-06T00:00:00Z'],
    ['@hourly', '2026-03-02T13:00:00Z'],
    ['0 0 * * 7', '2026-03-08T00:00:00Z'],
    ['5,10-11 12 * * *', '2026-03-02T12:05:00Z'],
  ])('read the schedule %s', (schedule, next) => {
    expect(new Date(parseSchedule(schedule)?.next(START) ?? 0).toISOString()).toBe(
      next.replace('Z', '.000Z'),
    );
  });

  test.each(['* * * *', '60 * * * *', '* * 0 * *', 'a b c d e', '*/0 * * * *'])(
    'know %s for no schedule',
    schedule => {
      expect(parseSchedule(schedule)).toBeUndefined();
    },
  );
});

describe('volume claims', () => {
  const status = (cluster: Cluster, name = 'data') => cluster.store.get(types.claim, 'shop', name)?.status;
  const usingPod = (): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'user', namespace: 'shop' },
    spec: podSpec({ volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] }),
  });

  test('of an immediate class get a new volume', async () => {
    const { clock, cluster } = shop();
    cluster.store.create(storageClass('fast'));
    cluster.store.create(claim('data'));
    await clock.run(cluster.settled());
    expect(status(cluster)).toEqual({
      phase: 'Bound',
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
    });
    const [volume] = cluster.store.list(types.volume);
    expect(volume).toMatchObject({
      spec: {
        claimRef: { name: 'data', namespace: 'shop' },
        storageClassName: 'fast',
        csi: { driver: 'ebs.csi.aws.com' },
      },
      status: { phase: 'Bound' },
    });
    expect(cluster.store.get(types.claim, 'shop', 'data')?.spec).toMatchObject({
      volumeName: volume?.metadata.name,
    });
  });

  test('of a class that waits for the first consumer get one when a Pod uses them', async () => {
    const { clock, cluster } = shop();
    cluster.store.create(storageClass('fast', { volumeBindingMode: 'WaitForFirstConsumer' }));
    cluster.store.create(claim('data'));
    await clock.advance(60_000);
    expect(status(cluster)).toEqual({ phase: 'Pending' });
    cluster.store.create(usingPod());
    await clock.run(cluster.settled());
    expect(status(cluster)).toMatchObject({ phase: 'Bound' });
    expect(condition(pods(cluster)[0], 'Ready')).toMatchObject({ status: 'True' });
  });

  test("of an unknown class, with another cluster's volume name, or with a selector wait for ever", async () => {
    const { clock, cluster } = shop();
    cluster.store.create(storageClass('fast'));
    cluster.store.create(claim('unknown', { storageClassName: 'nowhere' }));
    cluster.store.create(claim('named', { volumeName: 'pvc-of-the-other-cluster' }));
    cluster.store.create(claim('choosy', { selector: { matchLabels: { a: 'b' } } }));
    await clock.advance(86_400_000);
    for (const name of ['unknown', 'named', 'choosy'])
      expect(status(cluster, name)).toEqual({ phase: 'Pending' });
  });

  test('are bound to the volume that they name, and to one that is reserved for them', async () => {
    const { clock, cluster } = shop();
    const volume = (name: string, claimRef?: Record<string, string>): KubeObject => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'fast',
        csi: { driver: 'd', volumeHandle: name },
        ...(claimRef ? { claimRef } : {}),
      },
    });
    cluster.store.create(volume('mine'));
    cluster.store.create(volume('reserved', { namespace: 'shop', name: 'other' }));
    cluster.store.create(claim('data', { volumeName: 'mine' }));
    cluster.store.create(claim('other'));
    cluster.store.create(claim('late'));
    await clock.run(cluster.settled());
    expect(status(cluster)).toMatchObject({ phase: 'Bound' });
    expect(cluster.store.get(types.claim, 'shop', 'other')?.spec).toMatchObject({ volumeName: 'reserved' });
    expect(status(cluster, 'late')).toEqual({ phase: 'Pending' });
  });

  test('stay while a Pod uses them, and go with it', async () => {
    const { clock, cluster } = shop();
    cluster.load([storageClass('fast'), claim('data'), usingPod()]);
    call(cluster, 'DELETE', '/api/v1/namespaces/shop/persistentvolumeclaims/data');
    await clock.run(cluster.settled());
    expect(cluster.store.get(types.claim, 'shop', 'data')?.metadata.deletionTimestamp).toBeDefined();
    cluster.store.delete(types.pod, 'shop', 'user');
    await clock.run(cluster.settled());
    expect(cluster.store.get(types.claim, 'shop', 'data')).toBeUndefined();
  });

  test.each([
    ['Delete', []],
    ['Retain', ['Released']],
  ])('leave their volume to its reclaim policy %s', async (reclaimPolicy, phases) => {
    const { clock, cluster } = shop();
    cluster.load([storageClass('fast', { reclaimPolicy }), claim('data')]);
    cluster.store.delete(types.claim, 'shop', 'data');
    await clock.run(cluster.settled());
    expect(cluster.store.list(types.claim, 'shop')).toEqual([]);
    expect(
      cluster.store.list(types.volume).map(volume => (volume.status as { phase: string }).phase),
    ).toEqual(phases);
  });

  test('leave it alone when its policy becomes Retain in time', async () => {
    const { clock, cluster } = shop({ timing: { reclaimMs: 10_000 } });
    cluster.load([storageClass('fast'), claim('data')]);
    cluster.store.delete(types.claim, 'shop', 'data');
    await clock.advance(5_000);
    const name = cluster.store.list(types.volume)[0]?.metadata.name;
    mergePatch(cluster, `/api/v1/persistentvolumes/${name}`, {
      spec: { persistentVolumeReclaimPolicy: 'Retain' },
    });
    await clock.run(cluster.settled());
    expect(cluster.store.list(types.volume)).toMatchObject([{ status: { phase: 'Released' } }]);
  });

  test('do not get a released volume back by its name', async () => {
    const { clock, cluster } = shop();
    cluster.load([storageClass('fast', { reclaimPolicy: 'Retain' }), claim('data')]);
    const volumeName = cluster.store.list(types.volume)[0]?.metadata.name;
    cluster.store.delete(types.claim, 'shop', 'data');
    await clock.run(cluster.settled());
    cluster.store.create(claim('data', { volumeName }));
    await clock.run(cluster.settled());
    expect(status(cluster)).toEqual({ phase: 'Pending' });
  });

  test('are lost when their volume is deleted under them', async () => {
    const { clock, cluster } = shop();
    cluster.load([storageClass('fast'), claim('data')]);
    const name = cluster.store.list(types.volume)[0]?.metadata.name ?? '';
    const volume = cluster.store.get(types.volume, undefined, name) as KubeObject;
    volume.metadata.finalizers = [];
    cluster.store.update(volume);
    cluster.store.delete(types.volume, undefined, name);
    await clock.run(cluster.settled());
    expect(status(cluster)).toEqual({ phase: 'Lost' });
  });
});

describe('garbage collection', () => {
  test('deletes what a deleted object owned, all the way down', async () => {
    const { clock, cluster } = shop();
    cluster.load([deployment('web', 2)]);
    call(cluster, 'DELETE', `${DEPLOYMENTS}/web`);
    expect(pods(cluster)).toHaveLength(2);
    await clock.run(cluster.settled());
    expect(cluster.store.list(types.replicaSet, 'shop')).toEqual([]);
    expect(pods(cluster)).toEqual([]);
  });

  test('lets an owner that is deleted in the foreground go last', async () => {
    const { clock, cluster } = shop();
    cluster.load([deployment('web', 2)]);
    call(cluster, 'DELETE', `${DEPLOYMENTS}/web`, { body: { propagationPolicy: 'Foreground' } });
    await clock.advance(1_000);
    expect(cluster.store.get(types.deployment, 'shop', 'web')?.metadata.deletionTimestamp).toBeDefined();
    expect(pods(cluster)).toHaveLength(2);
    await clock.run(cluster.settled());
    expect(pods(cluster)).toEqual([]);
    expect(cluster.store.get(types.deployment, 'shop', 'web')).toBeUndefined();
  });

  test('leaves orphans behind when told so', async () => {
    const { clock, cluster } = shop();
    cluster.load([deployment('web', 1)]);
    call(cluster, 'DELETE', `${DEPLOYMENTS}/web`, { query: { propagationPolicy: 'Orphan' } });
    await clock.run(cluster.settled());
    expect(cluster.store.get(types.deployment, 'shop', 'web')).toBeUndefined();
    expect(cluster.store.list(types.replicaSet, 'shop').map(set => set.metadata.ownerReferences)).toEqual([
      [],
    ]);
    expect(pods(cluster)).toHaveLength(1);
  });

  test('deletes what belongs to something that was never in this cluster', async () => {
    const { clock, cluster } = shop();
    cluster.store.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'astray',
        namespace: 'shop',
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'of-the-other-cluster' },
        ],
      },
    });
    await clock.run(cluster.settled());
    expect(cluster.store.get(types.configMap, 'shop', 'astray')).toBeUndefined();
  });
});

describe('namespaces', () => {
  test('come with a service account and the root certificate', async () => {
    const { clock, cluster } = shop();
    await clock.run(cluster.settled());
    expect(cluster.store.get(types.serviceAccount, 'shop', 'default')).toBeDefined();
    expect(cluster.store.get(types.configMap, 'shop', 'kube-root-ca.crt')).toBeDefined();
  });

  test('go when everything in them is gone, and not before', async () => {
    const { clock, cluster } = shop();
    cluster.load([deployment('web', 2), storageClass('fast'), claim('data')]);
    call(cluster, 'DELETE', '/api/v1/namespaces/shop');
    await clock.advance(1_000);
    expect(cluster.store.get(types.namespace, undefined, 'shop')?.status).toMatchObject({
      phase: 'Terminating',
    });
    expect(pods(cluster)).toHaveLength(2);
    await clock.run(cluster.settled());
    expect(cluster.store.get(types.namespace, undefined, 'shop')).toBeUndefined();
    expect(pods(cluster)).toEqual([]);
    expect(cluster.store.list(types.claim, 'shop')).toEqual([]);
  });

  test('hang on an object whose finalizer nobody removes', async () => {
    const { clock, cluster } = shop();
    cluster.store.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'stuck', namespace: 'shop', finalizers: ['x/y'] },
    });
    cluster.store.delete(types.namespace, undefined, 'shop');
    await clock.advance(3_600_000);
    expect(
      condition(cluster.store.get(types.namespace, undefined, 'shop'), 'NamespaceContentRemaining'),
    ).toMatchObject({ message: expect.stringContaining('ConfigMap') });
  });
});

describe('Ingresses', () => {
  const hostname = (cluster: Cluster) => cluster.store.get(types.ingress, 'shop', 'web')?.status;

  test("get the load balancer's name after a few seconds", async () => {
    const { clock, cluster } = shop();
    cluster.store.create(ingress('web', 'dr.levlabs.link'));
    await clock.advance(3_000);
    expect(hostname(cluster)).toBeUndefined();
    await clock.advance(2_000);
    expect(hostname(cluster)).toEqual({
      loadBalancer: { ingress: [{ hostname: 'lb-dr.us-east-2.elb.amazonaws.com' }] },
    });
  });

  test('get none without an ingress controller, or with a class that no controller has', async () => {
    const without = shop({ ingressController: false });
    without.cluster.store.create(ingress('web', 'dr.levlabs.link'));
    await without.clock.advance(60_000);
    expect(hostname(without.cluster)).toBeUndefined();
    const other = shop();
    other.cluster.store.create({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'nginx' },
      spec: { controller: 'k8s.io/ingress-nginx' },
    });
    other.cluster.store.create(ingress('web', 'dr.levlabs.link', { ingressClassName: 'alb' }));
    await other.clock.advance(60_000);
    expect(hostname(other.cluster)).toBeUndefined();
  });

  test("are let go from the load balancer controller's finalizer", async () => {
    const { clock, cluster } = shop();
    const object = ingress('web', 'dr.levlabs.link');
    object.metadata.finalizers = ['ingress.k8s.aws/resources'];
    cluster.store.create(object);
    cluster.store.delete(types.ingress, 'shop', 'web');
    await clock.run(cluster.settled());
    expect(cluster.store.get(types.ingress, 'shop', 'web')).toBeUndefined();
  });
});

describe('DaemonSets', () => {
  test('run one Pod on every node', async () => {
    const { clock, cluster } = shop();
    const { spec, ...rest } = deployment('agent', 1);
    const { replicas: _replicas, ...template } = spec as Record<string, unknown>;
    cluster.store.create({
      ...rest,
      kind: 'DaemonSet',
      metadata: { name: 'agent', namespace: 'shop' },
      spec: template,
    });
    await clock.run(cluster.settled());
    expect(new Set(pods(cluster).map(pod => pod.spec.nodeName)).size).toBe(3);
    expect(cluster.store.get(types.daemonSet, 'shop', 'agent')?.status).toMatchObject({
      desiredNumberScheduled: 3,
      numberReady: 3,
    });
  });
});
