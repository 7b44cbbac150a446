import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnHealthCheck, CfnRecordSetGroup } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { type App, type Config, type Endpoint, SITE_NAMES, type SiteName } from '../core/config';
import { type Signal, signalHost, signalKey, VOTES_FOR_PRIMARY } from '../core/signals';
import { switchBucketName } from './names';

export interface MainRecordsProps {
  config: Config;
}

/**
 * The failover records of main, for the switch `standby-switch`. The primary one is answered while at least two of
 * three hold: dr's bucket does not say `at-dr`, primary's has no copy of that, primary's says `at-primary`. Whether
 * they hold is looked up by health checkers all over the world; nobody changes a record.
 */
export class MainRecords extends Construct {
  /** The calculated check of each app, by its name. */
  readonly checks: Record<string, string> = {};

  constructor(scope: Construct, id: string, { config }: MainRecordsProps) {
    super(scope, id);
    for (const app of config.apps) if (app.endpoint) this.pair(config, app, app.endpoint);
  }

  private pair(config: Config, app: App, { main, hosts, ttlSeconds, zone, records }: Endpoint): void {
    const scope = new Construct(this, app.name);
    const name = (what: string) => [
      { key: 'Name', value: `lifeboat/${config.name}/main/${app.name}/${what}` },
    ];
    const check = (site: SiteName, signal: Signal, inverted: boolean) =>
      new CfnHealthCheck(scope, `${signal}-in-${site}`, {
        healthCheckConfig: {
          type: 'HTTPS',
          fullyQualifiedDomainName: signalHost(
            switchBucketName(Stack.of(this), config, site),
            config.sites[site].region,
          ),
          port: 443,
          resourcePath: `/${signalKey(main, signal)}`,
          enableSni: true,
          requestInterval: 10,
          // Sixteen checkers and more vote; one look of each is enough, and saves twenty seconds.
          failureThreshold: 1,
          inverted,
        },
        healthCheckTags: name(`${signal}-in-${site}`),
      });
    const votes = [
      check('dr', 'at-dr', true),
      check('primary', 'at-dr', true),
      check('primary', 'at-primary', false),
    ];
    const primary = new CfnHealthCheck(scope, 'AtPrimary', {
      healthCheckConfig: {
        type: 'CALCULATED',
        childHealthChecks: votes.map(vote => vote.attrHealthCheckId),
        healthThreshold: VOTES_FOR_PRIMARY,
      },
      healthCheckTags: name('at-primary'),
    });
    this.checks[app.name] = primary.attrHealthCheckId;
    // Main outlives the stack, and the checks that it needs with it.
    for (const kept of [primary, ...votes]) kept.applyRemovalPolicy(RemovalPolicy.RETAIN);
    if (records === 'by-hand') return;
    const record = (site: SiteName) => ({
      name: main,
      type: 'CNAME',
      ttl: `${ttlSeconds}`,
      resourceRecords: [hosts[site]],
      setIdentifier: site,
      failover: site === 'primary' ? 'PRIMARY' : 'SECONDARY',
      ...(site === 'primary' ? { healthCheckId: primary.attrHealthCheckId } : {}),
    });
    // A group is one change batch: both records or none, so that main is never half there.
    const group = new CfnRecordSetGroup(scope, 'Records', {
      hostedZoneId: zone.id,
      comment: `Lifeboat ${config.name}: main of ${app.name}`,
      recordSets: SITE_NAMES.map(record),
    });
    group.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }
}
