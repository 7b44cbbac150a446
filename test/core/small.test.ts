import { spoken } from '../../core/duration';
import { unexpected } from '../../core/health';
import { pollSeconds } from '../../core/pace';
import { changedReadiness } from '../../core/readiness';
import { freeRoom, neededRoom, quantity, readyNodes } from '../../core/room';
import { pauseChange, undoPause } from '../../core/schedule';
import { deployment } from './builders';

it.each([
  [0, '0 s'],
  [-3, '0 s'],
  [119.4, '119 s'],
  [120, '2 min'],
  [200, '3 min 20 s'],
  [7199, '119 min 59 s'],
  [7200, '2 h'],
  [7500, '2 h 5 min'],
  [172_800, '2 d'],
  [180_000, '2 d 2 h'],
])('says %d seconds as %s', (seconds, words) => {
  expect(spoken(seconds)).toBe(words);
});

it('polls often at first and never more than every five minutes, so that a day costs some hundred polls', () => {
  expect([0, 249, 275, 1000, 100_000].map(pollSeconds)).toEqual([5, 5, 6, 20, 300]);
  let polls = 0;
  for (let elapsed = 0; elapsed < 86_400; elapsed += pollSeconds(elapsed)) polls++;
  expect(polls).toBeLessThan(500);
});

describe('a healthy answer', () => {
  const expected = { path: '/', status: 200, body: 'fine' };
  it.each([
    [200, 'all fine', undefined],
    [500, 'all fine', 'HTTP 500 where 200 is expected'],
    [200, 'no', 'the body does not contain "fine"'],
  ])('%d with %j: %s', (status, body, problem) => {
    expect(unexpected({ status, body }, expected)).toBe(problem);
  });
  it('may have any body when none is named', () => {
    expect(unexpected({ status: 200, body: '' }, { path: '/', status: 200 })).toBeUndefined();
  });
});

describe('readiness in peace', () => {
  it('tells an error once, as long as the same check of the same app fails', () => {
    const before = { shop: ['backup: is 2 h old'] };
    expect(changedReadiness(before, { shop: ['backup: is 3 h old'] })).toEqual({ worse: [], well: [] });
    expect(changedReadiness(before, { shop: ['nodes: none'] })).toEqual({
      worse: ['shop: nodes: none'],
      well: ['shop: backup: is 2 h old'],
    });
    expect(changedReadiness({}, before)).toEqual({ worse: ['shop: backup: is 2 h old'], well: [] });
    expect(changedReadiness(before, {})).toEqual({ worse: [], well: ['shop: backup: is 2 h old'] });
  });
});

describe('room', () => {
  it.each([
    ['250m', 0.25],
    ['2', 2],
    [3, 3],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['1M', 1e6],
    ['x', 0],
    ['5Zz', 0],
    [undefined, 0],
  ])('reads the quantity %s as %d', (text, number) => {
    expect(quantity(text)).toBe(number);
  });

  const node = (name: string, ready: string, unschedulable = false) => ({
    metadata: { name },
    spec: { unschedulable },
    status: { conditions: [{ type: 'Ready', status: ready }], allocatable: { cpu: '4', memory: '8Gi' } },
  });

  it('counts only nodes that are Ready and take pods', () => {
    const nodes = [
      node('a', 'True'),
      node('b', 'False'),
      node('c', 'True', true),
      { metadata: { name: 'd' } },
    ];
    expect(readyNodes(nodes).map(({ metadata }) => metadata.name)).toEqual(['a']);
  });

  it('takes off what pods that still run ask for', () => {
    const asks = { containers: [{ resources: { requests: { cpu: '500m', memory: '1Gi' } } }] };
    const pods = [
      { metadata: { name: 'runs' }, spec: { ...asks, nodeName: 'a' }, status: { phase: 'Running' } },
      { metadata: { name: 'done' }, spec: { ...asks, nodeName: 'a' }, status: { phase: 'Succeeded' } },
      { metadata: { name: 'failed' }, spec: { ...asks, nodeName: 'a' }, status: { phase: 'Failed' } },
      { metadata: { name: 'elsewhere' }, spec: { ...asks, nodeName: 'b' } },
      { metadata: { name: 'nowhere' } },
      { metadata: { name: 'modest' }, spec: { nodeName: 'a' } },
    ];
    expect(
      freeRoom(
        [
          node('a', 'True'),
          { ...node('x', 'True'), status: { conditions: [{ type: 'Ready', status: 'True' }] } },
        ],
        pods,
      ),
    ).toEqual({
      cpu: 3.5,
      memory: 7 * 2 ** 30,
    });
  });

  it('needs room for the pods that are not there yet', () => {
    const template = { spec: { containers: [{ resources: { requests: { cpu: '1', memory: '1Gi' } } }] } };
    const web = deployment('web', 0, { spec: { replicas: 0, template }, status: { replicas: 1 } });
    expect(
      neededRoom([web, deployment('plain', 1)], { 'Deployment/shop/web': 3, 'Deployment/shop/plain': 1 }),
    ).toEqual({
      cpu: 2,
      memory: 2 * 2 ** 30,
    });
    expect(neededRoom([deployment('web', 0, { status: { replicas: 5 } })], {})).toEqual({
      cpu: 0,
      memory: 0,
    });
  });
});

describe('a backup schedule', () => {
  const schedule = { metadata: { name: 'shop', namespace: 'velero' }, spec: { paused: false } };
  it('is paused with a mark of what it was, and only when it is not paused', () => {
    expect(pauseChange(schedule, true, 'a1')).toMatchObject([
      {
        kind: 'Schedule',
        namespace: 'velero',
        name: 'shop',
        patch: {
          spec: { paused: true },
          metadata: {
            annotations: { 'lifeboat.dev/paused-before': 'false', 'lifeboat.dev/changed-by': 'a1' },
          },
        },
      },
    ]);
    expect(pauseChange({ ...schedule, spec: { paused: true } }, true, 'a1')).toEqual([]);
    expect(pauseChange({ metadata: { name: 'shop' } }, false, 'a1')).toEqual([]);
  });
  it('runs again without making up what it missed, and keeps the first mark of an activation', () => {
    const annotations = { 'lifeboat.dev/paused-before': 'true', 'lifeboat.dev/changed-by': 'a1' };
    const paused = { metadata: { ...schedule.metadata, annotations }, spec: { paused: true } };
    expect(pauseChange(paused, false, 'a1')).toMatchObject([
      {
        patch: { spec: { paused: false, skipImmediately: true }, metadata: { annotations } },
        detail: 'Schedule velero/shop: runs again',
      },
    ]);
    expect(pauseChange(paused, false, 'a2')).toMatchObject([
      {
        patch: {
          metadata: {
            annotations: { 'lifeboat.dev/paused-before': 'true', 'lifeboat.dev/changed-by': 'a2' },
          },
        },
      },
    ]);
  });
  it('is put back only by the activation that changed it', () => {
    const annotations = { 'lifeboat.dev/paused-before': 'false', 'lifeboat.dev/changed-by': 'a1' };
    const changed = { metadata: { ...schedule.metadata, annotations }, spec: { paused: true } };
    expect(undoPause(changed, 'a1')).toMatchObject([{ patch: { spec: { paused: false } } }]);
    expect(undoPause(changed, 'a2')).toEqual([]);
    expect(undoPause(schedule, 'a1')).toEqual([]);
    expect(
      undoPause({ metadata: { name: 'x', annotations: { 'lifeboat.dev/changed-by': 'a1' } } }, 'a1'),
    ).toEqual([]);
  });
});
