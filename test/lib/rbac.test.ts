import { parseAllDocuments } from 'yaml';
import { scratchNamespace } from '../../core/drill';
import type { FunctionName } from '../../core/phases';
import { rbacManifests, toYaml } from '../../lib/rbac';
import { exampleApp, exampleConfig } from './example';

interface Rule {
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
  verbs: string[];
}

interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string; labels?: object };
  rules?: Rule[];
  roleRef?: { kind: string; name: string };
  subjects?: { kind: string; name: string }[];
}

const shop = exampleApp('shop');
const worker = exampleApp('worker');
// A worker that nobody calls, and that has no data.
const { endpoint: _endpoint, data: _data, ...stateless } = worker;
const images = { primary: {}, dr: { 'one.example': 'two.example' } };
const withImages = { ...shop, ...(shop.data ? { data: { ...shop.data, images } } : {}) };

const config = exampleConfig([withImages, stateless]);
const objects = rbacManifests(config, 'dr') as Manifest[];

/** What a step may do in a namespace (`''`: everywhere), each as `verb group/resource` or `verb group/resource:name`. */
function may(step: FunctionName, namespace: string, of = objects): string[] {
  const role = of.find(
    ({ kind, metadata }) =>
      kind === (namespace ? 'Role' : 'ClusterRole') &&
      metadata.name === `lifeboat-${step}` &&
      (metadata.namespace ?? '') === namespace,
  );
  return (role?.rules ?? []).flatMap(spelled).sort();
}

function spelled({ apiGroups, resources, resourceNames, nonResourceURLs, verbs }: Rule): string[] {
  const what =
    nonResourceURLs ??
    (apiGroups ?? []).flatMap(group =>
      (resources ?? []).flatMap(resource =>
        (resourceNames ?? ['']).map(
          name => `${group ? `${group}/` : ''}${resource}${name ? `:${name}` : ''}`,
        ),
      ),
    );
  return what.flatMap(thing => verbs.map(verb => `${verb} ${thing}`));
}

const WORKLOADS = ['apps/deployments', 'apps/statefulsets', 'batch/cronjobs'];
const listAndPatch = (...things: string[]) => things.flatMap(thing => [`list ${thing}`, `patch ${thing}`]);
const AUTOSCALERS = 'autoscaling/horizontalpodautoscalers';

describe('over the whole cluster', () => {
  it.each(['assess', 'guard'] as const)('lets %s ask whether the API is ready', step => {
    expect(may(step, '')).toEqual(['get /readyz']);
  });

  it('lets preflight count the room', () => {
    expect(may('preflight', '')).toEqual(['list nodes', 'list pods']);
  });

  it('lets restore keep volumes', () => {
    expect(may('restore', '')).toEqual(['patch persistentvolumes']);
  });

  it('lets the other steps do nothing', () => {
    const names = objects.filter(({ kind }) => kind === 'ClusterRole').map(({ metadata }) => metadata.name);
    expect(names).toEqual(['lifeboat-assess', 'lifeboat-preflight', 'lifeboat-restore', 'lifeboat-guard']);
  });
});

describe('in the namespace of an app with a name and with data', () => {
  it.each<[FunctionName, string[]]>([
    [
      'preflight',
      [
        ...WORKLOADS.map(thing => `list ${thing}`),
        `list ${AUTOSCALERS}`,
        'list networking.k8s.io/ingresses',
        'list services',
      ],
    ],
    ['fence', [...listAndPatch(...WORKLOADS), 'list pods']],
    [
      'backup',
      [
        ...WORKLOADS.map(thing => `list ${thing}`),
        'list pods',
        'create pods',
        'delete pods',
        'list persistentvolumeclaims',
      ],
    ],
    ['guard', listAndPatch(...WORKLOADS)],
    [
      'restore',
      [
        ...listAndPatch(...WORKLOADS),
        'list pods',
        'delete pods',
        'list persistentvolumeclaims',
        'delete persistentvolumeclaims',
      ],
    ],
    ['scale', [...listAndPatch(...WORKLOADS, AUTOSCALERS), 'list pods']],
    ['rollback', [...listAndPatch(...WORKLOADS, AUTOSCALERS), 'list pods', 'delete pods']],
    // Nothing of a drill is written into the app's own namespaces.
    ['drill', ['list networking.k8s.io/ingresses']],
    ['cleanup', []],
    ['assess', []],
  ])('%s may do exactly what its code does', (step, expected) => {
    expect(may(step, 'shop')).toEqual(expected.sort());
  });
});

