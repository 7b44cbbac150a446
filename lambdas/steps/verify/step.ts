import { DEADLINES } from '../../../core/deadlines';
import { VerificationFailed } from '../../../core/errors';
import { overdue } from '../../../core/restore';
import type { AppInput, StepResult } from '../../../core/run';
import { clientProblem } from '../../../core/verification';
import type { Deps } from '../../runtime/wire';
import { type AppContext, appStep, type Progress } from '../app-step';
import { askThrough } from '../looking';

/** Step 8. Asks the target's load balancer for main, as a client will after the flip: SNI, certificate, Host, HTTP. */
export function verifyStep(deps: Deps, input: AppInput): Promise<StepResult> {
  return appStep(deps, input, 'verify', verify);
}

async function verify({ deps, app, input, startedAt }: AppContext): Promise<Progress> {
  const { endpoint } = app;
  if (!endpoint) return { word: 'skipped', detail: 'Nobody calls the app.' };
  const host = endpoint.hosts[input.run.activate];
  const results = await askThrough(deps.network, host, endpoint.main, endpoint.health.path);
  const now = deps.clock.now();
  // Every address must do: clients are given any of them.
  const problem =
    results.length === 0
      ? `${host} does not resolve`
      : results.map(result => clientProblem(result, endpoint, now)).find(Boolean);
  if (!problem)
    return { word: 'done', detail: `${host} answers for ${endpoint.main} on ${results.length} addresses.` };
  const late = overdue(startedAt, DEADLINES.verify, now);
  if (late) {
    throw new VerificationFailed(
      `${host} does not answer for ${endpoint.main} as a client needs it: ${problem}. It is ${late}.`,
    );
  }
  return {
    word: 'waiting',
    detail: `${host} is not right yet for ${endpoint.main}: ${problem}.`,
    waitSeconds: 5,
  };
}
