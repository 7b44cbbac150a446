import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Rule } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Config, SiteName } from '../core/config';

export interface SelfAlarmsProps {
  config: Config;
  /** The site that is activated from here. */
  site: SiteName;
  /** Who is told. Its policy must let CloudWatch publish. */
  topic: ITopic;
  machine: StateMachine;
  /** Those of the steps. */
  functions: readonly IFunction[];
  /** What starts them and the workflow. */
  rules: readonly Rule[];
  /** Where the rules leave what they could not deliver. */
  deadLetters: Queue;
}

/**
 * A metric of the last minute may come minutes late, and FILL takes its absence for a 0. So five minutes count, and
 * one bad one among them is enough.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html (FILL in alarms)
 */
const MINUTES = 5;
/** A heartbeat comes each minute; one may be late, and CloudWatch may be. */
const SILENT_MINUTES = 4;
const LOOK = {
  run: 'Look at the executions in the Step Functions console.',
  queue: 'Look into the dead-letter queue.',
};

/** Who watches the watchman: alarms on Lifeboat itself. */
export class SelfAlarms extends Construct {
  private readonly action: SnsAction;

  constructor(
    scope: Construct,
    id: string,
    { config, site, topic, machine, functions, rules, deadLetters }: SelfAlarmsProps,
  ) {
    super(scope, id);
    this.action = new SnsAction(topic);
    const period = { period: Duration.minutes(1), statistic: 'Sum' };
    this.alarm(
      'RunFailed',
      'A run of Lifeboat failed.',
      sum([machine.metricFailed(period), machine.metricTimedOut(period), machine.metricAborted(period)]),
      LOOK.run,
    );
    this.alarm(
      'RunThrottled',
      'A state of a run of Lifeboat was throttled.',
      machine.metricThrottled(period),
      LOOK.run,
    );
    // A metric-math alarm takes at most ten metrics, hence two for the steps.
    for (const [index, half] of halves(functions).entries()) {
      this.alarm(
        `StepFailed${index + 1}`,
        'A step of Lifeboat failed.',
        sum(half.map(step => step.metricErrors(period))),
        LOOK.run,
      );
      this.alarm(
        `StepThrottled${index + 1}`,
        'A step of Lifeboat was throttled.',
        sum(half.map(step => step.metricThrottles(period))),
        LOOK.run,
      );
    }
    this.alarm(
      'DeadLetter',
      'An event did not reach Lifeboat and lies in the dead-letter queue.',
      deadLetters.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      LOOK.queue,
    );
    this.alarm(
      'StartNotDelivered',
      'EventBridge could not start Lifeboat.',
      sum(rules.map(failedInvocations)),
      LOOK.queue,
    );
    this.heartbeat(config, site);
  }

  /** Silence is the very thing that is to be told. The metric is the guard's own, put after its first good look. */
  private heartbeat(config: Config, site: SiteName): void {
    const alarm = new Alarm(this, 'GuardSilent', {
      alarmDescription: `The guard that watches from ${site} gives no sign of life: an outage is seen by the alarms of the health checks only. Look at the log of the guard's Lambda.`,
      metric: new Metric({
        namespace: 'Lifeboat',
        metricName: 'GuardHeartbeat',
        dimensionsMap: { Name: config.name, Site: site },
        period: Duration.minutes(1),
        statistic: 'SampleCount',
      }),
      threshold: 1,
      evaluationPeriods: SILENT_MINUTES,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
    });
    alarm.addAlarmAction(this.action);
  }

  private alarm(id: string, description: string, metric: IMetric, look: string): void {
    const alarm = new Alarm(this, id, {
      alarmDescription: `${description} ${look}`,
      metric,
      threshold: 1,
      evaluationPeriods: MINUTES,
      datapointsToAlarm: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // No run, no data: that is peace.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(this.action);
  }
}

function sum(metrics: readonly IMetric[]): IMetric {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
  return new MathExpression({
    expression: Object.keys(usingMetrics)
      .map(name => `FILL(${name}, 0)`)
      .join(' + '),
    usingMetrics,
    period: Duration.minutes(1),
    label: 'count',
  });
}

function failedInvocations(rule: Rule): IMetric {
  return new Metric({
    namespace: 'AWS/Events',
    metricName: 'FailedInvocations',
    dimensionsMap: { RuleName: rule.ruleName },
    period: Duration.minutes(1),
    statistic: 'Sum',
  });
}

function halves<T>(items: readonly T[]): T[][] {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
}
