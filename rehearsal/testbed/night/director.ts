import { setTimeout as wait } from 'node:timers/promises';
import type { SiteName } from '../../../core/config';
import { type Action, CannotAct, type Scenario } from '../../scenario';
import type { Bed } from '../bed';
import { Shop } from '../shop';
import { withLedger } from './ledger';

type Doing = Action['do'];
const CAN: readonly Doing[] = [
  'lose-region',
  'restore-region',
  'break-app',
  'repair-app',
  'api-down',
  'nodes-not-ready',
  'start',
  'abort',
  'change-record',
  'lose-cluster',
  'stop-backups',
  'damage-backups',
  'wrong-certificate',
  'pause',
  'kill-step',
];
const OUTAGES: readonly Doing[] = ['lose-region', 'lose-cluster', 'break-app'];
/** So long the customer is seen to be served before anything happens. */
const LEAD_MS = 5000;
const LOOK_MS = 200;

/** Whether the bed can make happen what the scenario asks for. @throws CannotAct */
export function checkScenario({ name, night, given }: Scenario): void {
  const cannot = night.map(({ action }) => action.do).filter(each => !CAN.includes(each));
  if (cannot.length > 0)
    throw new CannotAct(
      `The test bed cannot do "${cannot.join(', ')}" of ${name}; it can do ${CAN.join(', ')}. ` +
        `Play it embedded: npx lifeboat rehearse --scenario ${name}`,
    );
  if (given.trigger !== undefined)
    throw new CannotAct(`${name} wants the trigger ${given.trigger}; the shop's is automatic.`);
}

/** Makes happen what the scenario says, when it says it. */
export class Director {
  /** When the app stopped serving, in ms since the epoch. */
  outageAt: number | undefined;
  private pending = 0;
  private stopped = false;
  private failure: unknown;

  constructor(
    private readonly bed: Bed,
    private readonly scenario: Scenario,
    private readonly onAct: (action: Action) => void,
  ) {}

  /** Whether something is still to come by itself. @throws what an action threw */
  get busy(): boolean {
    if (this.failure !== undefined) throw this.failure;
    return this.pending > 0;
  }

  begin(): void {
    // Nothing happens on the bed before the first event that was not there already: the quiet time is left out.
    const times = this.scenario.night.flatMap(({ when }) => ('at' in when ? [when.at] : []));
    const first = Math.min(...times, Number.POSITIVE_INFINITY);
    for (const { when, action } of this.scenario.night) {
      if ('at' in when) this.later(LEAD_MS + (when.at - first) * 1000, action);
      else void this.onEntering(when.entering, (when.after ?? 0) * 1000, action);
    }
  }

  stop(): void {
    this.stopped = true;
  }

  private later(ms: number, action: Action): void {
    this.pending += 1;
    wait(ms)
      .then(() => this.act(action))
      .catch((error: unknown) => {
        this.failure = error;
      })
      .finally(() => {
        this.pending -= 1;
      });
  }

  private async onEntering(state: string, afterMs: number, action: Action): Promise<void> {
    const began = Date.now();
    while (!this.stopped) {
      const entered = await this.bed.enteredStates();
      if (entered.some(each => each.state === state && each.at >= began)) return this.later(afterMs, action);
      await wait(LOOK_MS);
    }
  }

  private async act(action: Action): Promise<void> {
    const { bed } = this;
    this.onAct(action);
    if (OUTAGES.includes(action.do)) this.outageAt = Date.now();
    switch (action.do) {
      case 'lose-region':
        return bed.loseRegion(action.site);
      case 'restore-region':
        return bed.restoreRegion(action.site);
      case 'break-app':
        return new Shop(bed.regions[action.site].kubectl).fault(500);
      case 'repair-app':
        this.outageAt = undefined;
        return new Shop(bed.regions[action.site].kubectl).fault(0);
      case 'api-down':
        return bed.regions[action.site].stopApiServer();
      case 'nodes-not-ready':
        return bed.regions[action.site].stopKubelet();
      case 'start':
        await bed.aws.startExecution(bed.regionOf(action.site), action.input as object);
        return;
      case 'abort':
        for (const run of await bed.runs())
          if (run.status === 'RUNNING')
            await bed.aws.stopExecution(run.region, run.arn, 'Stopped', 'stopped by hand');
        return;
      case 'change-record':
        return bed.pointMain(action.to);
      case 'lose-cluster':
        return bed.regions[action.site].die();
      case 'stop-backups':
        return this.stopBackups(action.site);
      case 'damage-backups':
        return bed.damageBackups(action.site);
      case 'wrong-certificate':
        return bed.ownNameOnly(action.site);
      case 'kill-step':
        return bed.aws.killAfter(bed.regionOf(action.site), action.step, action.writing);
      case 'pause':
        return withLedger(bed, action.site, ledger =>
          ledger.setPause({ by: 'ada', reason: 'planned work', at: Date.now() }),
        );
      default:
        throw new CannotAct(`The test bed cannot do "${action.do}".`);
    }
  }

  private stopBackups(site: SiteName): Promise<void> {
    return this.bed.regions[site].kubectl.patch('schedules.velero.io', 'orders', 'velero', {
      spec: { paused: true },
    });
  }
}
