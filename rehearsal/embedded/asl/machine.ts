import type { Clock } from '../../../core/clock';
import type { Definition, Scope } from './definition';
import { ApiError } from './errors';
import { Execution, type ExecutionResult, type ExecutionStatus, type Host, type Invoke } from './execution';
import { runScope } from './flow';
import { uuid } from './functions';
import type { HistoryEvent } from './history';
import { byteLength, type Json, NotJson, overTheWire, sameJson } from './json';
import { AWS_LIMITS, type Limits } from './limits';
import { Query } from './query';
import { Tokens } from './tokens';
import { validate } from './validate';
import type { Timers } from './watch';

export interface StateMachineOptions {
  /** The interpreter waits for nothing but this clock and promises. */
  clock: Clock & Timers;
  /** `arn:aws:states:<region>:<account>:stateMachine:<name>`; partition, region and account follow from it. */
  arn: string;
  partition?: string;
  region?: string;
  account?: string;
  /** The execution role, for `$states.context.Execution.RoleArn`. Default: a role named like the state machine. */
  roleArn?: string;
  /** A number in [0, 1): jitter, $random, $uuid, task tokens and generated names. Seed it, and runs repeat. */
  random: () => number;
  /**
   * Does what a Task's Resource does and answers its result: for lambda:invoke `{ExecutedVersion, Payload,
   * StatusCode}`. A rejection with an error becomes an ASL error of its `name`.
   */
  invoke: Invoke;
  /** The Resource ARNs that a definition may use; with `X`, also `X.waitForTaskToken`. */
  resources: readonly string[];
  /** Called with every event of every execution, children's too, as it is recorded. Must not throw. */
  onEvent?: (event: HistoryEvent, execution: Execution) => void;
  /** Called where AWS sends "Step Functions Execution Status Change" to EventBridge. Must not throw. */
  onExecutionStatus?: (execution: Execution, status: ExecutionStatus) => void;
  /** For tests. Default: AWS's quotas. */
  limits?: Partial<Limits>;
}

/** DescribeExecution's answer. Times in milliseconds since the epoch. */
export interface ExecutionDescription {
  executionArn: string;
  stateMachineArn: string;
  name: string;
  status: ExecutionStatus;
  startDate: number;
  stopDate: number | undefined;
  input: Json;
  result: ExecutionResult | undefined;
}

/**
 * Whitespace, brackets, wildcards, special and control characters.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: AWS forbids exactly these.
const FORBIDDEN_IN_NAME = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff]/;

/** A STANDARD state machine in the JSONata query language, run in virtual time. */
export class StateMachine {
  readonly name: string;
  readonly arn: string;
  private readonly definition: Definition;
  private readonly host: Host;
  private readonly byName = new Map<string, Execution>();
  private readonly byArn = new Map<string, Execution>();

  /** @throws InvalidDefinition with everything that CreateStateMachine would refuse, or this interpreter cannot run */
  constructor(
    definition: unknown,
    private readonly options: StateMachineOptions,
  ) {
    const [, partition = 'aws', , region = '', account = '', , name = ''] = options.arn.split(':');
    this.arn = options.arn;
    this.name = name;
    const limits = { ...AWS_LIMITS, ...options.limits };
    const { clock, random } = options;
    const query = new Query({ now: () => clock.now(), random });
    this.definition = validate(definition, { query, resources: options.resources, limits });
    const place = {
      partition: options.partition ?? partition,
      region: options.region ?? region,
      account: options.account ?? account,
    };
    this.host = {
      clock,
      random,
      query,
      limits,
      tokens: new Tokens(limits, random),
      invoke: options.invoke,
      region: place.region,
      roleArn: options.roleArn ?? `arn:${place.partition}:iam::${place.account}:role/${name}`,
      runScope,
      onEvent: (event, execution) => options.onEvent?.(event, execution),
      onExecutionStatus: (execution, status) => options.onExecutionStatus?.(execution, status),
      newMapRun: (execution, label) => this.newMapRun(execution, label ?? uuid(random)),
    };
  }

