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
