import type { FunctionName } from '../../../core/phases';
import type { Deps } from '../../../lambdas/runtime/wire';
import { admitStep } from '../../../lambdas/steps/admit/step';
import { assessStep } from '../../../lambdas/steps/assess/step';
import { backupStep } from '../../../lambdas/steps/backup/step';
import { cleanupOrPeace } from '../../../lambdas/steps/cleanup/entry';
import { closeStep } from '../../../lambdas/steps/close/step';
import { confirmStep } from '../../../lambdas/steps/confirm/step';
import { drillStep } from '../../../lambdas/steps/drill/step';
import { fenceStep } from '../../../lambdas/steps/fence/step';
import { flipStep } from '../../../lambdas/steps/flip/step';
import { guardStep } from '../../../lambdas/steps/guard/step';
import { preflightOrPeace } from '../../../lambdas/steps/preflight/entry';
import { reportStep } from '../../../lambdas/steps/report/step';
import { restoreStep } from '../../../lambdas/steps/restore/step';
import { rollbackStep } from '../../../lambdas/steps/rollback/step';
import { scaleStep } from '../../../lambdas/steps/scale/step';
import { startStep } from '../../../lambdas/steps/start/step';
import { tellStep } from '../../../lambdas/steps/tell/step';
import { turnStep } from '../../../lambdas/steps/turn/step';
import { verifyStep } from '../../../lambdas/steps/verify/step';

type AnyStep = (deps: Deps, input: never) => Promise<unknown>;

/** The code that is deployed, without the Lambda around it. */
export const STEP_CODE: Record<FunctionName, AnyStep> = {
  admit: admitStep,
  assess: assessStep,
  preflight: preflightOrPeace,
  tell: tellStep,
  turn: turnStep,
  fence: fenceStep,
  backup: backupStep,
  restore: restoreStep,
  scale: scaleStep,
  verify: verifyStep,
  flip: flipStep,
  confirm: confirmStep,
  drill: drillStep,
  cleanup: cleanupOrPeace,
  rollback: rollbackStep,
  close: closeStep,
  report: reportStep,
  guard: guardStep,
  start: startStep,
};
