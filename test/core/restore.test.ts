import type { RestoreObject } from '../../core/kubernetes';
import {
  imageNamesConfigMap,
  judgeRestore,
  modifiersConfigMap,
  NEVER_RESTORED,
  overdue,
  restoreClock,
  restoreName,
  restoreObject,
} from '../../core/restore';
import { app, data, NOW, pick, seeded } from './builders';

const restore = (phase: string | undefined, status: object = {}): RestoreObject => ({
  metadata: { name: 'r' },
  status: { ...(phase === undefined ? {} : { phase }), ...status },
});

describe('a restore', () => {
  it.each([
    'New',
    'InProgress',
    'WaitingForPluginOperations',
    'WaitingForPluginOperationsPartiallyFailed',
    'Finalizing',
    'FinalizingPartiallyFailed',
    undefined,
    '',
  ])('is under way in %s', phase => {
    expect(judgeRestore(restore(phase), 'accept').word).toBe('under-way');
  });
  it.each(['FailedValidation', 'Failed', 'PartiallyFailed'])('has failed in %s', phase => {
    const { word, detail } = judgeRestore(
      restore(phase, { failureReason: 'gone', validationErrors: ['no backup'] }),
      'refuse',
    );
    expect(word).toBe('failed');
    expect(detail).toBe(`Restore r is ${phase} (0 warnings, 0 errors): gone; no backup.`);
  });
  it('is done at exactly Completed, and at PartiallyFailed only where that is accepted', () => {
    expect(judgeRestore(restore('Completed', { warnings: 3 }), 'refuse')).toEqual({
      word: 'done',
      detail: 'Restore r is Completed (3 warnings, 0 errors).',
    });
    expect(judgeRestore(restore('PartiallyFailed', { errors: 1 }), 'accept')).toMatchObject({ word: 'done' });
    expect(judgeRestore(restore('completed'), 'accept').word).toBe('under-way');
    expect(judgeRestore({ metadata: { name: 'r' } }, 'accept').word).toBe('under-way');
  });
  it('shows its progress, and names a phase that it does not know', () => {
    expect(
      judgeRestore(restore('InProgress', { progress: { totalItems: 9, itemsRestored: 4 } }), 'refuse').detail,
    ).toContain('4 of 9 items');
    expect(judgeRestore(restore('InProgress', { progress: { totalItems: 9 } }), 'refuse').detail).toContain(
      '0 of 9 items',
    );
    expect(judgeRestore(restore('Dreaming'), 'refuse').detail).toContain(
      'a phase that Velero 1.18 does not have',
    );
  });

  it('is overdue after its deadline, not at it', () => {
    expect(overdue(NOW, 60, NOW + 60_000)).toBeUndefined();
    expect(overdue(NOW, 60, NOW + 61_000)).toBe('not done after 61 s, the deadline is 60 s');
  });

  it('has a clock that runs from its own start, and not while others are at work', () => {
    const started = restore('InProgress', { startTimestamp: '2026-03-29T03:10:00Z' });
    const other: RestoreObject = { metadata: { name: 'other' }, status: { phase: 'InProgress' } };
    expect(restoreClock(started, [], NOW)).toBe(NOW + 600_000);
    expect(restoreClock(restore('New'), [restore('New'), other], NOW)).toBeUndefined();
    expect(restoreClock(restore('New'), [{ ...other, status: { phase: 'New' } }], NOW)).toBe(NOW);
    expect(restoreClock(restore('New'), [{ metadata: { name: 'other' } }], NOW)).toBe(NOW);
    expect(restoreClock(restore('InProgress', { startTimestamp: '2026-03-29T02:00:00Z' }), [], NOW)).toBe(
      NOW,
    );
  });

  it('has a name that fits into a label', () => {
    const name = restoreName(app({ name: 'a'.repeat(40) }), { id: '20260329030000' });
    expect(name).toBe(`lifeboat-${'a'.repeat(21)}-eb83bc4d-20260329030000`);
    expect(restoreName(app({ name: `${'a'.repeat(39)}b` }), { id: '20260329030000' })).not.toBe(name);
    expect(name.length).toBeLessThanOrEqual(63);
  });

  it('leaves out what belongs to a cluster, and gives up on pods before our own deadline', () => {
    const object = restoreObject(app(), { ...data, leaveOut: ['secrets'] }, 'r', 'b') as {
      metadata: { annotations: Record<string, string> };
      spec: { excludedResources: string[]; includedNamespaces: string[]; labelSelector: unknown };
    };
    for (const kind of [
      'ingresses.networking.k8s.io',
      'certificates.cert-manager.io',
      'orders.acme.cert-manager.io',
      'secrets',
    ]) {
      expect(object.spec.excludedResources).toContain(kind);
    }
    expect(object.spec.excludedResources).not.toContain('persistentvolumes');
    expect(object.spec.includedNamespaces).toEqual(['shop']);
    expect(object.metadata.annotations).toEqual({ 'velero.io/pod-volume-timeout': '1080s' });
  });
});

