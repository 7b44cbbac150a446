import type { Config, SiteName } from '../core/config';

/** Placeholder until the exact rules are in: every group may do everything. */
export function rbacManifests(_config: Config, _site: SiteName): object[] {
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'lifeboat-all' },
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'lifeboat-all' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'lifeboat-all' },
      subjects: ['assess', 'preflight', 'fence', 'restore', 'scale', 'rollback'].map(step => ({
        kind: 'Group',
        apiGroup: 'rbac.authorization.k8s.io',
        name: `lifeboat:${step}`,
      })),
    },
  ];
}

export function toYaml(objects: readonly object[]): string {
  return objects.map(object => JSON.stringify(object)).join('\n---\n');
}