  /**
   * StartExecution. With the name of a running execution and the same input it answers that execution.
   * @param startTime milliseconds since the epoch; default: now
   * @throws ApiError InvalidName, InvalidExecutionInput, ExecutionAlreadyExists
   */
  start({
    name,
    input = {},
    startTime,
  }: {
    name?: string;
    input?: unknown;
    startTime?: number;
  } = {}): Execution {
    const { limits, random, clock } = this.host;
    const executionName = name ?? uuid(random);
    if (
      executionName.length < 1 ||
      executionName.length > limits.executionNameLength ||
      FORBIDDEN_IN_NAME.test(executionName)
    ) {
      throw new ApiError('InvalidName', `Invalid Name: '${executionName}'`);
    }
    const value = this.checkInput(input);
    const existing = this.byName.get(executionName);
    if (existing) {
      if (existing.status === 'RUNNING' && sameJson(existing.input, value)) return existing;
      throw new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${existing.arn}'`);
    }
    const execution = new Execution(
      this.host,
      {
        arn: this.related('execution', `${this.name}:${executionName}`),
        name: executionName,
        stateMachineArn: this.arn,
        stateMachineName: this.name,
      },
      value,
      startTime ?? clock.now(),
    );
    this.byName.set(executionName, execution);
    this.byArn.set(execution.arn, execution);
    execution.begin(this.definition, this.definition.TimeoutSeconds);
    return execution;
  }

  /** All executions in the order in which they were started, without the children of Map Runs. */
  executions(): Execution[] {
    return [...this.byName.values()];
  }

  /** @throws ApiError ExecutionDoesNotExist. Knows child executions too. */
  describeExecution(arn: string): ExecutionDescription {
    const execution = this.find(arn);
    const { stateMachineArn, name, status, startTime, stopTime, input, outcome } = execution;
    return {
      executionArn: arn,
      stateMachineArn,
      name,
      status,
      startDate: startTime,
      stopDate: stopTime,
      input,
      result: outcome,
    };
  }

  /** StopExecution; nothing happens to an execution that has closed. @throws ApiError ExecutionDoesNotExist */
  stopExecution(arn: string, error?: string, cause?: string): void {
    this.find(arn).abort(error, cause);
  }

  /**
   * SendTaskSuccess.
   * @param output the JSON value (where AWS's API takes its text)
   * @throws ApiError InvalidOutput, InvalidToken, TaskDoesNotExist, TaskTimedOut
   */
  sendTaskSuccess(token: string, output: unknown): void {
    this.host.tokens.succeed(token, output);
  }

  /** SendTaskFailure. @throws ApiError InvalidToken, TaskDoesNotExist, TaskTimedOut */
  sendTaskFailure(token: string, error?: string, cause?: string): void {
    this.host.tokens.fail(token, error, cause);
  }

  /** SendTaskHeartbeat. @throws ApiError InvalidToken, TaskDoesNotExist, TaskTimedOut */
  sendTaskHeartbeat(token: string): void {
    this.host.tokens.heartbeat(token);
  }

  private find(arn: string): Execution {
    const execution = this.byArn.get(arn);
    if (!execution) throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return execution;
  }

  private checkInput(input: unknown): Json {
    let value: Json;
    try {
      value = overTheWire(input);
    } catch (error) {
      if (!(error instanceof NotJson)) throw error;
      throw new ApiError(
        'InvalidExecutionInput',
        `Invalid State Machine Execution Input: it ${error.message}`,
      );
    }
    if (byteLength(value) > this.host.limits.payloadBytes) {
      throw new ApiError(
        'InvalidExecutionInput',
        `Invalid State Machine Execution Input: longer than ${this.host.limits.payloadBytes} bytes`,
      );
    }
    return value;
  }

  private newMapRun(parent: Execution, label: string) {
    const { random, clock } = this.host;
    const start = (scope: Scope, input: Json): Execution => {
      const name = uuid(random);
      const child = new Execution(
        this.host,
        {
          arn: this.related('execution', `${this.name}/${label}:${name}`),
          name,
          stateMachineArn: `${this.arn}/${label}`,
          stateMachineName: `${this.name}/${label}`,
        },
        input,
        clock.now(),
      );
      parent.children.push(child);
      this.byArn.set(child.arn, child);
      child.begin(scope, undefined);
      return child;
    };
    return { arn: this.related('mapRun', `${this.name}/${label}:${uuid(random)}`), start };
  }

  /** The ARN of something that belongs to this state machine. */
  private related(kind: string, rest: string): string {
    const { partition, region, account } = this.options;
    const parts = this.arn.split(':');
    return ['arn', partition ?? parts[1], 'states', region ?? parts[3], account ?? parts[4], kind, rest].join(
      ':',
    );
  }
}
