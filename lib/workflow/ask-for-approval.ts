import {
  Choice,
  Condition,
  IntegrationPattern,
  type State,
  Succeed,
  TaskInput,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { RETRYABLE } from '../../core/errors';
import { NOBODY } from '../../core/turn';
import { type StepFunctions, TASK_TIMEOUT, withRetries } from './step-task';

const SENDER = '($exists($states.input.by) ? $string($states.input.by) : "somebody")';

/**
 * Beside the apps' way: asks a person, where an app wants that, and writes the answer where `Await turn` reads it.
 * No answer in time is an answer too.
 */
export function askForApproval(scope: Construct, functions: StepFunctions): State {
  const nothing = Succeed.jsonata(scope, 'No approval wanted');
  const ask = withRetries(
    LambdaInvoke.jsonata(scope, 'Ask for approval', {
      lambdaFunction: functions.tell,
      integrationPattern: IntegrationPattern.WAIT_FOR_TASK_TOKEN,
      payload: TaskInput.fromText(
        '{% {"run": $run, "apps": $preflight.approvals, "taskToken": $states.context.Task.Token} %}',
      ),
      taskTimeout: Timeout.jsonata('{% $preflight.approvalTimeoutSeconds %}'),
      retryOnServiceExceptions: false,
    }),
    // A person who did not answer is not asked twice.
    { outOfTime: false },
  );
  const writeDown = (name: string, answer: string) =>
    withRetries(
      LambdaInvoke.jsonata(scope, name, {
        lambdaFunction: functions.tell,
        payload: TaskInput.fromText(`{% {"run": $run, "apps": [], "answer": ${answer}} %}`),
        taskTimeout: Timeout.duration(TASK_TIMEOUT),
        retryOnServiceExceptions: false,
      }),
    );
  // People answer from the console too. Only a plain `true` moves anything: the text "false" is true for a program.
  const answered = writeDown(
    'Write down the answer',
    `{"approved": $states.input.approved = true, "by": ${SENDER}}`,
  );
  const nobody = writeDown('Nobody answered', `{"approved": false, "by": "${NOBODY}"}`);
  // `send-task-failure` may come without a cause.
  const denied = writeDown(
    'Write down the denial',
    '{"approved": false, "by": $exists($states.input.Cause) ? $states.input.Cause : "somebody"}',
  );
  // Nobody was asked, so nobody's silence may count as a yes.
  const untold = writeDown(
    'Could not ask',
    '{"approved": false, "by": "Lifeboat, which could not ask anybody"}',
  );
  // Without its answer in the ledger an app stops waiting by itself; the other apps must not be stopped for it.
  const unwritten = Succeed.jsonata(scope, 'Answer not written down');
  for (const task of [answered, nobody, denied, untold]) {
    task.addCatch(unwritten, { errors: [...RETRYABLE, 'Forbidden', 'NotFound'] });
    task.addCatch(unwritten, { errors: ['States.ALL'] });
  }
  ask.addCatch(nobody, { errors: ['States.Timeout', 'States.HeartbeatTimeout'] });
  ask.addCatch(denied, { errors: ['Denied'] });
  ask.addCatch(untold, { errors: [...RETRYABLE, 'Forbidden', 'NotFound'] });
  ask.addCatch(untold, { errors: ['States.ALL'] });
  ask.next(answered);
  return Choice.jsonata(scope, 'Approval wanted?')
    .when(Condition.jsonata('{% $count($preflight.approvals) > 0 %}'), ask)
    .otherwise(nothing);
}
