import type { Execution, Json, StateMachine } from '../asl';
import type { Execution as ApiExecution, StateMachines, TaskAnswer } from '../aws/sfn';

/** One state machine behind the API of Step Functions. */
export class OneMachine implements StateMachines {
  constructor(readonly machine: StateMachine) {}

  exists(arn: string): boolean {
    return arn === this.machine.arn;
  }

  start({ name, input }: { name: string; input: string }): void {
    this.machine.start({ name, input: JSON.parse(input) as Json });
  }

  find(arn: string): ApiExecution | undefined {
    const found = this.machine.executions().find(execution => execution.arn === arn);
    return found && toApi(found);
  }

  list(arn: string): ApiExecution[] {
    return this.exists(arn) ? this.machine.executions().map(toApi).reverse() : [];
  }

  stop(arn: string, error: string | undefined, cause: string | undefined): void {
    this.machine.stopExecution(arn, error, cause);
  }

  succeedTask(token: string, output: string): TaskAnswer {
    return answered(() => this.machine.sendTaskSuccess(token, JSON.parse(output) as Json));
  }

  failTask(token: string, error: string | undefined, cause: string | undefined): TaskAnswer {
    return answered(() => this.machine.sendTaskFailure(token, error, cause));
  }

  heartbeatTask(token: string): TaskAnswer {
    return answered(() => this.machine.sendTaskHeartbeat(token));
  }
}

function answered(send: () => void): TaskAnswer {
  try {
    send();
    return 'taken';
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name === 'TaskTimedOut') return 'gone';
    if (name === 'TaskDoesNotExist' || name === 'InvalidToken') return 'unknown';
    throw error;
  }
}

function toApi(execution: Execution): ApiExecution {
  const outcome = execution.outcome;
  return {
    executionArn: execution.arn,
    stateMachineArn: execution.stateMachineArn,
    name: execution.name,
    status: execution.status,
    startedAt: execution.startTime,
    input: JSON.stringify(execution.input),
    ...(execution.stopTime === undefined ? {} : { stoppedAt: execution.stopTime }),
    ...(outcome?.status === 'SUCCEEDED' ? { output: JSON.stringify(outcome.output) } : {}),
    ...(outcome && outcome.status !== 'SUCCEEDED' && outcome.error ? { error: outcome.error } : {}),
    ...(outcome && outcome.status !== 'SUCCEEDED' && outcome.cause ? { cause: outcome.cause } : {}),
  };
}
