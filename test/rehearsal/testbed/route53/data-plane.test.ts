import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { Control } from '../../../../rehearsal/testbed/aws/control';
import type { Question, Response } from '../../../../rehearsal/testbed/route53/dns-wire';
import { NameServer } from '../../../../rehearsal/testbed/route53/name-server';
import { Route53DataPlane } from '../../../../rehearsal/testbed/route53/route53';

/** The half of AWS's time, so that what is not scaled shows. */
const FACTOR = 0.5;
const PROPAGATION_MS = 60_000;
const SERVERS = ['10.201.0.3', '10.201.0.4'];
/** The data plane looks at the emulator so often. */
const LOOK_MS = 250;

const CHECK = {
  id: 'check',
  config: { Type: 'HTTPS', FullyQualifiedDomainName: 'primary.orders.test', RequestInterval: 10 },
};
const ALARM = {
  AlarmName: 'primary-down',
  Namespace: 'AWS/Route53',
  MetricName: 'HealthCheckStatus',
  Dimensions: [{ Name: 'HealthCheckId', Value: CHECK.id }],
  Statistic: 'Minimum',
  Period: 60,
  EvaluationPeriods: 2,
  Threshold: 1,
  ComparisonOperator: 'LessThanThreshold',
  TreatMissingData: 'notBreaching',
};

type Change = { changes: string[] };

/** The emulator as far as the data plane asks it, and the name servers without their sockets. */
class World {
  readonly lines: string[] = [];
  readonly insync: string[][] = [];
  readonly responders: ((question: Question) => Response)[] = [];
  readonly stopped: number[] = [];
  readonly setAlarms: { at: number; input: SetAlarmStateCommand['input'] }[] = [];
  target = 'primary.orders.test';
  pending: string[] = [];
  checks: object[] = [];
  alarms: object[] = [];
  /** What the emulator or CloudWatch says instead of an answer. */
  refusal: { call: string; message: string } | undefined;
  private readonly began = Date.now();

  constructor() {
    jest.spyOn(NameServer, 'start').mockImplementation(async (_, __, respond) => {
      const index = this.responders.push(respond) - 1;
      return { port: 53, stop: async () => void this.stopped.push(index) } as unknown as NameServer;
    });
    jest.spyOn(Control.prototype, 'call').mockImplementation(async (name, body) => this.answer(name, body));
    jest.spyOn(CloudWatchClient.prototype, 'send').mockImplementation(async (command: unknown) => {
      const { input } = command as SetAlarmStateCommand;
      expect(command).toBeInstanceOf(SetAlarmStateCommand);
      this.refuse('SetAlarmState');
      this.setAlarms.push({ at: this.seconds(), input });
    });
  }

  start(): Promise<Route53DataPlane> {
    return Route53DataPlane.start({
      control: new Control('http://127.0.0.1:1'),
      aws: {
        endpoint: 'http://127.0.0.1:1',
        region: 'us-east-1',
        credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
      },
      servers: SERVERS,
      staticNames: { 'acme.test': '10.201.0.9' },
      delayFactor: FACTOR,
      propagationMs: PROPAGATION_MS,
      log: line => this.lines.push(line),
    });
  }

  /** A person's or Lifeboat's change of main. */
  change(target: string, id: string): void {
    this.target = target;
    this.pending = [...this.pending, id];
  }

  /** What each name server says main is. */
  targets(): (string | undefined)[] {
    const question = { name: 'main.orders.test.', type: 'CNAME' } as Question;
    return this.responders.map(respond => respond(question).answers[0]?.value);
  }

  /** Of AWS's time. */
  seconds(): number {
    return (Date.now() - this.began) / 1000 / FACTOR;
  }

  private answer(name: string, body: unknown): unknown {
    this.refuse(name);
    if (name === 'route53-insync') {
      const { changes } = body as Change;
      this.insync.push(changes);
      this.pending = this.pending.filter(id => !changes.includes(id));
    }
    const records = [
      {
        Name: 'orders.test.',
        Type: 'SOA',
        TTL: '900',
        ResourceRecords: ['ns. mail. 1 7200 900 1209600 86400'],
      },
      { Name: 'main.orders.test.', Type: 'CNAME', TTL: '5', ResourceRecords: [this.target] },
    ];
    return {
      zones: [{ id: 'Z0', name: 'orders.test.', records }],
      pending: [...this.pending],
      healthChecks: this.checks,
      alarms: this.alarms,
    };
  }

  private refuse(call: string): void {
    if (this.refusal?.call === call) throw new Error(this.refusal.message);
  }
}

let world: World;
let plane: Route53DataPlane;

beforeEach(() => {
  jest.useFakeTimers({ now: Date.parse('2026-11-25T03:00:00Z') });
  world = new World();
});
afterEach(async () => {
  await plane.stop();
  jest.restoreAllMocks();
  jest.useRealTimers();
});

/** Seconds of AWS's time. */
const pass = (seconds: number) => jest.advanceTimersByTimeAsync(seconds * 1000 * FACTOR);

