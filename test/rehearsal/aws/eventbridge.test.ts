import { FakeEventBridge, type RuleProperties } from '../../../rehearsal/embedded/aws/eventbridge';
import type { AwsEvent } from '../../../rehearsal/embedded/aws/eventbridge/event';
import { matches } from '../../../rehearsal/embedded/aws/eventbridge/pattern';
import { rateMs } from '../../../rehearsal/embedded/aws/eventbridge/schedule';
import { setting } from './setting';

const machine = 'arn:aws:states:us-east-2:111122223333:stateMachine:levlabs';
const guard = 'arn:aws:lambda:us-east-2:111122223333:function:guard';
const otherBus = 'arn:aws:events:us-east-2:111122223333:event-bus/default';

const alarmEvent: AwsEvent = {
  version: '0',
  id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: '111122223333',
  time: '2026-03-01T03:04:40Z',
  region: 'us-east-1',
  resources: ['arn:aws:cloudwatch:us-east-1:111122223333:alarm:primary-down'],
  detail: { alarmName: 'primary-down', state: { value: 'ALARM', count: 3 }, previousState: { value: 'OK' } },
};

const onAlarm = { source: ['aws.cloudwatch'], detail: { state: { value: ['ALARM'] } } };

function world() {
  const { clock, seed } = setting();
  const got: [number, string, unknown][] = [];
  const began = clock.now();
  const take = (name: string) => (delivery: { input: string }) => {
    got.push([clock.now() - began, name, JSON.parse(delivery.input)]);
  };
  const bridge = new FakeEventBridge({
    clock,
    seed,
    targets: { stateMachine: take('machine'), lambda: take('lambda'), sns: take('sns') },
  });
  const toMachine = (target: object): RuleProperties => ({
    Name: 'failover',
    EventPattern: onAlarm,
    Targets: [{ Id: 'T', Arn: machine, ...target }],
  });
  return { clock, bridge, got, toMachine };
}

describe('event patterns', () => {
  test.each([
    [{ source: ['aws.cloudwatch'] }, true],
    [{ source: ['aws.ec2'] }, false],
    [{ source: ['aws.ec2', 'aws.cloudwatch'], region: ['us-east-1'] }, true],
    [{ detail: { state: { value: ['OK'] } } }, false],
    [{ resources: [{ prefix: 'arn:aws:cloudwatch:' }] }, true],
    [{ resources: [{ prefix: 'arn:aws:ec2:' }] }, false],
    [{ detail: { alarmName: [{ 'anything-but': ['other'] }] } }, true],
    [{ detail: { alarmName: [{ 'anything-but': 'primary-down' }] } }, false],
    [{ detail: { alarmName: [{ 'anything-but': { prefix: 'primary' } }] } }, false],
    [{ detail: { missing: [{ exists: false }] } }, true],
    [{ detail: { missing: [{ exists: true }] } }, false],
    [{ detail: { alarmName: [{ exists: true }] } }, true],
    [{ detail: { state: { count: [{ numeric: ['>=', 3, '<', 5] }] } } }, true],
    [{ detail: { state: { count: [{ numeric: ['>', 3] }] } } }, false],
    [{ detail: { state: { count: [3] } } }, true],
    [{ detail: { state: { count: ['3'] } } }, false],
  ])('%j: %s', (pattern, expected) => {
    expect(matches(pattern, alarmEvent)).toBe(expected);
  });

  test.each([[{ source: [{ suffix: 'x' }] }], [{ $or: [] }], [{ source: 'aws.cloudwatch' }]])(
    '%j is a FakeLimit',
    pattern => {
      expect(() => matches(pattern, alarmEvent)).toThrow(expect.objectContaining({ name: 'FakeLimit' }));
    },
  );
});

