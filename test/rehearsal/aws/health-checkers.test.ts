import {
  type EndpointCheckConfig,
  type HealthCheckConfig,
  HealthCheckers,
  type Probe,
  type ProbeResult,
} from '../../../rehearsal/embedded/aws/health-checkers';
import { setting } from './setting';

const config: EndpointCheckConfig = {
  Type: 'HTTPS',
  FullyQualifiedDomainName: 'primary.levlabs.link',
  ResourcePath: '/healthz',
  RequestInterval: 10,
};

function world(more: Partial<EndpointCheckConfig> = {}) {
  const { clock, seed } = setting();
  const state: { answer: (probe: Probe) => ProbeResult; lost: string[]; probes: Probe[] } = {
    answer: () => ({ ok: true, status: 200, body: 'ok' }),
    lost: [],
    probes: [],
  };
  const checkers = new HealthCheckers({
    clock,
    seed,
    isLost: region => state.lost.includes(region),
    probe: async probe => {
      state.probes.push(probe);
      return state.answer(probe);
    },
  });
  const changes: [number, boolean][] = [];
  const began = clock.now();
  checkers.onChange((_, healthy) => changes.push([clock.now() - began, healthy]));
  checkers.add('hc', { ...config, ...more });
  const down: () => ProbeResult = () => ({ ok: false, detail: 'timeout' });
  return { clock, checkers, state, changes, down, began };
}

test('checkers in eight Regions ask the name with SNI, every interval', async () => {
  const { clock, state } = world();
  await clock.advance(10_000);
  expect(new Set(state.probes.map(({ region }) => region)).size).toBe(8);
  expect(state.probes).toHaveLength(16);
  expect(state.probes[0]).toMatchObject({
    name: 'primary.levlabs.link',
    serverName: 'primary.levlabs.link',
    port: 443,
    path: '/healthz',
    deadlineMs: 6000,
  });
});

test('an endpoint is unhealthy after three failures of nearly all checkers, within about 30 seconds', async () => {
  const { clock, checkers, state, changes, down } = world();
  await clock.advance(60_000);
  state.answer = down;
  await clock.advance(19_000);
  expect(checkers.isHealthy('hc')).toBe(true);
  await clock.advance(12_000);
  expect(checkers.isHealthy('hc')).toBe(false);
  expect(changes).toHaveLength(1);
});

test.each([
  ['3 of 16 checkers are more than 18 %: healthy', 3, true],
  ['2 of 16 checkers are not: unhealthy', 2, false],
])('%s', async (_, answering, healthy) => {
  const { clock, checkers, state } = world();
  await clock.advance(60_000);
  const reachable = new Map([
    ['sa-east-1', Math.min(2, answering)],
    ['eu-west-1', Math.max(0, answering - 2)],
  ]);
  // The two checkers of a Region alternate: the first `n` of every two requests are answered.
  const turn = new Map<string, number>();
  state.answer = ({ region }) => {
    const at = (turn.get(region) ?? 0) % 2;
    turn.set(region, at + 1);
    return at < (reachable.get(region) ?? 0)
      ? { ok: true, status: 200, body: '' }
      : { ok: false, detail: 'timeout' };
  };
  await clock.advance(60_000);
  expect(checkers.percentageHealthy('hc')).toBe((100 * answering) / 16);
  expect(checkers.isHealthy('hc')).toBe(healthy);
});

test('two failures are forgiven by one success', async () => {
  const { clock, changes, state, down } = world();
  await clock.advance(60_000);
  for (let round = 0; round < 10; round++) {
    state.answer = round % 3 === 2 ? () => ({ ok: true, status: 200, body: '' }) : down;
    await clock.advance(10_000);
  }
  expect(changes).toEqual([]);
});

test('it becomes healthy again only after as many successes', async () => {
  const { clock, checkers, state, down } = world();
  state.answer = down;
  await clock.advance(60_000);
  state.answer = () => ({ ok: true, status: 204, body: '' });
  await clock.advance(10_000);
  expect(checkers.isHealthy('hc')).toBe(false);
  await clock.advance(25_000);
  expect(checkers.isHealthy('hc')).toBe(true);
});

test.each([
  [{ ok: true, status: 301, body: '' }, true],
  [{ ok: true, status: 404, body: '' }, false],
  [{ ok: true, status: 503, body: '' }, false],
] as [ProbeResult, boolean][])('the answer %j is healthy: %s', async (answer, healthy) => {
  const { clock, checkers, state } = world();
  state.answer = () => answer;
  await clock.advance(60_000);
  expect(checkers.isHealthy('hc')).toBe(healthy);
});

