import { at, type Fields } from '../../../rehearsal/embedded/velero/json';
import { pod, type Site, syncedBackup, workload } from './world';

const fromNightly = { backupName: 'nightly', includedNamespaces: ['shop'] };
const objectsOnly = { includedNamespaces: ['shop'] };

async function restored(
  prepare: (primary: Site) => void,
  spec: Fields = {},
  before: (dr: Site) => void = () => undefined,
) {
  const world = await syncedBackup({}, {}, prepare, objectsOnly);
  before(world.dr);
  await world.clock.advance(5_000);
  world.dr.restore('r', { ...fromNightly, ...spec });
  await world.clock.advance(30_000);
  return world;
}

function warningsOf(site: Site): string {
  return JSON.stringify(site.bucket.restore('r')?.warnings);
}

function ingress(name: string) {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { namespace: 'shop', name },
    spec: { defaultBackend: { service: { name: 'shop', port: { number: 80 } } } },
  };
}

describe('the items of a Restore', () => {
  it('lose what the other cluster gave them, owners included, and are labelled with restore and backup', async () => {
    const { dr, primary } = await restored(site => {
      const owner = site.create(workload('Deployment', 'shop', 'web', 1));
      const set = workload('ReplicaSet', 'shop', 'web-1', 1);
      const reference = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: 'web',
        uid: owner.metadata.uid ?? '',
        controller: true,
      };
      set.metadata.ownerReferences = [reference];
      set.metadata.finalizers = ['example.com/kept'];
      site.create(set);
    });
    const set = dr.get('ReplicaSet', 'web-1', 'shop');
    expect(set?.metadata.ownerReferences).toBeUndefined();
    expect(set?.metadata.finalizers).toEqual(['example.com/kept']);
    expect(set?.metadata.uid).not.toBe(primary.get('ReplicaSet', 'web-1', 'shop')?.metadata.uid);
    expect(set?.metadata.labels).toMatchObject({
      'velero.io/restore-name': 'r',
      'velero.io/backup-name': 'nightly',
    });
  });

  it('come in the order of Velero: namespaces, claims, ConfigMaps, Pods, ReplicaSets, Services, the rest by name', async () => {
    const seen: string[] = [];
    const { dr } = await restored(
      site => {
        site.create(ingress('web'));
        site.create(workload('Deployment', 'shop', 'web', 0));
        site.create({
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { namespace: 'shop', name: 'web' },
          spec: { ports: [{ port: 80 }] },
        });
        site.create(workload('ReplicaSet', 'shop', 'web-1', 0));
        site.create(pod('shop', 'web-1-x'));
        site.configMap('settings', {}, {}, 'shop');
      },
      {},
      site => {
        site.store.watch(({ type, object }) => {
          if (type === 'ADDED' && (object.metadata.namespace === 'shop' || object.kind === 'Namespace'))
            seen.push(object.kind);
        });
      },
    );
    expect(seen).toEqual(['Namespace', 'ConfigMap', 'Pod', 'ReplicaSet', 'Service', 'Deployment', 'Ingress']);
    expect(dr.status('Restore', 'r')).toMatchObject({
      phase: 'Completed',
      progress: { totalItems: 7, itemsRestored: 7 },
    });
  });

  it('are not created, and not labelled, when they exist: without a word when equal, with a warning when different', async () => {
    const { dr } = await restored(
      site => {
        site.configMap('equal', { a: '1' }, {}, 'shop');
        site.configMap('different', { a: '1' }, {}, 'shop');
      },
      {},
      site => {
        site.namespace('shop');
        site.configMap('equal', { a: '1' }, {}, 'shop');
        site.configMap('different', { a: '2' }, {}, 'shop');
      },
    );
    expect(dr.status('Restore', 'r')).toMatchObject({ phase: 'Completed', warnings: 1 });
    expect(warningsOf(dr)).toContain('could not restore, ConfigMap:different already exists');
    expect(dr.get('ConfigMap', 'different', 'shop')).toMatchObject({ data: { a: '2' } });
    expect(dr.get('ConfigMap', 'equal', 'shop')?.metadata.labels).toEqual({});
  });

  it('are made like the backup by the policy update, and labelled', async () => {
    const { dr } = await restored(
      site => {
        site.configMap('equal', { a: '1' }, {}, 'shop');
        site.configMap('different', { a: '1' }, {}, 'shop');
      },
      { existingResourcePolicy: 'update' },
      site => {
        site.namespace('shop');
        site.configMap('equal', { a: '1' }, {}, 'shop');
        site.configMap('different', { a: '2', b: 'gone' }, {}, 'shop');
      },
    );
    expect(dr.status('Restore', 'r').warnings).toBeUndefined();
    expect(dr.get('ConfigMap', 'different', 'shop')?.data).toEqual({ a: '1' });
    for (const name of ['equal', 'different']) {
      expect(dr.get('ConfigMap', name, 'shop')?.metadata.labels).toMatchObject({
        'velero.io/restore-name': 'r',
      });
    }
  });

  it('that the API server will not change get a warning and their labels by the policy update', async () => {
    const { dr } = await restored(
      site => site.database('shop', 'monday'),
      { existingResourcePolicy: 'update', excludedResources: ['pods'] },
      site => {
        site.namespace('shop');
        site.database('shop', 'old');
      },
    );
    expect(warningsOf(dr)).toContain('spec is immutable after creation');
    const claim = dr.get('PersistentVolumeClaim', 'data', 'shop');
    expect(at(claim, 'spec', 'volumeName')).toBe('pvc-dr-shop-data');
    expect(claim?.metadata.labels).toMatchObject({ 'velero.io/restore-name': 'r' });
  });

  it('that are ServiceAccounts are merged', async () => {
    const account = (secrets: string[], annotations: Record<string, string>) => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { namespace: 'shop', name: 'default', annotations },
      secrets: secrets.map(name => ({ name })),
    });
    const { dr } = await restored(
      site => site.create(account(['pull', 'default-token-x1'], { role: 'primary', extra: 'yes' })),
      {},
      site => {
        site.namespace('shop');
        site.create(account(['own'], { role: 'dr' }));
      },
    );
    const merged = dr.get('ServiceAccount', 'default', 'shop');
    expect(merged).toMatchObject({
      metadata: { annotations: { role: 'dr', extra: 'yes' } },
      secrets: [{ name: 'own' }, { name: 'pull' }],
    });
    expect(dr.status('Restore', 'r').warnings).toBeUndefined();
  });

  it.each(['ingresses', 'ingresses.networking.k8s.io', 'ing'])('may be excluded as %s', async name => {
    const prepare = (site: Site) => {
      site.create(ingress('web'));
      site.configMap('settings', {}, {}, 'shop');
    };
    const { dr } = await restored(prepare, { excludedResources: [name] });
    expect(dr.get('ConfigMap', 'settings', 'shop')).toBeDefined();
    expect(dr.all('Ingress')).toEqual([]);
  });

  it('may be chosen by resource, and their namespace comes along', async () => {
    const { dr } = await restored(
      site => {
        site.create(ingress('web'));
        site.configMap('settings', {}, {}, 'shop');
      },
      { includedResources: ['configmaps'] },
    );
    expect(dr.all('Ingress')).toEqual([]);
    expect(dr.get('ConfigMap', 'settings', 'shop')).toBeDefined();
  });

  it('do not include a namespace that is empty, when namespaces are named', async () => {
    const { dr } = await restored(() => undefined);
    expect(dr.phase('Restore', 'r')).toBe('Completed');
    expect(dr.get('Namespace', 'shop')).toBeUndefined();
  });

  it('may be chosen by labels with expressions, or by one of several selectors', async () => {
    const prepare = (site: Site) => {
      site.configMap('front', {}, { tier: 'front' }, 'shop');
      site.configMap('back', {}, { tier: 'back' }, 'shop');
      site.configMap('none', {}, {}, 'shop');
    };
    const names = (site: Site) => site.all('ConfigMap', 'shop').map(({ metadata }) => metadata.name);
    const expressions = [{ key: 'tier', operator: 'NotIn', values: ['back'] }];
    const first = await restored(prepare, { labelSelector: { matchExpressions: expressions } });
    expect(names(first.dr)).toEqual(['front', 'none']);
    const either = [{ matchLabels: { tier: 'front' } }, { matchLabels: { tier: 'back' } }];
    const second = await restored(prepare, { orLabelSelectors: either });
    expect(names(second.dr)).toEqual(['back', 'front']);
  });

  it('go where namespaceMapping says, role bindings with their subjects', async () => {
    const { dr } = await restored(
      site => {
        site.configMap('settings', {}, {}, 'shop');
        site.create({
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'RoleBinding',
          metadata: { namespace: 'shop', name: 'read' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'read' },
          subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'shop' }],
        });
      },
      { namespaceMapping: { shop: 'drill' } },
    );
    expect(dr.get('Namespace', 'shop')).toBeUndefined();
    expect(dr.get('ConfigMap', 'settings', 'drill')).toBeDefined();
    expect(dr.get('RoleBinding', 'read', 'drill')?.subjects).toMatchObject([{ namespace: 'drill' }]);
  });

  it('that belong to the cluster come only when all namespaces do, or when asked for', async () => {
    const prepare = (site: Site) => {
      site.create({
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name: 'high' },
        value: 1,
      });
    };
    const world = await syncedBackup({}, {}, prepare, {});
    world.dr.restore('some', { backupName: 'nightly', includedNamespaces: ['shop'] });
    await world.clock.advance(30_000);
    expect(world.dr.all('PriorityClass')).toEqual([]);
    world.dr.restore('asked', {
      backupName: 'nightly',
      includedNamespaces: ['shop'],
      includeClusterResources: true,
    });
    await world.clock.advance(30_000);
    expect(world.dr.all('PriorityClass')).toHaveLength(1);
  });

  it('that have done their work stay away: Pods and Jobs', async () => {
    const { dr } = await restored(site => {
      const done = site.create(pod('shop', 'done'));
      const spec = {
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'a' }] } },
      };
      const job = site.create({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { namespace: 'shop', name: 'done' },
        spec,
      });
      site.clock.after(3_000, () => {
        site.store.updateStatus({ ...done, status: { phase: 'Succeeded' } });
        site.store.updateStatus({ ...job, status: { completionTime: '2026-03-01T00:00:00Z' } });
      });
    });
    expect([...dr.all('Pod', 'shop'), ...dr.all('Job', 'shop')]).toEqual([]);
  });

  it('lose addresses and node ports: a Service gets new ones', async () => {
    const { dr } = await restored(site =>
      site.create({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { namespace: 'shop', name: 'web' },
        spec: { type: 'LoadBalancer', clusterIP: '10.1.2.3', ports: [{ port: 80, nodePort: 31000 }] },
      }),
    );
    const service = dr.get('Service', 'web', 'shop');
    expect(at(service, 'spec', 'clusterIP')).not.toBe('10.1.2.3');
    expect(at(service, 'spec', 'ports')).toEqual([expect.not.objectContaining({ nodePort: 31000 })]);
  });

  it('keep a node port that kubectl applied', async () => {
    const spec = {
      type: 'NodePort',
      ports: [
        { name: 'a', port: 80, nodePort: 31000 },
        { name: 'b', port: 81, nodePort: 31001 },
      ],
    };
    const applied = { spec: { ports: [{ name: 'a', port: 80, nodePort: 31000 }] } };
    const { dr } = await restored(site =>
      site.create({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: {
          namespace: 'shop',
          name: 'web',
          annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(applied) },
        },
        spec,
      }),
    );
    const ports = at(dr.get('Service', 'web', 'shop'), 'spec', 'ports');
    expect(ports).toMatchObject([{ name: 'a', nodePort: 31000 }, { name: 'b' }]);
    expect(ports).not.toMatchObject([{}, { nodePort: 31001 }]);
  });

  it('leave out the token that Kubernetes made for a ServiceAccount', async () => {
    const token = { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token' };
    const { dr } = await restored(site => {
      site.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: 'shop', name: 'app' } });
      site.create({
        ...token,
        metadata: { namespace: 'shop', name: 'app-token-x' },
        data: { token: 'eA==' },
      });
      site.create({
        ...token,
        metadata: { namespace: 'shop', name: 'own' },
        data: { token: 'eA==', extra: 'eA==' },
      });
    });
    expect(dr.get('Secret', 'app-token-x', 'shop')).toBeUndefined();
    expect(dr.get('Secret', 'own', 'shop')?.data).toEqual({ extra: 'eA==' });
  });

  it('bring what they need past the label selector: a Pod its claim', async () => {
    const { dr } = await restored(
      site => {
        site.database('shop', 'monday', 50e6, { pick: 'me' });
      },
      { labelSelector: { matchLabels: { pick: 'me' } } },
    );
    expect(dr.get('PersistentVolumeClaim', 'data', 'shop')).toBeDefined();
  });

  it('that the API server refuses are errors, and the restore goes on and fails in part', async () => {
    const { dr } = await restored(
      site => {
        site.create(workload('Deployment', 'shop', 'web', 1));
        site.configMap('settings', {}, {}, 'shop');
        site.configMap('modifiers', {}, {}, 'shop');
      },
      { resourceModifier: { kind: 'ConfigMap', name: 'break' } },
      site =>
        site.configMap('break', {
          rules:
            'version: v1\nresourceModifierRules:\n- conditions: {groupResource: deployments.apps}\n  patches: [{operation: replace, path: /spec/replicas, value: "-1"}]',
        }),
    );
    expect(dr.status('Restore', 'r')).toMatchObject({ phase: 'PartiallyFailed', errors: 1 });
    expect(JSON.stringify(dr.bucket.restore('r')?.errors)).toContain(
      'error restoring deployments.apps/shop/web',
    );
    expect(dr.get('ConfigMap', 'settings', 'shop')).toBeDefined();
  });

  it('wait for a namespace that is being deleted', async () => {
    const world = await syncedBackup({}, {}, site => site.configMap('settings', {}, {}, 'shop'), objectsOnly);
    world.dr.namespace('shop');
    world.dr.delete('Namespace', 'shop');
    world.dr.restore('r', fromNightly);
    await world.clock.advance(5 * 60_000);
    expect(world.dr.phase('Restore', 'r')).toBe('InProgress');
    const found = world.dr.get('Namespace', 'shop');
    if (found) world.dr.store.update({ ...found, spec: { finalizers: [] } });
    await world.clock.advance(10_000);
    expect(world.dr.get('Namespace', 'shop')?.metadata.uid).not.toBe(found?.metadata.uid);
    expect(world.dr.phase('Restore', 'r')).toBe('Completed');
  });
});
