import { types } from '../../../rehearsal/embedded/kubernetes/kinds';
import type { KubeObject, WatchEvent } from '../../../rehearsal/embedded/kubernetes/object';
import { Store } from '../../../rehearsal/embedded/kubernetes/store';
import { VirtualClock } from '../../../rehearsal/embedded/virtual-clock';
import { claim, deployment, namespace, START } from './fixtures';

function storeWithShop(): Store {
  const store = new Store(new VirtualClock(START));
  store.create(namespace('shop'));
  return store;
}

const configMap = (data: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'shop' },
  data,
});

describe('the object store', () => {
  test('gives a new object its uid, creation time, resourceVersion and generation', () => {
    const store = storeWithShop();
    const created = store.create({
      ...deployment('web', 1),
      metadata: { name: 'web', namespace: 'shop', uid: 'mine', resourceVersion: '7' },
    });
    expect(created.metadata.uid).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(created.metadata.creationTimestamp).toBe('2026-03-02T12:00:00Z');
    expect(created.metadata.resourceVersion).toBe(store.resourceVersion);
    expect(created.metadata.generation).toBe(1);
  });

  test('gives the same uids for the same seed', () => {
    expect(storeWithShop().create(configMap({})).metadata.uid).toBe(
      storeWithShop().create(configMap({})).metadata.uid,
    );
  });

  test('raises the generation with the spec and leaves it with labels and status', () => {
    const store = storeWithShop();
    const created = store.create(deployment('web', 1));
    const labelled = store.update({ ...created, metadata: { ...created.metadata, labels: { a: 'b' } } });
    expect(labelled.metadata.generation).toBe(1);
    const scaled = store.update({ ...labelled, spec: { ...(labelled.spec as object), replicas: 2 } });
    expect(scaled.metadata.generation).toBe(2);
    expect(store.updateStatus({ ...scaled, status: { replicas: 2 } }).metadata.generation).toBe(2);
  });

  test('refuses a write over a newer version with Conflict, 409', () => {
    const store = storeWithShop();
    const first = store.create(configMap({ a: '1' }));
    store.update({ ...first, data: { a: '2' } });
    expect(() => store.update({ ...first, data: { a: '3' } })).toThrow(
      expect.objectContaining({
        name: 'Conflict',
        code: 409,
        message:
          'Operation cannot be fulfilled on configmaps "settings": the object has been modified; please apply your changes to the latest version and try again',
      }),
    );
  });

  test('writes nothing and tells nobody when nothing changes', () => {
    const store = storeWithShop();
    const first = store.create(configMap({ a: '1' }));
    const events: WatchEvent[] = [];
    store.watch(event => events.push(event));
    expect(store.update(first).metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect(events).toEqual([]);
  });

  test('refuses a second object of the same name with AlreadyExists and its Status', () => {
    const store = storeWithShop();
    store.create(configMap({}));
    let status: unknown;
    try {
      store.create(configMap({}));
    } catch (error) {
      status = (error as { status(): unknown }).status();
    }
    expect(status).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'configmaps "settings" already exists',
      reason: 'AlreadyExists',
      details: { name: 'settings', kind: 'configmaps' },
      code: 409,
    });
  });

  test('refuses an object in a namespace that is not there with NotFound', () => {
    const store = new Store(new VirtualClock(START));
    expect(() => store.create(configMap({}))).toThrow('namespaces "shop" not found');
  });

  test('refuses new content in a namespace that is being terminated', () => {
    const store = storeWithShop();
    store.delete(types.namespace, undefined, 'shop');
    expect(() => store.create(configMap({}))).toThrow(
      'unable to create new content in namespace shop because it is being terminated',
    );
  });

  test('keeps an object with finalizers until the last one is gone', () => {
    const store = storeWithShop();
    const created = store.create({
      ...configMap({}),
      metadata: { name: 'settings', namespace: 'shop', finalizers: ['x/y'] },
    });
    store.delete(types.configMap, 'shop', 'settings');
    const marked = store.get(types.configMap, 'shop', 'settings');
    expect(marked?.metadata.deletionTimestamp).toBe('2026-03-02T12:00:00Z');
    store.update({ ...created, metadata: { ...created.metadata, resourceVersion: '', finalizers: [] } });
    expect(store.get(types.configMap, 'shop', 'settings')).toBeUndefined();
  });

  test('takes no new finalizer for an object that is being deleted', () => {
    const store = storeWithShop();
    store.create({
      ...configMap({}),
      metadata: { name: 'settings', namespace: 'shop', finalizers: ['x/y'] },
    });
    store.delete(types.configMap, 'shop', 'settings');
    const marked = store.get(types.configMap, 'shop', 'settings') as KubeObject;
    marked.metadata.finalizers = ['x/y', 'x/z'];
    expect(() => store.update(marked)).toThrow('no new finalizers can be added');
  });

  test('returns copies: changing one changes nothing', () => {
    const store = storeWithShop();
    const created = store.create(configMap({ a: '1' }));
    (created.data as Record<string, string>).a = 'changed';
    const [listed] = store.list(types.configMap, 'shop');
    (listed?.data as Record<string, string>).a = 'changed';
    expect(store.get(types.configMap, 'shop', 'settings')?.data).toEqual({ a: '1' });
  });

  test('tells watchers of writes in order, also of those that watchers make', () => {
    const store = storeWithShop();
    const seen: string[] = [];
    store.watch(({ type, object }) => {
      seen.push(`first ${type} ${object.metadata.name}`);
      if (object.metadata.name === 'settings' && type === 'ADDED') {
        store.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'made', namespace: 'shop' } });
      }
    });
    store.watch(({ type, object }) => seen.push(`second ${type} ${object.metadata.name}`));
    store.create(configMap({}));
    expect(seen).toEqual([
      'first ADDED settings',
      'second ADDED settings',
      'first ADDED made',
      'second ADDED made',
    ]);
  });

  test('knows a kind only once its CustomResourceDefinition is there, and forgets its objects with it', () => {
    const store = storeWithShop();
    const backup = {
      apiVersion: 'velero.io/v1',
      kind: 'Backup',
      metadata: { name: 'b', namespace: 'shop' },
      spec: {},
    };
    expect(() => store.create(backup)).toThrow('no matches for kind "Backup" in version "velero.io/v1"');
    store.installCrds(['velero']);
    store.create(backup);
    const type = store.typeOf('velero.io/v1', 'Backup');
    expect(store.list(type)).toHaveLength(1);
    store.delete(types.crd, undefined, 'backups.velero.io');
    expect(store.list(type)).toEqual([]);
    expect(() => store.typeOf('velero.io/v1', 'Backup')).toThrow('no matches for kind');
  });

  test("counts a Velero object's status into its generation, since its CRD has no status subresource", () => {
    const store = storeWithShop();
    store.installCrds(['velero', 'cert-manager']);
    const backup = store.create({
      apiVersion: 'velero.io/v1',
      kind: 'Backup',
      metadata: { name: 'b', namespace: 'shop' },
      spec: {},
    });
    expect(store.updateStatus({ ...backup, status: { phase: 'Completed' } }).metadata.generation).toBe(2);
    const issuer = store.create({
      apiVersion: 'cert-manager.io/v1',
      kind: 'ClusterIssuer',
      metadata: { name: 'le' },
      spec: {},
    });
    expect(store.updateStatus({ ...issuer, status: { a: 1 } }).metadata.generation).toBe(1);
  });

  test('gives generated names and takes the default StorageClass', () => {
    const store = storeWithShop();
    store.create({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'std', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'p',
    });
    const generated = store.create({
      ...configMap({}),
      metadata: { name: '', generateName: 'made-', namespace: 'shop' },
    });
    expect(generated.metadata.name).toMatch(/^made-[bcdfghjklmnpqrstvwxz2-9]{5}$/);
    const made = store.create(claim('data', { storageClassName: undefined }));
    expect(made.spec).toMatchObject({ storageClassName: 'std' });
    expect(made.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
  });
});

