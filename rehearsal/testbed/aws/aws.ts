import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { AwsCredentialIdentity } from '@smithy/types';
import { Cdk } from './deploy';
import { Emulator } from './emulator';
import { type AwsCall, FrontDoor, type Reachable } from './front-door/front-door';
import type { EnteredState } from './history';
import type { Job, Outcome } from './lambda-host/job';
import { LambdaHost } from './lambda-host/lambda-host';
import { Losses } from './losses';
import { createOperator } from './operator';
import { type ExecutionView, Runs } from './runs';
import { TokenWebhook } from './token-webhook/token-webhook';

export const ACCOUNT = '000000000000';
/** Inner services listen on loopback alone; only the front door is on the bed's network. */
const LOOPBACK = '127.0.0.1';

export interface TestbedAwsOptions {
  /** Where the AWS APIs are for everybody: the front door. */
  address: string;
  port: number;
  /** Of the server that authenticates the callers of the clusters. */
  webhook: { address: string; port: number };
  /** The interpreter of a virtual environment with `requirements.txt`. */
  python: string;
  /** Logs, code of the functions, the CDK's output. */
  folder: string;
  /** Of the sites. us-east-1 is bootstrapped besides. */
  regions: readonly string[];
  /** For every function, as `{NODE_EXTRA_CA_CERTS}`. */
  functionVariables?: Record<string, string>;
  onCall?: (call: AwsCall) => void;
  onInvocation?: (job: Job, outcome: Outcome) => void;
}

/** A message that was published to an SNS topic. */
export interface PublishedMessage {
  at: number;
  region: string;
  topicArn: string;
  messageId: string;
  subject: string;
  text: string;
  attributes: Record<string, string>;
}

export interface EksCluster {
  region: string;
  name: string;
  /** `https://address:6443` */
  endpoint: string;
  /** PEM. */
  certificateAuthority: string;
  /** `1.35` */
  version: string;
}

/** The AWS side of the test bed: the emulator, its front door, the functions, and the stacks in it. */
export class TestbedAws {
  private readonly losses = new Losses();

  private constructor(
    private readonly options: TestbedAwsOptions,
    readonly emulator: Emulator,
    readonly frontDoor: FrontDoor,
    readonly functions: LambdaHost,
    private readonly webhook: TokenWebhook,
    /** May do everything. */
    readonly operator: AwsCredentialIdentity,
  ) {}