describe('the resource modifiers', () => {
  const rules = (changes: object) => {
    const map = modifiersConfigMap(app(), { ...data, ...changes }, 'dr', 'r', 'velero/velero:v1') as {
      data: Record<string, string>;
    };
    expect(Object.keys(map.data)).toHaveLength(1);
    const parsed = JSON.parse(Object.values(map.data)[0] ?? '') as {
      version: string;
      resourceModifierRules: {
        conditions: { groupResource: string; matches?: unknown; namespaces: string[] };
        mergePatches: { patchData: string }[];
      }[];
    };
    expect(parsed.version).toBe('v1');
    return parsed.resourceModifierRules.map(({ conditions, mergePatches }) => ({
      ...conditions,
      patches: mergePatches.map(({ patchData }) => JSON.parse(patchData) as object),
    }));
  };
  it('unbind claims, change storage classes, bring workloads at rest, without the marks of the other site', () => {
    const all = rules({});
    const unmarked = {
      annotations: {
        'lifeboat.dev/replicas-before': null,
        'lifeboat.dev/suspend-before': null,
        'lifeboat.dev/min-replicas-before': null,
        'lifeboat.dev/paused-before': null,
        'lifeboat.dev/changed-by': null,
      },
    };
    expect(all).toContainEqual({
      groupResource: 'persistentvolumeclaims',
      namespaces: ['shop'],
      patches: [{ spec: { volumeName: null } }],
    });
    expect(all).toContainEqual({
      groupResource: 'persistentvolumeclaims',
      namespaces: ['shop'],
      matches: [{ path: '/spec/storageClassName', value: 'gp3-primary' }],
      patches: [{ spec: { storageClassName: 'gp3-dr' } }],
    });
    expect(all).toContainEqual({
      groupResource: 'cronjobs.batch',
      namespaces: ['shop'],
      patches: [{ metadata: unmarked, spec: { suspend: true } }],
    });
    for (const kind of ['deployments.apps', 'statefulsets.apps']) {
      expect(all).toContainEqual({
        groupResource: kind,
        namespaces: ['shop'],
        patches: [{ metadata: unmarked, spec: { replicas: 0 } }],
      });
    }
  });
  it('turn pods into carriers that no controller adopts and that run nothing of the app', () => {
    const [labels, rest] = rules({}).find(({ groupResource }) => groupResource === 'pods')?.patches ?? [];
    expect(labels).toEqual({ metadata: { labels: null } });
    expect(rest).toMatchObject({
      metadata: { labels: { 'lifeboat.dev/carrier': 'r' } },
      spec: {
        restartPolicy: 'Never',
        affinity: null,
        containers: [{ name: 'carrier', image: 'velero/velero:v1' }],
      },
    });
  });
  it('set labels only where some are configured', () => {
    expect(rules({}).some(({ groupResource }) => groupResource === 'configmaps')).toBe(false);
    expect(rules({ labels: { dr: { site: 'dr' }, primary: {} } })).toContainEqual({
      groupResource: 'configmaps',
      namespaces: ['shop'],
      patches: [{ metadata: { labels: { site: 'dr' } } }],
    });
  });
});

it('hands image rewrites to Velero in rows, always in the same order', () => {
  expect(imageNamesConfigMap('velero', { 'b.example': 'x', 'a.example': 'y' })).toMatchObject({
    metadata: { namespace: 'velero', labels: { 'velero.io/change-image-name': 'RestoreItemAction' } },
    data: { rewrite0: 'a.example,y', rewrite1: 'b.example,x' },
  });
});

it('does a restore only at exactly Completed, unless PartiallyFailed is accepted, whatever else the status says', () => {
  const random = seeded(41);
  const words = { done: 0, failed: 0, 'under-way': 0 };
  for (let round = 0; round < 2000; round++) {
    const phase = pick(
      random,
      'Completed',
      'PartiallyFailed',
      'Failed',
      'FailedValidation',
      'New',
      'InProgress',
      'Finalizing',
      'Completed ',
      'COMPLETED',
      'Deleting',
      '',
      undefined,
    );
    const policy = pick(random, 'refuse' as const, 'accept' as const);
    const { word } = judgeRestore(
      restore(phase, {
        errors: Math.floor(random() * 3),
        warnings: Math.floor(random() * 3),
        progress: { totalItems: 5, itemsRestored: 5 },
        ...(random() < 0.5 ? { failureReason: 'gone' } : {}),
      }),
      policy,
    );
    words[word]++;
    expect(word === 'done').toBe(
      phase === 'Completed' || (phase === 'PartiallyFailed' && policy === 'accept'),
    );
    expect(word === 'failed').toBe(
      phase === 'Failed' ||
        phase === 'FailedValidation' ||
        (phase === 'PartiallyFailed' && policy === 'refuse'),
    );
  }
  for (const count of Object.values(words)) expect(count).toBeGreaterThan(100);
});