describe('validation', () => {
  const refusals: [string, KubeObject, string][] = [
    [
      'a name that is no DNS name',
      { ...configMap({}), metadata: { name: 'Web_1', namespace: 'shop' } },
      'a lowercase RFC 1123 subdomain',
    ],
    [
      'a Service that starts with a digit',
      { apiVersion: 'v1', kind: 'Service', metadata: { name: '1web', namespace: 'shop' }, spec: {} },
      'DNS-1035 label',
    ],
    [
      'a label value of 64 characters',
      { ...configMap({}), metadata: { name: 'a', namespace: 'shop', labels: { x: 'y'.repeat(64) } } },
      'must be no more than 63 characters',
    ],
    [
      'negative replicas',
      deployment('web', -1),
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'a Deployment whose selector misses its template',
      {
        ...deployment('web', 1),
        spec: { ...(deployment('web', 1).spec as object), selector: { matchLabels: { app: 'other' } } },
      },
      '`selector` does not match template `labels`',
    ],
    [
      'a Pod without containers',
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'shop' }, spec: { containers: [] } },
      'spec.containers: Required value',
    ],
    [
      'an autoscaler with a floor of 0',
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'h', namespace: 'shop' },
        spec: { minReplicas: 0, maxReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'web' } },
      },
      'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1',
    ],
    [
      'a schedule that is none',
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'c', namespace: 'shop' },
        spec: {
          schedule: 'often',
          jobTemplate: {
            spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } } },
          },
        },
      },
      'spec.schedule: Invalid value: "often"',
    ],
  ];

  test.each(refusals)('refuses %s', (_what, object, message) => {
    expect(() => storeWithShop().create(object)).toThrow(message);
  });

  test('refuses text where a number belongs as a bad request', () => {
    const wrong = {
      ...deployment('web', 1),
      spec: { ...(deployment('web', 1).spec as object), replicas: '3' },
    };
    expect(() => storeWithShop().create(wrong)).toThrow(
      expect.objectContaining({ name: 'BadRequest', code: 400 }),
    );
  });

  test("refuses a change of a Deployment's selector", () => {
    const store = storeWithShop();
    const created = store.create(deployment('web', 1));
    const labels = { app: 'web', tier: 'front' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'b' }] } };
    const spec = { ...(created.spec as object), selector: { matchLabels: labels }, template };
    expect(() => store.update({ ...created, spec })).toThrow('spec.selector: Invalid value');
  });

  test("refuses a change of a claim's spec, but lets its volume name be set once", () => {
    const store = storeWithShop();
    const created = store.create(claim('data'));
    const changed = { ...created, spec: { ...(created.spec as object), storageClassName: 'slow' } };
    expect(() => store.update(changed)).toThrow('spec is immutable after creation');
    const named = store.update({ ...created, spec: { ...(created.spec as object), volumeName: 'pv-1' } });
    const renamed = { ...named, spec: { ...(named.spec as object), volumeName: 'pv-2' } };
    expect(() => store.update(renamed)).toThrow('spec is immutable after creation');
  });

  test('refuses a change of the name of a container of a Pod, but takes another image', () => {
    const store = storeWithShop();
    const pod = store.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'shop' },
      spec: { containers: [{ name: 'a', image: 'x:1' }] },
    });
    const containers = [{ name: 'a', image: 'x:2' }];
    expect(store.update({ ...pod, spec: { ...(pod.spec as object), containers } }).spec).toMatchObject({
      containers,
    });
    const renamed = [{ name: 'b', image: 'x:1' }];
    expect(() =>
      store.update({
        ...pod,
        metadata: { ...pod.metadata, resourceVersion: '' },
        spec: { ...(pod.spec as object), containers: renamed },
      }),
    ).toThrow('pod updates may not change fields other than');
  });
});
