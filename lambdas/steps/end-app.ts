import { NotFound } from '../../core/errors';
import { type AppEnd, type AppRun, NEW_APP_RUN } from '../../core/ledger';
import type { Deps } from '../runtime/wire';

/**
 * Ends an app's part in a run: writes how, closes the activation unless somebody must go on with it, and lets the
 * lease go. Asked twice, it changes nothing more.
 */
export async function endApp(deps: Deps, runId: string, app: string, end: AppEnd): Promise<AppRun> {
  const { ledger } = deps;
  const record = await ledger.changeAppRun(runId, app, now => {
    if (now?.end) return now;
    return { ...(now ?? { ...NEW_APP_RUN, app }), end };
  });
  const final = record.end ?? end;
  // `needs-attention` leaves the activation open: the next run for this site goes on with it.
  if (record.activationId && final.outcome !== 'needs-attention' && final.failure?.Error !== 'LeaseLost') {
    await ledger.changeActivation(app, activation => {
      if (!activation) throw new NotFound(`The ledger lost the activation of ${app}.`);
      if (activation.id !== record.activationId || activation.closedAt !== undefined) return activation;
      return { ...activation, closedAt: final.at, outcome: final.outcome };
    });
  }
  await ledger.releaseLease(app, runId);
  return record;
}

/**
 * An app that does not go on: told with the reason and with what to do about it.
 * @param nothingToDo the app is well where it is
 */
export function refuseApp(
  deps: Deps,
  runId: string,
  app: string,
  reasons: string[],
  next: string,
  nothingToDo = false,
): Promise<AppRun> {
  const end: AppEnd = { at: deps.clock.now(), outcome: 'refused', reasons, next };
  return endApp(deps, runId, app, nothingToDo ? { ...end, nothingToDo } : end);
}