it('says how a restore stands', () => {
  expect(judgeRestore(restore('PartiallyFailed', { errors: 2 }), 'accept').detail).toBe(
    'Restore r is PartiallyFailed (0 warnings, 2 errors), which the configuration accepts.',
  );
  expect(judgeRestore(restore('Failed'), 'refuse').detail).toBe(
    'Restore r is Failed (0 warnings, 0 errors).',
  );
  expect(
    judgeRestore(restore('InProgress', { progress: { totalItems: 9, itemsRestored: 4 } }), 'refuse').detail,
  ).toBe('Restore r is InProgress, 4 of 9 items.');
  expect(judgeRestore(restore(undefined), 'refuse').detail).toBe('Restore r is New.');
  expect(judgeRestore(restore('Dreaming'), 'refuse').detail).toBe(
    'Restore r is Dreaming (a phase that Velero 1.18 does not have).',
  );
});

it.each([
  [1200, undefined],
  [1200.001, 'not done after 20 min, the deadline is 20 min'],
  [1260, 'not done after 21 min, the deadline is 20 min'],
  [0, undefined],
  [-5, undefined],
])('with a deadline of 20 min, after %d s: %s', (seconds, late) => {
  expect(overdue(NOW, 1200, NOW + seconds * 1000)).toBe(late);
});

it.each([
  ['InProgress', true],
  ['WaitingForPluginOperations', true],
  ['WaitingForPluginOperationsPartiallyFailed', true],
  ['Finalizing', true],
  ['FinalizingPartiallyFailed', true],
  ['New', false],
  ['Completed', false],
  ['Failed', false],
  ['PartiallyFailed', false],
])('waits behind another restore that is %s: %s', (phase, waits) => {
  const other = { metadata: { name: 'other' }, status: { phase } };
  expect(restoreClock(restore('New'), [other], NOW)).toBe(waits ? undefined : NOW);
});

it('does not wait behind itself, nor behind anything once it has started', () => {
  const running = restore('InProgress', { startTimestamp: '2026-03-29T03:00:01Z' });
  const other = { metadata: { name: 'other' }, status: { phase: 'InProgress' } };
  expect(restoreClock(running, [running, other], NOW)).toBe(NOW + 1000);
  expect(restoreClock(restore('InProgress'), [restore('InProgress')], NOW)).toBe(NOW);
  expect(restoreClock(restore('New', { startTimestamp: 'soon' }), [], NOW)).toBe(NOW);
});

it('is the same name for the same activation, and another for the next', () => {
  expect(restoreName(app(), { id: '20260329030000' })).toBe('lifeboat-shop-20260329030000');
  expect(restoreName(app(), { id: '20260329030001' })).not.toBe(restoreName(app(), { id: '20260329030000' }));
  expect(restoreName(app({ name: 'mailer' }), { id: '1' })).not.toBe(restoreName(app(), { id: '1' }));
});

it('is a Restore that overwrites nothing and leaves the certificates of the site alone', () => {
  expect(restoreObject(app({ namespaces: ['shop', 'shop-db'] }), data, 'r', 'b')).toMatchObject({
    apiVersion: 'velero.io/v1',
    kind: 'Restore',
    metadata: { name: 'r', namespace: 'velero', labels: { 'lifeboat.dev/app': 'shop' } },
    spec: {
      backupName: 'b',
      includedNamespaces: ['shop', 'shop-db'],
      excludedResources: NEVER_RESTORED,
      labelSelector: {
        matchExpressions: [{ key: 'controller.cert-manager.io/fao', operator: 'DoesNotExist' }],
      },
      restorePVs: true,
      existingResourcePolicy: 'none',
      itemOperationTimeout: '1200s',
      resourceModifier: { kind: 'configmap', name: 'r' },
    },
  });
});

it('never restores Ingresses, certificates, or work that would start before its data is there', () => {
  expect(NEVER_RESTORED).toEqual([
    'ingresses.networking.k8s.io',
    'certificates.cert-manager.io',
    'certificaterequests.cert-manager.io',
    'orders.acme.cert-manager.io',
    'challenges.acme.cert-manager.io',
    'jobs.batch',
    'replicasets.apps',
    'endpoints',
    'endpointslices.discovery.k8s.io',
    'events',
    'events.events.k8s.io',
  ]);
});

it('takes the storage classes and labels of its own direction', () => {
  const labelled = { ...data, labels: { dr: { site: 'dr' }, primary: { site: 'primary' } } };
  const text = (site: 'primary' | 'dr') =>
    JSON.stringify(modifiersConfigMap(app(), labelled, site, 'r', 'v'));
  expect(text('primary')).toContain(String.raw`\\\"storageClassName\\\":\\\"gp3-primary\\\"`);
  expect(text('primary')).not.toContain(String.raw`\\\"site\\\":\\\"dr\\\"`);
  expect(text('dr')).toContain(String.raw`\\\"storageClassName\\\":\\\"gp3-dr\\\"`);
  expect(text('dr')).toContain(String.raw`\\\"site\\\":\\\"dr\\\"`);
});

it('has no rows where no registry is rewritten', () => {
  expect(imageNamesConfigMap('velero', {}).data).toEqual({});
  expect(imageNamesConfigMap('velero', { b: '1', c: '2', a: '3' }).data).toEqual({
    rewrite0: 'a,3',
    rewrite1: 'b,1',
    rewrite2: 'c,2',
  });
});
