import { startCommand } from '../../../core/commands';
import { drillEnd } from '../../../core/drill-report';
import { NotFound } from '../../../core/errors';
import type { AppEnd, AppRun } from '../../../core/ledger';
import { arrived, ended } from '../../../core/report';
import type { CloseInput, CloseResult, Run } from '../../../core/run';
import type { Deps } from '../../runtime/wire';
import { endApp } from '../end-app';
import { markFailed } from '../rollback/step';

/** Ends an app's part: writes the outcome into the ledger and lets the lease go. */
export async function closeStep(deps: Deps, { run: { id }, app, failure }: CloseInput): Promise<CloseResult> {
  const record = await deps.ledger.run(id);
  if (!record) throw new NotFound(`The ledger has no run ${id}.`);
  if (failure) await markFailed(deps, id, app, failure);
  const appRun = await deps.ledger.appRun(id, app);
  if (!appRun) throw new NotFound(`The ledger has no record of ${app} in run ${id}.`);
  const { end } = await endApp(deps, id, app, endOf(record.run, appRun, failure, deps.clock.now()));
  return { app, outcome: end?.outcome ?? 'needs-attention' };
}

function endOf(run: Run, record: AppRun, failure: CloseInput['failure'], now: number): AppEnd {
  if (run.mode === 'drill') return drillEnd(run, record, failure, now);
  if (failure) {
    const undone = record.phases.rollback
      ? record.phases.rollback.outcome === 'done'
      : record.phases.fence === undefined;
    return ended(run, record, failure, undone, now);
  }
  if (record.phases.confirm?.endedAt !== undefined) return arrived(run, record, now);
  const why = record.phases.turn?.detail || 'It did not get its turn.';
  return {
    at: now,
    outcome: 'refused',
    reasons: [why],
    next: startCommand(run, record.app),
  };
}
