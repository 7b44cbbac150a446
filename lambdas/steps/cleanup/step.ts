import type { App, SiteName } from '../../../core/config';
import { DEADLINES } from '../../../core/deadlines';
import { mappingOf } from '../../../core/drill';
import { CleanupOverdue } from '../../../core/errors';
import { overdue } from '../../../core/restore';
import type { AppInput, StepResult } from '../../../core/run';
import type { Deps } from '../../runtime/wire';
import { type AppContext, appStep, type Progress } from '../app-step';
import { clearScratch } from '../drill/clear';

/** The end of a drill, however it went: everything that it made is removed again. */
export function cleanupStep(deps: Deps, input: AppInput): Promise<StepResult> {
  return appStep(deps, input, 'cleanup', cleanUp);
}

async function cleanUp({ deps, app, input, startedAt }: AppContext): Promise<Progress> {
  const left = await leftovers(deps, app, input.run.activate);
  const scratch = Object.values(mappingOf(deps.config, app)).join(', ');
  if (!left) return { word: 'done', detail: `${scratch}: empty again.` };
  const late = overdue(startedAt, DEADLINES.cleanup, deps.clock.now());
  if (late) throw new CleanupOverdue(`${scratch} does not become empty: ${left} It is ${late}.`);
  return { word: 'waiting', detail: left };
}

/** Removes what a drill left. @returns what is still there */
export async function leftovers(deps: Deps, app: App, site: SiteName): Promise<string | undefined> {
  const cluster = await deps.cluster(site);
  const scratch = Object.values(mappingOf(deps.config, app));
  return clearScratch({ cluster, velero: deps.velero(cluster, app), scratch }, app);
}
