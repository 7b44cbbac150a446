import { describeWithMiniStack } from './ministack';
import { runPython } from './python-program';

type Case = { alarm: object; series: (number | null)[] };
const PROGRAM = `
import json, sys
from emulator import alarm_math
print(json.dumps([alarm_math.state_of(case["alarm"], case["series"]) for case in json.load(sys.stdin)]))
`;

const alarm = {
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  Threshold: 1,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
};
const missing = (TreatMissingData: string) => ({ ...alarm, TreatMissingData });

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
const CASES: [string, Case, string | null][] = [
  ['enough breach', { alarm, series: [1, 0, 1] }, 'ALARM'],
  ['too few breach', { alarm, series: [0, 0, 1] }, 'OK'],
  ['nothing is known', { alarm, series: [null, null, null] }, 'INSUFFICIENT_DATA'],
  ['all that is known breaches', { alarm, series: [null, null, 1] }, 'ALARM'],
  [
    'nothing is known and that is peace',
    { alarm: missing('notBreaching'), series: [null, null, null] },
    'OK',
  ],
  [
    'nothing is known and that is trouble',
    { alarm: missing('breaching'), series: [null, null, null] },
    'ALARM',
  ],
  ['nothing is known and nothing changes', { alarm: missing('ignore'), series: [null, null, null] }, null],
  ['missing counts as peace', { alarm: missing('notBreaching'), series: [null, null, 1] }, 'OK'],
];

describeWithMiniStack('The state of an alarm', python => {
  test('follows from its periods', () => {
    const input = CASES.map(([, each]) => each);
    const states = runPython<(string | null)[]>(python, PROGRAM, input);
    expect(CASES.map(([name], index) => [name, states[index]])).toEqual(
      CASES.map(([name, , state]) => [name, state]),
    );
  });
});