describe('in a scratch namespace', () => {
  const scratch = scratchNamespace(config, 'shop');
  const emptying = [
    ...[
      'apps/deployments',
      'apps/statefulsets',
      AUTOSCALERS,
      'services',
      'pods',
      'persistentvolumeclaims',
    ].flatMap(thing => [`list ${thing}`, `delete ${thing}`]),
    ...['secrets', 'configmaps', 'serviceaccounts'].map(thing => `deletecollection ${thing}`),
  ];

  it.each<[FunctionName, string[]]>([
    [
      'drill',
      [
        ...listAndPatch(...WORKLOADS),
        `patch ${AUTOSCALERS}`,
        'create networking.k8s.io/ingresses',
        'delete networking.k8s.io/ingresses',
        ...emptying,
      ],
    ],
    ['cleanup', ['delete networking.k8s.io/ingresses', ...emptying]],
    ['restore', []],
    ['scale', []],
    ['fence', []],
    ['rollback', []],
  ])('%s may do exactly what its code does', (step, expected) => {
    expect([...new Set(may(step, scratch))]).toEqual([...new Set(expected)].sort());
  });

  it('is there beforehand, isolated, for apps with data only; nobody may make or delete a namespace', () => {
    const named = (kind: string) =>
      objects.filter(object => object.kind === kind).map(({ metadata }) => metadata.name);
    expect(named('Namespace').filter(name => name.startsWith('drill-'))).toEqual([scratch]);
    expect(named('NetworkPolicy')).toEqual(['lifeboat-drill']);
    expect(named('PriorityClass')).toEqual(['lifeboat-drill']);
    expect(JSON.stringify(objects)).not.toMatch(/"resources":\["namespaces"\]/);
    const alone = rbacManifests(exampleConfig([stateless]), 'dr') as Manifest[];
    expect(alone.some(({ kind }) => kind === 'PriorityClass' || kind === 'NetworkPolicy')).toBe(false);
  });
});

describe('in the namespace of Velero', () => {
  const schedule = ['get velero.io/schedules:shop', 'patch velero.io/schedules:shop'];

  it.each<[FunctionName, string[]]>([
    [
      'preflight',
      [
        'get apps/deployments:velero',
        'list velero.io/backups',
        'list velero.io/backupstoragelocations',
        'get velero.io/schedules:shop',
      ],
    ],
    [
      'backup',
      [
        'get apps/deployments:velero',
        'get velero.io/backups',
        'create velero.io/backups',
        'list velero.io/podvolumebackups',
        'get velero.io/schedules:shop',
      ],
    ],
    [
      'restore',
      [
        'get apps/deployments:velero',
        'list velero.io/backups',
        'list velero.io/backupstoragelocations',
        'list velero.io/podvolumerestores',
        'patch velero.io/podvolumerestores',
        'get velero.io/restores',
        'list velero.io/restores',
        'create velero.io/restores',
        'list configmaps',
        'create configmaps',
        'patch configmaps:lifeboat-image-names',
      ],
    ],
    ['fence', schedule],
    ['guard', schedule],
    ['scale', schedule],
    ['rollback', schedule],
    [
      'drill',
      [
        'get apps/deployments:velero',
        'list velero.io/podvolumerestores',
        'patch velero.io/podvolumerestores',
        'get velero.io/restores',
        'list velero.io/restores',
        'create velero.io/restores',
        'list configmaps',
        'create configmaps',
        'patch configmaps:lifeboat-image-names',
      ],
    ],
    [
      'cleanup',
      ['list velero.io/podvolumerestores', 'patch velero.io/podvolumerestores', 'list velero.io/restores'],
    ],
    ['assess', []],
  ])('%s may do exactly what its code does', (step, expected) => {
    expect(may(step, 'velero')).toEqual(expected.sort());
  });

  it('lets nobody touch ConfigMaps that are there where no image is renamed', () => {
    // Renamed on the way to dr, not on the way back.
    const primary = rbacManifests(config, 'primary') as Manifest[];
    expect(may('restore', 'velero', primary).filter(right => right.includes('configmaps'))).toEqual([
      'create configmaps',
    ]);
  });

  it('names no Schedule for data that come from one backup', () => {
    const data = shop.data && { ...shop.data, source: { backup: 'shop-1' } };
    const fixed = rbacManifests(exampleConfig([{ ...shop, ...(data ? { data } : {}) }]), 'dr') as Manifest[];
    expect(may('fence', 'velero', fixed)).toEqual([]);
  });
});

