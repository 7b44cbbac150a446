import type { SiteName } from '../../../core/config';
import type { AppRun } from '../../../core/ledger';
import { otherSite } from '../../../core/run';
import { type Message, runsTold } from '../../messages';
import type { Report, RunReport } from '../../report';
import type { Scenario } from '../../scenario';
import type { Bed, RunView } from '../bed';
import type { Visit } from '../client/journal';
import { type OrdersReport, ordersReport } from '../client/orders';
import type { Resource } from '../region/kubectl';
import { type FileSum, Shop } from '../shop';
import { recordsOf } from './ledger';
import type { Stage } from './stage';
import { type MainTarget, messagesOf, siteOf } from './watch';

/** Everything that is known of a night when it is over. Times in ms since the epoch. */
export interface Facts {
  scenario: Scenario;
  /** The site that a run would activate. */
  activate: SiteName;
  from: number;
  until: number;
  /** When the shop stopped serving; absent in a night without an outage. */
  outageAt: number | undefined;
  /** Of the night. */
  visits: readonly Visit[];
  /** Of the night, and of the time before it since the shop lives where it lived. */
  visitsBefore: readonly Visit[];
  mains: readonly MainTarget[];
  /** Whose name main led to in the end; absent when to nobody's. */
  after: SiteName | undefined;
  messages: readonly Message[];
  states: readonly string[];
  runs: readonly RunReport[];
  calls: Report['calls'];
  /** The last run that on-call heard of. */
  run: RunView | undefined;
  records: readonly AppRun[];
  /** Restores that were created at the site to activate. */
  restores: number;
  /** The backup of the last of them. */
  restored: { backupStartedAt: number } | undefined;
  /** Absent when the shop did not move. */
  orders: OrdersReport | undefined;
  /** The files besides the orders: as they were, and as they are at the activated site. Absent when it did not move. */
  files: { meant: Record<string, FileSum>; found: Record<string, FileSum> } | undefined;
}

export interface Watched {
  scenario: Scenario;
  from: number;
  /** Since when the shop lives where it lived at the beginning. */
  settled: number;
  outageAt: number | undefined;
  mains: readonly MainTarget[];
}

/** Asks the bed what became of the night; the customer goes on ordering meanwhile. */
export async function gather({ bed, customer, ballast }: Stage, watched: Watched): Promise<Facts> {
  const { scenario, from, settled, outageAt, mains } = watched;
  const activate = otherSite(scenario.given.active);
  const messages = await messagesOf(bed, from);
  const entered = (await bed.enteredStates()).filter(({ at }) => at >= from);
  const calls = bed.lifeboatCalls(from);
  const told = runsTold(messages);
  const started = (await bed.runs()).filter(({ start }) => start >= from);
  const runs = started.map(({ name, site }) => ({
    name,
    site,
    told: told.has(name),
    states: entered.filter(({ run }) => run === name).map(({ state }) => state),
  }));
  const run = started.filter(({ name }) => told.has(name)).at(-1);
  const restores = await restoresOf(bed, activate, from);
  const restored = await backupOf(bed, activate, restores.at(-1));
  const after = siteOf(bed, mains.at(-1)?.target);
  const moved = after === activate;
  const shop = new Shop(bed.regions[activate].kubectl);
  // The journal before the volume: what is in it is on the volume by now, or lost.
  const visitsBefore = customer.visits().filter(({ at }) => at >= settled);
  return {
    scenario,
    activate,
    from,
    until: Date.now(),
    outageAt,
    visits: visitsBefore.filter(({ at }) => at >= from),
    visitsBefore,
    mains,
    after,
    messages,
    states: entered.map(({ state }) => state),
    runs,
    calls,
    run,
    records: run ? await recordsOf(bed, run) : [],
    restores: restores.length,
    restored,
    orders: restored && moved ? await ordersOf(shop, activate, visitsBefore, restored) : undefined,
    files: restored && moved ? { meant: ballast, found: await shop.sums() } : undefined,
  };
}

/** The restores that were created at the site since then, oldest first: their names have the time in them. */
async function restoresOf(bed: Bed, site: SiteName, from: number): Promise<Resource[]> {
  const { kubectl, alive } = bed.regions[site];
  if (!alive) return [];
  const restores = await kubectl.list('restores.velero.io', 'velero');
  // Kubernetes' times have whole seconds.
  return restores.filter(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') >= from - 1000);
}

async function backupOf(bed: Bed, site: SiteName, restore: Resource | undefined): Promise<Facts['restored']> {
  const name = restore?.spec?.backupName;
  if (typeof name !== 'string') return undefined;
  const backup = await bed.regions[site].kubectl.get('backups.velero.io', name, 'velero');
  return { backupStartedAt: Date.parse(String(backup?.status?.startTimestamp)) };
}

async function ordersOf(
  shop: Shop,
  activated: SiteName,
  visits: readonly Visit[],
  { backupStartedAt }: { backupStartedAt: number },
): Promise<OrdersReport> {
  const found = await shop.orders();
  return ordersReport(visits, { backupStartedAt, activated, found });
}
