import { FakeLimit, onlyKnown } from '../fake-limit';
import type { MissingData } from './evaluation';
import type { MetricId, Statistic } from './metrics';

/** Properties of AWS::CloudWatch::Alarm, resolved: no Ref, no Fn::GetAtt. Numbers may come as text, as in templates. */
export interface AlarmProperties {
  AlarmName?: string;
  AlarmDescription?: string;
  Namespace?: string;
  MetricName?: string;
  Dimensions?: { Name: string; Value: string }[];
  Period?: number;
  EvaluationPeriods: number;
  DatapointsToAlarm?: number;
  Threshold?: number;
  ComparisonOperator: string;
  Statistic?: string;
  TreatMissingData?: string;
  ActionsEnabled?: boolean;
  AlarmActions?: string[];
  OKActions?: string[];
  InsufficientDataActions?: string[];
  Tags?: unknown;
}

const fields = [
  'AlarmName',
  'AlarmDescription',
  'Namespace',
  'MetricName',
  'Dimensions',
  'Period',
  'EvaluationPeriods',
  'DatapointsToAlarm',
  'Threshold',
  'ComparisonOperator',
  'Statistic',
  'TreatMissingData',
  'ActionsEnabled',
  'AlarmActions',
  'OKActions',
  'InsufficientDataActions',
  'Tags',
];

const comparisons: Record<
  string,
  { words: string; breaches: (value: number, threshold: number) => boolean }
> = {
  GreaterThanOrEqualToThreshold: { words: 'greater than or equal to', breaches: (v, t) => v >= t },
  GreaterThanThreshold: { words: 'greater than', breaches: (v, t) => v > t },
  LessThanThreshold: { words: 'less than', breaches: (v, t) => v < t },
  LessThanOrEqualToThreshold: { words: 'less than or equal to', breaches: (v, t) => v <= t },
};

const statistics = ['Average', 'Minimum', 'Maximum', 'Sum', 'SampleCount'];
const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'];

/** An alarm's configuration, checked. */
export interface Alarm {
  name: string;
  description: string | undefined;
  metric: MetricId;
  statistic: Statistic;
  periodSeconds: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  threshold: number;
  treatMissingData: MissingData;
  /** `greater than`, as the reasons of state changes put it. */
  comparison: string;
  breaches: (value: number) => boolean;
  actions: Record<'ALARM' | 'OK' | 'INSUFFICIENT_DATA', string[]>;
}

/** @throws FakeLimit for metric math, percentiles, anomaly bands and everything else that the fake does not do. */
export function readAlarm(name: string, properties: AlarmProperties): Alarm {
  onlyKnown(`alarm ${name}`, properties, fields);
  const comparison = comparisons[properties.ComparisonOperator];
  if (!comparison) throw new FakeLimit(`alarm ${name}: ComparisonOperator ${properties.ComparisonOperator}`);
  const threshold = number(name, 'Threshold', properties.Threshold);
  const periodSeconds = number(name, 'Period', properties.Period);
  if (![10, 20, 30].includes(periodSeconds) && periodSeconds % 60 !== 0) {
    throw new FakeLimit(`alarm ${name}: a period is 10, 20, 30 or a multiple of 60 seconds`);
  }
  const evaluationPeriods = number(name, 'EvaluationPeriods', properties.EvaluationPeriods);
  const enabled = properties.ActionsEnabled !== false;
  return {
    name,
    description: properties.AlarmDescription,
    metric: {
      namespace: text(name, 'Namespace', properties.Namespace),
      name: text(name, 'MetricName', properties.MetricName),
      dimensions: Object.fromEntries((properties.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
    },
    statistic: oneOf(name, 'Statistic', properties.Statistic, statistics) as Statistic,
    periodSeconds,
    evaluationPeriods,
    datapointsToAlarm: number(name, 'DatapointsToAlarm', properties.DatapointsToAlarm ?? evaluationPeriods),
    threshold,
    treatMissingData: oneOf(
      name,
      'TreatMissingData',
      properties.TreatMissingData ?? 'missing',
      treatments,
    ) as MissingData,
    comparison: comparison.words,
    breaches: value => comparison.breaches(value, threshold),
    actions: {
      ALARM: enabled ? (properties.AlarmActions ?? []) : [],
      OK: enabled ? (properties.OKActions ?? []) : [],
      INSUFFICIENT_DATA: enabled ? (properties.InsufficientDataActions ?? []) : [],
    },
  };
}

function number(alarm: string, field: string, value: unknown): number {
  const result = typeof value === 'string' ? Number(value) : value;
  if (typeof result === 'number' && Number.isFinite(result)) return result;
  throw new FakeLimit(`alarm ${alarm}: ${field} is ${JSON.stringify(value)}`);
}

function text(alarm: string, field: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new FakeLimit(`alarm ${alarm}: ${field} is ${JSON.stringify(value)}`);
}

function oneOf(alarm: string, field: string, value: unknown, allowed: readonly string[]): string {
  if (typeof value === 'string' && allowed.includes(value)) return value;
  throw new FakeLimit(`alarm ${alarm}: ${field} is ${JSON.stringify(value)}`);
}
