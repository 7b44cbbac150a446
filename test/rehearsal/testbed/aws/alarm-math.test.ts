import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describeWithMiniStack } from './ministack';

const FOLDER = join(__dirname, '..', '..', '..', '..', 'rehearsal', 'testbed', 'aws');

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
    const input = JSON.stringify(CASES.map(([, each]) => each));
    const env = { PYTHONPATH: FOLDER, PYTHONDONTWRITEBYTECODE: '1' };
    const { stdout, stderr } = spawnSync(python, ['-c', PROGRAM], { input, env, encoding: 'utf8' });
    expect(stderr).toBe('');
    const states = JSON.parse(stdout) as (string | null)[];
    expect(CASES.map(([name], index) => [name, states[index]])).toEqual(
      CASES.map(([name, , state]) => [name, state]),
    );
  });
});
