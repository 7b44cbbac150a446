import { FUNCTIONS } from '../../core/phases';
import { exampleConfig } from './example';
import { synthesized } from './synthesized';

interface Alarm {
  AlarmDescription: string;
  AlarmActions: { Ref: string }[];
  EvaluationPeriods: number;
  DatapointsToAlarm: number;
  Threshold: number;
  TreatMissingData: string;
  MetricName?: string;
  Metrics?: {
    Expression?: string;
    MetricStat?: { Metric: { MetricName: string; Dimensions: { Value: { Ref: string } }[] } };
  }[];
}

const { dr } = synthesized(exampleConfig());
const alarms = Object.values(dr.findResources('AWS::CloudWatch::Alarm')).map(
  ({ Properties }) => Properties as Alarm,
);
const stats = (alarm: Alarm) => (alarm.Metrics ?? []).flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);
const watched = alarms.flatMap(alarm => [
  ...(alarm.MetricName ?? []),
  ...stats(alarm).map(({ MetricName }) => MetricName),
]);

it.each(alarms.map(alarm => [alarm.AlarmDescription, alarm] as const))('"%s" goes to on-call', (_, alarm) => {
  const [topic] = Object.keys(dr.findResources('AWS::SNS::Topic'));
  expect(alarm.AlarmActions).toEqual([{ Ref: topic }]);
});

const heartbeat = alarms.filter(({ MetricName }) => MetricName === 'GuardHeartbeat');
const others = alarms.filter(alarm => !heartbeat.includes(alarm));

it('takes silence of the guard for what is to be told, when it lasts for minutes', () => {
  expect(heartbeat).toMatchObject([
    {
      Namespace: 'Lifeboat',
      Dimensions: [
        { Name: 'Name', Value: 'levlabs' },
        { Name: 'Site', Value: 'dr' },
      ],
      Period: 60,
      Statistic: 'SampleCount',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      EvaluationPeriods: 4,
      TreatMissingData: 'breaching',
    },
  ]);
});

it.each(others.map(alarm => [alarm.AlarmDescription, alarm] as const))(
  '"%s" sees one bad minute, also one that is reported late, and takes silence for peace',
  (_, { Threshold, DatapointsToAlarm, EvaluationPeriods, TreatMissingData }) => {
    expect({ Threshold, DatapointsToAlarm, TreatMissingData }).toEqual({
      Threshold: 1,
      DatapointsToAlarm: 1,
      TreatMissingData: 'notBreaching',
    });
    expect(EvaluationPeriods).toBeGreaterThan(1);
  },
);

it.each(['Errors', 'Throttles'])('watches the %s of every step', name => {
  const functions = alarms
    .flatMap(stats)
    .filter(({ MetricName }) => MetricName === name)
    .map(({ Dimensions }) => Dimensions[0]?.Value.Ref);
  expect(new Set(functions).size).toBe(FUNCTIONS.length);
});

it('adds up at most ten metrics an alarm, and takes a missing one for 0', () => {
  for (const { Metrics = [] } of alarms) {
    const [sum] = Metrics.flatMap(({ Expression }) => Expression ?? []);
    if (sum === undefined) continue;
    expect(Metrics.length - 1).toBeLessThanOrEqual(10);
    expect(sum.split(' + ')).toEqual(Metrics.slice(1).map((_metric, index) => `FILL(m${index}, 0)`));
  }
});

it('watches runs, throttles, dead letters and starts that did not come through', () => {
  for (const name of [
    'ExecutionsFailed',
    'ExecutionsTimedOut',
    'ExecutionsAborted',
    'ExecutionThrottled',
    'FailedInvocations',
  ]) {
    expect(JSON.stringify(alarms)).toContain(`"${name}"`);
  }
  expect(JSON.stringify(alarms)).toContain('ApproximateNumberOfMessagesVisible');
  expect(watched.length).toBeGreaterThan(0);
});
