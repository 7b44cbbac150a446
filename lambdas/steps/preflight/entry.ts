import type { PreflightResult, RunInput } from '../../../core/run';
import type { Deps } from '../../runtime/wire';
import { peaceStep } from './peace';
import { preflightStep } from './step';

/** `{"peace": true}` comes from the schedule, everything else from a run. */
export function preflightOrPeace(
  deps: Deps,
  input: RunInput | { peace: true },
): Promise<PreflightResult | { detail: string }> {
  return 'peace' in input ? peaceStep(deps) : preflightStep(deps, input);
}
