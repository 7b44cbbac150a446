import { setTimeout as wait } from 'node:timers/promises';
import type { SiteName } from '../../../core/config';
import { otherSite } from '../../../core/run';
import type { Bed } from '../bed';
import { type FileSum, Shop } from '../shop';
import { withLedger } from './ledger';
import type { Stage } from './stage';

const LOOK_MS = 500;

/** The shop did not get to where the scenario begins. */
export class NotMoved extends Error {
  override name = 'NotMoved';
}

/** Nobody watches the site at work. */
export class NotWatched extends Error {
  override name = 'NotWatched';
}

const GUARD_MS = 120_000;
const BALLAST_BYTES = 50 * 1024 * 1024;

/** Gives the shop more to move than a few orders. @returns what lies on its volume then */
export async function loadBallast(bed: Bed): Promise<Record<string, FileSum>> {
  const shop = new Shop(bed.regions.primary.kubectl);
  await shop.fill('ballast', BALLAST_BYTES, Date.now() % 1_000_000);
  return shop.sums();
}

/**
 * Brings the bed to where the scenario begins: the shop at work in `active`, its backup known at the other site.
 * @returns since when the shop lives there, in ms since the epoch; orders from before it were lost before the night
 */
export async function prepare(stage: Stage, active: SiteName): Promise<number> {
  const { bed, say } = stage;
  const began = Date.now();
  await backUp(stage, 'primary');
  if (active === 'primary') {
    await lookAround(stage, active);
    return began;
  }
  await moveToDr(bed);
  say('The shop lives in dr now.');
  const moved = Date.now();
  await settleIn(stage, 'dr');
  return moved;
}

/** The shop has been at work in `active` for a long time: the other site's backups are gone, and it knows a new one. */
export async function settleIn(stage: Stage, active: SiteName): Promise<void> {
  const { bed, say } = stage;
  await bed.backups.forget(otherSite(active));
  await bed.backups.show(otherSite(active));
  say(`The backups of ${otherSite(active)} are deleted, as if they had expired.`);
  await backUp(stage, active);
  await lookAround(stage, active);
}

/** Makes a backup as a person does, and waits until the other site has seen it. */
async function backUp({ bed, say }: Stage, site: SiteName): Promise<void> {
  const name = await bed.backups.make(site);
  await bed.backups.show(site);
  say(`Both sites know the backup ${name} of ${site}.`);
}

async function lookAround({ bed, say }: Stage, active: SiteName): Promise<void> {
  await bed.lookInPeace();
  say('Both sites have looked whether they could take over.');
  const standby = otherSite(active);
  // In AWS there has been one for long.
  await bed.sendGuard(standby);
  await watched(bed, standby);
  say(`The guard of ${standby} watches ${active}.`);
}

/** Waits until the standby's guard has looked at the shop and found it well. @throws NotWatched */
async function watched(bed: Bed, standby: SiteName): Promise<void> {
  for (const deadline = Date.now() + GUARD_MS; ; await wait(LOOK_MS)) {
    const watch = await withLedger(bed, standby, ledger => ledger.watch('shop'));
    if (watch?.site === otherSite(standby) && watch.verdict.word === 'healthy') return;
    if (Date.now() > deadline)
      throw new NotWatched(
        `The guard of ${standby} has not found the shop well: ${JSON.stringify(watch?.verdict ?? 'it has not looked')}.`,
      );
  }
}

async function moveToDr(bed: Bed): Promise<void> {
  const region = bed.regionOf('dr');
  const run = await bed.aws.startExecution(region, { activate: 'dr', reason: 'rehearsal begins in dr' });
  for (;;) {
    const { status, cause } = await bed.aws.execution(region, run);
    if (status === 'SUCCEEDED') return;
    if (status !== 'RUNNING')
      throw new NotMoved(`The shop could not be moved to dr before the night: ${status}, ${cause}`);
    await wait(LOOK_MS);
  }
}