  /** @throws DaemonFailed, NoOperator, or what listening on the addresses throws */
  static async start(options: TestbedAwsOptions): Promise<TestbedAws> {
    const { address, port, folder, regions, python, functionVariables, onCall, onInvocation } = options;
    mkdirSync(folder, { recursive: true });
    const started: { stop(): Promise<void> }[] = [];
    const keep = <T extends { stop(): Promise<void> }>(part: T): T => {
      started.unshift(part);
      return part;
    };
    try {
      const endpoint = `http://${address}:${port}`;
      const functions = keep(
        new LambdaHost({
          address: LOOPBACK,
          port: 0,
          endpoint,
          ...(functionVariables ? { extraVariables: functionVariables } : {}),
          ...(onInvocation ? { onInvocation } : {}),
        }),
      );
      await functions.start();
      const root = { accessKeyId: `AKIA${key(8)}`, secretAccessKey: randomBytes(30).toString('base64') };
      const emulator = keep(
        await Emulator.start({
          python,
          folder,
          address: LOOPBACK,
          frontDoor: endpoint,
          lambdaHost: functions.url,
          regions,
          root,
        }),
      );
      const upstream = { address: emulator.address, port: emulator.port };
      const frontDoor = keep(new FrontDoor({ address, port, upstream, ...(onCall ? { onCall } : {}) }));
      await frontDoor.start();
      const operator = await createOperator(emulator.endpoint, root);
      const webhook = keep(
        new TokenWebhook({
          ...options.webhook,
          sts: endpoint,
          eks: emulator.endpoint,
          credentials: operator,
        }),
      );
      await webhook.start();
      return new TestbedAws(options, emulator, frontDoor, functions, webhook, operator);
    } catch (error) {
      for (const part of started) await part.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.webhook.stop();
    await this.frontDoor.stop();
    await this.functions.stop();
    await this.emulator.stop();
  }

  get endpoint(): string {
    return this.frontDoor.endpoint;
  }

  get calls(): readonly AwsCall[] {
    return this.frontDoor.calls;
  }

  /** What a client of the SDK needs to reach the bed as its operator. */
  client(region: string): { endpoint: string; region: string; credentials: AwsCredentialIdentity } {
    return { endpoint: this.endpoint, region, credentials: this.operator };
  }

  /** As an EKS cluster that somebody else runs; before the deployment, whose access entries need it. */
  async setCluster({ certificateAuthority, ...cluster }: EksCluster): Promise<void> {
    const encoded = Buffer.from(certificateAuthority).toString('base64');
    await this.emulator.control.call('set-cluster', { ...cluster, certificateAuthority: encoded });
  }

  /** The file for kube-apiserver's --authentication-token-webhook-config-file. */
  tokenWebhookConfig(region: string, cluster: string): string {
    return this.webhook.kubeconfig(region, cluster);
  }

  /** Bootstraps the Regions that the stacks stand in. @throws CdkFailed */
  async bootstrap(): Promise<void> {
    await this.cdk.bootstrap(['us-east-1', ...this.options.regions]);
  }

  /** Deploys, or changes, the stacks of a configuration. @throws CdkFailed */
  async deploy(configFile: string): Promise<void> {
    await this.cdk.deploy(configFile);
  }

  /** @throws CdkFailed */
  async destroy(configFile: string): Promise<void> {
    await this.cdk.destroy(configFile);
  }

  /** A lost Region gives no answers, its functions are gone, its executions stand still. */
  async setRegion(region: string, state: Reachable): Promise<void> {
    // Before its processes stand still: who is asking one of them then must not wait for its answer.
    if (state === 'lost') this.losses.lose(region);
    this.frontDoor.setRegion(region, state);
    await this.emulator.setRegion(region, state);
    if (state === 'up') this.losses.find(region);
    else this.functions.killRegion(region);
  }

  isLost(region: string): boolean {
    return this.losses.isLost(region);
  }

  /** What the Region answers; `otherwise` when it is lost, or is lost while it is asked. */
  whileThere<T>(region: string, ask: () => Promise<T>, otherwise: T): Promise<T> {
    return this.losses.whileThere(region, ask, otherwise);
  }

  /** A service's control plane, by the name of its credential scope, as `route53`. */
  setService(service: string, state: Reachable): void {
    this.frontDoor.setService(service, state);
  }

  /** Kills a function's processes that are at work. @throws NotRunning */
  killFunction(region: string, functionName: string): void {
    this.functions.kill(region, functionName);
  }

  /**
   * The step's next call of that action is carried out, and its process killed before it hears so.
   * @returns when it has been killed
   */
  killAfter(region: string, step: string, action: string): Promise<void> {
    return new Promise(resolve => {
      const release = this.frontDoor.holdAnswers(call => {
        const caller = this.functions.functionOf(call.accessKey);
        const meant = caller?.region === region && caller.variables.LIFEBOAT_STEP === step;
        if (!meant || call.action !== action) return undefined;
        release();
        this.functions.kill(region, caller.name);
        resolve();
        return new Promise<never>(() => undefined);
      });
    });
  }

  /** Every message that was published to a topic of the Region. */
  async messages(region: string): Promise<PublishedMessage[]> {
    const all = await this.emulator.control.call<PublishedMessage[]>('messages');
    return all.filter(message => message.region === region);
  }

  /** The executions of all state machines of the Region, oldest first. @throws RegionLost */
  executions(region: string): Promise<ExecutionView[]> {
    return this.runs.list(region);
  }

  /** @throws RegionLost */
  execution(region: string, executionArn: string): Promise<ExecutionView> {
    return this.runs.describe(region, executionArn);
  }

  /** The states that an execution and its map's children entered, in order. @throws RegionLost */
  history(region: string, executionArn: string): Promise<EnteredState[]> {
    return this.runs.history(region, executionArn);
  }

  /** Starts the Region's one state machine and gives the execution's ARN. @throws RegionLost, NoStateMachine */
  startExecution(region: string, input: object, name?: string): Promise<string> {
    return this.runs.start(region, input, name);
  }

  /** @throws RegionLost */
  stopExecution(region: string, executionArn: string, error?: string, cause?: string): Promise<void> {
    return this.runs.stop(region, executionArn, error, cause);
  }

  /** @throws RegionLost */
  sendTaskSuccess(region: string, taskToken: string, output: unknown): Promise<void> {
    return this.runs.sendTaskSuccess(region, taskToken, output);
  }

  private get runs(): Runs {
    return new Runs(this.emulator.endpoint, this.operator, region => this.losses.isLost(region));
  }

  private get cdk(): Cdk {
    const { endpoint, operator } = this;
    return new Cdk({ endpoint, credentials: operator, account: ACCOUNT, folder: this.options.folder });
  }
}

function key(bytes: number): string {
  return randomBytes(bytes).toString('hex').toUpperCase();
}