describe('a change of records', () => {
  beforeEach(async () => {
    plane = await world.start();
    await plane.createZone('Z0', 'orders.test');
    await pass(PROPAGATION_MS / 1000);
    expect(world.targets()).toEqual(['primary.orders.test.', 'primary.orders.test.']);
    world.change('dr.orders.test', 'C1');
    // Until the next look.
    await jest.advanceTimersByTimeAsync(LOOK_MS);
  });

  test('is on each name server at its own time, and INSYNC when the last one has it', async () => {
    await pass(29);
    expect(world.targets()).toEqual(['primary.orders.test.', 'primary.orders.test.']);
    await pass(2);
    expect(world.targets()).toEqual(['dr.orders.test.', 'primary.orders.test.']);
    expect(world.insync).toEqual([]);
    await pass(28);
    expect(world.insync).toEqual([]);
    await pass(2);
    expect(world.targets()).toEqual(['dr.orders.test.', 'dr.orders.test.']);
    expect(world.insync).toEqual([['C1']]);
    await pass(120);
    expect(world.insync).toEqual([['C1']]);
  });

  test('does not wait for the one before', async () => {
    await pass(20);
    world.change('primary.orders.test', 'C2');
    await pass(41);
    expect(world.insync).toEqual([['C1']]);
    await pass(20);
    expect(world.insync).toEqual([['C1'], ['C2']]);
    expect(world.targets()).toEqual(['primary.orders.test.', 'primary.orders.test.']);
  });

  test('that the emulator does not take for INSYNC is said', async () => {
    world.refusal = { call: 'route53-insync', message: 'no such change' };
    await pass(61);
    expect(world.lines).toEqual(['The emulator did not take INSYNC: Error: no such change']);
  });
});

test('a new zone is on every server at once, and a customer is told by the first', async () => {
  plane = await world.start();
  await plane.createZone('Z0', 'orders.test');
  expect(world.targets()).toEqual(['primary.orders.test.', 'primary.orders.test.']);
  expect(plane.lookup('main.orders.test', 'CNAME')).toMatchObject([{ value: 'primary.orders.test.' }]);
  expect(plane.lookup('acme.test', 'A')).toMatchObject([{ value: '10.201.0.9' }]);
});

test('an emulator that does not answer is said, and asked again', async () => {
  plane = await world.start();
  await plane.createZone('Z0', 'orders.test');
  world.refusal = { call: 'route53-state', message: 'gone' };
  await jest.advanceTimersByTimeAsync(LOOK_MS);
  expect(world.lines).toEqual(['The emulator does not say what Route 53 has: Error: gone']);
  world.refusal = undefined;
  world.change('dr.orders.test', 'C1');
  await pass(61);
  expect(world.insync).toEqual([['C1']]);
});

describe('a health check', () => {
  const UNHEALTHY = 'Health check check is unhealthy: primary.orders.test has no address';
  const changes = () => world.lines.filter(line => line.startsWith('Health check'));

  // Its name has no address: each probe fails without a packet.
  beforeEach(() => {
    world.checks = [CHECK];
    world.alarms = [ALARM];
  });

  test('is unhealthy after three intervals, and its alarm is set when CloudWatch has two such minutes', async () => {
    plane = await world.start();
    await pass(20);
    expect(changes()).toEqual([]);
    await pass(11);
    expect(changes()).toEqual([UNHEALTHY]);
    await pass(240);
    expect(world.setAlarms.map(({ input }) => input)).toMatchObject([
      { AlarmName: 'primary-down', StateValue: 'OK' },
      {
        AlarmName: 'primary-down',
        StateValue: 'ALARM',
        StateReason: expect.stringMatching(/^Threshold Crossed: 2 out of the last 2 datapoints/) as string,
      },
    ]);
    // The second value is taken at 120 s, arrives at 150 s, and is looked at within a minute.
    const { at = 0 } = world.setAlarms[1] ?? {};
    expect(at).toBeGreaterThanOrEqual(150);
    expect(at).toBeLessThanOrEqual(210);
    expect(world.lines.at(-1)).toBe('Alarm primary-down is ALARM.');
  });

  test('that is made later is probed from then on, and once only', async () => {
    world.checks = [];
    plane = await world.start();
    await pass(60);
    world.checks = [CHECK];
    await pass(32);
    expect(changes()).toEqual([UNHEALTHY]);
    await pass(120);
    expect(changes()).toEqual([UNHEALTHY]);
  });

  test('whose alarm CloudWatch does not take is said', async () => {
    world.refusal = { call: 'SetAlarmState', message: 'throttled' };
    plane = await world.start();
    await pass(240);
    expect(world.lines).toContain('CloudWatch did not take primary-down: Error: throttled');
  });
});

test('stops its servers, its looks and its timers', async () => {
  world.checks = [CHECK];
  plane = await world.start();
  await plane.stop();
  expect(world.stopped).toEqual([0, 1]);
  const looks = jest.mocked(Control.prototype.call).mock.calls.length;
  await pass(600);
  expect(jest.mocked(Control.prototype.call).mock.calls).toHaveLength(looks);
  expect(world.lines).toEqual([]);
});

test('says what AWS takes and what it takes here', async () => {
  plane = await world.start();
  expect(plane.delays()).toMatchObject({
    'between two probes of a health checker': { real: 10, here: 5 },
    'until every name server has a change': { real: 60, here: 30 },
  });
});
