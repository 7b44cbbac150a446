import { resumes } from '../../../core/admission';
import type { App, SiteName } from '../../../core/config';
import { LifeboatError } from '../../../core/errors';
import type { Deps } from '../../runtime/wire';

/**
 * In peace: what the switch keeps in this Region is put in order, unless a run is at work on the app or may be gone
 * on with.
 * @returns why the switch of the app could not be looked at, if it could not
 */
export async function tidySwitch(
  deps: Deps,
  app: App,
  mainAt: SiteName | undefined,
): Promise<string | undefined> {
  const { ledger, clock, site } = deps;
  if (!app.endpoint) return undefined;
  const [lease, activation] = await Promise.all([ledger.lease(app.name), ledger.activation(app.name)]);
  const now = clock.now();
  const again = { activate: site, mode: activation?.mode ?? 'failover' };
  if ((lease && lease.expiresAt > now) || resumes(again, activation, now)) return undefined;
  try {
    const done = await deps.switch.tidy(app.endpoint, site, mainAt);
    if (done) deps.log('switch-tidied', { app: app.name, done });
    return undefined;
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    deps.log('switch-not-tidied', { app: app.name, error: error.message });
    return error.message;
  }
}
