import { type App, CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config, SiteName } from '../core/config';
import { Failover } from './failover';
import { GlobalParts } from './global-parts';
import { OUTPUTS, stackName } from './names';

/** Route 53's metrics, and IAM's and Route 53's control planes, live there. */
export const GLOBAL_REGION = 'us-east-1';

/**
 * cfn-lint warns of dependencies that a reference makes already (W3005). The constructs of the CDK write both, for
 * every function and its role.
 */
const LINT = { 'cfn-lint': { config: { ignore_checks: ['W3005'] } } };

/** The parts that AWS has once. Deploy it before the sites. */
export class GlobalStack extends Stack {
  constructor(scope: Construct, config: Config, props: StackProps) {
    super(scope, stackName(config, 'global'), props);
    this.templateOptions.metadata = LINT;
    const { main } = new GlobalParts(this, 'Global', { config });
    if (!main) return;
    const checks = Object.entries(main.checks).map(([app, check]) => `${app}=${check}`);
    if (checks.length > 0) new CfnOutput(this, OUTPUTS.mainChecks, { value: checks.join(',') });
  }
}

/** One site: what activates it. */
export class SiteStack extends Stack {
  constructor(scope: Construct, config: Config, site: SiteName, props: StackProps) {
    super(scope, stackName(config, site), props);
    this.templateOptions.metadata = LINT;
    const { activation, onCall, ledger } = new Failover(this, 'Failover', { config, site });
    // `npx lifeboat` finds its way by these names.
    new CfnOutput(this, OUTPUTS.stateMachine, { value: activation.machine.stateMachineArn });
    new CfnOutput(this, OUTPUTS.topic, { value: onCall.topic.topicArn });
    new CfnOutput(this, OUTPUTS.ledger, { value: ledger.table.tableName });
  }
}

/**
 * Adds the stacks of a configuration to an app: the same one in both Regions, and the global one. No stack refers to
 * a resource of another, only to names: each can be deployed while the other Regions are gone.
 * @example addLifeboat(app, loadConfig('lifeboat.yaml'))
 */
export function addLifeboat(app: App, config: Config): Record<SiteName | 'global', Stack> {
  const account = process.env.CDK_DEFAULT_ACCOUNT;
  const props = (region: string, what: string): StackProps => ({
    env: { region, ...(account ? { account } : {}) },
    description: `Lifeboat ${config.name}: ${what}`,
  });
  Tags.of(app).add('lifeboat', config.name);
  const site = (name: SiteName) =>
    new SiteStack(app, config, name, props(config.sites[name].region, `activates ${name}`));
  return {
    global: new GlobalStack(app, config, props(GLOBAL_REGION, 'health checks and roles')),
    primary: site('primary'),
    dr: site('dr'),
  };
}
