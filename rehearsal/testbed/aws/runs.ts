import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { AwsCredentialIdentity } from '@smithy/types';
import { type EnteredState, enteredStates } from './history';

/** An execution as people see it; times in milliseconds since the epoch. */
export interface ExecutionView {
  arn: string;
  name: string;
  status: string;
  start: number;
  stop?: number;
  input: unknown;
  output?: unknown;
  error?: string;
  cause?: string;
}

/** There is no state machine, or not one alone, where a run was to be started. */
export class NoStateMachine extends Error {
  override name = 'NoStateMachine';
}

/** Executions of a lost Region can be neither seen nor changed. */
export class RegionLost extends Error {
  override name = 'RegionLost';
}

/** What people do to executions, past the front door: whoever runs the bed is none of its callers. */
export class Runs {
  constructor(
    private readonly endpoint: string,
    private readonly credentials: AwsCredentialIdentity,
    private readonly isLost: (region: string) => boolean,
  ) {}

  /** The executions of all state machines of the Region, oldest first. */
  async list(region: string): Promise<ExecutionView[]> {
    const client = this.client(region);
    const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
    const lists = await Promise.all(
      stateMachines.map(({ stateMachineArn }) =>
        client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 1000 })),
      ),
    );
    const arns = lists.flatMap(({ executions = [] }) => executions.map(each => each.executionArn ?? ''));
    const views = await Promise.all(arns.map(arn => this.describe(region, arn)));
    return views.sort((a, b) => a.start - b.start);
  }

  async describe(region: string, executionArn: string): Promise<ExecutionView> {
    const found = await this.client(region).send(new DescribeExecutionCommand({ executionArn }));
    const { name, status, startDate, stopDate, input, output, error, cause } = found;
    return {
      arn: executionArn,
      name: name ?? '',
      status: status ?? '',
      start: startDate?.getTime() ?? 0,
      ...(stopDate ? { stop: stopDate.getTime() } : {}),
      input: JSON.parse(input ?? 'null') as unknown,
      ...(output === undefined ? {} : { output: JSON.parse(output) as unknown }),
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    };
  }

  /** The states that an execution and its map's children entered, in order. */
  history(region: string, executionArn: string): Promise<EnteredState[]> {
    return enteredStates(this.client(region), executionArn);
  }

  /**
   * Starts the Region's one state machine.
   * @returns the execution's ARN
   * @throws NoStateMachine
   */
  async start(region: string, input: object, name?: string): Promise<string> {
    const client = this.client(region);
    const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
    const [machine, ...others] = stateMachines;
    if (!machine || others.length > 0) {
      throw new NoStateMachine(`${region} has ${stateMachines.length} state machines; expected was one.`);
    }
    const { executionArn = '' } = await client.send(
      new StartExecutionCommand({
        stateMachineArn: machine.stateMachineArn,
        input: JSON.stringify(input),
        ...(name === undefined ? {} : { name }),
      }),
    );
    return executionArn;
  }

  async stop(region: string, executionArn: string, error?: string, cause?: string): Promise<void> {
    await this.client(region).send(
      new StopExecutionCommand({
        executionArn,
        ...(error === undefined ? {} : { error }),
        ...(cause === undefined ? {} : { cause }),
      }),
    );
  }

  async sendTaskSuccess(region: string, taskToken: string, output: unknown): Promise<void> {
    await this.client(region).send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }));
  }

  private client(region: string): SFNClient {
    if (this.isLost(region)) {
      throw new RegionLost(
        `Step Functions of ${region} stands still while the Region is lost. Bring it back first.`,
      );
    }
    return new SFNClient({ endpoint: this.endpoint, region, credentials: this.credentials });
  }
}
