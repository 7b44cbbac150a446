import { setTimeout as wait } from 'node:timers/promises';
import { type Action, CannotAct, type Scenario } from '../../scenario';
import type { Bed } from '../bed';
import { ACTS, actOn } from './acts';

const OUTAGES: readonly Action['do'][] = ['lose-region', 'lose-cluster', 'break-app'];
/** So long the customer is seen to be served before anything happens. */
const LEAD_MS = 5000;
const LOOK_MS = 200;

/** Whether the bed can make happen what the scenario asks for. @throws CannotAct */
export function checkScenario({ name, night, given }: Scenario): void {
  const cannot = night.map(({ action }) => action.do).filter(each => !(each in ACTS));
  if (cannot.length > 0)
    throw new CannotAct(
      `The test bed cannot do "${cannot.join(', ')}" of ${name}; it can do ${Object.keys(ACTS).join(', ')}. ` +
        `Play it embedded: npx lifeboat rehearse --scenario ${name}`,
    );
  if (given.switch !== undefined && given.switch !== 'cname')
    throw new CannotAct(`${name} is about the switch ${given.switch}; the shop has cname.`);
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
      else void this.noting(this.onEntering(when.entering, (when.after ?? 0) * 1000, action));
    }
  }

  stop(): void {
    this.stopped = true;
  }

  private later(ms: number, action: Action): void {
    this.pending += 1;
    this.noting(wait(ms).then(() => this.act(action))).finally(() => {
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

  /** What fails is thrown where the night is watched. */
  private noting(work: Promise<void>): Promise<void> {
    return work.catch((error: unknown) => {
      this.failure ??= error;
    });
  }

  private async act(action: Action): Promise<void> {
    this.onAct(action);
    if (OUTAGES.includes(action.do)) this.outageAt = Date.now();
    if (action.do === 'repair-app') this.outageAt = undefined;
    await actOn(this.bed, action);
  }
}
