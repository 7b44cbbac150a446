import type { AutoscalerObject, WorkloadObject } from '../../core/kubernetes';
import {
  type Change,
  keyOf,
  readiness,
  restChanges,
  scalePlan,
  seenReplicas,
  undoChanges,
  workloadsOf,
} from '../../core/workloads';
import { app, cronJob, deployment, seeded } from './builders';

const autoscaler = (minReplicas: number | undefined, maxReplicas = 6): AutoscalerObject => ({
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    ...(minReplicas === undefined ? {} : { minReplicas }),
    maxReplicas,
    scaleTargetRef: { kind: 'Deployment', name: 'web' },
  },
});

/** Applies a JSON merge patch as the API server would. */
function patched<T>(object: T, patch: Record<string, unknown>): T {
  const result: Record<string, unknown> = { ...(object as Record<string, unknown>) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (typeof value === 'object')
      result[key] = patched((result[key] ?? {}) as object, value as Record<string, unknown>);
    else result[key] = value;
  }
  return result as T;
}

function apply(objects: WorkloadObject[], changes: readonly Change[]): WorkloadObject[] {
  return objects.map(object =>
    changes
      .filter(change => change.kind === object.kind && change.name === object.metadata.name)
      .reduce((now, { patch }) => patched(now, patch), object),
  );
}

const state = (objects: WorkloadObject[]) =>
  objects.map(({ spec }) => [spec.replicas, spec.suspend ?? false]);

describe('the workloads of an app', () => {
  const found = [deployment('web', 2), deployment('other', 1)];
  it('are all that its namespaces hold when none are named', () => {
    expect(workloadsOf(app(), found)).toEqual({ present: found, missing: [] });
  });
  it('are those that the configuration names, and the missing ones are told', () => {
    const named = ['web', 'gone'].map(name => ({
      kind: 'Deployment' as const,
      namespace: 'shop',
      name,
      replicas: {},
    }));
    expect(workloadsOf(app({ workloads: named }), found)).toEqual({
      present: [found[0]],
      missing: ['Deployment/shop/gone'],
    });
  });
});

it('remembers the replicas of a site at work, also when it was put to rest since', () => {
  const [rested] = apply([deployment('web', 3)], restChanges([deployment('web', 3)], 'a1'));
  expect(rested?.spec.replicas).toBe(0);
  expect(
    seenReplicas([rested ?? deployment('x', 0), deployment('api', 2), deployment('off', 0), cronJob('job')]),
  ).toEqual({
    'Deployment/shop/web': 3,
    'Deployment/shop/api': 2,
    // Kept at 0 on a site at work: it shall be 0 on the other one too.
    'Deployment/shop/off': 0,
  });
  expect(seenReplicas([deployment('off', 0)])).toEqual({});
  expect(seenReplicas([deployment('plain', undefined)])).toEqual({ 'Deployment/shop/plain': 1 });
});

describe('rest and undo', () => {
  it('puts to rest what is at work and leaves the rest alone', () => {
    const changes = restChanges(
      [deployment('web', 2), deployment('off', 0), cronJob('job'), cronJob('late', true)],
      'a1',
    );
    expect(changes.map(({ detail }) => detail)).toEqual([
      'Deployment shop/web: 2 → 0',
      'CronJob shop/job: suspended',
    ]);
  });

  it('gives back the former state, also when both are done twice, whatever it was', () => {
    const random = seeded(11);
    for (let round = 0; round < 500; round++) {
      const objects = [
        deployment('a', Math.floor(random() * 4)),
        deployment('b', Math.floor(random() * 4)),
        cronJob('c', random() < 0.5),
      ];
      const before = state(objects);
      let now = objects;
      for (let times = 0; times < 1 + random() * 2; times++) now = apply(now, restChanges(now, 'a1'));
      for (let times = 0; times < 1 + random() * 2; times++) now = apply(now, undoChanges(now, [], 'a1'));
      expect(state(now)).toEqual(before);
    }
  });

  it('does not undo what another activation changed', () => {
    const rested = apply([deployment('web', 2)], restChanges([deployment('web', 2)], 'a1'));
    expect(undoChanges(rested, [], 'a2')).toEqual([]);
  });

  it('keeps the first mark of an activation through a second change', () => {
    const start = [deployment('web', 2)];
    const rested = apply(start, restChanges(start, 'a1'));
    const scaled = apply(
      rested,
      scalePlan(app(), 'dr', rested, [], { 'Deployment/shop/web': 5 }, 'a1').first,
    );
    expect(scaled[0]?.spec.replicas).toBe(5);
    expect(state(apply(scaled, undoChanges(scaled, [], 'a1')))).toEqual([[2, false]]);
  });

  it('ignores marks that are no numbers, or not there', () => {
    const annotations = { 'lifeboat.dev/changed-by': 'a1', 'lifeboat.dev/replicas-before': 'many' };
    const odd = deployment('web', 0, { metadata: { name: 'web', namespace: 'shop', annotations } });
    const job: WorkloadObject = {
      ...cronJob('job'),
      metadata: { name: 'job', namespace: 'shop', annotations },
    };
    const floor = { ...autoscaler(2), metadata: { name: 'web', namespace: 'shop', annotations } };
    expect(undoChanges([odd, job], [floor], 'a1')).toEqual([]);
  });
});

