import type { FakeCluster } from '../../../rehearsal/embedded/kubernetes/cluster';
import type { KubeObject } from '../../../rehearsal/embedded/kubernetes/object';
import { call, clusterAt, DEPLOYMENTS, deployment, namespace } from './fixtures';

const RBAC = 'rbac.authorization.k8s.io/v1';
const LIFEBOAT = { user: 'arn:aws:sts::1:assumed-role/lifeboat/run', groups: ['lifeboat'] };

function shop(...objects: KubeObject[]): FakeCluster {
  const { cluster } = clusterAt();
  cluster.store.create(namespace('shop'));
  cluster.store.create(namespace('other'));
  cluster.store.create(deployment('web', 1));
  cluster.store.create(deployment('api', 1));
  for (const object of objects) cluster.store.create(object);
  return cluster;
}

function role(
  kind: 'Role' | 'ClusterRole',
  name: string,
  rules: Record<string, string[]>[],
  extra: Record<string, unknown> = {},
): KubeObject {
  return {
    apiVersion: RBAC,
    kind,
    metadata: { name, ...(kind === 'Role' ? { namespace: 'shop' } : {}) },
    rules,
    ...extra,
  };
}

function bind(
  kind: 'RoleBinding' | 'ClusterRoleBinding',
  roleKind: string,
  name: string,
  subject: Record<string, string> = { kind: 'Group', name: 'lifeboat' },
): KubeObject {
  return {
    apiVersion: RBAC,
    kind,
    metadata: { name, ...(kind === 'RoleBinding' ? { namespace: 'shop' } : {}) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: roleKind, name },
    subjects: [subject],
  };
}

function ask(
  cluster: FakeCluster,
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  query: Record<string, string> = {},
): number {
  return call(
    cluster,
    method,
    path,
    { query, contentType: 'application/merge-patch+json', body: {} },
    LIFEBOAT,
  ).status;
}

