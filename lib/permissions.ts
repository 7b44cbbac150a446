import { Arn, ArnFormat, type Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Config, Zone } from '../core/config';
import type { StepName } from '../core/phases';
import { stateMachineName } from './names';

/** Steps that open a Kubernetes API. */
export const CLUSTER_STEPS: readonly StepName[] = [
  'assess',
  'preflight',
  'fence',
  'restore',
  'scale',
  'rollback',
];
/** Those of them that reach into the other site's cluster too. */
export const OTHER_CLUSTER_STEPS: readonly StepName[] = ['assess', 'preflight', 'fence', 'rollback'];

const TELLING: readonly StepName[] = ['tell', 'report', 'preflight'];
const COUNTING: readonly StepName[] = ['report'];
const LOOKING_AT_RUNS: readonly StepName[] = ['admit'];

export interface PermissionContext {
  stack: Stack;
  config: Config;
  table: Table;
  topicArns: string[];
}

/** What a step's role may do, beyond writing its own logs and traces: what its code calls, on what it calls it on. */
export function permissionsOf(step: StepName, context: PermissionContext): PolicyStatement[] {
  const { stack, config, table, topicArns } = context;
  const statements = [
    new PolicyStatement({
      sid: 'Ledger',
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
      resources: [table.tableArn],
    }),
  ];
  if (TELLING.includes(step)) {
    statements.push(new PolicyStatement({ sid: 'OnCall', actions: ['sns:Publish'], resources: topicArns }));
  }
  if (LOOKING_AT_RUNS.includes(step)) statements.push(executions(stack, config));
  if (CLUSTER_STEPS.includes(step)) statements.push(clusters(stack, config));
  if (step === 'flip') statements.push(...zones(stack, config));
  if (COUNTING.includes(step)) statements.push(metrics());
  return statements;
}

function executions(stack: Stack, config: Config): PolicyStatement {
  const name = stateMachineName(config);
  return new PolicyStatement({
    sid: 'Runs',
    actions: ['states:DescribeExecution'],
    resources: [
      stack.formatArn({
        service: 'states',
        resource: 'execution',
        resourceName: `${name}:*`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ],
  });
}

function clusters(stack: Stack, config: Config): PolicyStatement {
  return new PolicyStatement({
    sid: 'Clusters',
    actions: ['eks:DescribeCluster'],
    resources: Object.values(config.sites).map(({ region, cluster }) =>
      stack.formatArn({ service: 'eks', region, resource: 'cluster', resourceName: cluster }),
    ),
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
    statements.push(new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [...roles] }));
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
