import { encodeCertificate } from '../../../rehearsal/embedded/kubernetes/certificates';
import { types } from '../../../rehearsal/embedded/kubernetes/kinds';
import type { KubeObject } from '../../../rehearsal/embedded/kubernetes/object';
import {
  claim,
  clusterAt,
  condition,
  DEPLOYMENTS,
  deployment,
  ingress,
  mergePatch,
  namespace,
  podNames,
  pods,
  readyPods,
  START,
  service,
  statefulSet,
} from './fixtures';

function serving(...more: KubeObject[]) {
  const made = clusterAt();
  const notes = made.cluster.load([
    namespace('shop'),
    deployment('web', 2),
    service('web', { app: 'web' }),
    ingress('web', 'dr.levlabs.link'),
    ...more,
  ]);
  return { ...made, notes };
}

const route = (cluster: ReturnType<typeof serving>['cluster']) =>
  cluster.route('dr.levlabs.link', '/')?.pods.length;

describe('loading a cluster', () => {
  test('takes no virtual time for what is said to have run for long', async () => {
    const { clock, cluster, notes } = serving(
      statefulSet('db', 2),
      claim('late', { storageClassName: 'gp2' }),
    );
    expect(readyPods(cluster)).toHaveLength(4);
    expect(cluster.store.get(types.ingress, 'shop', 'web')?.status).toHaveProperty('loadBalancer');
    expect(clock.now()).toBe(START);
    await clock.run(cluster.settled());
    expect(clock.now()).toBe(START);
    expect(notes).toEqual([]);
  });

  test('can take its time', async () => {
    const { clock, cluster } = clusterAt();
    cluster.load([namespace('shop'), deployment('web', 1)], { steady: false });
    expect(readyPods(cluster)).toEqual([]);
    await clock.run(cluster.settled());
    expect(readyPods(cluster)).toHaveLength(1);
    expect(clock.now()).toBeGreaterThan(START + 5_000);
  });

  test('takes Secrets, classes and volumes that running Pods need as there, and says so', () => {
    const env = {
      containers: [{ name: 'web', image: 'x:1', envFrom: [{ secretRef: { name: 'db' } }] }],
      volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }],
    };
    const { cluster } = clusterAt();
    const notes = cluster.load([
      namespace('shop'),
      deployment('api', 1, env),
      claim('data', { volumeName: 'pvc-from-a-dump' }),
    ]);
    expect(readyPods(cluster)).toHaveLength(1);
    expect(cluster.store.get(types.volume, undefined, 'pvc-from-a-dump')?.status).toEqual({ phase: 'Bound' });
    expect(notes).toEqual([
      'Secret shop/db: not in the manifests, taken as there since Pods need it',
      expect.stringContaining('StorageClass fast: not in the manifests'),
    ]);
  });

  test('makes up nothing for workloads at 0 replicas', async () => {
    const env = { containers: [{ name: 'web', image: 'x:1', envFrom: [{ secretRef: { name: 'db' } }] }] };
    const { clock, cluster } = clusterAt();
    cluster.load([namespace('shop'), deployment('api', 0, env)]);
    mergePatch(cluster, `${DEPLOYMENTS}/api/scale`, { spec: { replicas: 1 } });
    await clock.advance(60_000);
    expect(readyPods(cluster)).toEqual([]);
  });

  test('notes the Pods that cannot be ready', () => {
    const { cluster } = clusterAt(undefined, { nodes: [{ name: 'n', cpu: '100m' }] });
    const notes = cluster.load([
      namespace('shop'),
      deployment('web', 1, {
        containers: [{ name: 'w', image: 'x', resources: { requests: { cpu: '1' } } }],
      }),
    ]);
    expect(notes).toEqual([
      expect.stringMatching(
        /^Pod shop\/web-\S+: not ready \(0\/1 nodes are available: 1 Insufficient cpu\.\)$/,
      ),
    ]);
  });

  test('is the same every time', () => {
    expect(podNames(serving().cluster)).toEqual(podNames(serving().cluster));
  });
});

