import { holds } from '../../../core/admission';
import { drilling } from '../../runtime/scope';
import type { Deps } from '../../runtime/wire';
import { isAbsence } from '../absence';
import { leftovers } from './step';

/**
 * Every few minutes: a drill that was cut has left something, and nobody is at it any more. Asks no cluster unless the
 * ledger knows of such a drill.
 */
export async function peacefulCleanup(given: Deps): Promise<{ detail: string }> {
  const deps = drilling(given);
  const { ledger, clock, site } = deps;
  const said: string[] = [];
  for (const app of deps.config.apps.filter(({ data }) => data)) {
    const [activation, lease] = await Promise.all([ledger.activation(app.name), ledger.lease(app.name)]);
    if (!activation || activation.closedAt !== undefined) continue;
    if (lease && holds(lease, 'unknown', clock.now())) continue;
    try {
      const left = await leftovers(deps, app, site);
      said.push(`${app.name}: ${left ?? 'empty again.'}`);
      if (left) continue;
      await ledger.changeActivation(app.name, now =>
        now?.id === activation.id
          ? { ...now, closedAt: clock.now(), outcome: 'rolled-back' }
          : (now ?? activation),
      );
    } catch (error) {
      if (!isAbsence(error)) throw error;
      // The next look comes by itself.
      said.push(`${app.name}: ${error.message}`);
    }
  }
  return { detail: said.join(' ') || 'No drill has left anything.' };
}
