import { Choice, Condition, type IChainable, Wait, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { STATES, type StepName } from '../../core/phases';
import { type StepFunctions, stepTask } from './step-task';

/**
 * A step that is asked until it is done: ask, look at the answer, wait as long as it says, ask again. The workflow
 * waits and no Lambda sleeps; a step that is asked once more after a cut goes on where it was.
 */
export class StepLoop {
  readonly task: LambdaInvoke;
  private readonly until: Choice;

  constructor(scope: Construct, functions: StepFunctions, step: StepName, payload: string) {
    const { until, wait } = STATES[step];
    if (!until || !wait)
      throw new Error(`${step} is asked only once: core/phases names no states to wait in.`);
    this.task = stepTask(scope, functions, step, payload);
    const pause = Wait.jsonata(scope, wait, { time: WaitTime.seconds('{% $states.input.waitSeconds %}') });
    this.until = Choice.jsonata(scope, until);
    this.task.next(this.until);
    this.until.otherwise(pause);
    pause.next(this.task);
  }

  /** Where it goes when the step is done. */
  whenDone(next: IChainable): this {
    this.until.when(Condition.jsonata('{% $states.input.done %}'), next);
    return this;
  }

  /** Where it goes instead when the step is done and this holds too; before `whenDone`. */
  unless(condition: string, next: IChainable): this {
    this.until.when(Condition.jsonata(condition), next);
    return this;
  }
}
