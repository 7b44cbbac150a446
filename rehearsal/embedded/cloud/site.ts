import type { Config, SiteName } from '../../../core/config';
import type { KubernetesTransport } from '../../../lambdas/adapters/kubernetes/transport';
import type { World } from '../../../lambdas/runtime/world';
import type { Execution, ExecutionStatus, HistoryEvent, Json } from '../asl';
import { StateMachine } from '../asl';
import { FakeCloudWatch } from '../aws/cloudwatch';
import { FakeDynamoDb } from '../aws/dynamodb';
import type { AwsEvent } from '../aws/eventbridge/event';
import { seeded } from '../aws/random';
import { FakeSfn } from '../aws/sfn';
import { FakeSns } from '../aws/sns';
import type { CallLog } from '../calls';
import { FakeNetwork } from '../network/fake-network';
import type { Internet } from '../network/internet';
import type { VirtualClock } from '../virtual-clock';
import type { Credentials } from './credentials';
import { Egress } from './egress';
import { Functions } from './functions';
import type { Statement } from './iam';
import { OneMachine } from './machines';
import { type DeployedStack, NotDeployable } from './template';

export interface SiteOptions {
  config: Config;
  site: SiteName;
  stack: DeployedStack;
  clock: VirtualClock;
  calls: CallLog;
  internet: Internet;
  seed: string;
  route53: World['route53'];
  eks: World['eks'];
  s3: World['s3'];
  kubernetes: KubernetesTransport;
  credentials: Credentials;
  statementsOf(roleName: string): readonly Statement[];
  /** Takes the events of this Region's services. */
  emit(event: AwsEvent): void;
  /** Told of everything that happens in the executions. */
  onEvent(event: HistoryEvent, execution: Execution): void;
  onExecution(execution: Execution, status: ExecutionStatus): void;
  onLog: World['log'];
}

const LAMBDA_INVOKE = 'arn:aws:states:::lambda:invoke';

/** What a site's stack puts into its Region: ledger, topic, functions and the workflow, with their real definitions. */
export class SiteInAws {
  readonly region: string;
  readonly dynamodb: FakeDynamoDb;
  readonly sns: FakeSns;
  readonly sfn: FakeSfn;
  readonly cloudwatch: FakeCloudWatch;
  readonly functions: Functions;
  readonly machine: StateMachine;

  constructor(private readonly options: SiteOptions) {
    const { stack, clock, calls: log, seed, internet, config, site } = options;
    this.region = stack.region;
    const setting = { clock, log, region: this.region, seed: `${seed} ${site}` };
    this.dynamodb = new FakeDynamoDb({ ...setting, table: tableOf(stack) });
    this.sns = new FakeSns(setting);
    for (const [id] of stack.ofType('AWS::SNS::Topic')) this.sns.addTopic(stack.ref(id));
    for (const entry of config.notify) {
      if (entry.kind === 'topic' && entry.topicArn.split(':')[3] === this.region)
        this.sns.addTopic(entry.topicArn);
    }
    const elsewhere = (region: string) => this.snsOf(region);
    this.cloudwatch = new FakeCloudWatch({
      ...setting,
      emit: event => options.emit(event),
      act: (topic, detail) => {
        const { alarmName } = detail as { alarmName: string };
        this.sns.publishAsService(topic, `ALARM: ${alarmName}`.slice(0, 99), JSON.stringify(detail));
      },
    });
    this.machine = this.stateMachine();
    this.sfn = new FakeSfn(setting, new OneMachine(this.machine));
    const egress = new Egress(internet, this.region);
    this.functions = new Functions({
      ...options,
      kubernetes: egress.kubernetes(options.kubernetes),
      eks: egress.eks(options.eks),
      clients: {
        dynamodb: this.dynamodb,
        sns: region => (region === this.region ? this.sns : elsewhere(region)),
        sfn: this.sfn,
        cloudwatch: this.cloudwatch,
        network: new FakeNetwork({ internet, log, region: this.region, seed }),
      },
      log: options.onLog,
    });
  }

  /** Everything that AWS offers here stops answering, or answers again. */
  setReachable(reachable: boolean): void {
    const state = reachable ? 'up' : 'hang';
    for (const fake of [this.dynamodb, this.sns, this.sfn, this.cloudwatch]) fake.endpoint.state = state;
  }

  /** SNS of another Region, with the topics that the configuration names there. */
  private snsOf(region: string): FakeSns {
    const { clock, calls: log, seed, config } = this.options;
    const sns = new FakeSns({ clock, log, region, seed });
    for (const entry of config.notify) if (entry.kind === 'topic') sns.addTopic(entry.topicArn);
    return sns;
  }

  private stateMachine(): StateMachine {
    const { stack, clock, seed, site } = this.options;
    const [machine] = stack.ofType('AWS::StepFunctions::StateMachine');
    if (!machine) throw new NotDeployable(`the stack of ${site} has no state machine`);
    const [id, properties] = machine;
    return new StateMachine(JSON.parse(String(properties.DefinitionString)) as Json, {
      clock,
      arn: stack.ref(id),
      random: seeded(`${seed} ${site} state machine`),
      resources: [LAMBDA_INVOKE],
      invoke: (_resource, args) => this.invoke(args),
      onEvent: (event, execution) => this.options.onEvent(event, execution),
      onExecutionStatus: (execution, status) => {
        this.options.onExecution(execution, status);
        this.options.emit(this.statusEvent(execution, status));
      },
    });
  }

  private async invoke(args: unknown): Promise<Json> {
    const { FunctionName, Payload } = args as { FunctionName: string; Payload: unknown };
    const answer = await this.functions.invoke(FunctionName, Payload);
    return { ExecutedVersion: '$LATEST', Payload: answer as Json, StatusCode: 200 };
  }

  /** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
  private statusEvent(execution: Execution, status: ExecutionStatus): AwsEvent {
    const { clock } = this.options;
    return {
      version: '0',
      id: `${execution.name}-${status}`,
      'detail-type': 'Step Functions Execution Status Change',
      source: 'aws.states',
      account: this.machine.arn.split(':')[4] ?? '',
      time: `${new Date(clock.now()).toISOString().slice(0, 19)}Z`,
      region: this.region,
      resources: [execution.arn],
      detail: {
        executionArn: execution.arn,
        stateMachineArn: execution.stateMachineArn,
        name: execution.name,
        status,
        startDate: execution.startTime,
        stopDate: execution.stopTime ?? null,
      },
    };
  }
}

function tableOf(stack: DeployedStack): {
  name: string;
  partitionKey: string;
  sortKey: string;
  ttlAttribute: string;
} {
  const [table] = stack.ofType('AWS::DynamoDB::Table');
  if (!table) throw new NotDeployable('the stack has no ledger table');
  const [id, properties] = table;
  const keys = properties.KeySchema as { AttributeName: string; KeyType: string }[];
  const key = (type: string) => keys.find(({ KeyType }) => KeyType === type)?.AttributeName ?? '';
  const ttl = properties.TimeToLiveSpecification as { AttributeName: string } | undefined;
  return {
    name: stack.ref(id),
    partitionKey: key('HASH'),
    sortKey: key('RANGE'),
    ttlAttribute: ttl?.AttributeName ?? '',
  };
}
