export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
export type MissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

export interface Rule {
  evaluationPeriods: number;
  datapointsToAlarm: number;
  treatMissingData: MissingData;
}

/**
 * Whether each datapoint of the evaluation range breaches the threshold, oldest first; undefined where none is.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html, whose tables are
 * the test of this function.
 *
 * @returns undefined when the alarm keeps its state.
 */
export function evaluate(range: readonly (boolean | undefined)[], rule: Rule): AlarmState | undefined {
  const existing = range.filter(point => point !== undefined);
  const { evaluationPeriods: periods, datapointsToAlarm: needed } = rule;
  if (existing.length >= periods) {
    // "CloudWatch evaluates the alarm state based on the most recent existing data points that were successfully
    // retrieved. In this case, the value you set for how to treat missing data is not needed and is ignored."
    return count(existing.slice(-periods)) >= needed ? 'ALARM' : 'OK';
  }
  const breaching = count(existing);
  const filled = periods - existing.length;
  switch (rule.treatMissingData) {
    case 'breaching':
      return breaching + filled >= needed ? 'ALARM' : 'OK';
    case 'notBreaching':
      return breaching >= needed ? 'ALARM' : 'OK';
    case 'ignore':
      if (breaching >= needed) return 'ALARM';
      return breaching < existing.length ? 'OK' : undefined;
    case 'missing':
      if (breaching >= needed || isOldBreach(range, needed)) return 'ALARM';
      return breaching < existing.length ? 'OK' : 'INSUFFICIENT_DATA';
  }
}

/**
 * "An alarm always goes into ALARM state when the oldest available breaching datapoint during the Evaluation
 * Periods number of data points is at least as old as the value of Datapoints to Alarm, and all other more recent
 * data points are breaching or missing." (same page, "Avoiding premature transitions to alarm state")
 */
function isOldBreach(range: readonly (boolean | undefined)[], needed: number): boolean {
  const oldest = range.indexOf(true);
  if (oldest === -1 || range.includes(false)) return false;
  return range.length - oldest >= needed;
}

function count(points: readonly (boolean | undefined)[]): number {
  return points.filter(point => point === true).length;
}
