import {
  type CloudWatchClient,
  CloudWatchServiceException,
  InvalidParameterValueException,
  type MetricDatum,
  MissingRequiredParameterException,
  type PutMetricDataInput,
} from '@aws-sdk/client-cloudwatch';
import { ACCOUNT } from './arn';
import { type Alarm, type AlarmProperties, readAlarm } from './cloudwatch/alarm';
import { type AlarmState, evaluate } from './cloudwatch/evaluation';
import { MetricStore } from './cloudwatch/metrics';
import {
  type AlarmStatus,
  type Datapoint,
  stamp,
  stateChangeDetail,
  statusOf,
} from './cloudwatch/state-change';
import { type Action, Endpoint, type FakeSetting, type SdkCommand } from './endpoint';
import { type AwsEvent, eventTime } from './eventbridge/event';
import { FakeLimit, onlyKnown } from './fake-limit';
import type { HealthCheckers } from './health-checkers';
import { type Random, seeded, uuid } from './random';

export interface CloudWatchOptions extends FakeSetting {
  seed: string;
  /** Takes the events; usually `event => eventBridge.put(region, event)`. */
  emit: (event: AwsEvent) => void;
  /** Takes what AlarmActions, OKActions and InsufficientDataActions name: an SNS topic's ARN and the detail. */
  act?: (actionArn: string, detail: object) => void;
}

interface Watched {
  alarm: Alarm;
  arn: string;
  id: string;
  status: AlarmStatus;
}

/** CloudWatch of one Region. While the endpoint is not up, metrics are lost and no alarm is evaluated. */
export class FakeCloudWatch {
  readonly endpoint: Endpoint;
  readonly send: CloudWatchClient['send'];
  readonly metrics = new MetricStore();
  private readonly alarms = new Map<string, Watched>();
  private readonly random: Random;

  constructor(private readonly options: CloudWatchOptions) {
    const throttled = () =>
      new CloudWatchServiceException({
        name: 'Throttling',
        message: 'Rate exceeded',
        $fault: 'client',
        $metadata: this.endpoint.metadata(400),
      });
    this.random = seeded(`${options.seed} cloudwatch ${options.region}`);
    this.endpoint = new Endpoint('cloudwatch', options, throttled);
    this.send = this.endpoint.sender<CloudWatchClient['send']>((command, name) => this.act(command, name));
  }

  /** @returns the alarm's ARN. It starts as INSUFFICIENT_DATA, as every new alarm does. */
  addAlarm(logicalName: string, properties: AlarmProperties): string {
    const alarm = readAlarm(properties.AlarmName ?? logicalName, properties);
    const arn = `arn:aws:cloudwatch:${this.options.region}:${ACCOUNT}:alarm:${alarm.name}`;
    const { clock } = this.options;
    const status: AlarmStatus = {
      value: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      timestamp: stamp(clock.now()),
    };
    const watched = { alarm, arn, id: uuid(this.random), status };
    this.alarms.set(alarm.name, watched);
    // "CloudWatch evaluates alarms every minute", those with periods under a minute every period.
    const every = Math.min(alarm.periodSeconds, 60) * 1000;
    clock.after(this.random() * every, () => {
      this.evaluate(watched);
      clock.every(every, () => this.evaluate(watched));
    });
    return arn;
  }

  stateOf(alarmName: string): AlarmState {
    const watched = this.alarms.get(alarmName);
    if (!watched) throw new FakeLimit(`no alarm ${alarmName}`);
    return watched.status.value;
  }

  /**
   * Lets Route 53 publish its health checks' metrics once a minute. They go to us-east-1 only
   * (DeveloperGuide/monitoring-health-checks.html), "several minutes might elapse" before an alarm tells; how long
   * a value travels is not documented, hence `delayMs`.
   */
  receiveHealthChecks(checkers: HealthCheckers, delayMs = 30_000): void {
    if (this.options.region !== 'us-east-1')
      throw new FakeLimit('health check metrics exist in us-east-1 only');
    const { clock } = this.options;
    clock.every(60_000, () => {
      const at = clock.now() - 60_000;
      for (const id of checkers.ids()) {
        const values = {
          HealthCheckStatus: checkers.isHealthy(id) ? 1 : 0,
          HealthCheckPercentageHealthy: checkers.percentageHealthy(id),
        };
        clock.after(delayMs, () => {
          if (this.endpoint.state !== 'up') return;
          for (const [name, value] of Object.entries(values)) {
            const metric = { namespace: 'AWS/Route53', name, dimensions: { HealthCheckId: id } };
            this.metrics.put(metric, { at, value, count: 1 });
          }
        });
      }
    });
  }

