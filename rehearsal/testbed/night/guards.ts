import { setTimeout as wait } from 'node:timers/promises';
import { SITE_NAMES, type SiteName } from '../../../core/config';
import type { Bed } from '../bed';
import { withLedger } from './ledger';

const LOOK_MS = 500;
/** Two of the guard's minutes: what may pass by itself is told when it is there a minute later. */
const PATIENCE_MS = 150_000;

/** No guard reported in time. */
export class GuardSilent extends Error {
  override name = 'GuardSilent';
}

/**
 * Lets the guards of the sites that are there say what they would say within the next minutes: each looks now, and once
 * more in its own time for as long as it keeps something back that may pass.
 * @throws GuardSilent
 */
export async function hearGuards(bed: Bed): Promise<void> {
  const there = SITE_NAMES.filter(site => !bed.aws.isLost(bed.regionOf(site)));
  for (const site of there) {
    const since = Date.now();
    await bed.sendGuard(site);
    await reported(bed, site, since);
  }
  for (const site of there) {
    while (await keepsBack(bed, site)) await reported(bed, site, Date.now());
  }
}

/** A guard reports once, with its heartbeat as the last that it does for it. */
async function reported(bed: Bed, site: SiteName, since: number): Promise<void> {
  const region = bed.regionOf(site);
  const beat = () =>
    bed
      .lifeboatCalls(since)
      .some(call => call.step === 'guard' && call.region === region && call.action === 'PutMetricData');
  for (const deadline = Date.now() + PATIENCE_MS; !beat(); await wait(LOOK_MS)) {
    if (Date.now() > deadline)
      throw new GuardSilent(`The guard in ${region} has not reported for ${PATIENCE_MS / 1000} s.`);
  }
}

async function keepsBack(bed: Bed, site: SiteName): Promise<boolean> {
  const concerns = await withLedger(bed, site, ledger => ledger.concerns());
  return Object.values(concerns).some(({ told }) => !told);
}
