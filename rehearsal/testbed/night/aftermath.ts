import { setTimeout as wait } from 'node:timers/promises';
import { SITE_NAMES, type SiteName } from '../../../core/config';
import { otherSite } from '../../../core/run';
import { describe } from '../../embedded/describe';
import { loadScenario } from '../../scenario';
import { ordersOnDisk } from '../disk';
import type { Kubectl } from '../region/kubectl';
import { playNight } from './night';
import { settleIn } from './prepare';
import type { TestbedReport } from './report';
import { type Return, returnFinding } from './return';
import type { Stage } from './stage';

const LOOK_MS = 200;
/** The guard asks a lost site every few seconds; Pods have half a minute to end. */
const REST_MS = 120_000;
/** So long a Region that is back is watched beyond that. */
const AFTER_RETURN_MS = 20_000;

/**
 * What comes after a night in which a Region was lost: it returns with its old data and is watched; then, when the
 * shop has moved away from it, it goes home. Adds to the report what was found.
 */
export async function aftermath(stage: Stage, report: TestbedReport): Promise<void> {
  const { bed } = stage;
  const lost = SITE_NAMES.filter(site => !bed.regions[site].alive);
  for (const site of lost) {
    const back = await comeBack(stage, site);
    report.client.returns.push(back);
    report.invariants.push(returnFinding(back));
    if (site === 'primary' && back.mainNow === hostOf(stage, 'dr')) report.failback = await goHome(stage);
  }
}

/** The lost Region boots with its old disk and starts its Pods; the customer goes on ordering meanwhile. */
async function comeBack({ bed, customer, listener }: Stage, site: SiteName): Promise<Return> {
  const at = Date.now();
  const mainBefore = bed.mainTarget();
  const host = hostOf({ bed }, site);
  listener({ kind: 'happens', at, text: describe({ do: 'restore-region', site }, bed.config) });
  await bed.restoreRegion(site);
  // A guard puts to rest what main has left; what main leads to all along, or nobody knows of, is left alone.
  const left = mainBefore === hostOf({ bed }, otherSite(site));
  const rested = left && (await atRest(bed.regions[site].kubectl));
  const restsAfterSeconds = (Date.now() - at) / 1000;
  await wait(AFTER_RETURN_MS);
  const visits = customer.visits().filter(visit => visit.at >= at);
  const first = visits[0]?.number ?? Number.POSITIVE_INFINITY;
  return {
    site,
    host,
    left,
    ...(rested ? { restsAfterSeconds } : {}),
    mainBefore,
    mainNow: bed.mainTarget(),
    served: visits.filter(visit => visit.ok && visit.site === site).length,
    // From its disk: of a site at rest nobody can be asked.
    written: ordersOnDisk(bed.regions[site].disk).filter(number => number >= first).length,
  };
}

/** Whether no Pod of the shop is left within the patience. */
async function atRest(kubectl: Kubectl): Promise<boolean> {
  for (const deadline = Date.now() + REST_MS; Date.now() < deadline; await wait(LOOK_MS)) {
    const deployments = await kubectl.list('deployments', 'orders');
    const pods = await kubectl.list('pods', 'orders');
    if (pods.length === 0 && deployments.every(({ spec }) => spec?.replicas === 0)) return true;
  }
  return false;
}

async function goHome(stage: Stage): Promise<TestbedReport> {
  const settled = Date.now();
  await settleIn(stage, 'dr');
  return playNight(stage, loadScenario('failback'), settled);
}

function hostOf({ bed }: Pick<Stage, 'bed'>, site: SiteName): string | undefined {
  return bed.config.apps[0]?.endpoint?.hosts[site];
}
