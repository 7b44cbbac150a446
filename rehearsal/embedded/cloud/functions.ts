import type { Config, SiteName } from '../../../core/config';
import type { Network } from '../../../core/network';
import { FUNCTIONS, type FunctionName } from '../../../core/phases';
import { withDeadline } from '../../../lambdas/adapters/deadline';
import type { KubernetesTransport } from '../../../lambdas/adapters/kubernetes/transport';
import { bucketsOf, type Environment } from '../../../lambdas/runtime/environment';
import { scopedTo } from '../../../lambdas/runtime/scope';
import { wire } from '../../../lambdas/runtime/wire';
import type { World } from '../../../lambdas/runtime/world';
import { asStep } from '../calls';
import type { VirtualClock } from '../virtual-clock';
import type { Credentials } from './credentials';
import { AccessDenied, allows, resourceOf, type Statement } from './iam';
import { Process } from './process';
import { STEP_CODE } from './steps';
import { type DeployedStack, NotDeployable } from './template';

/** The clients of one Region, as the fakes offer them. */
export interface RegionalClients {
  dynamodb: World['dynamodb'];
  sns: World['sns'];
  sfn: World['sfn'];
  cloudwatch: World['cloudwatch'];
  network: Network;
}

export interface FunctionsOptions {
  clock: VirtualClock;
  config: Config;
  site: SiteName;
  stack: DeployedStack;
  clients: RegionalClients;
  route53: World['route53'];
  eks: World['eks'];
  s3: World['s3'];
  kubernetes: KubernetesTransport;
  credentials: Credentials;
  /** Every policy statement of a role, by the role's name. */
  statementsOf(roleName: string): readonly Statement[];
  log: World['log'];
}

interface DeployedFunction {
  step: FunctionName;
  timeoutMs: number;
  variables: Record<string, string>;
  roleArn: string;
}

/** What Lambda says when time is up. */
class TimedOut extends Error {
  override name = 'Sandbox.Timedout';
}

/** The Lambda functions of one site: the step code under the environment, timeout and role of the template. */
export class Functions {
  private readonly functions = new Map<string, DeployedFunction>();
  private readonly listeners: ((answer: object) => void)[] = [];
  private condemned: { step: FunctionName; action: string; onKilled: () => void } | undefined;

  constructor(private readonly options: FunctionsOptions) {
    const { stack } = options;
    for (const [id, properties] of stack.ofType('AWS::Lambda::Function')) {
      const variables =
        (properties.Environment as { Variables?: Record<string, string> } | undefined)?.Variables ?? {};
      const step = FUNCTIONS.find(name => name === variables.LIFEBOAT_STEP);
      if (!step) throw new NotDeployable(`Lambda function ${id} names no step in LIFEBOAT_STEP`);
      this.functions.set(stack.arn(id), {
        step,
        timeoutMs: Number(properties.Timeout ?? 3) * 1000,
        variables,
        roleArn: String(properties.Role),
      });
    }
  }

  /** The ARN of the function of a step. */
  arnOf(step: FunctionName): string {
    const found = [...this.functions].find(([, deployed]) => deployed.step === step);
    if (!found) throw new NotDeployable(`the template has no function for ${step}`);
    return found[0];
  }

  /** Runs a function. What goes in and comes out is JSON, as in AWS. @throws the step's named error */
  async invoke(arn: string, payload: unknown): Promise<unknown> {
    const deployed = this.functions.get(arn.replace(/:\$LATEST$/, ''));
    if (!deployed) throw new NotDeployable(`no Lambda function ${arn}`);
    const { step, timeoutMs } = deployed;
    const process = new Process(step, (each, action) => this.judge(each, action));
    const deps = wire(this.world(deployed, process), this.environment(deployed));
    const code = STEP_CODE[step] as (with_: typeof deps, input: unknown) => Promise<unknown>;
    const input: unknown = JSON.parse(JSON.stringify(payload ?? null));
    const who = { step, ...runOf(input), ...appOf(input) };
    try {
      const result = await asStep(who, () =>
        withDeadline(
          this.options.clock,
          timeoutMs,
          () => Promise.race([code(scopedTo(deps, input), input), process.killed]),
          () => new TimedOut(`Task timed out after ${timeoutMs / 1000} seconds`),
        ),
      );
      this.tell({ ...who, result });
      return JSON.parse(JSON.stringify(result ?? null)) as unknown;
    } catch (error) {
      const { name, message } = error as Error;
      this.tell({ ...who, error: name, message });
      throw error;
    }
  }