describe('the scale plan', () => {
  const web = deployment('web', 0);
  const wanted = (changes: object, seen = {}, scaler?: AutoscalerObject, object = web) =>
    scalePlan(app(changes), 'dr', [object], scaler ? [scaler] : [], seen, 'a1');
  const named = (dr: number | 'as-other-site') => ({
    workloads: [{ kind: 'Deployment' as const, namespace: 'shop', name: 'web', replicas: { dr } }],
  });

  it('takes the number of the configuration before all', () => {
    expect(wanted(named(4), { 'Deployment/shop/web': 9 }).wanted).toEqual({ 'Deployment/shop/web': 4 });
  });
  it('else what the other site was seen to have', () => {
    expect(wanted(named('as-other-site'), { 'Deployment/shop/web': 9 })).toMatchObject({
      wanted: { 'Deployment/shop/web': 9 },
      notes: [],
    });
    expect(wanted({}, { 'Deployment/shop/web': 3 }).first[0]?.detail).toBe('Deployment shop/web: 0 → 3');
  });
  it('else the best that the site itself knows, and says so', () => {
    expect(wanted({})).toMatchObject({
      wanted: { 'Deployment/shop/web': 1 },
      notes: [expect.stringContaining('nobody has seen')],
    });
    expect(wanted({}, {}, autoscaler(3)).wanted).toEqual({ 'Deployment/shop/web': 3 });
    expect(wanted({}, {}, undefined, deployment('web', 2)).wanted).toEqual({ 'Deployment/shop/web': 2 });
  });
  it('leaves what an autoscaler has beyond the wanted number', () => {
    const busy = deployment('web', 10);
    expect(wanted({}, { 'Deployment/shop/web': 3 }, autoscaler(3, 12), busy).first).toEqual([]);
    expect(wanted({}, { 'Deployment/shop/web': 3 }, undefined, busy).first).toHaveLength(1);
  });
  it('raises the floor of the autoscaler, and never beyond its ceiling', () => {
    const plan = wanted({}, { 'Deployment/shop/web': 9 }, autoscaler(2));
    expect(plan.first.map(({ detail }) => detail)).toEqual([
      'Deployment shop/web: 0 → 6',
      'HorizontalPodAutoscaler shop/web: at least 6',
    ]);
    expect(plan.notes).toEqual(['Deployment shop/web: 9 are wanted, its autoscaler allows 6.']);
    expect(wanted({}, { 'Deployment/shop/web': 3 }, autoscaler(undefined)).first[1]?.detail).toBe(
      'HorizontalPodAutoscaler shop/web: at least 3',
    );
    expect(wanted({}, { 'Deployment/shop/web': 2 }, autoscaler(2)).first).toHaveLength(1);
    expect(wanted(named(0), {}, autoscaler(2)).first).toEqual([]);
  });
  it('ignores autoscalers of other workloads', () => {
    const other = { ...autoscaler(5), metadata: { name: 'web', namespace: 'elsewhere' } };
    expect(wanted({}, { 'Deployment/shop/web': 2 }, other).first).toHaveLength(1);
  });
  it('undoes a raised floor', () => {
    const [, change] = wanted({}, { 'Deployment/shop/web': 4 }, autoscaler(2)).first;
    const raised = patched(autoscaler(2), change?.patch ?? {});
    expect(undoChanges([], [raised], 'a1')).toMatchObject([{ patch: { spec: { minReplicas: 2 } } }]);
  });
  it('lets CronJobs run only after the pods are Ready', () => {
    const plan = scalePlan(app(), 'dr', [cronJob('job', true), cronJob('on', false)], [], {}, 'a1');
    expect(plan.first).toEqual([]);
    expect(plan.afterReady.map(({ detail }) => detail)).toEqual(['CronJob shop/job: runs again']);
  });
});

