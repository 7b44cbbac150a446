import {
  Choice,
  Condition,
  DistributedMap,
  Fail,
  type IChainable,
  Parallel,
  Pass,
  ProvideItems,
  type State,
  StateMachineType,
  Succeed,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { SiteName } from '../../core/config';
import { AFTER_FLIP, BEFORE_FLIP, RETRYABLE } from '../../core/errors';
import { askForApproval } from './ask-for-approval';
import { moveApp } from './move-app';
import { StepLoop } from './step-loop';
import { catchInto, type StepFunctions, stepTask } from './step-task';

const RUN = '{% {"run": $run} %}';
const NAMED = [...BEFORE_FLIP, ...AFTER_FLIP, ...RETRYABLE, 'LeaseLost'];
/** Apps that are under way at once. More than that wait; no history and no payload grows with them. */
const APPS_AT_ONCE = 100;
/** Stands in the ARNs of the children's executions, where the machine's role and people look for it. */
export const MAP_LABEL = 'apps';

/**
 * The activation of a site: admit, assess, preflight, tell on-call, move the apps, report. Whatever happens on the
 * way, it comes to Report.
 */
export function activation(scope: Construct, functions: StepFunctions, site: SiteName): IChainable {
  const begin = Pass.jsonata(scope, 'Begin', {
    assign: {
      run: {
        id: '{% $states.context.Execution.Name %}',
        activate: site,
        // The ledger has other leases for drills. Whatever else the input is, Admit says what is wrong with it.
        drill: '{% $type($states.input) = "object" and $states.input.mode = "drill" %}',
      },
      failed: {},
    },
  });
  const admit = stepTask(
    scope,
    functions,
    'admit',
    '{% {"input": $states.input, "execution": {"Id": $states.context.Execution.Id, "Name": $states.context.Execution.Name, "StartTime": $states.context.Execution.StartTime}} %}',
  );
  const assess = new StepLoop(scope, functions, 'assess', RUN);
  const preflight = stepTask(scope, functions, 'preflight', RUN);
  const tell = stepTask(scope, functions, 'tell', '{% {"run": $run, "apps": $preflight.apps} %}');
  const move = moveTheApps(scope, functions);
  const report = stepTask(
    scope,
    functions,
    'report',
    '{% $merge([{"run": $run, "executionArn": $states.context.Execution.Id}, $failed]) %}',
  );
  // Kept in a variable: a Choice hands on its input, and the branches of Move and its asking need it.
  const remember = Pass.jsonata(scope, 'Remember who goes', { assign: { preflight: '{% $states.input %}' } });

  begin.next(admit);
  admit.next(ifAny(scope, 'Admitted?', assess.task, report));
  assess.whenDone(ifAny(scope, 'Anyone to move?', preflight, report));
  preflight.next(remember);
  remember.next(ifAny(scope, 'Ready to move?', tell, report));
  tell.next(move);
  move.next(report);
  report.next(theEnd(scope));

  catchInto(admit, report, ['BadRequest', ...NAMED]);
  for (const task of [assess.task, preflight, tell]) catchInto(task, report, NAMED);
  const handled = { assign: { failed: '{% {"failure": $states.errorOutput} %}' }, outputs: {} };
  move.addCatch(report, {
    ...handled,
    errors: ['States.ExceedToleratedFailureThreshold', 'States.TaskFailed'],
  });
  move.addCatch(report, { ...handled, errors: ['States.ALL'] });
  return begin;
}

function moveTheApps(scope: Construct, functions: StepFunctions): Parallel {
  const apps = DistributedMap.jsonata(scope, 'Move the apps', {
    label: MAP_LABEL,
    items: ProvideItems.jsonata('{% $preflight.apps %}'),
    itemSelector: { run: '{% $run %}', app: '{% $states.context.Map.Item.Value %}' },
    mapExecutionType: StateMachineType.STANDARD,
    maxConcurrency: APPS_AT_ONCE,
    // One app's accident is not the others': Report finds in the ledger what became of each.
    toleratedFailurePercentage: 100,
    outputs: {},
  });
  apps.itemProcessor(moveApp(scope, functions));
  return Parallel.jsonata(scope, 'Move', { outputs: {} })
    .branch(apps)
    .branch(askForApproval(scope, functions));
}

function ifAny(scope: Construct, name: string, then: State, otherwise: State): Choice {
  return Choice.jsonata(scope, name)
    .when(Condition.jsonata('{% $count($states.input.apps) > 0 %}'), then)
    .otherwise(otherwise);
}

/** The colour of the execution in the console says whether somebody has to do something. */
function theEnd(scope: Construct): Choice {
  const cause = '{% $states.input.summary %}';
  const badRequest = Fail.jsonata(scope, 'Bad request', { error: 'BadRequest', cause });
  const rolledBack = Fail.jsonata(scope, 'Rolled back', { error: 'RolledBack', cause });
  const needsAttention = Fail.jsonata(scope, 'Needs attention', { error: 'NeedsAttention', cause });
  const done = Succeed.jsonata(scope, 'Done');
  return Choice.jsonata(scope, 'How did it end?')
    .when(
      Condition.jsonata('{% $exists($failed.failure) and $failed.failure.Error = "BadRequest" %}'),
      badRequest,
    )
    .when(Condition.jsonata('{% $states.input.outcome in ["succeeded", "refused"] %}'), done)
    .when(Condition.jsonata('{% $states.input.outcome = "rolled-back" %}'), rolledBack)
    .otherwise(needsAttention);
}