  /** The next call of that action by the step is carried out, and its process killed before it hears so. */
  killAfter(step: FunctionName, action: string, onKilled: () => void): void {
    this.condemned = { step, action, onKilled };
  }

  private judge(process: Process, action: string): void {
    const { condemned } = this;
    if (condemned?.step !== process.step || condemned.action !== action) return;
    this.condemned = undefined;
    process.kill();
    condemned.onKilled();
  }

  /** Calls the listener with what each invocation answered, or how it failed. */
  onAnswer(listener: (answer: object) => void): void {
    this.listeners.push(listener);
  }

  private tell(answer: object): void {
    for (const listener of this.listeners) listener(answer);
  }

  private environment({ variables }: DeployedFunction): Environment {
    const { config, stack } = this.options;
    return {
      config,
      site: variables.LIFEBOAT_SITE as SiteName,
      region: stack.region,
      table: variables.LIFEBOAT_TABLE ?? '',
      topicArns: (variables.LIFEBOAT_TOPIC_ARNS ?? '').split(','),
      ...(variables.LIFEBOAT_MACHINE_ARN ? { machineArn: variables.LIFEBOAT_MACHINE_ARN } : {}),
      ...(variables.LIFEBOAT_SWITCH_BUCKETS === undefined
        ? {}
        : { switchBuckets: bucketsOf(variables.LIFEBOAT_SWITCH_BUCKETS) }),
    };
  }

  private world({ roleArn }: DeployedFunction, process: Process): World {
    const { clock, clients, route53, eks, s3, kubernetes, credentials, statementsOf, log } = this.options;
    const { accessKeyId, secretAccessKey, sessionToken } = credentials.of(roleArn);
    const statements = statementsOf(roleArn.split('/').at(-1) ?? '');
    const under = <T extends object>(service: string, client: T): T =>
      guarded(statements, roleArn, service, client, process);
    return {
      clock,
      network: clients.network,
      kubernetes,
      credentials: async () => ({ accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }),
      dynamodb: under('dynamodb', clients.dynamodb),
      sns: region => under('sns', clients.sns(region)),
      sfn: under('states', clients.sfn),
      cloudwatch: under('cloudwatch', clients.cloudwatch),
      route53: zoneRole => {
        // In another account the role that is assumed decides, and that one is not in the template.
        if (zoneRole === undefined) return under('route53', route53());
        if (!allows(statements, 'sts', 'AssumeRole'))
          throw new AccessDenied(`${roleArn} may not sts:AssumeRole ${zoneRole}`);
        return route53(zoneRole);
      },
      eks: region => under('eks', eks(region)),
      s3: region => under('s3', s3(region)),
      log,
    };
  }
}

/** A client that asks the role's policies before it sends. */
function guarded<T extends object>(
  statements: readonly Statement[],
  roleArn: string,
  service: string,
  client: T,
  process: Process,
): T {
  const { send } = client as unknown as { send: (command: object, options?: object) => Promise<unknown> };
  const asked = (command: object, options?: object) => {
    const action = command.constructor.name.replace(/Command$/, '');
    const resource = resourceOf(service, (command as { input?: unknown }).input);
    if (!allows(statements, service, action, resource)) {
      throw new AccessDenied(
        `User: ${roleArn} is not authorized to perform: ${service}:${action} because no identity-based policy allows it`,
      );
    }
    return process.call(action, () => send(command, options));
  };
  return { send: async (command: object, options?: object) => asked(command, options) } as unknown as T;
}

/** The run that a payload speaks of: `RunInput`, or the execution for Admit. */
function runOf(input: unknown): { run?: string } {
  const { run, execution } = (input ?? {}) as { run?: { id?: string }; execution?: { Name?: string } };
  const id = run?.id ?? execution?.Name;
  return id === undefined ? {} : { run: id };
}

function appOf(input: unknown): { app?: string } {
  const { app } = (input ?? {}) as { app?: unknown };
  return typeof app === 'string' ? { app } : {};
}
