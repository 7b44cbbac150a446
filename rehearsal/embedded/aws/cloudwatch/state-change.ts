import type { Alarm } from './alarm';
import type { AlarmState } from './evaluation';

/** What an alarm remembers of its last change. */
export interface AlarmStatus {
  value: AlarmState;
  reason: string;
  reasonData?: string;
  timestamp: string;
}

export interface Datapoint {
  /** The beginning of the period. */
  at: number;
  value: number | undefined;
}

/**
 * The `detail` of a `CloudWatch Alarm State Change` event.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
export function stateChangeDetail(
  alarm: Alarm,
  previous: AlarmStatus,
  state: AlarmStatus,
  id: string,
): object {
  const { metric } = alarm;
  return {
    alarmName: alarm.name,
    configuration: {
      ...(alarm.description === undefined ? {} : { description: alarm.description }),
      metrics: [
        {
          id,
          metricStat: {
            metric: { dimensions: { ...metric.dimensions }, name: metric.name, namespace: metric.namespace },
            period: alarm.periodSeconds,
            stat: alarm.statistic,
          },
          returnData: true,
        },
      ],
    },
    previousState: previous,
    state,
  };
}

export function statusOf(
  alarm: Alarm,
  value: AlarmState,
  from: AlarmState,
  points: Datapoint[],
  now: number,
): AlarmStatus {
  const timestamp = stamp(now);
  const recent = points.flatMap(point => (point.value === undefined ? [] : [point.value]));
  const reasonData = JSON.stringify({
    version: '1.0',
    queryDate: timestamp,
    ...(points[0] && { startDate: stamp(points[0].at) }),
    statistic: alarm.statistic,
    period: alarm.periodSeconds,
    recentDatapoints: recent,
    threshold: alarm.threshold,
  });
  return { value, reason: reason(alarm, value, from, points), reasonData, timestamp };
}

/** The wordings that CloudWatch writes, as seen in its events and e-mails. */
function reason(alarm: Alarm, value: AlarmState, from: AlarmState, points: Datapoint[]): string {
  const known = points.filter(point => point.value !== undefined);
  const missing = points.length - known.length;
  if (value === 'INSUFFICIENT_DATA') return `Insufficient Data: ${datapoints(missing)} unknown.`;
  const treated = `${missing} missing ${missing === 1 ? 'datapoint was' : 'datapoints were'} treated as [${capital(alarm.treatMissingData)}]`;
  if (known.length === 0) {
    return `Threshold Crossed: no datapoints were received for ${missing} ${missing === 1 ? 'period' : 'periods'} and ${treated}.`;
  }
  const breaching = known.filter(point => alarm.breaches(point.value ?? 0));
  const shown = value === 'ALARM' ? breaching : known.filter(point => !breaching.includes(point));
  const list = shown.map(point => `${decimal(point.value ?? 0)} (${shortDate(point.at)})`).join(', ');
  const verb = `${shown.length === 1 ? 'was' : 'were'}${value === 'ALARM' ? '' : ' not'}`;
  const crossed = `${verb} ${alarm.comparison} the threshold (${decimal(alarm.threshold)})`;
  const counted = `${shown.length} out of the last ${points.length} datapoints [${list}] ${crossed}`;
  const minimum =
    value === 'ALARM' ? alarm.datapointsToAlarm : alarm.evaluationPeriods - alarm.datapointsToAlarm + 1;
  const needed = `(minimum ${minimum} ${minimum === 1 ? 'datapoint' : 'datapoints'} for ${from} -> ${value} transition)`;
  return `Threshold Crossed: ${counted} ${needed}.`;
}

function datapoints(count: number): string {
  return count === 1 ? '1 datapoint was' : `${count} datapoints were`;
}

/** `2019-10-02T17:04:40.989+0000` */
export function stamp(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}

/** `02/10/19 16:59:00` */
function shortDate(at: number): string {
  const [date = '', time = ''] = new Date(at).toISOString().split('T');
  const [year = '', month = '', day = ''] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
}

function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
