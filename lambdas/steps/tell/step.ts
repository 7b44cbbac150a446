import { NotFound } from '../../../core/errors';
import { approvalMessage, startMessage } from '../../../core/messages';
import type { TellInput } from '../../../core/run';
import type { Deps } from '../../runtime/wire';

/**
 * Step 4. Tells on-call what happens and why; asks for approval where an app wants it; writes down the answer.
 */
export async function tellStep(
  deps: Deps,
  { run: { id }, taskToken, answer }: TellInput,
): Promise<{ detail: string }> {
  if (answer) {
    await deps.ledger.changeRun(id, record => {
      if (!record) throw new NotFound(`The ledger has no run ${id}.`);
      // The first answer counts.
      return record.answer ? record : { ...record, answer };
    });
    return { detail: `${answer.by}: ${answer.approved ? 'approved' : 'not approved'}` };
  }
  const record = await deps.ledger.run(id);
  if (!record) throw new NotFound(`The ledger has no run ${id}. Start it again.`);
  const apps = await deps.ledger.appRuns(id);
  const going = apps.filter(({ end }) => !end);
  if (taskToken) {
    await deps.ledger.changeRun(id, now => ({ ...(now ?? record), taskToken }));
    await deps.notifier.publish(approvalMessage(deps.config, record.run, apps, taskToken));
    return { detail: 'Asked for approval.' };
  }
  if (going.every(({ needsApproval }) => needsApproval)) {
    return { detail: 'Every app waits for approval; the request for it says everything.' };
  }
  await deps.notifier.publish(startMessage(deps.config, record.run, apps, record.dependencies));
  return { detail: `Told on-call about ${going.length} apps.` };
}
