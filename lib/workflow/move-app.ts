import { Pass, type State } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { AFTER_FLIP, BEFORE_FLIP, RETRYABLE } from '../../core/errors';
import { StepLoop } from './step-loop';
import { catchInto, type StepFunctions, stepTask } from './step-task';

/** What a step of one app gets: `AppInput`. */
const APP = '{% $job %}';
/** The same, with the error that led there if one did: `CloseInput`. */
const APP_AND_FAILURE = '{% $merge([$job, $failed]) %}';

/**
 * The way of one app: await turn, fence, back up, restore, scale, verify, flip, confirm, close; of a drill: await turn,
 * drill, clean up, close. It runs as an execution of
 * its own under the Distributed Map, with a history of its own. Its input is `AppInput`, its output `CloseResult`.
 */
export function moveApp(scope: Construct, functions: StepFunctions): State {
  const begin = Pass.jsonata(scope, 'Begin with the app', {
    assign: { job: '{% $states.input %}', failed: {} },
  });
  const close = stepTask(scope, functions, 'close', APP_AND_FAILURE);
  const rollBack = stepTask(scope, functions, 'rollback', APP_AND_FAILURE);
  const turn = new StepLoop(scope, functions, 'turn', APP);
  const fence = new StepLoop(scope, functions, 'fence', APP);
  const backup = new StepLoop(scope, functions, 'backup', APP);
  const restore = new StepLoop(scope, functions, 'restore', APP);
  const scale = new StepLoop(scope, functions, 'scale', APP);
  const verify = new StepLoop(scope, functions, 'verify', APP);
  const flip = new StepLoop(scope, functions, 'flip', APP);
  const confirm = new StepLoop(scope, functions, 'confirm', APP);
  const drill = new StepLoop(scope, functions, 'drill', APP);
  const cleanup = new StepLoop(scope, functions, 'cleanup', APP);

  begin.next(turn.task);
  turn
    .unless('{% $states.input.done and $not($states.input.go) %}', close)
    .unless('{% $states.input.done and $job.run.drill = true %}', drill.task)
    .whenDone(fence.task);
  drill.whenDone(cleanup.task);
  cleanup.whenDone(close);
  fence.whenDone(backup.task);
  backup.whenDone(restore.task);
  restore.whenDone(scale.task);
  scale.whenDone(verify.task);
  verify.whenDone(flip.task);
  flip.whenDone(confirm.task);
  confirm.whenDone(close);
  rollBack.next(close);

  for (const { task } of [turn, fence, backup, restore, scale, verify, flip]) {
    // Another run has the app now: whatever this one undid would be undone under the other's feet.
    task.addCatch(close, {
      errors: task === flip.task ? ['LeaseLost', 'FlipNotSettled'] : ['LeaseLost'],
      assign: { failed: '{% {"failure": $states.errorOutput} %}' },
      outputs: {},
    });
    catchInto(task, rollBack, [...BEFORE_FLIP, ...RETRYABLE]);
  }
  // A drill cleans up whatever happened, unless another one has the scratch namespaces now.
  for (const { task } of [drill, cleanup]) {
    const failed = { assign: { failed: '{% {"failure": $states.errorOutput} %}' }, outputs: {} };
    task.addCatch(close, { errors: ['LeaseLost'], ...failed });
  }
  catchInto(drill.task, cleanup.task, [...BEFORE_FLIP, ...RETRYABLE]);
  catchInto(cleanup.task, close, [...BEFORE_FLIP, ...RETRYABLE]);
  // After the flip nothing is undone by itself.
  catchInto(confirm.task, close, [...AFTER_FLIP, ...RETRYABLE, 'LeaseLost']);
  // What could not be undone is told by Close.
  rollBack.addCatch(close, { errors: [...RETRYABLE, 'LeaseLost', 'Forbidden'], outputs: {} });
  rollBack.addCatch(close, { errors: ['States.ALL'], outputs: {} });
  return begin;
}
