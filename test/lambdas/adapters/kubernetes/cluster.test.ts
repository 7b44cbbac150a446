import { Forbidden } from '../../../../core/errors';
import type { Metadata, PodObject } from '../../../../core/kubernetes';
import type { Change } from '../../../../core/workloads';
import { Cluster } from '../../../../lambdas/adapters/kubernetes/cluster';
import { errorOf, FakeApi, holding, list, ok, status } from './fake-api';

const apps = '/apis/apps/v1/namespaces';
const batch = '/apis/batch/v1/namespaces';
const named = (name: string, namespace = 'shop') => ({ metadata: { name, namespace } });

function change(kind: Change['kind'], name: string): Change {
  return { kind, namespace: 'shop', name, patch: { spec: { of: name } }, detail: name };
}

describe('a cluster', () => {
  test('has as workloads the Deployments, StatefulSets and CronJobs of all namespaces, each with its kind', async () => {
    const api = holding({
      [`${apps}/shop/deployments`]: list(named('web')),
      [`${apps}/shop/statefulsets`]: list(),
      [`${batch}/shop/cronjobs`]: list(named('nightly')),
      [`${apps}/pay/deployments`]: list(),
      [`${apps}/pay/statefulsets`]: list(named('db', 'pay')),
      [`${batch}/pay/cronjobs`]: list(),
    });
    const found = await api.run(new Cluster(api.client).workloads(['shop', 'pay']));
    expect(found.map(({ kind, metadata: { namespace, name } }) => `${kind} ${namespace}/${name}`)).toEqual([
      'Deployment shop/web',
      'CronJob shop/nightly',
      'StatefulSet pay/db',
    ]);
    expect(api.requests).toHaveLength(6);
  });

  test.each([
    ['autoscalers', 'autoscaling/v2', 'horizontalpodautoscalers'],
    ['ingresses', 'networking.k8s.io/v1', 'ingresses'],
  ] as const)('has the %s of each namespace, in order', async (what, group, plural) => {
    const api = holding({
      [`/apis/${group}/namespaces/shop/${plural}`]: list(named('b'), named('a')),
      [`/apis/${group}/namespaces/pay/${plural}`]: list(named('c')),
    });
    const found = await api.run<{ metadata: Metadata }[]>(new Cluster(api.client)[what](['shop', 'pay']));
    expect(found.map(({ metadata }) => metadata.name)).toEqual(['b', 'a', 'c']);
  });

  test('has the services of each namespace', async () => {
    const api = holding({ '/api/v1/namespaces/shop/services': list(named('web')) });
    expect(await api.run(new Cluster(api.client).services(['shop']))).toEqual([
      { kind: 'Service', ...named('web') },
    ]);
  });

  test('has the pods of each namespace, those with a label when one is asked for', async () => {
    const api = new FakeApi(() => ok(list(named('web-1'))));
    const cluster = new Cluster(api.client);
    expect(await api.run(cluster.pods(['shop', 'pay'], 'app=web'))).toHaveLength(2);
    expect(api.asked).toEqual(['GET /api/v1/namespaces/shop/pods', 'GET /api/v1/namespaces/pay/pods']);
    expect(api.requests.map(({ query }) => query?.labelSelector)).toEqual(['app=web', 'app=web']);
  });

  test('has all its pods and nodes in one list each', async () => {
    const api = new FakeApi(() => ok(list()));
    const cluster = new Cluster(api.client);
    await api.run(Promise.all([cluster.everyPod(), cluster.nodes()]));
    expect(api.asked).toEqual(['GET /api/v1/pods', 'GET /api/v1/nodes']);
  });

  test('lists nothing of no namespace', async () => {
    const api = holding({});
    expect(await api.run(new Cluster(api.client).workloads([]))).toEqual([]);
    expect(api.requests).toEqual([]);
  });
});

describe('applying changes', () => {
  test('patches each object where its kind lives', async () => {
    const api = new FakeApi(() => ok({}));
    const kinds: Change['kind'][] = [
      'Deployment',
      'StatefulSet',
      'CronJob',
      'HorizontalPodAutoscaler',
      'Schedule',
    ];
    await api.run(new Cluster(api.client).apply(kinds.map(kind => change(kind, kind.toLowerCase()))));
    expect(api.requests.map(({ method, path, body }) => ({ method, path, body }))).toEqual([
      { method: 'PATCH', path: `${apps}/shop/deployments/deployment`, body: { spec: { of: 'deployment' } } },
      {
        method: 'PATCH',
        path: `${apps}/shop/statefulsets/statefulset`,
        body: { spec: { of: 'statefulset' } },
      },
      { method: 'PATCH', path: `${batch}/shop/cronjobs/cronjob`, body: { spec: { of: 'cronjob' } } },
      {
        method: 'PATCH',
        path: '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/horizontalpodautoscaler',
        body: { spec: { of: 'horizontalpodautoscaler' } },
      },
      {
        method: 'PATCH',
        path: '/apis/velero.io/v1/namespaces/shop/schedules/schedule',
        body: { spec: { of: 'schedule' } },
      },
    ]);
  });

  const hundred = Array.from({ length: 100 }, (_, index) => change('Deployment', `web-${index}`));

  test('has sixteen of them under way at once, never more', async () => {
    const api = new FakeApi(() => ok({}));
    await api.run(new Cluster(api.client).apply(hundred));
    expect(api.mostUnderWay).toBe(16);
    expect(new Set(api.asked).size).toBe(100);
  });

  test('ends with the first error', async () => {
    const api = new FakeApi(({ path }) => (path.endsWith('web-3') ? status(403, 'no') : ok({})));
    expect(await errorOf(api.run(new Cluster(api.client).apply(hundred)))).toBeInstanceOf(Forbidden);
  });

  // Its promise has failed and the step with it; the other fifteen workers go on through the rest of the list.
  test('changes nothing more after it has failed', async () => {
    const api = new FakeApi(({ path }) => (path.endsWith('web-3') ? status(403, 'no') : ok({})));
    await errorOf(api.run(new Cluster(api.client).apply(hundred)));
    const asked = api.requests.length;
    await api.clock.advance(60_000);
    expect(api.requests).toHaveLength(asked);
  });
});

describe('reading many namespaces', () => {
  test('has sixteen lists under way at once, never more', async () => {
    const api = new FakeApi(() => ok(list()));
    const namespaces = Array.from({ length: 40 }, (_, index) => `shop-${index}`);
    await api.run(new Cluster(api.client).workloads(namespaces));
    expect(api.mostUnderWay).toBe(16);
    expect(api.requests).toHaveLength(120);
  });
});

describe('deleting pods', () => {
  const pods: PodObject[] = Array.from({ length: 50 }, (_, index) => named(`web-${index}`));

  test('deletes each, sixteen at once, and does not mind those that are gone', async () => {
    const api = new FakeApi(({ path }) => (path.endsWith('web-7') ? status(404, 'gone') : ok({})));
    await api.run(new Cluster(api.client).deletePods(pods));
    expect(api.mostUnderWay).toBe(16);
    expect(new Set(api.asked)).toEqual(
      new Set(pods.map(({ metadata }) => `DELETE /api/v1/namespaces/shop/pods/${metadata.name}`)),
    );
  });
});
