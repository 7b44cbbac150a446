import { Duration, Stack } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Config, SiteName } from '../core/config';
import { otherSite } from '../core/run';
import { accept } from './accept';
import { alarmPrefix } from './names';
import { runArns } from './permissions';

export interface TriggersProps {
  config: Config;
  /** The site that is activated when the other one is in alarm. */
  site: SiteName;
  /** The workflow that activates it. */
  machine: StateMachine;
  /** What turns an alarm into a run. */
  start: IFunction;
  /** What watches the other site. */
  guard: IFunction;
  /** The step that tells of crashed runs too. */
  report: IFunction;
  /** The step that looks at the standby in peace too. */
  preflight: IFunction;
  /** The step that removes what a drill left in peace too. */
  cleanup: IFunction;
  /** How often the standby is looked at in peace. @default 5 minutes */
  peaceInterval?: Duration;
}

/** What starts things in this Region: alarms of the other site, runs that crashed, and the clock. */
export class Triggers extends Construct {
  readonly deadLetters: Queue;
  readonly rules: Rule[];

  constructor(scope: Construct, id: string, props: TriggersProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    accept(this.deadLetters, 'AwsSolutions-SQS3', 'It is the dead-letter queue itself, of the rules below.');
    this.rules = [this.onAlarm(props), this.onCrash(props), this.inPeace(props), this.onGuard(props)];
  }

  /** The alarm's event comes over from us-east-1, where the metrics of health checks live. */
  private onAlarm({ config, site, start }: TriggersProps): Rule {
    return new Rule(this, 'OtherSiteInAlarm', {
      description: `Activates ${site} when a health check of ${otherSite(site)} is in alarm`,
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        detail: {
          alarmName: [{ prefix: alarmPrefix(config, otherSite(site)) }],
          state: { value: ['ALARM'] },
        },
      },
      targets: [
        // A Lambda and not the workflow itself, whose runs would have names that EventBridge makes up: the guard's start
        // and the alarm's are one run only under one name.
        new LambdaFunction(start, {
          event: RuleTargetInput.fromObject({
            alarm: { name: EventField.fromPath('$.detail.alarmName'), at: EventField.time },
          }),
          deadLetterQueue: this.deadLetters,
          // A start that comes an hour late would answer a question that nobody asks any more.
          maxEventAge: Duration.minutes(15),
          retryAttempts: 20,
        }),
      ],
    });
  }

  /** An execution that ended without its own report gets one (I5). */
  private onCrash({ config, machine, report }: TriggersProps): Rule {
    return new Rule(this, 'RunCrashed', {
      description: 'Tells on-call about runs that ended without telling it themselves',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [machine.stateMachineArn],
          // Not those of the Distributed Map, which carry its label behind the machine's name: Report ends their apps.
          executionArn: [{ prefix: runArns(Stack.of(this), config, '') }],
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      targets: [
        new LambdaFunction(report, {
          event: RuleTargetInput.fromObject({
            crash: {
              executionArn: EventField.fromPath('$.detail.executionArn'),
              name: EventField.fromPath('$.detail.name'),
              status: EventField.fromPath('$.detail.status'),
            },
          }),
          deadLetterQueue: this.deadLetters,
          retryAttempts: 20,
        }),
      ],
    });
  }

  /** The smallest rate of EventBridge; within the minute the guard looks by itself. */
  private onGuard({ site, guard }: TriggersProps): Rule {
    return new Rule(this, 'Guard', {
      description: `Watches ${otherSite(site)} while main points there`,
      schedule: Schedule.rate(Duration.minutes(1)),
      // No dead letters: the next one comes by itself, and an alarm on its heartbeat tells when none does.
      targets: [
        new LambdaFunction(guard, {
          event: RuleTargetInput.fromObject({ watch: true }),
          maxEventAge: Duration.minutes(1),
          retryAttempts: 0,
        }),
      ],
    });
  }

  private inPeace({ site, preflight, cleanup, peaceInterval = Duration.minutes(5) }: TriggersProps): Rule {
    return new Rule(this, 'Peace', {
      description: `Looks whether ${site} could take over`,
      schedule: Schedule.rate(peaceInterval),
      targets: [preflight, cleanup].map(
        step =>
          new LambdaFunction(step, {
            event: RuleTargetInput.fromObject({ peace: true }),
            deadLetterQueue: this.deadLetters,
            // The next look comes by itself.
            retryAttempts: 0,
          }),
      ),
    });
  }
}
