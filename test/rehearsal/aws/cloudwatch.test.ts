import { DescribeAlarmsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { FakeCloudWatch } from '../../../rehearsal/embedded/aws/cloudwatch';
import type { AlarmProperties } from '../../../rehearsal/embedded/aws/cloudwatch/alarm';
import { evaluate, type MissingData } from '../../../rehearsal/embedded/aws/cloudwatch/evaluation';
import type { AwsEvent } from '../../../rehearsal/embedded/aws/eventbridge/event';
import { HealthCheckers } from '../../../rehearsal/embedded/aws/health-checkers';
import { setting } from './setting';

const alarm: AlarmProperties = {
  AlarmName: 'primary-down',
  AlarmDescription: 'primary.levlabs.link does not answer',
  Namespace: 'AWS/Route53',
  MetricName: 'HealthCheckStatus',
  Dimensions: [{ Name: 'HealthCheckId', Value: 'hc' }],
  Statistic: 'Minimum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'LessThanThreshold',
  TreatMissingData: 'missing',
};

function world() {
  const { clock, log, seed, run, failure } = setting();
  const events: AwsEvent[] = [];
  const actions: [string, object][] = [];
  const cloudwatch = new FakeCloudWatch({
    clock,
    log,
    seed,
    region: 'us-east-1',
    emit: event => events.push(event),
    act: (arn, detail) => actions.push([arn, detail]),
  });
  const state = { up: true };
  const checkers = new HealthCheckers({
    clock,
    seed,
    probe: async () => (state.up ? { ok: true, status: 200, body: '' } : { ok: false, detail: 'timeout' }),
  });
  checkers.add('hc', {
    Type: 'HTTPS',
    FullyQualifiedDomainName: 'primary.levlabs.link',
    RequestInterval: 10,
  });
  cloudwatch.receiveHealthChecks(checkers);
  return { clock, run, failure, cloudwatch, events, actions, state };
}

/** The tables of "How alarm state is evaluated when data is missing": oldest first, as printed there. */
describe('the state of an alarm over missing data', () => {
  const treatments: MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];
  const insufficient = 'INSUFFICIENT_DATA';
  test.each([
    ['0 - X - X', 3, ['OK', 'OK', 'OK', 'OK']],
    ['0 - - - -', 3, ['OK', 'OK', 'OK', 'OK']],
    ['- - - - -', 3, [insufficient, undefined, 'ALARM', 'OK']],
    ['0 X X - X', 3, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['- - - - X', 3, [insufficient, undefined, 'ALARM', 'OK']],
    ['X - - - -', 3, ['ALARM', undefined, 'ALARM', 'OK']],
    ['0 - X - X', 2, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 0 X 0 X', 2, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 - X - -', 2, ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - 0', 2, ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - X', 2, [insufficient, undefined, 'ALARM', 'OK']],
  ])('%s with %d of 3', (points, datapointsToAlarm, expected) => {
    const range = points.split(' ').map(point => (point === '-' ? undefined : point === 'X'));
    const states = treatments.map(treatMissingData =>
      evaluate(range, { evaluationPeriods: 3, datapointsToAlarm, treatMissingData }),
    );
    expect(states).toEqual(expected);
  });
});

describe('an alarm on a health check', () => {
  test('goes to ALARM some minutes after the endpoint fails, with an event as AWS shapes it', async () => {
    const { clock, cloudwatch, events, state } = world();
    const arn = cloudwatch.addAlarm('Alarm', alarm);
    await clock.advance(600_000);
    expect(cloudwatch.stateOf('primary-down')).toBe('OK');
    state.up = false;
    const failed = clock.now();
    await clock.advance(300_000);
    expect(events.map(({ detail }) => (detail as { state: { value: string } }).state.value)).toEqual([
      'OK',
      'ALARM',
    ]);
    const event = events[1];
    const took = Date.parse(event?.time ?? '') - failed;
    expect(took).toBeGreaterThan(60_000);
    expect(took).toBeLessThan(240_000);
    expect(event).toMatchObject({
      version: '0',
      'detail-type': 'CloudWatch Alarm State Change',
      source: 'aws.cloudwatch',
      account: '111122223333',
      region: 'us-east-1',
      resources: [arn],
      detail: {
        alarmName: 'primary-down',
        configuration: {
          description: 'primary.levlabs.link does not answer',
          metrics: [
            {
              metricStat: {
                metric: {
                  dimensions: { HealthCheckId: 'hc' },
                  name: 'HealthCheckStatus',
                  namespace: 'AWS/Route53',
                },
                period: 60,
                stat: 'Minimum',
              },
              returnData: true,
            },
          ],
        },
        previousState: { value: 'OK' },
        state: { value: 'ALARM', timestamp: expect.stringMatching(/^2026-03-01T03:\d\d:\d\d\.\d{3}\+0000$/) },
      },
    });
    const detail = event?.detail as { state: { reason: string } } | undefined;
    expect(detail?.state.reason).toMatch(
      /^Threshold Crossed: 1 out of the last 1 datapoints \[0\.0 \(01\/03\/26 03:\d\d:00\)\] was less than the threshold \(1\.0\) \(minimum 1 datapoint for OK -> ALARM transition\)\.$/,
    );
  });

  test('says nothing while us-east-1 is away', async () => {
    const { clock, cloudwatch, events, state } = world();
    cloudwatch.addAlarm('Alarm', alarm);
    await clock.advance(600_000);
    cloudwatch.endpoint.state = 'hang';
    state.up = false;
    await clock.advance(600_000);
    expect(events).toHaveLength(1);
    cloudwatch.endpoint.state = 'up';
    await clock.advance(300_000);
    expect(cloudwatch.stateOf('primary-down')).toBe('ALARM');
  });

  test('performs its actions, unless they are switched off', async () => {
    const { clock, cloudwatch, actions, state } = world();
    const topic = 'arn:aws:sns:us-east-1:111122223333:oncall';
    cloudwatch.addAlarm('Loud', { ...alarm, AlarmName: 'loud', AlarmActions: [topic] });
    cloudwatch.addAlarm('Quiet', {
      ...alarm,
      AlarmName: 'quiet',
      AlarmActions: [topic],
      ActionsEnabled: false,
    });
    state.up = false;
    await clock.advance(600_000);
    expect(actions).toEqual([[topic, expect.objectContaining({ alarmName: 'loud' })]]);
  });

  test('with a missing metric that counts as breaching goes to ALARM', async () => {
    const { clock, cloudwatch } = world();
    const other = {
      ...alarm,
      Dimensions: [{ Name: 'HealthCheckId', Value: 'gone' }],
      TreatMissingData: 'breaching',
    };
    cloudwatch.addAlarm('Alarm', other);
    await clock.advance(120_000);
    expect(cloudwatch.stateOf('primary-down')).toBe('ALARM');
  });
});

describe('PutMetricData', () => {
  const put = (Namespace: string, Value: number) =>
    new PutMetricDataCommand({
      Namespace,
      MetricData: [{ MetricName: 'RtoSeconds', Value, Unit: 'Seconds' }],
    });

  test('stores values, which alarms see', async () => {
    const { clock, run, cloudwatch } = world();
    cloudwatch.addAlarm('Slow', {
      Namespace: 'Lifeboat',
      MetricName: 'RtoSeconds',
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 300,
      ComparisonOperator: 'GreaterThanThreshold',
    });
    await run(cloudwatch.send(put('Lifeboat', 301)));
    await clock.advance(130_000);
    expect(cloudwatch.stateOf('Slow')).toBe('ALARM');
    const metric = { namespace: 'Lifeboat', name: 'RtoSeconds', dimensions: {} };
    expect(cloudwatch.metrics.values(metric).map(({ value }) => value)).toEqual([301]);
  });

  test("into AWS's namespaces, or of no number, is refused", async () => {
    const { failure, cloudwatch } = world();
    expect((await failure(cloudwatch.send(put('AWS/Route53', 1)))).name).toBe(
      'InvalidParameterValueException',
    );
    expect((await failure(cloudwatch.send(put('Lifeboat', Number.NaN)))).name).toBe(
      'InvalidParameterValueException',
    );
  });
});

describe('what the fake does not do', () => {
  test.each([
    ['metric math', { ...alarm, Metrics: [] }],
    ['percentiles', { ...alarm, Statistic: 'p99' }],
    ['anomaly bands', { ...alarm, ComparisonOperator: 'LessThanLowerThreshold' }],
    ['odd periods', { ...alarm, Period: 45 }],
  ])('%s are a FakeLimit', (_, properties) => {
    const { cloudwatch } = world();
    expect(() => cloudwatch.addAlarm('Alarm', properties)).toThrow(
      expect.objectContaining({ name: 'FakeLimit' }),
    );
  });

  test('another command is a FakeLimit', async () => {
    const { failure, cloudwatch } = world();
    expect((await failure(cloudwatch.send(new DescribeAlarmsCommand({})))).name).toBe('FakeLimit');
  });
});