describe('readiness', () => {
  const wanted = { 'Deployment/shop/web': 2 };
  const status = (changes: object) =>
    deployment('web', 2, { metadata: { name: 'web', namespace: 'shop', generation: 3 }, status: changes });
  it.each<[string, object, boolean]>([
    ['nothing said yet', {}, false],
    ['an older generation Ready', { observedGeneration: 2, readyReplicas: 2, updatedReplicas: 2 }, false],
    ['one pod Ready', { observedGeneration: 3, readyReplicas: 1, updatedReplicas: 2 }, false],
    [
      'pods of the old template Ready',
      { observedGeneration: 3, readyReplicas: 2, updatedReplicas: 1 },
      false,
    ],
    ['two pods Ready', { observedGeneration: 3, readyReplicas: 2, updatedReplicas: 2 }, true],
    ['three pods Ready', { observedGeneration: 3, readyReplicas: 3, updatedReplicas: 3 }, true],
  ])('%s: %s', (_name, said, ready) => {
    expect(readiness([status(said)], wanted).ready).toBe(ready);
  });
  it('says what is waited for, and asks nothing of what is not wanted', () => {
    expect(readiness([status({ observedGeneration: 3, readyReplicas: 1 })], wanted).waitingFor).toEqual([
      'Deployment shop/web: 1 of 2 pods are Ready',
    ]);
    expect(readiness([deployment('other', 1), cronJob('job')], wanted).ready).toBe(true);
  });
  it('does not ask a StatefulSet how many pods are of the new template', () => {
    const set: WorkloadObject = {
      ...status({ observedGeneration: 3, readyReplicas: 2 }),
      kind: 'StatefulSet',
    };
    expect(keyOf(set)).toBe('StatefulSet/shop/web');
    expect(readiness([set], { 'StatefulSet/shop/web': 2 }).ready).toBe(true);
    const plain = { ...set, metadata: { name: 'web', namespace: 'shop' }, status: { readyReplicas: 2 } };
    expect(readiness([plain], { 'StatefulSet/shop/web': 2 }).ready).toBe(true);
  });
});

/** What one activation may do to a site, in any order and any number of times. */
function anything(random: () => number, objects: WorkloadObject[], activation: string): WorkloadObject[] {
  if (random() < 0.5) return apply(objects, restChanges(objects, activation));
  const wish = { 'Deployment/shop/a': Math.floor(random() * 6), 'Deployment/shop/b': 1 };
  const plan = scalePlan(app(), 'dr', objects, [], wish, activation);
  return apply(objects, [...plan.first, ...plan.afterReady]);
}

