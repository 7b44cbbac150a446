import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import type { TestbedAws } from '../../../../rehearsal/testbed/aws/aws';
import type { Job } from '../../../../rehearsal/testbed/aws/lambda-host/job';
import { createStack, DR, describeWithMiniStack, eventually, startAws } from './ministack';
import { eventsQueue, receiveMessage } from './queues';
import { healthAlarm as alarm, allow, arnOf, lambdaFunction, role } from './templates';

jest.setTimeout(30_000);

const CODE = 'exports.handler = async () => undefined;';

describeWithMiniStack('Events for functions in the AWS of the bed', python => {
  const invoked: Job[] = [];
  let aws: TestbedAws;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    ({ aws, stop } = await startAws(python, { onInvocation: job => invoked.push(job) }));
  });
  afterAll(() => stop());
  beforeEach(() => {
    invoked.length = 0;
  });

  const pattern = (alarm: string) => ({ source: ['aws.cloudwatch'], detail: { alarmName: [alarm] } });

  const ring = (region: string, AlarmName: string) =>
    new CloudWatchClient(aws.client(region)).send(
      new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'test' }),
    );

  /** A function, and a rule that sends it the changes of an alarm. */
  const ruled = (alarmName: string) => ({
    Role: role('lambda.amazonaws.com'),
    Function: lambdaFunction('Role', CODE),
    ...eventsQueue('DeadLetters'),
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: pattern(alarmName),
        Targets: [{ Id: 'f', Arn: arnOf('Function'), DeadLetterConfig: { Arn: arnOf('DeadLetters') } }],
      },
    },
  });

  const mayInvoke = (SourceArn: object) => ({
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: arnOf('Function'),
      Principal: 'events.amazonaws.com',
      SourceArn,
    },
  });

  test('reach a function whose policy names the rule', async () => {
    const { outputs } = await createStack(aws, DR, 'named', {
      ...ruled('named'),
      Permission: mayInvoke(arnOf('Rule')),
      Alarm: alarm('named'),
    });
    await ring(DR, 'named');
    const job = await eventually(async () => invoked[0]);
    expect(job).toMatchObject({
      name: outputs.Function,
      event: { source: 'aws.cloudwatch', region: DR, detail: { alarmName: 'named' } },
    });
  });

  test.each([
    ['none', {}],
    [
      'one of another rule',
      { Permission: mayInvoke({ 'Fn::Sub': `arn:aws:events:${DR}:\${AWS::AccountId}:rule/other` }) },
    ],
  ])('go to the dead letters when its policy has %s', async (policy, permission) => {
    const name = policy.replaceAll(' ', '-');
    const { outputs } = await createStack(aws, DR, name, {
      ...ruled(name),
      ...permission,
      Alarm: alarm(name),
    });
    await ring(DR, name);
    const dead = await eventually(() => receiveMessage(aws, DR, outputs.DeadLetters ?? ''));
    expect(dead.MessageAttributes).toMatchObject({ ERROR_CODE: { StringValue: 'NO_PERMISSIONS' } });
    expect(invoked).toEqual([]);
  });

  test('from another Region wait until a lost one is back', async () => {
    const bus = `arn:aws:events:${DR}:000000000000:event-bus/default`;
    await createStack(aws, DR, 'late', { ...ruled('late'), Permission: mayInvoke(arnOf('Rule')) });
    await createStack(aws, 'us-east-1', 'early', {
      Forwarder: role('events.amazonaws.com', [allow('events:PutEvents', bus)]),
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: pattern('late'),
          Targets: [{ Id: 'bus', Arn: bus, RoleArn: arnOf('Forwarder') }],
        },
      },
      Alarm: alarm('late'),
    });
    await aws.setRegion(DR, 'lost');
    await ring('us-east-1', 'late');
    expect(invoked).toEqual([]);
    await aws.setRegion(DR, 'up');
    const { event } = await eventually(async () => invoked[0]);
    // The event keeps the Region where it happened.
    expect(event).toMatchObject({ region: 'us-east-1', detail: { alarmName: 'late' } });
  });

  test('of a lost Region itself are gone', async () => {
    await createStack(aws, DR, 'gone', {
      ...ruled('gone'),
      Permission: mayInvoke(arnOf('Rule')),
      Alarm: alarm('gone'),
    });
    // The front door still lets the test ring; the rule of a lost Region matches nothing.
    const setRegion = (state: 'up' | 'lost') =>
      aws.emulator.control.call('set-region', { region: DR, state });
    await setRegion('lost');
    await ring(DR, 'gone');
    await setRegion('up');
    // Whatever came of the first event would be there before what comes of a second one.
    await new CloudWatchClient(aws.client(DR)).send(
      new SetAlarmStateCommand({ AlarmName: 'gone', StateValue: 'OK', StateReason: 'test' }),
    );
    const { event } = await eventually(async () => invoked.at(-1));
    expect(event).toMatchObject({ detail: { state: { value: 'OK' } } });
    expect(invoked).toHaveLength(1);
  });
});