describe('authorization', () => {
  test("refuses what no role allows with 403 and Kubernetes' own sentence", () => {
    expect(call(shop(), 'GET', `${DEPLOYMENTS}/web`, {}, LIFEBOAT)).toEqual({
      status: 403,
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: `deployments.apps "web" is forbidden: User "${LIFEBOAT.user}" cannot get resource "deployments" in API group "apps" in the namespace "shop"`,
        reason: 'Forbidden',
        details: { name: 'web', group: 'apps', kind: 'deployments' },
        code: 403,
      },
    });
    expect(call(shop(), 'GET', '/api/v1/nodes', {}, LIFEBOAT).body).toMatchObject({
      message: `nodes is forbidden: User "${LIFEBOAT.user}" cannot list resource "nodes" in API group "" at the cluster scope`,
    });
  });

  test('refuses before it looks whether the kind or the object exists', () => {
    expect(ask(shop(), 'GET', '/apis/nowhere.io/v1/things')).toBe(403);
    expect(ask(shop(), 'GET', `${DEPLOYMENTS}/nope`)).toBe(403);
  });

  test('gives a RoleBinding its namespace only, and a ClusterRoleBinding all of them', () => {
    const rules = [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'] }];
    const local = shop(role('ClusterRole', 'reader', rules), bind('RoleBinding', 'ClusterRole', 'reader'));
    expect(ask(local, 'GET', `${DEPLOYMENTS}/web`)).toBe(200);
    expect(ask(local, 'GET', DEPLOYMENTS)).toBe(200);
    expect(ask(local, 'GET', '/apis/apps/v1/namespaces/other/deployments')).toBe(403);
    expect(ask(local, 'GET', '/apis/apps/v1/deployments')).toBe(403);
    const wide = shop(
      role('ClusterRole', 'reader', rules),
      bind('ClusterRoleBinding', 'ClusterRole', 'reader'),
    );
    expect(ask(wide, 'GET', '/apis/apps/v1/deployments')).toBe(200);
  });

  test('distinguishes verbs: reading is not writing, and one object is not a list', () => {
    const cluster = shop(
      role('Role', 'r', [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'patch'] }]),
      bind('RoleBinding', 'Role', 'r'),
    );
    expect(ask(cluster, 'GET', `${DEPLOYMENTS}/web`)).toBe(200);
    expect(ask(cluster, 'PATCH', `${DEPLOYMENTS}/web`)).toBe(200);
    expect(ask(cluster, 'GET', DEPLOYMENTS)).toBe(403);
    expect(ask(cluster, 'DELETE', `${DEPLOYMENTS}/web`)).toBe(403);
    expect(ask(cluster, 'DELETE', DEPLOYMENTS)).toBe(403);
  });

  test('needs a rule of its own for a subresource', () => {
    const plain = shop(
      role('Role', 'r', [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['*'] }]),
      bind('RoleBinding', 'Role', 'r'),
    );
    expect(ask(plain, 'PATCH', `${DEPLOYMENTS}/web/scale`)).toBe(403);
    const scale = shop(
      role('Role', 'r', [{ apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['patch'] }]),
      bind('RoleBinding', 'Role', 'r'),
    );
    expect(ask(scale, 'PATCH', `${DEPLOYMENTS}/web/scale`)).toBe(200);
    expect(ask(scale, 'PATCH', `${DEPLOYMENTS}/web`)).toBe(403);
  });

  test('limits a rule with resourceNames to these names, and to lists that select one of them', () => {
    const cluster = shop(
      role('Role', 'r', [
        { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web'], verbs: ['get', 'list'] },
      ]),
      bind('RoleBinding', 'Role', 'r'),
    );
    expect(ask(cluster, 'GET', `${DEPLOYMENTS}/web`)).toBe(200);
    expect(ask(cluster, 'GET', `${DEPLOYMENTS}/api`)).toBe(403);
    expect(ask(cluster, 'GET', DEPLOYMENTS)).toBe(403);
    expect(ask(cluster, 'GET', DEPLOYMENTS, { fieldSelector: 'metadata.name=web' })).toBe(200);
  });

  test('knows users and service accounts as subjects', () => {
    const rules = [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] }];
    const forUser = shop(
      role('Role', 'r', rules),
      bind('RoleBinding', 'Role', 'r', { kind: 'User', name: LIFEBOAT.user }),
    );
    expect(ask(forUser, 'GET', `${DEPLOYMENTS}/web`)).toBe(200);
    const forAccount = shop(
      role('Role', 'r', rules),
      bind('RoleBinding', 'Role', 'r', { kind: 'ServiceAccount', name: 'bot', namespace: 'ci' }),
    );
    expect(ask(forAccount, 'GET', `${DEPLOYMENTS}/web`)).toBe(403);
    const bot = { user: 'system:serviceaccount:ci:bot', groups: [] };
    expect(call(forAccount, 'GET', `${DEPLOYMENTS}/web`, {}, bot).status).toBe(200);
  });

  test('gathers the rules of an aggregated ClusterRole', () => {
    const part = role('ClusterRole', 'part', [{ apiGroups: ['apps'], resources: ['*'], verbs: ['get'] }]);
    part.metadata.labels = { 'lifeboat/part': 'true' };
    const whole = role('ClusterRole', 'whole', [], {
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'lifeboat/part': 'true' } }] },
    });
    const cluster = shop(part, whole, bind('ClusterRoleBinding', 'ClusterRole', 'whole'));
    expect(ask(cluster, 'GET', `${DEPLOYMENTS}/web`)).toBe(200);
  });

  test('shows health and version to everybody, and other paths to nobody', () => {
    const cluster = shop();
    expect(call(cluster, 'GET', '/readyz', {}, LIFEBOAT)).toEqual({ status: 200, body: 'ok' });
    expect(call(cluster, 'GET', '/version', {}, LIFEBOAT).body).toMatchObject({ major: '1', minor: '35' });
    expect(call(cluster, 'GET', '/metrics', {}, LIFEBOAT)).toMatchObject({
      status: 403,
      body: { message: `forbidden: User "${LIFEBOAT.user}" cannot get path "/metrics"` },
    });
  });

  test('lets system:masters do everything', () => {
    const master = { user: 'x', groups: ['system:masters'] };
    expect(call(shop(), 'DELETE', `${DEPLOYMENTS}/web`, {}, master).status).toBe(200);
    expect(call(shop(), 'GET', '/metrics', {}, master).status).toBe(404);
  });
});
