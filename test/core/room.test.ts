import { freeRoom, neededRoom, quantity, readyNodes } from '../../core/room';
import { deployment } from './builders';

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

it.each([
  ['100n', 1e-7],
  ['5u', 5e-6],
  ['1k', 1000],
  ['2G', 2e9],
  ['1T', 1e12],
  ['1Ki', 1024],
  ['3Mi', 3 * 2 ** 20],
  ['1Ti', 2 ** 40],
  ['0', 0],
  ['', 0],
  ['-1', 0],
])('reads the suffix of %j', (text, number) => {
  expect(quantity(text)).toBeCloseTo(number, 12);
});

it('has no room without nodes, and needs none without workloads', () => {
  expect(freeRoom([], [])).toEqual({ cpu: 0, memory: 0 });
  expect(neededRoom([], {})).toEqual({ cpu: 0, memory: 0 });
  expect(readyNodes([])).toEqual([]);
});

it('adds up all nodes, and all containers of a pod', () => {
  const ready = (name: string, cpu: string) => ({
    metadata: { name },
    status: {
      conditions: [
        { type: 'MemoryPressure', status: 'False' },
        { type: 'Ready', status: 'True' },
      ],
      allocatable: { cpu, memory: '1Gi' },
    },
  });
  const container = (cpu: string) => ({ resources: { requests: { cpu } } });
  const pod = {
    metadata: { name: 'p' },
    spec: { nodeName: 'a', containers: [container('250m'), {}, container('1')] },
  };
  expect(freeRoom([ready('a', '2'), ready('b', '1500m')], [pod])).toEqual({ cpu: 2.25, memory: 2 * 2 ** 30 });
});

it('takes nothing off for a workload that has more pods than are wanted', () => {
  const template = { spec: { containers: [{ resources: { requests: { cpu: '1', memory: '1Gi' } } }] } };
  const of = (name: string, replicas: number) =>
    deployment(name, replicas, { spec: { replicas, template }, status: { replicas } });
  const wanted = { 'Deployment/shop/many': 1, 'Deployment/shop/few': 2 };
  expect(neededRoom([of('many', 9), of('few', 1)], wanted)).toEqual({ cpu: 1, memory: 2 ** 30 });
});
