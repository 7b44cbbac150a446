import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { type IRole, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  type FunctionProps,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Config, SiteName } from '../core/config';
import { FUNCTIONS, type FunctionName } from '../core/phases';
import { accept, acceptResource } from './accept';
import { buildBundles, stepAsset } from './bundles';
import { stepRoleName, switchBucketName } from './names';
import { CLUSTER_STEPS, machineArn, permissionsOf, runArns, STARTING } from './permissions';
import { LAMBDA_TIMEOUT } from './workflow/step-task';

export interface StepLambdasProps {
  config: Config;
  /** The site that the steps activate. */
  site: SiteName;
  /** The ledger. */
  table: Table;
  /** On-call's topics, that of this stack and those of others. */
  topicArns: string[];
  /** How long the logs of the steps are kept. @default 90 days */
  logRetention?: RetentionDays;
}

/**
 * The guard runs for a minute and until the next one is there, at most 85 s and one round of looks. What it missed, the
 * next one sees: nothing is tried again. It waits most of the time; but each app is up to three TLS handshakes a look, and
 * with memory comes the processor (1,769 MB are a whole one).
 */
function guard({ apps }: Config): Partial<FunctionProps> {
  const tens = Math.ceil(apps.filter(({ endpoint }) => endpoint).length / 10);
  return {
    timeout: Duration.seconds(150),
    memorySize: Math.min(256 * Math.max(1, tens), 1769),
    retryAttempts: 0,
    maxEventAge: Duration.minutes(1),
  };
}

/** One Lambda a step, each under a role of its own that may do what this step does. */
export class StepLambdas extends Construct {
  readonly functions: Record<FunctionName, LambdaFunction>;

  constructor(scope: Construct, id: string, props: StepLambdasProps) {
    super(scope, id);
    const bundles = buildBundles();
    const made = FUNCTIONS.map(step => [step, this.stepLambda(step, bundles, props)] as const);
    this.functions = Object.fromEntries(made) as Record<FunctionName, LambdaFunction>;
  }

  private stepLambda(step: FunctionName, bundles: string, props: StepLambdasProps): LambdaFunction {
    const { config, site, table, topicArns, logRetention = RetentionDays.THREE_MONTHS } = props;
    const scope = new Construct(this, step);
    const logGroup = new LogGroup(scope, 'Logs', {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const { role, asItIs } = this.role(scope, step, props);
    const policy = new Policy(scope, 'Policy', {
      roles: [role],
      statements: [
        ...permissionsOf(step, { stack: Stack.of(this), config, site, table, topicArns }),
        ...runtime(logGroup),
        ...(config.sites[site].network ? [networkInterfaces()] : []),
      ],
    });
    accept(
      policy,
      'AwsSolutions-IAM5[Resource::*]',
      'X-Ray, PutMetricData and network interfaces that have no name yet have no resource to be bound to.',
    );
    if (step === 'admit')
      acceptResource(policy, runArns(Stack.of(this), config), 'Whoever starts a run gives it its name.');
    const lambda = new LambdaFunction(scope, 'Function', {
      description: `Lifeboat ${config.name}: ${step}, activating ${site}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(stepAsset(bundles, step, config)),
      handler: 'index.handler',
      timeout: LAMBDA_TIMEOUT,
      memorySize: 512,
      ...(step === 'guard' ? guard(config) : {}),
      tracing: Tracing.ACTIVE,
      logGroup,
      // Nothing but the policy above: the construct would add a grant for every X-Ray and VPC need by itself.
      role: asItIs,
      environment: {
        LIFEBOAT_STEP: step,
        LIFEBOAT_SITE: site,
        LIFEBOAT_TABLE: table.tableName,
        LIFEBOAT_TOPIC_ARNS: topicArns.join(','),
        ...(STARTING.includes(step) ? { LIFEBOAT_MACHINE_ARN: machineArn(Stack.of(this), config) } : {}),
        ...switchBuckets(Stack.of(this), config),
        NODE_OPTIONS: '--enable-source-maps',
      },
      ...network(scope, config, site),
    });
    lambda.node.addDependency(policy);
    return lambda;
  }

  /**
   * Roles that reach into clusters stand in the global stack, under a name that both clusters know.
   * @returns the role, and the same one closed to further policies
   */
  private role(
    scope: Construct,
    step: FunctionName,
    { config, site }: StepLambdasProps,
  ): { role: IRole; asItIs: IRole } {
    if (CLUSTER_STEPS.includes(step)) {
      const name = stepRoleName(config, site, step);
      return {
        role: Role.fromRoleName(scope, 'Role', name),
        asItIs: Role.fromRoleName(scope, 'RoleAsItIs', name, { mutable: false }),
      };
    }
    const role = new Role(scope, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Lifeboat ${config.name}: ${step}, activating ${site}`,
    });
    return { role, asItIs: role.withoutPolicyUpdates() };
  }
}

/**
 * What Lambda does in the function's name to put it into a VPC: the managed policy AWSLambdaVPCAccessExecutionRole
 * without its access to all logs.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
function networkInterfaces(): PolicyStatement {
  return new PolicyStatement({
    sid: 'Network',
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    // Lambda looks whether it may before there is an interface to name, and refuses anything narrower.
    resources: ['*'],
  });
}

/** Both buckets of the switch, by name: that of the other Region is another stack's. */
function switchBuckets(stack: Stack, config: Config): Record<string, string> {
  if (config.switch !== 'standby-switch') return {};
  return {
    LIFEBOAT_SWITCH_BUCKETS: ['primary' as const, 'dr' as const]
      .map(site => switchBucketName(stack, config, site))
      .join(','),
  };
}

function runtime(logGroup: LogGroup): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'Logs',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
    new PolicyStatement({
      sid: 'Traces',
      actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
      // X-Ray has no resource-level permission for these.
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
      resources: ['*'],
    }),
  ];
}

/** A cluster with a private endpoint is reached from inside of its VPC only. */
function network(scope: Construct, config: Config, site: SiteName): Partial<FunctionProps> {
  const where = config.sites[site].network;
  if (!where) return {};
  return {
    vpc: Vpc.fromVpcAttributes(scope, 'Vpc', {
      vpcId: where.vpc,
      availabilityZones: where.subnets.map((_, index) => `${index}`),
    }),
    vpcSubnets: {
      subnets: where.subnets.map((subnet, index) => Subnet.fromSubnetId(scope, `Subnet${index}`, subnet)),
    },
    securityGroups: where.securityGroups.map((group, index) =>
      SecurityGroup.fromSecurityGroupId(scope, `Group${index}`, group),
    ),
  };
}
