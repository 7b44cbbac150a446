import { setTimeout as wait } from 'node:timers/promises';
import { SITE_NAMES, type SiteName } from '../../../core/config';
import type { Listener } from '../../events';
import { type Message, runsTold } from '../../messages';
import type { Scenario } from '../../scenario';
import type { Bed, RunView } from '../bed';
import type { Director } from './director';
import { hearGuards } from './guards';

/** The night went on and on. */
export class NoEnd extends Error {
  override name = 'NoEnd';
}

export interface MainTarget {
  /** When it was first seen, in ms since the epoch. */
  at: number;
  target: string;
}

const LOOK_MS = 500;
const SETTLE_MS = 10_000;
/** The way from a failing health check to the run takes minutes in AWS; a blip may start none. */
const PATIENCE_MS = 5 * 60_000;
const LONGEST_MS = 20 * 60_000;

/** Looks at the night as it goes by, and tells what is new. */
export class Watch {
  private readonly mains: MainTarget[] = [];
  private readonly statuses = new Map<string, string>();
  private told = 0;

  constructor(
    private readonly bed: Bed,
    private readonly director: Director,
    private readonly scenario: Scenario,
    private readonly listener: Listener,
    private readonly from: number,
  ) {}

  /**
   * The night is over when nothing more is to come and no run has been at work for a while.
   * @returns where main led, in order
   * @throws NoEnd, or what an action of the scenario threw
   */
  async untilQuiet(): Promise<readonly MainTarget[]> {
    let quietSince = Date.now();
    for (;;) {
      await wait(LOOK_MS);
      const now = Date.now();
      this.lookAtMain(now);
      const runs = (await this.bed.runs()).filter(({ start }) => start >= this.from);
      this.lookAtRuns(runs, now);
      const heard = await this.lookAtMessages();
      if (this.director.busy || runs.some(({ status }) => status === 'RUNNING')) quietSince = now;
      const ended = heard > 0 && heard >= this.scenario.expect.runs;
      if (now - quietSince >= (ended ? SETTLE_MS : PATIENCE_MS)) {
        // What the next five minutes would bring.
        await this.bed.lookInPeace();
        await hearGuards(this.bed);
        await this.lookAtMessages();
        return this.mains;
      }
      if (now - this.from >= LONGEST_MS)
        throw new NoEnd(`The night did not end within ${LONGEST_MS / 60_000} minutes.`);
    }
  }

  private lookAtMain(now: number): void {
    const target = this.bed.mainTarget();
    if (target === undefined || target === this.mains.at(-1)?.target) return;
    if (this.mains.length > 0)
      this.listener({ kind: 'main', at: now, app: 'shop', to: siteOf(this.bed, target) ?? target });
    this.mains.push({ at: now, target });
  }

  private lookAtRuns(runs: readonly RunView[], now: number): void {
    for (const { name, site, status } of runs) {
      if (this.statuses.get(name) === status) continue;
      this.statuses.set(name, status);
      this.listener({ kind: 'run', at: now, run: name, site, status });
    }
  }

  /** @returns how many runs told on-call something */
  private async lookAtMessages(): Promise<number> {
    const messages = await messagesOf(this.bed, this.from);
    for (const { at, subject } of messages.slice(this.told))
      this.listener({ kind: 'message', at, subject: subject ?? '' });
    this.told = messages.length;
    return runsTold(messages).size;
  }
}

/** What Lifeboat sent to on-call; its alarms about itself publish too, without an event. */
export async function messagesOf(bed: Bed, from: number): Promise<Message[]> {
  const all = await Promise.all(SITE_NAMES.map(site => bed.aws.messages(bed.regionOf(site))));
  return all
    .flat()
    .filter(({ at, attributes }) => at >= from && attributes.event !== undefined)
    .sort((a, b) => a.at - b.at);
}

/** Whose name main leads to. */
export function siteOf(bed: Bed, target: string | undefined): SiteName | undefined {
  const hosts = bed.config.apps[0]?.endpoint?.hosts;
  return SITE_NAMES.find(site => hosts?.[site] === target);
}