describe('marks', () => {
  it('say what was before and which activation changed it, as texts', () => {
    expect(restChanges([deployment('web', 2), cronJob('job')], 'a1')).toEqual([
      {
        kind: 'Deployment',
        namespace: 'shop',
        name: 'web',
        patch: {
          metadata: { annotations: { 'lifeboat.dev/replicas-before': '2', 'lifeboat.dev/changed-by': 'a1' } },
          spec: { replicas: 0 },
        },
        detail: 'Deployment shop/web: 2 → 0',
      },
      {
        kind: 'CronJob',
        namespace: 'shop',
        name: 'job',
        patch: {
          metadata: {
            annotations: { 'lifeboat.dev/suspend-before': 'false', 'lifeboat.dev/changed-by': 'a1' },
          },
          spec: { suspend: true },
        },
        detail: 'CronJob shop/job: suspended',
      },
    ]);
  });

  it('of the first change survive every further one by the same activation', () => {
    const random = seeded(47);
    for (let round = 0; round < 500; round++) {
      const start = [
        deployment('a', Math.floor(random() * 6)),
        deployment('b', Math.floor(random() * 3)),
        cronJob('c', random() < 0.5),
      ];
      let now = start;
      for (let times = 0; times < 6; times++) now = anything(random, now, 'a1');
      for (const [index, { metadata, spec }] of now.entries()) {
        const marks = metadata.annotations;
        const before = start[index]?.spec;
        if (marks === undefined) expect(spec).toEqual(before);
        else if (before?.suspend === undefined)
          expect(marks['lifeboat.dev/replicas-before']).toBe(String(before?.replicas));
        else expect(marks['lifeboat.dev/suspend-before']).toBe(String(before.suspend));
      }
      expect(state(apply(now, undoChanges(now, [], 'a1')))).toEqual(state(start));
    }
  });

  it('of another activation give way: what is undone is what was there when this one came', () => {
    const start = [deployment('web', 3)];
    const failedOver = apply(start, restChanges(start, 'a1'));
    const cameBack = apply(
      failedOver,
      scalePlan(app(), 'primary', failedOver, [], { 'Deployment/shop/web': 2 }, 'a2').first,
    );
    expect(cameBack[0]?.metadata.annotations).toEqual({
      'lifeboat.dev/replicas-before': '0',
      'lifeboat.dev/changed-by': 'a2',
    });
    expect(state(apply(cameBack, undoChanges(cameBack, [], 'a1')))).toEqual([[2, false]]);
    expect(state(apply(cameBack, undoChanges(cameBack, [], 'a2')))).toEqual([[0, false]]);
  });

  it('are gone after they were undone, so that a second time changes nothing', () => {
    const start = [deployment('web', 2), cronJob('job')];
    const rested = apply(start, restChanges(start, 'a1'));
    const changes = undoChanges(rested, [], 'a1');
    expect(changes.map(({ detail }) => detail)).toEqual([
      'Deployment shop/web: 0 → 2',
      'CronJob shop/job: runs again',
    ]);
    const undone = apply(rested, changes);
    expect(undone.map(({ metadata }) => metadata.annotations)).toEqual([{}, {}]);
    expect(undoChanges(undone, [], 'a1')).toEqual([]);
  });
});

it('does nothing with nothing', () => {
  expect(restChanges([], 'a1')).toEqual([]);
  expect(undoChanges([], [], 'a1')).toEqual([]);
  expect(seenReplicas([])).toEqual({});
  expect(readiness([], {})).toEqual({ ready: true, waitingFor: [] });
  expect(scalePlan(app(), 'dr', [], [], {}, 'a1')).toEqual({
    first: [],
    afterReady: [],
    wanted: {},
    notes: [],
  });
  expect(workloadsOf(app({ workloads: [] }), [deployment('web', 1)])).toEqual({ present: [], missing: [] });
});

