import { type Concerns, changedConcerns, type Seen } from '../../../core/concerns';
import type { App, Endpoint, SiteName } from '../../../core/config';
import { guardMessage } from '../../../core/guard-messages';
import { otherSite } from '../../../core/run';
import type { Sample } from '../../../core/verdict';
import { expiryProblem } from '../../../core/verification';
import { mapBounded } from '../../adapters/concurrency';
import type { Deps } from '../../runtime/wire';
import { lookAtSite, type SiteLook } from '../looking';
import type { Mains } from './mains';
import type { Look } from './patrol';

const AT_ONCE = 100;

/** Tells on-call once what worries the guard, and once when it is well again. */
export async function tellConcerns(deps: Deps, before: Concerns, seen: Seen): Promise<void> {
  const { next, worse, well } = changedConcerns(before, seen, deps.clock.now());
  if (worse.length + well.length > 0)
    await deps.notifier.publish(guardMessage(deps.config, deps.site, worse, well));
  if (next !== before) await deps.ledger.saveConcerns(next);
}

/**
 * What a look says of names, certificates and the other site's API. Of the passive site nobody else would say that its
 * certificate stopped renewing.
 * @param watched names of the apps that were watched before
 * @param known what worries already
 */
export async function gathered(
  deps: Deps,
  mains: Mains,
  look: Look & { api?: Sample },
  watched: readonly string[],
  known: Concerns,
): Promise<Seen> {
  const seen: Seen = {};
  const sees = look.sees !== false;
  seen.blind = sees ? 'well' : { text: blindText(deps) };
  for (const { app, look: there } of look.apps) aboutSite(seen, deps, app, otherSite(deps.site), there, sees);
  await mapBounded(look.apps, AT_ONCE, async ({ app }) => {
    if (!app.endpoint) return;
    aboutSite(seen, deps, app, deps.site, await lookAtSite(deps, app, app.endpoint, deps.site), sees);
  });
  for (const app of deps.config.apps) {
    const mine = watched.includes(app.name) || known[`main ${app.name}`] !== undefined;
    if (app.endpoint && mine) aboutMain(seen, app.name, app.endpoint, mains.of(app));
  }
  if (look.api) seen.api = aboutApi(look.api, look);
  return seen;
}

function aboutSite(
  seen: Seen,
  { clock }: Deps,
  app: App,
  site: SiteName,
  { name, certificate }: SiteLook,
  sees: boolean,
): void {
  const { endpoint } = app;
  if (!endpoint) return;
  const host = endpoint.hosts[site];
  const noName = sees && !name.ok ? { text: `${host} does not resolve (${name.failure}).` } : 'unknown';
  seen[`name ${site} ${app.name}`] = name.ok ? 'well' : noName;
  const expiry = certificate && expiryProblem(certificate, clock.now());
  const text = `The certificate for ${endpoint.main} on ${site} ${expiry}. Look at the Certificate in the cluster of ${site}.`;
  seen[`certificate ${site} ${app.name}`] = certificate ? (expiry ? { text } : 'well') : 'unknown';
}

function aboutMain(
  seen: Seen,
  app: string,
  { main }: Endpoint,
  sites: ReadonlySet<SiteName | undefined>,
): void {
  const elsewhere = sites.size === 1 && sites.has(undefined);
  const text = `${main} points to neither site: nobody watches ${app} now.`;
  seen[`main ${app}`] = sites.size === 0 ? 'unknown' : elsewhere ? { text } : 'well';
}

/** Of a site that serves no more, on-call hears from the run. */
function aboutApi(api: Sample, { apps }: Look): Seen[string] {
  if (api.seen === 'good') return 'well';
  const serves = apps.some(({ look }) => look.sample.seen === 'good');
  if (api.seen === 'unseen' || !serves) return 'unknown';
  return { text: `${api.detail}, and the apps serve on: that is no outage, and nothing moves.` };
}

function blindText({ config, site }: Deps): string {
  const { canaries } = config.guard;
  return (
    `${config.sites[site].region} cannot see out: none of ${canaries.join(', ')} answers. ` +
    'Its guard starts nothing until one does. Look at the network of its Lambda, or at guard.canaries in lifeboat.yaml.'
  );
}