describe('routing', () => {
  test('finds the Pods behind a host, and knows nothing of other hosts', () => {
    const { cluster } = serving();
    expect(cluster.route('DR.levlabs.link', '/healthz?x=1')).toEqual({
      namespace: 'shop',
      ingress: 'web',
      service: 'web',
      pods: readyPods(cluster),
      broken: false,
    });
    expect(cluster.route('main.levlabs.link', '/')).toBeUndefined();
  });

  test('has no Pods to offer when none is ready', async () => {
    const { clock, cluster } = serving();
    mergePatch(cluster, `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 0 } });
    await clock.run(cluster.settled());
    expect(cluster.route('dr.levlabs.link', '/')?.pods).toEqual([]);
  });

  test('prefers the longer path, and the older of two equal ones', async () => {
    const { clock, cluster } = serving();
    const backend = (name: string) => ({ service: { name, port: { number: 80 } } });
    await clock.advance(2_000);
    const paths = [
      { path: '/', pathType: 'Prefix', backend: backend('younger') },
      { path: '/api', pathType: 'Prefix', backend: backend('api') },
      { path: '/api/exact', pathType: 'Exact', backend: backend('exact') },
    ];
    cluster.store.create({
      ...ingress('a-younger', 'dr.levlabs.link'),
      spec: { rules: [{ host: 'dr.levlabs.link', http: { paths } }] },
    });
    const to = (path: string) => cluster.route('dr.levlabs.link', path)?.service;
    expect([to('/'), to('/apix'), to('/api'), to('/api/v1'), to('/api/exact')]).toEqual([
      'web',
      'web',
      'api',
      'api',
      'exact',
    ]);
  });

  test('serves the Secret of the tls entry by name, and its own certificate when there is none', () => {
    const { cluster } = clusterAt();
    cluster.load([
      namespace('shop'),
      deployment('web', 1),
      service('web', { app: 'web' }),
      {
        apiVersion: 'cert-manager.io/v1',
        kind: 'ClusterIssuer',
        metadata: { name: 'le' },
        spec: { acme: {} },
      },
      ingress('site', 'dr.levlabs.link', {
        annotations: { 'cert-manager.io/cluster-issuer': 'le' },
        tls: [{ hosts: ['dr.levlabs.link', 'main.levlabs.link'], secretName: 'tls' }],
      }),
      ingress('main', 'main.levlabs.link', {
        tls: [{ hosts: ['dr.levlabs.link', 'main.levlabs.link'], secretName: 'tls' }],
      }),
    ]);
    expect(cluster.route('main.levlabs.link', '/')).toMatchObject({ ingress: 'main', secretName: 'tls' });
    expect(cluster.certificateFor('main.levlabs.link')).toMatchObject({
      names: ['dr.levlabs.link', 'main.levlabs.link'],
      trusted: true,
    });
    expect(cluster.certificateFor('other.levlabs.link')).toMatchObject({
      issuer: 'Kubernetes Ingress Controller Fake Certificate',
      trusted: false,
    });
    const secret = cluster.store.get(types.secret, 'shop', 'tls');
    if (!secret) throw new Error('the ingress-shim made no Secret');
    const narrow = { ...cluster.certificateFor('main.levlabs.link'), names: ['dr.levlabs.link'] };
    cluster.store.update({ ...secret, data: { 'tls.crt': encodeCertificate(narrow) } });
    expect(cluster.certificateFor('dr.levlabs.link')).toMatchObject({ trusted: true });
    expect(cluster.certificateFor('main.levlabs.link')).toMatchObject({ names: ['ingress.local'] });
    cluster.store.delete(types.secret, 'shop', 'tls');
    expect(cluster.certificateFor('main.levlabs.link')).toMatchObject({ trusted: false });
  });
});

describe('outages', () => {
  test('a lost cluster serves nothing and does nothing, and boots again with its objects', async () => {
    const { clock, cluster } = serving();
    const states: string[] = [];
    cluster.onState(state => states.push(state));
    const before = podNames(cluster);
    cluster.lose();
    expect(route(cluster)).toBe(0);
    await clock.advance(3_600_000);
    cluster.restore();
    expect(route(cluster)).toBe(0);
    await clock.advance(1_000);
    expect(readyPods(cluster)).toEqual([]);
    await clock.run(cluster.settled());
    expect(podNames(cluster)).toEqual(before);
    expect(route(cluster)).toBe(2);
    expect(pods(cluster)[0]?.status?.containerStatuses?.[0]?.restartCount).toBe(1);
    expect(states).toEqual(['lost', 'up']);
  });

  test('a cluster that was lost in the middle of something goes on with it', async () => {
    const { clock, cluster } = serving();
    mergePatch(cluster, `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 4 } });
    cluster.store.delete(types.pod, 'shop', podNames(cluster)[0] ?? '');
    await clock.advance(1_000);
    cluster.lose();
    await clock.advance(60_000);
    cluster.restore();
    await clock.run(cluster.settled());
    expect(readyPods(cluster)).toHaveLength(4);
    expect(pods(cluster)).toHaveLength(4);
  });

  test('a cluster without its API goes on serving, and its controllers catch up afterwards', async () => {
    const { clock, cluster } = serving();
    cluster.apiDown();
    expect(cluster.state).toBe('api-down');
    mergePatch(cluster, `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 4 } });
    await clock.advance(600_000);
    expect(route(cluster)).toBe(2);
    expect(podNames(cluster)).toHaveLength(2);
    cluster.apiUp();
    await clock.run(cluster.settled());
    expect(route(cluster)).toBe(4);
  });

  test('a broken app keeps its ready Pods', () => {
    const { cluster } = serving();
    cluster.breakApp('shop');
    expect(cluster.route('dr.levlabs.link', '/')).toMatchObject({
      broken: true,
      pods: [expect.any(String), expect.any(String)],
    });
    cluster.repairApp('shop');
    expect(cluster.route('dr.levlabs.link', '/')).toMatchObject({ broken: false });
  });

  test('nodes that are not ready take their Pods out of service, and lose them after five minutes', async () => {
    const { clock, cluster } = serving();
    cluster.nodesNotReady();
    await clock.advance(1_000);
    expect(route(cluster)).toBe(0);
    expect(podNames(cluster)).toHaveLength(2);
    await clock.advance(300_000);
    const left = pods(cluster).filter(pod => pod.metadata.deletionTimestamp !== undefined);
    const fresh = pods(cluster).filter(pod => pod.metadata.deletionTimestamp === undefined);
    expect(left).toHaveLength(2);
    expect(fresh.map(pod => condition(pod, 'PodScheduled')?.message)).toEqual(
      Array(2).fill('0/3 nodes are available: 3 node(s) were not ready.'),
    );
    cluster.nodesReady();
    await clock.run(cluster.settled());
    expect(route(cluster)).toBe(2);
    expect(pods(cluster)).toHaveLength(2);
  });

  test('nodes that come back in time have their Pods in service again, without a restart', async () => {
    const { clock, cluster } = serving();
    cluster.nodesNotReady();
    await clock.advance(60_000);
    cluster.nodesReady();
    await clock.run(cluster.settled());
    expect(route(cluster)).toBe(2);
    expect(pods(cluster)[0]?.status?.containerStatuses?.[0]?.restartCount).toBe(0);
  });
});