test.each([
  ['up', true],
  [`${'x'.repeat(5119)}up`, false],
])('a searched text counts within the first 5,120 bytes (case %#)', async (body, healthy) => {
  const { clock, checkers, state } = world({ Type: 'HTTPS_STR_MATCH', SearchString: 'up' });
  state.answer = () => ({ ok: true, status: 200, body });
  await clock.advance(60_000);
  expect(checkers.isHealthy('hc')).toBe(healthy);
});

test('an inverted check is healthy while the endpoint fails', async () => {
  const { clock, checkers, state, down } = world({ Inverted: true });
  expect(checkers.isHealthy('hc')).toBe(false);
  state.answer = down;
  await clock.advance(60_000);
  expect(checkers.isHealthy('hc')).toBe(true);
});

test('checkers of a lost Region neither ask nor count', async () => {
  const { clock, checkers, state } = world();
  state.lost = ['us-east-1'];
  await clock.advance(30_000);
  expect(state.probes.some(({ region }) => region === 'us-east-1')).toBe(false);
  expect(checkers.percentageHealthy('hc')).toBe(100);
});

test('an unknown type is a FakeLimit', () => {
  const { checkers } = world();
  const other = { Type: 'RECOVERY_CONTROL' } as unknown as HealthCheckConfig;
  expect(() => checkers.add('other', other)).toThrow('health check type RECOVERY_CONTROL');
});

describe('a calculated check', () => {
  /** Two more checks beside `hc`, which answers: one of an absent object, and one that is inverted. */
  function withChildren(HealthThreshold: number, Inverted = false) {
    const open = world();
    const { checkers, state } = open;
    const answers = new Map<string, ProbeResult>();
    state.answer = ({ path }) => answers.get(path) ?? { ok: true, status: 403, body: '' };
    answers.set('/healthz', { ok: true, status: 200, body: '' });
    checkers.add('absent', { ...config, ResourcePath: '/absent', FailureThreshold: 1 });
    checkers.add('inverted', { ...config, ResourcePath: '/object', FailureThreshold: 1, Inverted: true });
    checkers.add('all', {
      Type: 'CALCULATED',
      ChildHealthChecks: ['hc', 'absent', 'inverted'],
      HealthThreshold,
      Inverted,
    });
    return { ...open, answers };
  }

  test.each([
    [2, false, true],
    [3, false, false],
    [2, true, false],
  ])(
    'of threshold %i, inverted %p, is healthy %p while two of three are',
    async (threshold, inverted, healthy) => {
      const { clock, checkers } = withChildren(threshold, inverted);
      await clock.advance(30_000);
      expect(checkers.isHealthy('all')).toBe(healthy);
    },
  );

  test('follows its children, and tells what it was before', async () => {
    const { clock, checkers, answers, began } = withChildren(2);
    await clock.advance(60_000);
    answers.set('/object', { ok: true, status: 200, body: '' });
    await clock.advance(20_000);
    expect(checkers.isHealthy('inverted')).toBe(false);
    expect(checkers.isHealthy('all')).toBe(false);
    expect(checkers.isHealthy('all', began + 59_000)).toBe(true);
    expect(checkers.isHealthy('all', clock.now())).toBe(false);
  });

  test('of a child that nobody has added is a FakeLimit', () => {
    const { checkers } = world();
    const orphan = { Type: 'CALCULATED' as const, ChildHealthChecks: ['nobody'], HealthThreshold: 1 };
    expect(() => checkers.add('all', orphan)).toThrow('no health check nobody');
  });
});

test('with a threshold of one, an object that appears is seen within seconds, and one that goes within an interval', async () => {
  const { clock, state, checkers, changes, began } = world({ FailureThreshold: 1 });
  state.answer = () => ({ ok: true, status: 403, body: '' });
  await clock.advance(60_000);
  expect(checkers.isHealthy('hc')).toBe(false);
  const appears = clock.now();
  state.answer = () => ({ ok: true, status: 200, body: '' });
  await clock.advance(60_000);
  const goes = clock.now();
  state.answer = () => ({ ok: true, status: 403, body: '' });
  await clock.advance(60_000);
  const [, [seen] = [0], [gone] = [0]] = changes;
  expect(began + seen - appears).toBeLessThan(4_000);
  expect(began + gone - goes).toBeGreaterThan(6_000);
  expect(began + gone - goes).toBeLessThanOrEqual(10_100);
});