describe('rules', () => {
  test('a matching event reaches the target one hop later, whole', async () => {
    const { clock, bridge, got, toMachine } = world();
    bridge.addRule('us-east-1', toMachine({}));
    bridge.put('us-east-1', alarmEvent);
    bridge.put('us-east-1', { ...alarmEvent, detail: { state: { value: 'OK' } } });
    await clock.advance(5000);
    expect(got).toEqual([[1000, 'machine', alarmEvent]]);
  });

  test('an event goes to the bus of another Region unchanged, and its rules there apply', async () => {
    const { clock, bridge, got, toMachine } = world();
    bridge.addRule('us-east-1', {
      Name: 'across',
      EventPattern: onAlarm,
      Targets: [{ Id: 'B', Arn: otherBus }],
    });
    bridge.addRule('us-east-2', toMachine({ InputPath: '$.region' }));
    bridge.put('us-east-1', alarmEvent);
    await clock.advance(5000);
    expect(got).toEqual([[2000, 'machine', 'us-east-1']]);
  });

  test('an event is not forwarded to a third bus', async () => {
    const { clock, bridge, got, toMachine } = world();
    const third = otherBus.replace('us-east-2', 'eu-west-1');
    bridge.addRule('us-east-1', { EventPattern: onAlarm, Targets: [{ Id: 'B', Arn: otherBus }] });
    bridge.addRule('us-east-2', { EventPattern: onAlarm, Targets: [{ Id: 'C', Arn: third }] });
    bridge.addRule('eu-west-1', toMachine({}));
    bridge.put('us-east-1', alarmEvent);
    await clock.advance(10_000);
    expect(got).toEqual([]);
    expect(bridge.failures[0]?.problem).toContain('third bus');
  });

  test('what goes to a lost Region is a failure, not a delivery', async () => {
    const { clock, bridge, got, toMachine } = world();
    bridge.addRule('us-east-1', { EventPattern: onAlarm, Targets: [{ Id: 'B', Arn: otherBus }] });
    bridge.addRule('us-east-2', toMachine({}));
    bridge.setRegion('us-east-2', 'lost');
    bridge.put('us-east-1', alarmEvent);
    await clock.advance(5000);
    expect(got).toEqual([]);
    expect(bridge.failures).toMatchObject([{ arn: otherBus, problem: 'us-east-2 is lost' }]);
  });

  test('a rule on a bus of its own hears that bus alone', async () => {
    const { clock, bridge, got, toMachine } = world();
    const arn = bridge.addBus('us-east-2', 'levlabs');
    bridge.addRule('us-east-2', { ...toMachine({ Input: '{"own":true}' }), EventBusName: arn });
    bridge.put('us-east-2', alarmEvent);
    bridge.put('us-east-2', alarmEvent, 'levlabs');
    await clock.advance(5000);
    expect(got).toEqual([[1000, 'machine', { own: true }]]);
  });

  test('a schedule fires every period, first after one, and is silent while its Region is lost', async () => {
    const { clock, bridge, got } = world();
    const targets = [{ Id: 'G', Arn: guard }];
    bridge.addRule('us-east-2', { Name: 'guard', ScheduleExpression: 'rate(5 minutes)', Targets: targets });
    await clock.advance(302_000);
    bridge.setRegion('us-east-2', 'lost');
    await clock.advance(300_000);
    bridge.setRegion('us-east-2', 'up');
    await clock.advance(300_000);
    expect(got.map(([at]) => at)).toEqual([301_000, 901_000]);
    expect(got[0]?.[2]).toMatchObject({
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      resources: ['arn:aws:events:us-east-2:111122223333:rule/guard'],
      detail: {},
    });
  });

  test('a disabled rule does nothing', async () => {
    const { clock, bridge, got, toMachine } = world();
    bridge.addRule('us-east-1', { ...toMachine({}), State: 'DISABLED' });
    bridge.put('us-east-1', alarmEvent);
    await clock.advance(5000);
    expect(got).toEqual([]);
  });

  test('a target that fails is written down', async () => {
    const { clock, seed } = setting();
    const stateMachine = async () => {
      throw new Error('no such execution');
    };
    const bridge = new FakeEventBridge({ clock, seed, targets: { stateMachine } });
    bridge.addRule('us-east-1', { EventPattern: onAlarm, Targets: [{ Id: 'T', Arn: machine }] });
    bridge.put('us-east-1', alarmEvent);
    await clock.advance(5000);
    expect(bridge.failures).toMatchObject([{ arn: machine, problem: 'Error: no such execution' }]);
  });
});

