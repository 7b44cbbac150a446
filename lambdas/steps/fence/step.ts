import { type AppInput, otherSite, type StepResult } from '../../../core/run';
import type { Deps } from '../../runtime/wire';
import { isAbsence } from '../absence';
import { type AppContext, appStep, type Progress } from '../app-step';
import { putToRest } from '../rest';
import { runRecord } from '../run-record';
import { quiesce } from './quiesce';

/**
 * Step 5. Puts the app to rest on the other site: workloads to 0, CronJobs suspended, Velero schedules paused.
 * In a failover that is a best effort with a short deadline: what could not be done becomes a debt in the ledger, which
 * the guard pays when the site answers again. In a switchover it is required.
 */
export function fenceStep(deps: Deps, input: AppInput): Promise<StepResult> {
  return appStep(deps, input, 'fence', fence);
}

async function fence(context: AppContext): Promise<Progress> {
  const { deps, input, app } = context;
  const site = otherSite(input.run.activate);
  const { run } = await runRecord(deps, input.run.id);
  if (run.mode === 'switchover') return quiesce(context, site);
  try {
    const detail = (await putToRest(deps, app, site, context.activation.id)) ?? '';
    await deps.ledger.settleDebt(app.name, site);
    return { word: 'done', detail, change: record => ({ ...record, fenced: 'done' }) };
  } catch (error) {
    if (!isAbsence(error)) throw error;
    const why = error.message;
    await deps.ledger.saveDebt({
      app: app.name,
      runId: input.run.id,
      activationId: context.activation.id,
      site,
      what: 'fence',
      since: deps.clock.now(),
      why,
    });
    return {
      word: 'done',
      detail: `Pending: ${site} could not be fenced. ${why}`,
      change: record => ({ ...record, fenced: 'pending' }),
    };
  }
}
