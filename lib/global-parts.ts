import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type Config, SITE_NAMES } from '../core/config';
import { Detection } from './detection';
import { MainRecords } from './main-records';
import { stepRoleName } from './names';
import { OnCallTopic } from './on-call-topic';
import { CLUSTER_STEPS } from './permissions';

export interface GlobalPartsProps {
  /** From `loadConfig('lifeboat.yaml')`. */
  config: Config;
}

/**
 * What AWS has once for all Regions, with its control plane in us-east-1: health checks, and the roles that both
 * clusters must know. Deployed first; a site stack then needs only the names.
 * @example
 * const stack = new Stack(app, 'Global', { env: { region: GLOBAL_REGION } });
 * new GlobalParts(stack, 'Global', { config: loadConfig('lifeboat.yaml') });
 */
export class GlobalParts extends Construct {
  readonly onCall: OnCallTopic;
  /** For the switch `standby-switch`. */
  readonly main: MainRecords | undefined;

  constructor(scope: Construct, id: string, { config }: GlobalPartsProps) {
    super(scope, id);
    for (const site of SITE_NAMES) {
      for (const step of CLUSTER_STEPS) {
        // Its policy comes from the site's own stack.
        new Role(this, `${site}-${step}`, {
          roleName: stepRoleName(config, site, step),
          assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
          description: `Lifeboat ${config.name}: ${step}, activating ${site}`,
        });
      }
    }
    this.main = config.switch === 'standby-switch' ? new MainRecords(this, 'Main', { config }) : undefined;
    const { deadLetters } = new Detection(this, 'Detection', { config });
    this.onCall = new OnCallTopic(this, 'OnCall', { subscriptions: config.notify });
    // The outage itself tells nobody: the run does, and this alarm when none could be asked for.
    deadLetters
      .metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' })
      .createAlarm(this, 'NotForwarded', {
        alarmDescription:
          'An alarm did not reach the other Region, and no run was started. Look into the dead-letter queue, and activate by hand.',
        threshold: 1,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      })
      .addAlarmAction(new SnsAction(this.onCall.topic));
  }
}
