import { Arn, ArnFormat, type Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Config, SiteName, Zone } from '../core/config';
import { FUNCTIONS, type FunctionName } from '../core/phases';
import { otherSite } from '../core/run';
import { stateMachineName } from './names';
import { switchSignals } from './switch-permissions';

/** Steps that open the Kubernetes API of the site that they activate. */
export const OWN_CLUSTER_STEPS: readonly FunctionName[] = [
  'preflight',
  'backup',
  'restore',
  'scale',
  'drill',
  'cleanup',
  'rollback',
];
/** Steps that open the Kubernetes API of the other site. */
export const OTHER_CLUSTER_STEPS: readonly FunctionName[] = [
  'assess',
  'preflight',
  'fence',
  'backup',
  'rollback',
  'guard',
];
/** Steps that open one or both. */
export const CLUSTER_STEPS: readonly FunctionName[] = FUNCTIONS.filter(
  step => OWN_CLUSTER_STEPS.includes(step) || OTHER_CLUSTER_STEPS.includes(step),
);

/** Steps that list what a run has in the ledger; the others read and write single entries. */
const LISTING: readonly FunctionName[] = ['assess', 'preflight', 'tell', 'turn', 'report', 'guard'];
const TELLING: readonly FunctionName[] = ['tell', 'report', 'preflight', 'guard'];
const COUNTING: readonly FunctionName[] = ['report', 'guard'];
const LOOKING_AT_RUNS: readonly FunctionName[] = ['admit'];
/** Those who start the workflow. */
export const STARTING: readonly FunctionName[] = ['guard', 'start'];

export interface PermissionContext {
  stack: Stack;
  config: Config;
  /** The site that the step activates. */
  site: SiteName;
  table: Table;
  topicArns: string[];
}

/** What a step's role may do, beyond writing its own logs and traces: what its code calls, on what it calls it on. */
export function permissionsOf(step: FunctionName, context: PermissionContext): PolicyStatement[] {
  const { stack, config, site, table, topicArns } = context;
  const statements = [
    new PolicyStatement({
      sid: 'Ledger',
      actions: [
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        ...(LISTING.includes(step) ? ['dynamodb:Query'] : []),
      ],
      resources: [table.tableArn],
    }),
  ];
  if (TELLING.includes(step)) {
    statements.push(new PolicyStatement({ sid: 'OnCall', actions: ['sns:Publish'], resources: topicArns }));
  }
  if (LOOKING_AT_RUNS.includes(step)) statements.push(executions(stack, config));
  if (STARTING.includes(step)) {
    statements.push(
      new PolicyStatement({
        sid: 'Start',
        actions: ['states:StartExecution'],
        resources: [machineArn(stack, config)],
      }),
    );
  }
  const sites = sitesOf(step, site);
  if (sites.length > 0) statements.push(clusters(stack, config, sites));
  if (config.switch === 'standby-switch') statements.push(...switchSignals(step, context));
  else if (step === 'flip') statements.push(...zones(stack, config));
  if (COUNTING.includes(step)) statements.push(metrics());
  return statements;
}

function executions(stack: Stack, config: Config): PolicyStatement {
  return new PolicyStatement({
    sid: 'Runs',
    actions: ['states:DescribeExecution'],
    resources: [runArns(stack, config)],
  });
}

/** By name and not by reference: the machine needs the functions, so they cannot need the machine. */
export function machineArn(stack: Stack, config: Config): string {
  return stack.formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: stateMachineName(config),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** The executions of the workflow, whatever their names; not those of its map, which carry its label. */
export function runArns(stack: Stack, config: Config, name = '*'): string {
  return stack.formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${stateMachineName(config)}:${name}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** The sites whose clusters a step looks up. */
function sitesOf(step: FunctionName, site: SiteName): SiteName[] {
  return [
    ...(OWN_CLUSTER_STEPS.includes(step) ? [site] : []),
    ...(OTHER_CLUSTER_STEPS.includes(step) ? [otherSite(site)] : []),
  ];
}

function clusters(stack: Stack, config: Config, sites: readonly SiteName[]): PolicyStatement {
  return new PolicyStatement({
    sid: 'Clusters',
    actions: ['eks:DescribeCluster'],
    resources: sites.map(name => {
      const { region, cluster } = config.sites[name];
      return stack.formatArn({ service: 'eks', region, resource: 'cluster', resourceName: cluster });
    }),
  });
}

/** One record a zone, by exact name, type and action: nothing else of the zone can be changed. */
function zones(stack: Stack, config: Config): PolicyStatement[] {
  const own = new Map<string, { zone: Zone; names: string[] }>();
  const roles = new Set<string>();
  for (const { endpoint } of config.apps) {
    if (!endpoint) continue;
    const { zone, main } = endpoint;
    if (zone.roleArn) roles.add(zone.roleArn);
    else own.set(zone.id, { zone, names: [...(own.get(zone.id)?.names ?? []), main.toLowerCase()] });
  }
  const statements = [...own.values()].flatMap(({ zone, names }) => {
    const resources = [
      Arn.format(
        { service: 'route53', region: '', account: '', resource: 'hostedzone', resourceName: zone.id },
        stack,
      ),
    ];
    return [
      new PolicyStatement({ actions: ['route53:ListResourceRecordSets'], resources }),
      new PolicyStatement({
        // https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
        actions: ['route53:ChangeResourceRecordSets'],
        resources,
        conditions: {
          'ForAllValues:StringEquals': {
            'route53:ChangeResourceRecordSetsNormalizedRecordNames': names,
            'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME'],
            'route53:ChangeResourceRecordSetsActions': ['CREATE', 'DELETE'],
          },
          // ForAllValues alone is also true for a request that has none of these keys.
          Null: { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': 'false' },
        },
      }),
    ];
  });
  if (roles.size > 0)
    statements.push(
      new PolicyStatement({ sid: 'ZoneRoles', actions: ['sts:AssumeRole'], resources: [...roles] }),
    );
  return statements;
}

function metrics(): PolicyStatement {
  return new PolicyStatement({
    sid: 'Metrics',
    actions: ['cloudwatch:PutMetricData'],
    // PutMetricData has no resource-level permission; the condition keeps it to our namespace.
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
    resources: ['*'],
    conditions: { StringEquals: { 'cloudwatch:namespace': 'Lifeboat' } },
  });
}
