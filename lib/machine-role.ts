import { ArnFormat, Stack } from 'aws-cdk-lib';
import { type IRole, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Config } from '../core/config';
import { STEPS } from '../core/phases';
import { accept, acceptResource } from './accept';
import { stateMachineName } from './names';
import { MAP_LABEL } from './workflow/activation';
import type { StepFunctions } from './workflow/step-task';

export interface MachineRoleProps {
  config: Config;
  functions: StepFunctions;
}

/**
 * The role of the workflow. Written out: the construct's own would let it call every version of the functions, and
 * stop executions that are not its map's.
 */
export class MachineRole extends Construct {
  /** For the state machine, which may add nothing to it. */
  readonly role: IRole;
  /** What the state machine must wait for when it is created: Step Functions tries the log delivery at once. */
  readonly policy: Policy;

  constructor(scope: Construct, id: string, { config, functions }: MachineRoleProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const name = stateMachineName(config);
    const states = (resource: string, resourceName: string) =>
      stack.formatArn({
        service: 'states',
        resource,
        resourceName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    // By name and not by reference: the machine needs the role, so the role cannot need the machine.
    const machine = states('stateMachine', name);
    const role = new Role(this, 'Role', {
      description: `Lifeboat ${config.name}: the workflow`,
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          // For the map's children Step Functions comes with the machine's label.
          ArnEquals: { 'aws:SourceArn': [machine, `${machine}/${MAP_LABEL}`] },
        },
      }),
    });
    // The guide asks for the machine's executions, though the map's children are executions of its label: both.
    // https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
    const own = states('execution', `${name}:*`);
    const children = states('execution', `${name}/${MAP_LABEL}:*`);
    this.policy = new Policy(this, 'Policy', {
      roles: [role],
      statements: [
        new PolicyStatement({
          sid: 'Steps',
          actions: ['lambda:InvokeFunction'],
          resources: STEPS.map(step => functions[step].functionArn),
        }),
        new PolicyStatement({ sid: 'StartMap', actions: ['states:StartExecution'], resources: [machine] }),
        new PolicyStatement({
          sid: 'FollowMap',
          actions: ['states:DescribeExecution', 'states:StopExecution'],
          resources: [own, children],
        }),
        new PolicyStatement({
          sid: 'RedriveMap',
          actions: ['states:RedriveExecution'],
          resources: [children],
        }),
        ...logsAndTraces(),
      ],
    });
    for (const executions of [own, children])
      acceptResource(this.policy, executions, 'Whoever starts an execution gives it its name.');
    accept(
      this.policy,
      'AwsSolutions-IAM5[Resource::*]',
      'Log deliveries and X-Ray have no resource-level permissions.',
    );
    this.role = role.withoutPolicyUpdates();
  }
}

function logsAndTraces(): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'Logs',
      // "You must use * as the resource": https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
      actions: [
        'logs:CreateLogDelivery',
        'logs:GetLogDelivery',
        'logs:UpdateLogDelivery',
        'logs:DeleteLogDelivery',
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:DescribeResourcePolicies',
        'logs:DescribeLogGroups',
      ],
      resources: ['*'],
    }),
    new PolicyStatement({
      sid: 'Traces',
      actions: [
        'xray:PutTraceSegments',
        'xray:PutTelemetryRecords',
        'xray:GetSamplingRules',
        'xray:GetSamplingTargets',
      ],
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
      resources: ['*'],
    }),
  ];
}