describe('the input of a target', () => {
  async function transformed(InputTemplate: string, InputPathsMap?: Record<string, string>) {
    const { clock, bridge, got, toMachine } = world();
    bridge.addRule('us-east-1', toMachine({ InputTransformer: { InputTemplate, InputPathsMap } }));
    bridge.put('us-east-1', alarmEvent);
    await clock.advance(5000);
    return got[0]?.[2] ?? bridge.failures;
  }
  const paths = { alarm: '$.detail.alarmName', count: '$.detail.state.count', state: '$.detail.state' };

  test('outside of quotes a placeholder is a JSON value', async () => {
    const template = '{"alarm": <alarm>, "count": <count>, "state": <state>}';
    expect(await transformed(template, paths)).toEqual({
      alarm: 'primary-down',
      count: 3,
      state: { value: 'ALARM', count: 3 },
    });
  });

  test('inside of quotes it is plain text', async () => {
    expect(await transformed('{"why": "alarm <alarm> \\"<count>\\""}', paths)).toEqual({
      why: 'alarm primary-down "3"',
    });
  });

  test('a template may be a string', async () => {
    expect(await transformed('"<alarm> at <aws.events.rule-name>"', paths)).toBe('primary-down at failover');
  });

  test('a path that finds nothing leaves an empty text', async () => {
    expect(await transformed('{"a": <none>, "b": "x<none>"}', { none: '$.detail.none' })).toEqual({
      a: '',
      b: 'x',
    });
  });

  test('the event itself is there without its detail, and whole', async () => {
    const { detail: _, ...envelope } = alarmEvent;
    const template = '{"event": <aws.events.event>, "all": <aws.events.event.json>}';
    expect(await transformed(template)).toEqual({ event: envelope, all: alarmEvent });
  });

  test('an array element by its index', async () => {
    expect(await transformed('{"arn": <arn>}', { arn: '$.resources[0]' })).toEqual({
      arn: alarmEvent.resources[0],
    });
  });

  test.each([
    ['text without quotes', 'alarm <alarm>', paths],
    ['a placeholder that is nowhere defined', '{"a": <b>}', paths],
    ['a reserved name', '{"a": <alarm>}', { ...paths, 'aws.x': '$' }],
  ])('%s is refused when the rule is made', (_, InputTemplate, InputPathsMap) => {
    const { bridge, toMachine } = world();
    expect(() =>
      bridge.addRule('us-east-1', toMachine({ InputTransformer: { InputTemplate, InputPathsMap } })),
    ).toThrow(expect.objectContaining({ name: 'FakeLimit' }));
  });
});

describe('what the fake does not do', () => {
  test.each([
    ['an unknown property', { EventPattern: onAlarm, Else: 1 }],
    [
      'a target of another service',
      { EventPattern: onAlarm, Targets: [{ Id: 'Q', Arn: 'arn:aws:sqs:us-east-1:1:q' }] },
    ],
    ['an ARN that is not resolved', { EventPattern: onAlarm, Targets: [{ Id: 'Q', Arn: '' }] }],
    ['an unknown operator', { EventPattern: { ...onAlarm, region: [{ wildcard: 'us-*' }] } }],
    ['an unknown bus', { EventPattern: onAlarm, EventBusName: 'none' }],
    ['cron', { ScheduleExpression: 'cron(0 3 * * ? *)' }],
  ])('%s is a FakeLimit', (_, properties) => {
    const { bridge } = world();
    expect(() => bridge.addRule('us-east-1', properties as RuleProperties)).toThrow(
      expect.objectContaining({ name: 'FakeLimit' }),
    );
  });

  test.each([
    ['rate(5 minutes)', 300_000],
    ['rate(1 hour)', 3_600_000],
  ])('%s is %d ms', (expression, ms) => {
    expect(rateMs(expression)).toBe(ms);
  });

  test.each(['rate(1 minutes)', 'rate(5 minute)', 'rate(0 minutes)'])('%s is refused', expression => {
    expect(() => rateMs(expression)).toThrow('schedule expression');
  });
});
