import type { SiteName } from '../../../core/config';
import { DEADLINES } from '../../../core/deadlines';
import { NotQuiesced } from '../../../core/errors';
import { overdue } from '../../../core/restore';
import { stillWriting } from '../../../core/switchover';
import { restChanges } from '../../../core/workloads';
import type { AppContext, Progress } from '../app-step';
import { putToRest } from '../rest';

/**
 * The fence of a switchover. The site is reachable, so nothing less will do than an app at rest: whoever still has a
 * volume could write what the last backup does not have.
 * @throws NotQuiesced; what the cluster's API throws, which brings the site back
 */
export async function quiesce(context: AppContext, site: SiteName): Promise<Progress> {
  const { deps, app, activation, startedAt } = context;
  const { restedAt } = activation;
  let again = '';
  const done = await putToRest(deps, app, site, activation.id, workloads => {
    again = restChanges(workloads, activation.id)
      .map(({ detail }) => detail)
      .join('; ');
    return restedAt === undefined || again === '';
  });
  // What a run that was cut has backed up or restored is not the last word any more.
  if (done === undefined) {
    throw new NotQuiesced(
      `${app.name} was at work on ${site} again after it had been put to rest at ${new Date(restedAt ?? 0).toISOString()}: ${again}. ` +
        'It is brought back. Ask for the switchover once more; that one begins anew.',
    );
  }
  const writing = stillWriting(await (await deps.cluster(site)).pods(app.namespaces));
  if (writing.length === 0) {
    await deps.ledger.changeActivation(app.name, now => ({
      ...(now ?? activation),
      restedAt: now?.restedAt ?? deps.clock.now(),
    }));
    return {
      word: 'done',
      detail: `${app.name} is at rest on ${site}: nobody can write any more.`,
      change: record => ({ ...record, fenced: 'done' }),
    };
  }
  const late = overdue(startedAt, DEADLINES.quiesce, deps.clock.now());
  if (late) {
    throw new NotQuiesced(
      `${app.name} on ${site} does not come to rest: ${writing.join(', ')}. It is ${late}. ` +
        'A Job may still be at work, or a workload that lifeboat.yaml does not name.',
    );
  }
  return { word: 'waiting', detail: `${done} Waits for ${writing.join(', ')} to end.`, waitSeconds: 2 };
}
