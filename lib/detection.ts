import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { EventBus as EventBusTarget } from 'aws-cdk-lib/aws-events-targets';
import { CfnHealthCheck } from 'aws-cdk-lib/aws-route53';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type App, type Config, type Endpoint, SITE_NAMES, type SiteName } from '../core/config';
import { otherSite } from '../core/run';
import { accept } from './accept';
import { alarmPrefix } from './names';

export interface DetectionProps {
  config: Config;
}

/**
 * The first of the two ways in which an outage is seen: Route 53 health check → metric → alarm → event → the other
 * site's Region. Metrics of health checks exist in us-east-1 only, so all of this stands there.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html
 */
export class Detection extends Construct {
  /** Alarms that could not be told to the other Region. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { config }: DetectionProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    accept(this.deadLetters, 'AwsSolutions-SQS3', 'It is the dead-letter queue itself, of the rules below.');
    for (const site of SITE_NAMES) {
      for (const app of config.apps) {
        if (app.endpoint && app.trigger !== 'manual') this.watch(config, site, app, app.endpoint);
      }
      this.forward(config, site);
    }
  }

  private watch(config: Config, site: SiteName, app: App, { hosts, health }: Endpoint): void {
    const scope = new Construct(this, `${site}-${app.name}`);
    const check = new CfnHealthCheck(scope, 'HealthCheck', {
      healthCheckConfig: {
        // Route 53 takes any status of 2xx and 3xx for healthy, whatever `status` says; the run's own look is exact.
        type: health.body === undefined ? 'HTTPS' : 'HTTPS_STR_MATCH',
        fullyQualifiedDomainName: hosts[site],
        port: 443,
        resourcePath: health.path,
        enableSni: true,
        requestInterval: 10,
        failureThreshold: 3,
        ...(health.body === undefined ? {} : { searchString: health.body }),
      },
      healthCheckTags: [{ key: 'Name', value: `${alarmPrefix(config, site)}${app.name}` }],
    });
    new Alarm(scope, 'Alarm', {
      alarmName: `${alarmPrefix(config, site)}${app.name}`,
      alarmDescription: `${app.name} does not answer at ${hosts[site]}. Lifeboat looks itself before it moves anything.`,
      metric: new Metric({
        namespace: 'AWS/Route53',
        metricName: 'HealthCheckStatus',
        dimensionsMap: { HealthCheckId: check.attrHealthCheckId },
        statistic: 'Minimum',
        period: Duration.minutes(1),
      }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      // Silence of the metric is not an outage of the app: inconclusive is not down.
      treatMissingData: TreatMissingData.MISSING,
    });
  }

  private forward(config: Config, site: SiteName): void {
    const target = otherSite(site);
    const { region } = config.sites[target];
    const bus = EventBus.fromEventBusArn(
      this,
      `${target}-bus`,
      Stack.of(this).formatArn({ service: 'events', region, resource: 'event-bus', resourceName: 'default' }),
    );
    // The rule of the target's own stack sees the event there; if this Region is the target's, it sees it anyway.
    if (region === Stack.of(this).region) return;
    new Rule(this, `${site}-in-alarm`, {
      description: `Tells the Region of ${target} that ${site} is in alarm`,
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        detail: { alarmName: [{ prefix: alarmPrefix(config, site) }], state: { value: ['ALARM'] } },
      },
      targets: [new EventBusTarget(bus, { deadLetterQueue: this.deadLetters })],
    });
  }
}
