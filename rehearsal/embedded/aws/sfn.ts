import {
  type DescribeExecutionInput,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type ExecutionStatus,
  InvalidArn,
  InvalidExecutionInput,
  InvalidName,
  InvalidOutput,
  InvalidToken,
  type ListExecutionsInput,
  type SendTaskFailureInput,
  type SendTaskSuccessInput,
  type SFNClient,
  SFNServiceException,
  type StartExecutionInput,
  StateMachineDoesNotExist,
  type StopExecutionInput,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { parseArn } from './arn';
import { type Action, Endpoint, type FakeSetting, type SdkCommand } from './endpoint';
import { FakeLimit, onlyKnown } from './fake-limit';
import { type Random, seeded, uuid } from './random';

/** An execution as the interpreter knows it. Times in milliseconds since the epoch. */
export interface Execution {
  executionArn: string;
  stateMachineArn: string;
  name: string;
  status: ExecutionStatus;
  startedAt: number;
  stoppedAt?: number;
  /** JSON text. */
  input: string;
  output?: string;
  error?: string;
  cause?: string;
}

/** `gone`: the task was answered or timed out before. `unknown`: no such token. */
export type TaskAnswer = 'taken' | 'gone' | 'unknown';

/** What the caller implements over its interpreter of state machines, for the state machines of one Region. */
export interface StateMachines {
  exists(stateMachineArn: string): boolean;
  /** Starts it; the fake has checked name, input and that the name is free. */
  start(execution: { stateMachineArn: string; executionArn: string; name: string; input: string }): void;
  find(executionArn: string): Execution | undefined;
  /** Newest first. */
  list(stateMachineArn: string): Execution[];
  /** Only called while it runs. */
  stop(executionArn: string, error: string | undefined, cause: string | undefined): void;
  succeedTask(token: string, output: string): TaskAnswer;
  failTask(token: string, error: string | undefined, cause: string | undefined): TaskAnswer;
  heartbeatTask(token: string): TaskAnswer;
}

/** Step Functions' API of one Region, standard workflows only. */
export class FakeSfn {
  readonly endpoint: Endpoint;
  readonly send: SFNClient['send'];
  private readonly random: Random;

  constructor(
    private readonly options: FakeSetting & { seed: string },
    private readonly machines: StateMachines,
  ) {
    const throttled = () =>
      new SFNServiceException({
        name: 'ThrottlingException',
        message: 'Rate exceeded',
        $fault: 'client',
        $metadata: this.endpoint.metadata(400),
      });
    this.random = seeded(`${options.seed} sfn ${options.region}`);
    this.endpoint = new Endpoint('states', options, throttled);
    this.send = this.endpoint.sender<SFNClient['send']>((command, name) => this.act(command, name));
  }

  private act(command: SdkCommand, name: string): Action {
    const handler = this.handlers[name];
    if (!handler) throw new FakeLimit(`states ${name}`);
    const input = command.input as Record<string, string>;
    onlyKnown(name, input, handler.fields);
    const resource = input.executionArn ?? input.stateMachineArn ?? input.taskToken ?? '';
    return { resource, run: () => handler.run(command.input) };
  }

  private readonly handlers: Record<string, { fields: string[]; run: (input: object) => object }> = {
    StartExecution: {
      fields: ['stateMachineArn', 'name', 'input'],
      run: input => this.start(input as StartExecutionInput),
    },
    DescribeExecution: {
      fields: ['executionArn'],
      run: input => this.describe(input as DescribeExecutionInput),
    },
    ListExecutions: {
      fields: ['stateMachineArn', 'statusFilter', 'maxResults', 'nextToken'],
      run: input => this.list(input as ListExecutionsInput),
    },
    StopExecution: {
      fields: ['executionArn', 'error', 'cause'],
      run: input => this.stop(input as StopExecutionInput),
    },
    SendTaskSuccess: {
      fields: ['taskToken', 'output'],
      run: input => {
        const { taskToken = '', output = '' } = input as SendTaskSuccessInput;
        if (!isJson(output)) {
          throw new InvalidOutput({
            message: 'Invalid JSON in output',
            $metadata: this.endpoint.metadata(400),
          });
        }
        return this.taskAnswer(taskToken, this.machines.succeedTask(taskToken, output));
      },
    },
    SendTaskFailure: {
      fields: ['taskToken', 'error', 'cause'],
      run: input => {
        const { taskToken = '', error, cause } = input as SendTaskFailureInput;
        return this.taskAnswer(taskToken, this.machines.failTask(taskToken, error, cause));
      },
    },
    SendTaskHeartbeat: {
      fields: ['taskToken'],
      run: input => {
        const { taskToken = '' } = input as { taskToken?: string };
        return this.taskAnswer(taskToken, this.machines.heartbeatTask(taskToken));
      },
    },
  };

  /**
   * "StartExecution is idempotent for STANDARD workflows": with the name and input of a running execution it
   * answers as at the first time; otherwise a used name is ExecutionAlreadyExists (API_StartExecution.html).
   */
  private start(input: StartExecutionInput): object {
    const stateMachineArn = this.stateMachine(input.stateMachineArn);
    const name = input.name ?? uuid(this.random);
    // No white space, brackets, wildcards, special characters or control characters, at most 80 characters.
    if (!/^[\w+!@.()='-]{1,80}$/.test(name)) {
      throw new InvalidName({ message: `Invalid Name: '${name}'`, $metadata: this.endpoint.metadata(400) });
    }
    const text = input.input ?? '{}';
    if (!isJson(text) || Buffer.byteLength(text) > 262_144) {
      const message = `Invalid State Machine Execution Input: '${text.slice(0, 60)}'`;
      throw new InvalidExecutionInput({ message, $metadata: this.endpoint.metadata(400) });
    }
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const known = this.machines.find(executionArn);
    if (known) {
      if (known.status === 'RUNNING' && known.input === text) {
        return { executionArn, startDate: new Date(known.startedAt) };
      }
      throw new ExecutionAlreadyExists({
        message: `Execution Already Exists: '${executionArn}'`,
        $metadata: this.endpoint.metadata(400),
      });
    }
    const startDate = new Date(this.options.clock.now());
    this.machines.start({ stateMachineArn, executionArn, name, input: text });
    return { executionArn, startDate };
  }

  private describe(input: DescribeExecutionInput): object {
    const execution = this.execution(input.executionArn);
    const { input: text, output, error, cause } = execution;
    return {
      ...listed(execution),
      input: text,
      inputDetails: { included: true },
      ...(output !== undefined && { output, outputDetails: { included: true } }),
      ...(error !== undefined && { error }),
      ...(cause !== undefined && { cause }),
    };
  }

  private list(input: ListExecutionsInput): object {
    const stateMachineArn = this.stateMachine(input.stateMachineArn);
    const all = this.machines
      .list(stateMachineArn)
      .filter(({ status }) => input.statusFilter === undefined || status === input.statusFilter);
    const from = Number(input.nextToken ?? 0);
    const size = input.maxResults || 100;
    const more = all.length > from + size;
    return {
      executions: all.slice(from, from + size).map(listed),
      ...(more && { nextToken: String(from + size) }),
    };
  }

  /** Stopping what has ended changes nothing and is no error: the answer has its old stopDate. */
  private stop(input: StopExecutionInput): object {
    const execution = this.execution(input.executionArn);
    if (execution.status === 'RUNNING') {
      this.machines.stop(execution.executionArn, input.error, input.cause);
    }
    return { stopDate: new Date(execution.stoppedAt ?? this.options.clock.now()) };
  }

  private taskAnswer(token: string, answer: TaskAnswer): object {
    if (answer === 'taken') return {};
    if (answer === 'gone') {
      // The wording that Step Functions answers a late token with.
      const message = "Task Timed Out: 'Provided task does not exist anymore'";
      throw new TaskTimedOut({ message, $metadata: this.endpoint.metadata(400) });
    }
    if (token === '') {
      throw new InvalidToken({
        message: "Invalid Token: 'Invalid token'",
        $metadata: this.endpoint.metadata(400),
      });
    }
    const message = "Task does not exist: 'Task does not exist'";
    throw new TaskDoesNotExist({ message, $metadata: this.endpoint.metadata(400) });
  }

  private stateMachine(arn: string | undefined): string {
    this.checkArn(arn, 'stateMachine:');
    if (arn !== undefined && this.machines.exists(arn)) return arn;
    const message = `State Machine Does Not Exist: '${arn}'`;
    throw new StateMachineDoesNotExist({ message, $metadata: this.endpoint.metadata(400) });
  }

  private execution(arn: string | undefined): Execution {
    this.checkArn(arn, 'execution:');
    const execution = arn === undefined ? undefined : this.machines.find(arn);
    if (execution) return execution;
    const message = `Execution Does Not Exist: '${arn}'`;
    throw new ExecutionDoesNotExist({ message, $metadata: this.endpoint.metadata(400) });
  }

  /** A call goes to the Region of its endpoint; an ARN of another one is not found there. */
  private checkArn(arn: string | undefined, kind: string): void {
    const parsed = parseArn(arn ?? '');
    if (
      parsed?.service === 'states' &&
      parsed.resource.startsWith(kind) &&
      parsed.region === this.options.region
    ) {
      return;
    }
    throw new InvalidArn({ message: `Invalid Arn: '${arn}'`, $metadata: this.endpoint.metadata(400) });
  }
}

function listed(execution: Execution): object {
  const { executionArn, stateMachineArn, name, status, startedAt, stoppedAt } = execution;
  return {
    executionArn,
    stateMachineArn,
    name,
    status,
    startDate: new Date(startedAt),
    ...(stoppedAt !== undefined && { stopDate: new Date(stoppedAt) }),
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