describe('a stateless worker', () => {
  it('has nothing to restore, and no Ingress to look at', () => {
    expect(may('restore', 'worker')).toEqual([]);
    expect(may('backup', 'worker')).toEqual([]);
    expect(may('rollback', 'worker')).toEqual(listAndPatch(...WORKLOADS, AUTOSCALERS).sort());
    expect(may('preflight', 'worker')).toEqual(
      [...WORKLOADS.map(thing => `list ${thing}`), `list ${AUTOSCALERS}`].sort(),
    );
  });

  it('alone needs no Velero and no volumes', () => {
    const alone = rbacManifests(exampleConfig([stateless]), 'dr') as Manifest[];
    expect(alone.some(({ metadata }) => metadata.namespace === 'velero')).toBe(false);
    expect(may('restore', '', alone)).toEqual([]);
  });
});

it('joins the rules where Velero lives beside an app', () => {
  const data = shop.data && { ...shop.data, veleroNamespace: 'shop' };
  const joined = rbacManifests(exampleConfig([{ ...shop, ...(data ? { data } : {}) }]), 'dr') as Manifest[];
  expect(may('fence', 'shop', joined)).toEqual(
    [
      ...listAndPatch(...WORKLOADS),
      'list pods',
      'get velero.io/schedules:shop',
      'patch velero.io/schedules:shop',
    ].sort(),
  );
  const names = joined.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
  expect(new Set(names).size).toBe(names.length);
});

it('gives each role to the group of its step alone', () => {
  const bindings = objects.filter(({ kind }) => kind.endsWith('Binding'));
  expect(bindings).toHaveLength(objects.filter(({ rules }) => rules).length);
  for (const { kind, metadata, roleRef, subjects } of bindings) {
    const step = metadata.name.replace('lifeboat-', '');
    expect(roleRef).toMatchObject({ kind: kind.replace('Binding', ''), name: metadata.name });
    expect(subjects).toEqual([
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: `lifeboat:${step}` },
    ]);
  }
});

it('brings the namespaces of the apps, without labels and before their roles', () => {
  const kinds = objects.map(({ kind }) => kind);
  expect(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata)).toEqual([
    { name: 'shop' },
    { name: 'worker' },
    { name: scratchNamespace(config, 'shop'), labels: { 'lifeboat.dev/drill': 'scratch' } },
  ]);
  expect(kinds.lastIndexOf('Namespace')).toBeLessThan(kinds.indexOf('Role'));
});

it('uses no wildcard', () => {
  expect(JSON.stringify(objects)).not.toContain('*');
});

it('is the same text each time, and reads back as the same objects', () => {
  const text = toYaml(objects);
  expect(toYaml(rbacManifests(config, 'dr'))).toBe(text);
  expect(parseAllDocuments(text).map(document => document.toJS() as unknown)).toEqual(objects);
  expect(text).not.toMatch(/[&*]a\d/);
});
