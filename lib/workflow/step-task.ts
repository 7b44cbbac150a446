import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Errors, JitterType, type State, TaskInput, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { RETRYABLE } from '../../core/errors';
import { STATES, type StepName } from '../../core/phases';

/** The Lambda functions of the steps. */
export type StepFunctions = Record<StepName, IFunction>;

/** A Lambda may take this long; the state a little longer, so that Lambda's own error is seen first. */
export const LAMBDA_TIMEOUT = Duration.seconds(60);
export const TASK_TIMEOUT = Duration.seconds(75);

/**
 * Trouble of Lambda itself, which says nothing about the step.
 * https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception
 */
export const LAMBDA_TROUBLE = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];

/**
 * A step that ran out of its time or memory: it is asked again, since steps go on where they were. Which of the names
 * comes depends on who noticed first; `Lambda.Unknown` is how the page above calls it.
 */
export const OUT_OF_TIME = ['Sandbox.Timedout', 'Runtime.ExitError', 'Lambda.Unknown', Errors.TIMEOUT];

/**
 * How often each kind of error is tried again; used up, it is caught. One count for trouble of every kind: each retry
 * costs three events of a history that has room for 25,000 (test/lib/workflow/limits.test.ts).
 */
export const RETRIES = { trouble: 6, outOfTime: 2 };

/**
 * One step of the workflow: its state asks its Lambda, and the Lambda's answer is the state's output.
 * @param payload JSONata for what the step gets
 */
export function stepTask(
  scope: Construct,
  functions: StepFunctions,
  step: StepName,
  payload: string,
): LambdaInvoke {
  const task = LambdaInvoke.jsonata(scope, STATES[step].state, {
    lambdaFunction: functions[step],
    payload: TaskInput.fromText(payload),
    taskTimeout: Timeout.duration(TASK_TIMEOUT),
    retryOnServiceExceptions: false,
    outputs: '{% $states.result.Payload %}',
  });
  return withRetries(task);
}

/**
 * The retries that every question to a step has.
 * @param options.outOfTime whether it is asked again when its time is up; default true
 */
export function withRetries(task: LambdaInvoke, { outOfTime = true } = {}): LambdaInvoke {
  task.addRetry({
    errors: [...LAMBDA_TROUBLE, ...RETRYABLE],
    interval: Duration.seconds(1),
    backoffRate: 2,
    maxAttempts: RETRIES.trouble,
    maxDelay: Duration.seconds(15),
    jitterStrategy: JitterType.FULL,
  });
  if (outOfTime) {
    const maxAttempts = RETRIES.outOfTime;
    task.addRetry({ errors: OUT_OF_TIME, interval: Duration.seconds(1), backoffRate: 1, maxAttempts });
  }
  return task;
}

/** Where a failed step goes, its error kept in `$failed` for the steps that tell of it. */
export function catchInto(task: LambdaInvoke, next: State, named: string[]): void {
  const handled = { assign: { failed: '{% {"failure": $states.errorOutput} %}' }, outputs: {} };
  task.addCatch(next, { ...handled, errors: named });
  // After the named ones: an error that nobody has named is still an end that is told.
  task.addCatch(next, { ...handled, errors: [Errors.ALL] });
}
