import {
  DescribeExecutionCommand,
  type ExecutionStatus,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Clock } from '../core/clock';
import { awsCall } from '../lambdas/adapters/aws/call';
import type { Deployment } from './deployment';

const DEADLINE_MS = 3000;
const START_DEADLINE_MS = 5000;
const STARTS = 2;

export type Status = ExecutionStatus;

/** How Step Functions calls the execution of a run. */
export function executionArn({ stateMachineArn }: Deployment, run: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${run}`;
}

/**
 * Starts a run under a name. An answer may get lost, so it is asked twice: with the same name and input Step Functions
 * starts nothing a second time.
 * @throws Throttled, AwsUnavailable, Forbidden
 */
export async function startRun(
  clock: Clock,
  deployment: Deployment,
  run: string,
  input: object,
): Promise<void> {
  const { sfn, stateMachineArn, region } = deployment;
  for (let attempt = 1; ; attempt++) {
    try {
      await awsCall(clock, `Step Functions StartExecution in ${region}`, START_DEADLINE_MS, abort =>
        sfn.send(
          new StartExecutionCommand({ stateMachineArn, name: run, input: JSON.stringify(input) }),
          abort,
        ),
      );
      return;
    } catch (error) {
      const again = error instanceof Error && ['AwsUnavailable', 'Throttled'].includes(error.name);
      if (!again || attempt === STARTS) throw error;
    }
  }
}

/**
 * @returns undefined when Step Functions knows no such execution: it never began, or ended more than 90 days ago
 * @throws Throttled, AwsUnavailable, Forbidden
 */
export async function statusOf(
  clock: Clock,
  deployment: Deployment,
  run: string,
): Promise<Status | undefined> {
  try {
    const { status } = await awsCall(
      clock,
      `Step Functions DescribeExecution in ${deployment.region}`,
      DEADLINE_MS,
      abort =>
        deployment.sfn.send(
          new DescribeExecutionCommand({ executionArn: executionArn(deployment, run) }),
          abort,
        ),
    );
    return status;
  } catch (error) {
    // A name that Step Functions would not take is no run either.
    if (error instanceof Error && ['ExecutionDoesNotExist', 'InvalidArn'].includes(error.name))
      return undefined;
    throw error;
  }
}

/** @throws Throttled, AwsUnavailable, Forbidden */
export async function stopRun(
  clock: Clock,
  deployment: Deployment,
  run: string,
  cause: string,
): Promise<void> {
  const { sfn, region } = deployment;
  await awsCall(clock, `Step Functions StopExecution in ${region}`, START_DEADLINE_MS, abort =>
    sfn.send(
      new StopExecutionCommand({ executionArn: executionArn(deployment, run), error: 'Aborted', cause }),
      abort,
    ),
  );
}