describe('the wanted replicas', () => {
  const of = (object: WorkloadObject, seen = {}, scaler?: AutoscalerObject, changes = {}) =>
    scalePlan(app(changes), 'dr', [object], scaler ? [scaler] : [], seen, 'a1');
  const named = (replicas: object) => ({
    workloads: [{ kind: 'Deployment' as const, namespace: 'shop', name: 'web', replicas }],
  });

  it.each<[string, WorkloadObject, object, AutoscalerObject | undefined, object, number]>([
    [
      'a number for this site',
      deployment('web', 0),
      { 'Deployment/shop/web': 5 },
      undefined,
      named({ dr: 2 }),
      2,
    ],
    [
      'a number for the other site only',
      deployment('web', 0),
      { 'Deployment/shop/web': 5 },
      undefined,
      named({ primary: 2 }),
      5,
    ],
    ['a number beyond the ceiling', deployment('web', 0), {}, autoscaler(1, 4), named({ dr: 9 }), 4],
    ['a number at the ceiling', deployment('web', 0), {}, autoscaler(1, 4), named({ dr: 4 }), 4],
    ['a number of none', deployment('web', 3), { 'Deployment/shop/web': 5 }, undefined, named({ dr: 0 }), 0],
    [
      'what was seen, below what stands here',
      deployment('web', 7),
      { 'Deployment/shop/web': 2 },
      undefined,
      {},
      2,
    ],
    ['nothing seen, three here', deployment('web', 3), {}, undefined, {}, 3],
    ['nothing seen, none said here', deployment('web', undefined), {}, undefined, {}, 1],
    ['nothing seen, a floor of two', deployment('web', 0), {}, autoscaler(2), {}, 2],
    ['nothing seen of this one', deployment('web', 0), { 'Deployment/shop/api': 4 }, undefined, {}, 1],
  ])('for %s', (_name, object, seen, scaler, changes, count) => {
    expect(of(object, seen, scaler, changes).wanted).toEqual({ 'Deployment/shop/web': count });
  });

  it('are what stood here before this site was put to rest, when nobody saw the other one', () => {
    const [rested = deployment('x', 0)] = apply(
      [deployment('web', 4)],
      restChanges([deployment('web', 4)], 'a0'),
    );
    const plan = of(rested);
    expect(plan.wanted).toEqual({ 'Deployment/shop/web': 4 });
    expect(plan.notes).toEqual([
      'Deployment shop/web: nobody has seen how many replicas primary has; 4 were taken.',
    ]);
  });

  it('are told to be capped only beyond the ceiling, not at it', () => {
    const seen = { 'Deployment/shop/web': 4 };
    expect(of(deployment('web', 0), seen, autoscaler(1, 4)).notes).toEqual([]);
    expect(of(deployment('web', 0), seen, autoscaler(1, 3)).notes).toEqual([
      'Deployment shop/web: 4 are wanted, its autoscaler allows 3.',
    ]);
  });

  it('are planned again without a change once they stand', () => {
    const seen = { 'Deployment/shop/web': 3 };
    const start = [deployment('web', 0)];
    const scaled = apply(start, scalePlan(app(), 'dr', start, [], seen, 'a1').first);
    expect(scalePlan(app(), 'dr', scaled, [], seen, 'a1')).toEqual({
      first: [],
      afterReady: [],
      wanted: seen,
      notes: [],
    });
  });

  it('find an autoscaler by kind, name and namespace', () => {
    const target = (kind: string, name: string, namespace = 'shop') => ({
      metadata: { name: 'any', namespace },
      spec: { minReplicas: 4, maxReplicas: 9, scaleTargetRef: { kind, name } },
    });
    const wanted = (scaler: AutoscalerObject) =>
      of(deployment('web', 0), {}, scaler).wanted['Deployment/shop/web'];
    expect(wanted(target('Deployment', 'web'))).toBe(4);
    expect(wanted(target('StatefulSet', 'web'))).toBe(1);
    expect(wanted(target('Deployment', 'api'))).toBe(1);
    expect(wanted(target('Deployment', 'web', 'other'))).toBe(1);
  });
});

describe('a raised floor', () => {
  it('keeps its first mark, and comes down to it', () => {
    const raise = (scaler: AutoscalerObject, count: number) =>
      scalePlan(app(), 'dr', [deployment('web', 0)], [scaler], { 'Deployment/shop/web': count }, 'a1')
        .first.filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
        .reduce((now, { patch }) => patched(now, patch), scaler);
    const raised = raise(raise(autoscaler(2), 3), 5);
    expect(raised.spec.minReplicas).toBe(5);
    expect(raised.metadata.annotations).toEqual({
      'lifeboat.dev/min-replicas-before': '2',
      'lifeboat.dev/changed-by': 'a1',
    });
    expect(undoChanges([], [raised], 'a2')).toEqual([]);
    const [change] = undoChanges([], [raised], 'a1');
    expect(change).toMatchObject({
      namespace: 'shop',
      name: 'web',
      detail: 'HorizontalPodAutoscaler shop/web: at least 2',
    });
    expect(patched(raised, change?.patch ?? {}).spec.minReplicas).toBe(2);
  });
});

it('waits for every workload that is wanted, and names each', () => {
  const set: WorkloadObject = { ...deployment('db', 1), kind: 'StatefulSet' };
  const wanted = { 'Deployment/shop/web': 2, 'StatefulSet/shop/db': 1, 'Deployment/shop/off': 0 };
  expect(
    readiness(
      [deployment('web', 2), set, deployment('off', 0, { status: { observedGeneration: 1 } })],
      wanted,
    ),
  ).toEqual({
    ready: false,
    waitingFor: ['Deployment shop/web: 0 of 2 pods are Ready', 'StatefulSet shop/db: 0 of 1 pods are Ready'],
  });
});
