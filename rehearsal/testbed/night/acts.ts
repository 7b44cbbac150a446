import { SITE_NAMES } from '../../../core/config';
import { type Action, CannotAct } from '../../scenario';
import { writeOf } from '../../switches';
import type { Bed } from '../bed';
import { Shop } from '../shop';
import { withLedger } from './ledger';

type Doing = Action['do'];
type Acts = { [D in Doing]?: (bed: Bed, action: Extract<Action, { do: D }>) => Promise<void> };

/** All that the bed can make happen. */
export const ACTS: Acts = {
  'lose-region': (bed, { site }) => bed.loseRegion(site),
  'restore-region': (bed, { site }) => bed.restoreRegion(site),
  'lose-cluster': (bed, { site }) => bed.regions[site].die(),
  'break-app': (bed, { site }) => new Shop(bed.regions[site].kubectl).fault(500),
  'repair-app': (bed, { site }) => new Shop(bed.regions[site].kubectl).fault(0),
  'api-down': (bed, { site }) => bed.regions[site].stopApiServer(),
  'nodes-not-ready': (bed, { site }) => bed.regions[site].stopKubelet(),
  'stop-backups': (bed, { site }) =>
    bed.regions[site].kubectl.patch('schedules.velero.io', 'orders', 'velero', { spec: { paused: true } }),
  'lose-backups': async bed => {
    for (const site of SITE_NAMES) {
      await bed.backups.forget(site);
      await bed.backups.show(site);
    }
  },
  'damage-backups': (bed, { site }) => bed.damageBackups(site),
  'kill-node-agent': (bed, { site }) => bed.killInRestore(site, 'node-agent server'),
  'kill-data-mover': (bed, { site }) => bed.killInRestore(site, 'pod-volume restore'),
  'wrong-certificate': (bed, { site }) => bed.ownNameOnly(site),
  'change-record': (bed, { to }) => bed.pointMain(to),
  'kill-step': (bed, { site, step, writing }) =>
    bed.aws.killAfter(bed.regionOf(site), step, writeOf(bed.config, site, writing)),
  pause: (bed, { site }) =>
    withLedger(bed, site, ledger => ledger.setPause({ by: 'ada', reason: 'planned work', at: Date.now() })),
  start: async (bed, { site, input }) => {
    await bed.aws.startExecution(bed.regionOf(site), input as object);
  },
  abort: async bed => {
    for (const run of await bed.runs())
      if (run.status === 'RUNNING')
        await bed.aws.stopExecution(run.region, run.arn, 'Stopped', 'stopped by hand');
  },
};

/** @throws CannotAct */
export async function actOn(bed: Bed, action: Action): Promise<void> {
  // The compiler cannot see that the function found by an action's name takes that action.
  const act = ACTS[action.do] as ((bed: Bed, action: Action) => Promise<void>) | undefined;
  if (!act) throw new CannotAct(`The test bed cannot do "${action.do}".`);
  await act(bed, action);
}
