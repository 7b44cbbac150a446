import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import type { TestbedAws } from '../../../../rehearsal/testbed/aws/aws';
import { createStack, DR, describeWithMiniStack, eventually, PRIMARY, startAws } from './ministack';
import { eventsQueue, receiveMessage, sendMessage } from './queues';
import { healthAlarm as alarm, allow, arnOf, role, stateMachine } from './templates';

jest.setTimeout(30_000);

describeWithMiniStack('Alarms and events of the AWS of the bed', python => {
  let aws: TestbedAws;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    ({ aws, stop } = await startAws(python));
  });
  afterAll(() => stop());

  describe('alarms', () => {
    const topic = (more: object[]) => ({
      Topic: { Type: 'AWS::SNS::Topic', Properties: {} },
      TopicPolicy: {
        Type: 'AWS::SNS::TopicPolicy',
        Properties: {
          Topics: [{ Ref: 'Topic' }],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Deny',
                Principal: '*',
                Action: 'sns:Publish',
                Resource: { Ref: 'Topic' },
                Condition: { Bool: { 'aws:SecureTransport': 'false' } },
              },
              ...more,
            ],
          },
        },
      },
    });
    const cloudWatchMay = {
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: { Ref: 'Topic' },
    };
    const metric = (name: string) => ({
      Id: name,
      ReturnData: false,
      MetricStat: {
        Period: 60,
        Stat: 'Sum',
        Metric: { Namespace: 'Test', MetricName: 'errors', Dimensions: [{ Name: 'of', Value: name }] },
      },
    });
    const math = (Expression: string) => ({
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        Metrics: [{ Id: 'sum', Expression }, metric('m0'), metric('m1')],
        Threshold: 1,
        EvaluationPeriods: 5,
        DatapointsToAlarm: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
        AlarmActions: [{ Ref: 'Topic' }],
      },
    });

    /** The state of an alarm after a look at it. The looks of each minute go on beside. */
    const stateNow = async (alarmName = '') => {
      await aws.emulator.control.call('evaluate-alarms');
      const { MetricAlarms } = await new CloudWatchClient(aws.client(DR)).send(
        new DescribeAlarmsCommand({ AlarmNames: [alarmName] }),
      );
      return MetricAlarms?.[0]?.StateValue;
    };

    test('sum their metrics over whole minutes, and publish where the topic lets them', async () => {
      const { outputs } = await createStack(aws, DR, 'math', {
        ...topic([cloudWatchMay]),
        Alarm: math('FILL(m0, 0) + FILL(m1, 0)'),
      });
      const put = (of: string) =>
        new CloudWatchClient(aws.client(DR)).send(
          new PutMetricDataCommand({
            Namespace: 'Test',
            MetricData: [
              {
                MetricName: 'errors',
                Value: 1,
                Dimensions: [{ Name: 'of', Value: of }],
                Timestamp: new Date(Date.now() - 60_000),
              },
            ],
          }),
        );
      await put('somebody else');
      expect(await stateNow(outputs.Alarm)).toBe('OK');
      await put('m1');
      expect(await stateNow(outputs.Alarm)).toBe('ALARM');
      const told = (await aws.messages(DR)).filter(({ topicArn }) => topicArn === outputs.Topic);
      expect(told.map(({ subject }) => subject)).toEqual([`ALARM: "${outputs.Alarm}" in ${DR}`]);
    });

    test('do not publish where the topic does not let them', async () => {
      const { outputs } = await createStack(aws, DR, 'silent', { ...topic([]), Alarm: math('m0 + m1') });
      await new CloudWatchClient(aws.client(DR)).send(
        new SetAlarmStateCommand({ AlarmName: outputs.Alarm, StateValue: 'ALARM', StateReason: 'test' }),
      );
      const told = (await aws.messages(DR)).filter(({ topicArn }) => topicArn === outputs.Topic);
      expect(told).toEqual([]);
    });

    test('count the messages of a queue that somebody could receive now', async () => {
      // Periods of a second, so that the test need not wait for a whole minute to be over.
      const alarm = (QueueName: string) => ({
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: QueueName,
          Namespace: 'AWS/SQS',
          MetricName: 'ApproximateNumberOfMessagesVisible',
          Dimensions: [{ Name: 'QueueName', Value: QueueName }],
          Statistic: 'Maximum',
          Period: 1,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        },
      });
      const queue = (QueueName: string, more = {}) => ({
        Type: 'AWS::SQS::Queue',
        Properties: { QueueName, ...more },
      });
      const { outputs } = await createStack(aws, DR, 'queues', {
        Full: queue('full'),
        Delayed: queue('delayed', { DelaySeconds: 900 }),
        FullAlarm: alarm('full'),
        DelayedAlarm: alarm('delayed'),
      });
      for (const url of [outputs.Full ?? '', outputs.Delayed ?? '']) {
        await sendMessage(aws, DR, url, 'what was not delivered');
      }
      await eventually(async () => ((await stateNow('full')) === 'ALARM' ? true : undefined));
      const known = await eventually(async () => {
        const state = await stateNow('delayed');
        return state === 'INSUFFICIENT_DATA' ? undefined : state;
      });
      expect(known).toBe('OK');
    });

    test('of a lost Region are not looked at until it is back', async () => {
      // Only what AWS does by itself is lost: the test still wants an answer of CloudFormation and CloudWatch.
      const setRegion = (state: 'up' | 'lost') =>
        aws.emulator.control.call('set-region', { region: DR, state });
      await setRegion('lost');
      const { outputs } = await createStack(aws, DR, 'asleep', {
        ...topic([cloudWatchMay]),
        Alarm: math('FILL(m0, 0) + FILL(m1, 0)'),
      });
      const asleep = await stateNow(outputs.Alarm);
      await setRegion('up');
      expect(asleep).toBe('INSUFFICIENT_DATA');
      expect(await stateNow(outputs.Alarm)).toMatch(/^(OK|ALARM)$/);
    });

    test('with other metric math fail the stack', async () => {
      const made = await createStack(aws, DR, 'rate', { ...topic([]), Alarm: math('RATE(m0) + m1') });
      expect(made.status).toBe('ROLLBACK_COMPLETE');
    });
  });

  test('event_targets: over to another Region with the role of the target, or into the queue', async () => {
    const machine = { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } };
    const pattern = (prefix: string) => ({
      source: ['aws.cloudwatch'],
      detail: { alarmName: [{ prefix }], state: { value: ['ALARM'] } },
    });
    const { outputs: target } = await createStack(aws, DR, 'started-by-alarm', {
      MachineRole: role('states.amazonaws.com'),
      Machine: stateMachine('MachineRole', machine),
      RuleRole: role('events.amazonaws.com', [allow('states:StartExecution', { Ref: 'Machine' })]),
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: pattern('forwarded/'),
          Targets: [
            {
              Id: 'machine',
              Arn: { Ref: 'Machine' },
              RoleArn: arnOf('RuleRole'),
              InputTransformer: {
                InputPathsMap: { alarm: '$.detail.alarmName' },
                InputTemplate: '{"reason":"Alarm <alarm>"}',
              },
            },
          ],
        },
      },
    });
    const bus = `arn:aws:events:${DR}:000000000000:event-bus/default`;
    const rule = (prefix: string, roleId: string) => ({
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: pattern(prefix),
        Targets: [
          { Id: 'bus', Arn: bus, RoleArn: arnOf(roleId), DeadLetterConfig: { Arn: arnOf('DeadLetters') } },
        ],
      },
    });
    const { outputs: source } = await createStack(aws, 'us-east-1', 'forwards', {
      MayForward: role('events.amazonaws.com', [allow('events:PutEvents', bus)]),
      MayNot: role('events.amazonaws.com'),
      ...eventsQueue('DeadLetters'),
      Forwarded: rule('forwarded/', 'MayForward'),
      Refused: rule('refused/', 'MayNot'),
      ForwardedAlarm: alarm('forwarded/one'),
      RefusedAlarm: alarm('refused/one'),
    });
    const cloudWatch = new CloudWatchClient(aws.client('us-east-1'));
    for (const AlarmName of ['forwarded/one', 'refused/one']) {
      await cloudWatch.send(
        new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'test' }),
      );
    }
    const execution = await eventually(async () => (await aws.executions(DR))[0]);
    expect(execution.input).toEqual({ reason: 'Alarm forwarded/one' });
    expect(execution.arn).toContain(target.Machine?.split(':').at(-1));
    const queue = source.DeadLetters ?? '';
    const dead = await eventually(() => receiveMessage(aws, 'us-east-1', queue));
    expect(dead).toMatchObject({ MessageAttributes: { ERROR_CODE: { StringValue: 'NO_PERMISSIONS' } } });
    expect(dead).toMatchObject({ Body: expect.stringContaining('refused/one') as string });
    expect(await aws.executions(PRIMARY)).toEqual([]);
  });
});