  private act(command: SdkCommand, name: string): Action {
    if (name !== 'PutMetricData') throw new FakeLimit(`cloudwatch ${name}`);
    const input = command.input as PutMetricDataInput;
    onlyKnown(name, input, ['Namespace', 'MetricData']);
    for (const datum of input.MetricData ?? []) onlyKnown('MetricDatum', datum, datumFields);
    return { resource: input.Namespace ?? '', run: () => this.putMetricData(input) };
  }

  private putMetricData(input: PutMetricDataInput): object {
    const namespace = input.Namespace ?? '';
    if (namespace === '') throw this.missing('Namespace');
    if (namespace.startsWith('AWS/')) {
      throw new InvalidParameterValueException({
        message: 'The value AWS/ for parameter Namespace is invalid.',
        $metadata: this.endpoint.metadata(400),
      });
    }
    if (!input.MetricData?.length) throw this.missing('MetricData');
    for (const datum of input.MetricData) this.store(namespace, datum);
    return {};
  }

  private store(namespace: string, datum: MetricDatum): void {
    if (!datum.MetricName) throw this.missing('MetricData.member.1.MetricName');
    const values = datum.Values ?? (datum.Value === undefined ? [] : [datum.Value]);
    if (values.length === 0) throw this.missing('MetricData.member.1.Value');
    const dimensions = Object.fromEntries((datum.Dimensions ?? []).map(({ Name, Value }) => [Name, Value]));
    const at = datum.Timestamp?.getTime() ?? this.options.clock.now();
    values.forEach((value, index) => {
      if (!Number.isFinite(value)) {
        throw new InvalidParameterValueException({
          message: `The value ${value} for parameter MetricData.member.1.Value is invalid.`,
          $metadata: this.endpoint.metadata(400),
        });
      }
      const metric = { namespace, name: datum.MetricName ?? '', dimensions };
      this.metrics.put(metric, { at, value, count: datum.Counts?.[index] ?? 1 });
    });
  }

  private missing(field: string): MissingRequiredParameterException {
    return new MissingRequiredParameterException({
      message: `The parameter ${field} is required.`,
      $metadata: this.endpoint.metadata(400),
    });
  }

  private evaluate(watched: Watched): void {
    if (this.endpoint.state !== 'up') return;
    const { alarm, status } = watched;
    const range = this.range(alarm);
    const points = range.map(({ value }) => (value === undefined ? undefined : alarm.breaches(value)));
    const next = evaluate(points, alarm);
    if (next === undefined || next === status.value) return;
    const now = this.options.clock.now();
    watched.status = statusOf(alarm, next, status.value, considered(range, alarm.evaluationPeriods), now);
    const detail = stateChangeDetail(alarm, status, watched.status, watched.id);
    this.options.emit({
      version: '0',
      id: uuid(this.random),
      'detail-type': 'CloudWatch Alarm State Change',
      source: 'aws.cloudwatch',
      account: ACCOUNT,
      time: eventTime(now),
      region: this.options.region,
      resources: [watched.arn],
      detail,
    });
    for (const action of alarm.actions[next]) this.perform(action, detail);
  }

  private perform(action: string, detail: object): void {
    if (!this.options.act) throw new FakeLimit(`alarm action ${action}: FakeCloudWatch was given no act`);
    this.options.act(action, detail);
  }

  /**
   * The complete periods that CloudWatch looks at: "a higher number of data points than specified by Evaluation
   * Periods", in its example two more.
   */
  private range(alarm: Alarm): Datapoint[] {
    const period = alarm.periodSeconds * 1000;
    const end = Math.floor(this.options.clock.now() / period) * period;
    const size = alarm.evaluationPeriods + 2;
    return Array.from({ length: size }, (_, index) => {
      const at = end - (size - index) * period;
      return { at, value: this.metrics.statistic(alarm.metric, alarm.statistic, at, at + period) };
    });
  }
}

const datumFields = [
  'MetricName',
  'Dimensions',
  'Timestamp',
  'Value',
  'Values',
  'Counts',
  'Unit',
  'StorageResolution',
];

/** The datapoints that decided: the newest that exist, filled up with missing ones. */
function considered(range: Datapoint[], periods: number): Datapoint[] {
  const existing = range.filter(({ value }) => value !== undefined).slice(-periods);
  const missing = range.filter(({ value }) => value === undefined).slice(-(periods - existing.length));
  if (existing.length === periods) return existing;
  return [...existing, ...missing];
}
