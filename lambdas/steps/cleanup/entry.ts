import type { AppInput, StepResult } from '../../../core/run';
import type { Deps } from '../../runtime/wire';
import { peacefulCleanup } from './peace';
import { cleanupStep } from './step';

/** `{"peace": true}` comes from the schedule, everything else from a run. */
export function cleanupOrPeace(
  deps: Deps,
  input: AppInput | { peace: true },
): Promise<StepResult | { detail: string }> {
  return 'peace' in input ? peacefulCleanup(deps) : cleanupStep(deps, input);
}
