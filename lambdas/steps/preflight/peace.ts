import type { Peace } from '../../../core/ledger';
import { readinessMessage } from '../../../core/messages';
import { dependencyFindings, preflight } from '../../../core/preflight';
import { changedReadiness } from '../../../core/readiness';
import { otherSite } from '../../../core/run';
import { mapBounded } from '../../adapters/concurrency';
import type { Deps } from '../../runtime/wire';
import { askDependencies } from '../dependencies';
import { mainAt } from '../looking';
import { clusterFacts, targetFacts } from '../target-facts';
import { rememberOtherSite } from './other-site';
import { tidySwitch } from './tidy-switch';

const AT_ONCE = 8;

/**
 * The same checks in peace, every few minutes: on-call hears once when the standby is not ready any more, and once
 * when it is again. Remembers what the other site looks like, for the night when it cannot be asked.
 */
export async function peaceStep(deps: Deps): Promise<{ detail: string }> {
  const { config, site, ledger, clock } = deps;
  await rememberOtherSite(deps, config.apps);
  const [known, dependencies] = await Promise.all([clusterFacts(deps, site), askDependencies(deps)]);
  const errors: Peace['errors'] = {};
  const backups: NonNullable<Peace['backups']> = {};
  const missing = dependencyFindings(dependencies).map(({ detail }) => detail);
  if (missing.length > 0) errors.dependencies = missing;
  await mapBounded(config.apps, AT_ONCE, async app => {
    // The site that serves is not the standby of the app.
    const at = app.endpoint && (await mainAt(deps.network, app.endpoint));
    const switchProblem = await tidySwitch(deps, app, at);
    if (at === site) return;
    const facts = await targetFacts(deps, app, site, known, false);
    if (facts.backup?.ok) backups[app.name] = { name: facts.backup.name, takenAt: facts.backup.takenAt };
    const findings = preflight(app, site, config.sites[otherSite(site)].region, facts, clock.now());
    const texts = findings
      .filter(({ level }) => level === 'error')
      .map(({ check, detail }) => `${check}: ${detail}`);
    if (switchProblem) texts.push(`switch: ${switchProblem}`);
    if (texts.length > 0) errors[app.name] = texts;
  });
  const { worse, well } = changedReadiness((await ledger.peace())?.errors ?? {}, errors);
  if (worse.length + well.length > 0)
    await deps.notifier.publish(
      readinessMessage(config, site, worse, well, Object.values(errors).flat().length),
    );
  await ledger.savePeace({ at: clock.now(), errors, backups });
  return {
    detail: `${Object.keys(errors).length} not ready, ${worse.length} newly so, ${well.length} well again.`,
  };
}
