import type { FakeCluster } from '../../../rehearsal/embedded/kubernetes/cluster';
import { at, list } from '../../../rehearsal/embedded/kubernetes/json';
import { call, clusterAt, DEPLOYMENTS, deployment, mergePatch, namespace, statefulSet } from './fixtures';

const CONFIG_MAPS = '/api/v1/namespaces/shop/configmaps';

function shop(): FakeCluster {
  const { cluster } = clusterAt();
  cluster.store.create(namespace('shop'));
  cluster.store.create(namespace('other'));
  return cluster;
}

function configMap(name: string, labels: Record<string, string> = {}, ns = 'shop') {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: ns, labels } };
}

function names(body: unknown): unknown[] {
  return list(at(body, 'items')).map(item => at(item, 'metadata', 'name'));
}

function select(cluster: FakeCluster, labelSelector: string): unknown[] {
  return names(call(cluster, 'GET', CONFIG_MAPS, { query: { labelSelector } }).body).filter(
    name => name !== 'kube-root-ca.crt',
  );
}

describe('reading', () => {
  test('answers GET of an object with the object, and of one that is not there with a NotFound Status', () => {
    const cluster = shop();
    cluster.store.create(deployment('web', 2));
    expect(call(cluster, 'GET', `${DEPLOYMENTS}/web`)).toMatchObject({
      status: 200,
      body: { kind: 'Deployment', spec: { replicas: 2 } },
    });
    expect(call(cluster, 'GET', `${DEPLOYMENTS}/nope`)).toEqual({
      status: 404,
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'deployments.apps "nope" not found',
        reason: 'NotFound',
        details: { name: 'nope', group: 'apps', kind: 'deployments' },
        code: 404,
      },
    });
  });

  test('answers a path of an unknown kind with 404 in plain text', () => {
    expect(call(shop(), 'GET', '/apis/velero.io/v1/namespaces/velero/backups')).toEqual({
      status: 404,
      body: '404 page not found\n',
    });
  });

  test('lists one namespace or all of them, with the items of built-in kinds without apiVersion and kind', () => {
    const cluster = shop();
    cluster.store.create(deployment('web', 1));
    cluster.store.create({ ...deployment('web', 1), metadata: { name: 'api', namespace: 'other' } });
    const one = call(cluster, 'GET', DEPLOYMENTS).body;
    expect(one).toMatchObject({
      kind: 'DeploymentList',
      apiVersion: 'apps/v1',
      metadata: { resourceVersion: expect.any(String) },
    });
    expect(names(one)).toEqual(['web']);
    expect(list(at(one, 'items'))[0]).not.toHaveProperty('kind');
    expect(names(call(cluster, 'GET', '/apis/apps/v1/deployments').body)).toEqual(['api', 'web']);
    cluster.store.installCrds(['velero']);
    cluster.store.create({
      apiVersion: 'velero.io/v1',
      kind: 'Backup',
      metadata: { name: 'b', namespace: 'shop' },
      spec: {},
    });
    const backups = call(cluster, 'GET', '/apis/velero.io/v1/namespaces/shop/backups').body;
    expect(list(at(backups, 'items'))[0]).toMatchObject({ apiVersion: 'velero.io/v1', kind: 'Backup' });
  });

  test.each([
    ['app=web', ['a', 'b']],
    ['app==web,tier!=back', ['a']],
    ['tier in (front,back)', ['a', 'b']],
    ['tier notin (front)', ['b', 'c']],
    ['tier', ['a', 'b']],
    ['!tier', ['c']],
    ['app!=web', ['c']],
  ])('selects by labels: %s', (selector, expected) => {
    const cluster = shop();
    cluster.store.create(configMap('a', { app: 'web', tier: 'front' }));
    cluster.store.create(configMap('b', { app: 'web', tier: 'back' }));
    cluster.store.create(configMap('c', {}));
    expect(select(cluster, selector)).toEqual(expected);
  });

  test('refuses a selector that is none with 400', () => {
    expect(call(shop(), 'GET', CONFIG_MAPS, { query: { labelSelector: 'a in b' } }).status).toBe(400);
    expect(call(shop(), 'GET', CONFIG_MAPS, { query: { fieldSelector: 'data.x=1' } })).toMatchObject({
      status: 400,
      body: { message: 'field label not supported: data.x' },
    });
  });

  test("selects by name, by a Secret's type and by a Pod's phase", () => {
    const cluster = shop();
    cluster.store.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'tls', namespace: 'shop' },
      type: 'kubernetes.io/tls',
      data: {},
    });
    cluster.store.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'plain', namespace: 'shop' },
    });
    const secrets = (fieldSelector: string) =>
      names(call(cluster, 'GET', '/api/v1/secrets', { query: { fieldSelector } }).body);
    expect(secrets('type=kubernetes.io/tls')).toEqual(['tls']);
    expect(secrets('metadata.name!=tls,metadata.namespace=shop')).toEqual(['plain']);
    cluster.store.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'shop' },
      spec: { containers: [{ name: 'a', image: 'b' }] },
    });
    const podsIn = (phase: string) =>
      names(call(cluster, 'GET', '/api/v1/pods', { query: { fieldSelector: `status.phase=${phase}` } }).body);
    expect(podsIn('Pending')).toEqual(['p']);
    expect(podsIn('Running')).toEqual([]);
  });

  test('gives a long list in pages, and forgets a place after five minutes', async () => {
    const { clock, cluster } = clusterAt();
    for (const name of ['a', 'b', 'c', 'd', 'e']) cluster.store.create(namespace(name));
    const page = (query: Record<string, string>) => call(cluster, 'GET', '/api/v1/namespaces', { query });
    const first = page({ limit: '4' });
    expect(names(first.body)).toEqual(['a', 'b', 'c', 'd']);
    expect(at(first.body, 'metadata', 'remainingItemCount')).toBe(5);
    const token = String(at(first.body, 'metadata', 'continue'));
    const rest = page({ limit: '500', continue: token });
    expect(names(rest.body)).toEqual(['default', 'e', 'kube-node-lease', 'kube-public', 'kube-system']);
    expect(at(rest.body, 'metadata', 'continue')).toBeUndefined();
    await clock.advance(5 * 60_000 + 1);
    expect(page({ continue: token })).toMatchObject({ status: 410, body: { reason: 'Expired' } });
    expect(page({ continue: 'nonsense' }).status).toBe(400);
  });
});

