import type { SiteName } from '../../../core/config';
import { DEADLINES } from '../../../core/deadlines';
import { NotQuiesced } from '../../../core/errors';
import { overdue } from '../../../core/restore';
import { stillWriting } from '../../../core/switchover';
import type { AppContext, Progress } from '../app-step';
import { putToRest } from './rest';

/**
 * The fence of a switchover. The site is reachable, so nothing less will do than an app at rest: whoever still has a
 * volume could write what the last backup does not have.
 * @throws NotQuiesced; what the cluster's API throws, which brings the site back
 */
export async function quiesce(context: AppContext, site: SiteName): Promise<Progress> {
  const { deps, app, startedAt } = context;
  const cluster = await deps.cluster(site);
  const changed = await putToRest(context, cluster);
  const writing = stillWriting(await cluster.pods(app.namespaces));
  if (writing.length === 0) {
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
  return {
    word: 'waiting',
    detail: `${changed ? `${changed}. ` : ''}Waits for ${writing.join(', ')} to end.`,
    waitSeconds: 2,
  };
}
