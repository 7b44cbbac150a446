import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, QueryLanguage, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Config, SiteName } from '../core/config';
import { MachineRole } from './machine-role';
import { stateMachineName } from './names';
import { activation } from './workflow/activation';
import type { StepFunctions } from './workflow/step-task';

export interface ActivationMachineProps {
  config: Config;
  /** The site that the workflow activates. */
  site: SiteName;
  /** One for each step. */
  functions: StepFunctions;
  /** How long the history of runs is kept in CloudWatch Logs. @default 90 days */
  logRetention?: RetentionDays;
  /** After this a run counts as hung, and is ended and told. @default 2 days */
  timeout?: Duration;
}

/** The workflow that activates this site. */
export class ActivationMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: ActivationMachineProps) {
    super(scope, id);
    const {
      config,
      site,
      functions,
      logRetention = RetentionDays.THREE_MONTHS,
      timeout = Duration.days(2),
    } = props;
    const { role, policy } = new MachineRole(this, 'MachineRole', { config, functions });
    this.machine = new StateMachine(this, 'Machine', {
      role,
      stateMachineName: stateMachineName(config),
      comment: `Lifeboat ${config.name}: activates ${site}. Start it with {"activate": "${site}"}.`,
      queryLanguage: QueryLanguage.JSONATA,
      definitionBody: DefinitionBody.fromChainable(activation(this, functions, site)),
      timeout,
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'Logs', {
          // Step Functions asks for this prefix: without it the policy of CloudWatch Logs can grow too large.
          // https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
          logGroupName: `/aws/vendedlogs/states/${stateMachineName(config)}`,
          retention: logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        includeExecutionData: true,
      },
    });
    this.machine.node.addDependency(policy);
    // The construct's own policy for the map, which the role above does not take.
    this.machine.node.tryRemoveChild('DistributedMapPolicy');
  }
}