describe('writing', () => {
  test('creates, also with a generated name, and refuses a second one with 409', () => {
    const cluster = shop();
    const body = configMap('a');
    expect(call(cluster, 'POST', CONFIG_MAPS, { body })).toMatchObject({
      status: 201,
      body: { metadata: { name: 'a', namespace: 'shop' } },
    });
    expect(call(cluster, 'POST', CONFIG_MAPS, { body })).toMatchObject({
      status: 409,
      body: { reason: 'AlreadyExists' },
    });
    const generated = call(cluster, 'POST', CONFIG_MAPS, {
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'run-' } },
    });
    expect(at(generated.body, 'metadata', 'name')).toMatch(/^run-\w{5}$/);
  });

  test('refuses an object of another kind or namespace than the path says', () => {
    const cluster = shop();
    expect(call(cluster, 'POST', CONFIG_MAPS, { body: { ...configMap('a'), kind: 'Secret' } }).status).toBe(
      400,
    );
    expect(call(cluster, 'POST', CONFIG_MAPS, { body: configMap('a', {}, 'other') })).toMatchObject({
      status: 400,
      body: {
        message: 'the namespace of the provided object does not match the namespace sent on the request',
      },
    });
  });

  test('ignores a status at creation and in a patch, except of kinds without a status subresource', () => {
    const cluster = shop();
    cluster.store.installCrds(['velero']);
    const created = call(cluster, 'POST', DEPLOYMENTS, {
      body: { ...deployment('web', 1), status: { readyReplicas: 9 } },
    });
    expect(at(created.body, 'status')).toBeUndefined();
    mergePatch(cluster, `${DEPLOYMENTS}/web`, { status: { readyReplicas: 9 } });
    expect(at(call(cluster, 'GET', `${DEPLOYMENTS}/web`).body, 'status', 'readyReplicas')).toBeUndefined();
    const patched = mergePatch(cluster, `${DEPLOYMENTS}/web/status`, {
      spec: { replicas: 5 },
      status: { readyReplicas: 9 },
    });
    expect(patched.body).toMatchObject({ spec: { replicas: 1 }, status: { readyReplicas: 9 } });

    const backups = '/apis/velero.io/v1/namespaces/shop/backups';
    call(cluster, 'POST', backups, {
      body: { apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name: 'b' }, spec: {} },
    });
    expect(mergePatch(cluster, `${backups}/b`, { status: { phase: 'Completed' } }).body).toMatchObject({
      status: { phase: 'Completed' },
    });
    expect(mergePatch(cluster, `${backups}/b/status`, {}).status).toBe(404);
  });

  test('applies merge patches: null removes, lists are replaced, and replicas null means the default of 1', () => {
    const cluster = shop();
    cluster.store.create({
      ...deployment('web', 3),
      metadata: { name: 'web', namespace: 'shop', labels: { a: '1', b: '2' } },
    });
    const { status, body } = mergePatch(cluster, `${DEPLOYMENTS}/web`, {
      metadata: { labels: { a: null } },
      spec: { replicas: null },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ metadata: { labels: { b: '2' }, generation: 2 }, spec: { replicas: 1 } });
    expect(at(body, 'metadata', 'labels', 'a')).toBeUndefined();
  });

  test('applies JSON patches whole or not at all, and a failed test is 422', () => {
    const cluster = shop();
    cluster.store.create(deployment('web', 3));
    const patch = (body: unknown) =>
      call(cluster, 'PATCH', `${DEPLOYMENTS}/web`, { contentType: 'application/json-patch+json', body });
    const good = patch([
      { op: 'test', path: '/spec/replicas', value: 3 },
      { op: 'replace', path: '/spec/replicas', value: 4 },
      { op: 'add', path: '/metadata/annotations', value: { 'a/b': 'c' } },
      { op: 'remove', path: '/metadata/annotations/a~1b' },
    ]);
    expect(good).toMatchObject({
      status: 200,
      body: { spec: { replicas: 4 }, metadata: { annotations: {} } },
    });
    const failed = patch([
      { op: 'replace', path: '/spec/replicas', value: 9 },
      { op: 'test', path: '/spec/replicas', value: 3 },
    ]);
    expect(failed).toMatchObject({ status: 422, body: { reason: 'Invalid' } });
    expect(patch([{ op: 'replace', path: '/spec/nothing', value: 1 }]).status).toBe(422);
    expect(patch({ op: 'replace' }).status).toBe(400);
    expect(call(cluster, 'GET', `${DEPLOYMENTS}/web`).body).toMatchObject({ spec: { replicas: 4 } });
  });

  test('merges containers by name in a strategic merge patch, and takes none for a CRD', () => {
    const cluster = shop();
    cluster.store.installCrds(['velero']);
    cluster.store.create(deployment('web', 1));
    const contentType = 'application/strategic-merge-patch+json';
    const body = {
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'web', image: 'x:2' },
              { name: 'side', image: 'y:1' },
            ],
          },
        },
      },
    };
    const { body: patched } = call(cluster, 'PATCH', `${DEPLOYMENTS}/web`, { contentType, body });
    expect(
      list(at(patched, 'spec', 'template', 'spec', 'containers')).map(each => [
        at(each, 'name'),
        at(each, 'image'),
      ]),
    ).toEqual([
      ['web', 'x:2'],
      ['side', 'y:1'],
    ]);
    const gone = { spec: { template: { spec: { containers: [{ name: 'side', $patch: 'delete' }] } } } };
    const { body: less } = call(cluster, 'PATCH', `${DEPLOYMENTS}/web`, { contentType, body: gone });
    expect(list(at(less, 'spec', 'template', 'spec', 'containers'))).toHaveLength(1);
    cluster.store.create({
      apiVersion: 'velero.io/v1',
      kind: 'Schedule',
      metadata: { name: 's', namespace: 'shop' },
      spec: {},
    });
    expect(
      call(cluster, 'PATCH', '/apis/velero.io/v1/namespaces/shop/schedules/s', { contentType, body: {} }),
    ).toMatchObject({
      status: 415,
      body: { reason: 'UnsupportedMediaType' },
    });
  });

  test('refuses server-side apply and a patch without a content type with 415', () => {
    const cluster = shop();
    cluster.store.create(deployment('web', 1));
    for (const contentType of ['application/apply-patch+yaml', 'application/json']) {
      expect(call(cluster, 'PATCH', `${DEPLOYMENTS}/web`, { contentType, body: {} }).status).toBe(415);
    }
    expect(call(cluster, 'PATCH', `${DEPLOYMENTS}/web`, { body: {} }).status).toBe(415);
  });

  test('refuses a patch that was made from an older version with 409', () => {
    const cluster = shop();
    const { metadata } = cluster.store.create(deployment('web', 1));
    const scale = (replicas: number) =>
      mergePatch(cluster, `${DEPLOYMENTS}/web`, {
        metadata: { resourceVersion: metadata.resourceVersion },
        spec: { replicas },
      });
    expect(scale(2).status).toBe(200);
    expect(scale(3)).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
    expect(mergePatch(cluster, `${DEPLOYMENTS}/web`, { metadata: { uid: 'another' } }).status).toBe(409);
    expect(mergePatch(cluster, `${DEPLOYMENTS}/web`, { metadata: { name: 'another' } }).status).toBe(400);
  });

  test('refuses a change of what cannot change with 422 and the cause', () => {
    const cluster = shop();
    cluster.store.create(deployment('web', 1));
    const patch = {
      spec: { selector: { matchLabels: { tier: 'x' } }, template: { metadata: { labels: { tier: 'x' } } } },
    };
    expect(mergePatch(cluster, `${DEPLOYMENTS}/web`, patch)).toMatchObject({
      status: 422,
      body: {
        reason: 'Invalid',
        details: { kind: 'Deployment', causes: [{ field: 'spec.selector', reason: 'FieldValueInvalid' }] },
      },
    });
    cluster.store.create(statefulSet('db', 1));
    const { status, body } = mergePatch(cluster, '/apis/apps/v1/namespaces/shop/statefulsets/db', {
      spec: { serviceName: 'x' },
    });
    expect([status, at(body, 'message')]).toEqual([
      422,
      expect.stringContaining('updates to statefulset spec for fields other than'),
    ]);
  });

  test('scales through /scale', () => {
    const cluster = shop();
    cluster.store.create(deployment('web', 2));
    expect(call(cluster, 'GET', `${DEPLOYMENTS}/web/scale`).body).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 2 },
      status: { selector: 'app=web' },
    });
    expect(mergePatch(cluster, `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 5 } }).body).toMatchObject({
      spec: { replicas: 5 },
    });
    expect(call(cluster, 'GET', `${DEPLOYMENTS}/web`).body).toMatchObject({ spec: { replicas: 5 } });
    expect(mergePatch(cluster, `${DEPLOYMENTS}/web/scale`, { spec: { replicas: -1 } }).status).toBe(422);
    expect(call(cluster, 'GET', `${CONFIG_MAPS}/kube-root-ca.crt/scale`).status).toBe(404);
  });

  test('deletes with preconditions and a Status, or shows what waits for its finalizers', () => {
    const cluster = shop();
    cluster.store.create(configMap('a'));
    const wrong = call(cluster, 'DELETE', `${CONFIG_MAPS}/a`, {
      body: { preconditions: { uid: 'another' } },
    });
    expect(wrong.status).toBe(409);
    expect(call(cluster, 'DELETE', `${CONFIG_MAPS}/a`)).toMatchObject({
      status: 200,
      body: { kind: 'Status', status: 'Success' },
    });
    expect(call(cluster, 'DELETE', `${CONFIG_MAPS}/a`).status).toBe(404);
    cluster.store.create({
      ...configMap('b'),
      metadata: { name: 'b', namespace: 'shop', finalizers: ['x/y'] },
    });
    expect(call(cluster, 'DELETE', `${CONFIG_MAPS}/b`).body).toMatchObject({
      metadata: { deletionTimestamp: expect.any(String) },
    });
    expect(
      call(cluster, 'DELETE', `${CONFIG_MAPS}/b`, { query: { propagationPolicy: 'Sideways' } }).status,
    ).toBe(400);
  });

  test('deletes what a selector chooses of a collection', () => {
    const cluster = shop();
    cluster.store.create(configMap('a', { run: '1' }));
    cluster.store.create(configMap('b', { run: '2' }));
    expect(call(cluster, 'DELETE', CONFIG_MAPS, { query: { labelSelector: 'run=1' } }).status).toBe(200);
    expect(select(cluster, '')).toEqual(['b']);
  });

  test('says no to watches and dry runs instead of doing something else', () => {
    const cluster = shop();
    expect(call(cluster, 'GET', CONFIG_MAPS, { query: { watch: 'true' } }).status).toBe(405);
    expect(
      call(cluster, 'POST', CONFIG_MAPS, { body: configMap('a'), query: { dryRun: 'All' } }).status,
    ).toBe(400);
    expect(select(cluster, '')).toEqual([]);
  });
});
