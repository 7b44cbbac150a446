import { setTimeout as wait } from 'node:timers/promises';
import { SITE_NAMES, type SiteName } from '../../../core/config';
import { describe } from '../../embedded/describe';
import { loadScenario } from '../../scenario';
import { CommandFailed } from '../host/run';
import { Shop } from '../shop';
import { playNight } from './night';
import { settleIn } from './prepare';
import type { TestbedReport } from './report';
import { type Return, returnFinding } from './return';
import type { Stage } from './stage';

const LOOK_MS = 200;
/** The Pods of a Region that boots again answer within that time. */
const RETURN_MS = 120_000;
/** So long a Region that is back is watched, with its Pods at work. */
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
  listener({ kind: 'happens', at, text: describe({ do: 'restore-region', site }, bed.config) });
  await bed.restoreRegion(site);
  const shop = new Shop(bed.regions[site].kubectl);
  await ordersOnceBack(shop);
  const answersAfterSeconds = (Date.now() - at) / 1000;
  await wait(AFTER_RETURN_MS);
  const visits = customer.visits().filter(visit => visit.at >= at);
  const first = visits[0]?.number ?? Number.POSITIVE_INFINITY;
  return {
    site,
    host: hostOf({ bed }, site),
    answersAfterSeconds,
    mainBefore,
    mainNow: bed.mainTarget(),
    served: visits.filter(visit => visit.ok && visit.site === site).length,
    written: (await ordersOnceBack(shop)).filter(number => number >= first).length,
  };
}

/**
 * For a while Kubernetes still takes the Pods for Ready that died with the Region, and then, though they are at work
 * again, for not Ready: only an answer proves them back, and the next question may find nobody once more.
 */
async function ordersOnceBack(shop: Shop): Promise<number[]> {
  for (const deadline = Date.now() + RETURN_MS; ; await wait(LOOK_MS)) {
    try {
      return await shop.orders();
    } catch (error) {
      if (!(error instanceof CommandFailed) || Date.now() > deadline) throw error;
    }
  }
}

async function goHome(stage: Stage): Promise<TestbedReport> {
  const settled = Date.now();
  await settleIn(stage, 'dr');
  return playNight(stage, loadScenario('failback'), settled);
}

function hostOf({ bed }: Pick<Stage, 'bed'>, site: SiteName): string | undefined {
  return bed.config.apps[0]?.endpoint?.hosts[site];
}
