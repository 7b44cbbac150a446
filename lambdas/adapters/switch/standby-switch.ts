import type { Clock } from '../../../core/clock';
import type { Endpoint, SiteName } from '../../../core/config';
import { AwsUnavailable, LifeboatError, RecordChanged } from '../../../core/errors';
import { siteOf } from '../../../core/flip';
import type { Network } from '../../../core/network';
import { otherSite } from '../../../core/run';
import {
  backChange,
  otherSignal,
  ownChange,
  peaceChange,
  type Signal,
  type SignalChange,
  strangerAt,
} from '../../../core/signals';
import type { Asserted, FlipRequest, Switch, Withdrawn } from '../../../core/switch';
import type { SignalBucket } from '../aws/signal-bucket';
import { authoritativeAnswers } from '../network/authoritative';

export interface StandbySwitchOptions {
  network: Network;
  clock: Clock;
  /** One bucket in each site's Region; that of the other Region may be lost. */
  buckets: Record<SiteName, SignalBucket>;
}

/** When main has not followed at all for so long, the other Region is tried once more. */
const TRY_AGAIN_MS = { from: 30_000, until: 40_000 };

/**
 * `standby-switch`: objects that Route 53's health checkers look at. It never calls Route 53's control plane, and
 * writes in its own Region first; the other one is asked afterwards, with one deadline.
 */
export class StandbySwitch implements Switch {
  constructor(private readonly options: StandbySwitchOptions) {}

  async assert(request: FlipRequest): Promise<Asserted> {
    const { endpoint, activate, flippedAt } = request;
    const answers = await this.answers(endpoint);
    const { buckets, clock } = this.options;
    const change = ownChange(activate, await buckets[activate].read(endpoint.main));
    await this.apply(request, change);
    const done = described(activate, change);
    const stuck = answers.every(answer => answer === undefined || siteOf(endpoint, answer) !== activate);
    if (flippedAt === undefined || (stuck && isTimeToTryAgain(clock.now() - flippedAt))) {
      const problem = await this.clearOther(request);
      if (problem === undefined) done.push(`${otherSignal(activate)} is not at ${otherSite(activate)}`);
      else done.push(...(await this.withoutOther(request, problem)));
    }
    const there = answers.every(answer => answer === undefined || siteOf(endpoint, answer) === activate);
    // Of an object that somebody had written before this run nothing is left to do but to wait.
    const changed = change.put.length + change.remove.length > 0 || (flippedAt === undefined && !there);
    return changed ? { changed: `${endpoint.main} → ${activate}: ${done.join(', ')}.` } : {};
  }

  async withdraw(request: FlipRequest): Promise<Withdrawn> {
    const { endpoint, activate } = request;
    const change = backChange(activate);
    const stays = otherSite(activate);
    try {
      await this.apply(request, change);
      return {
        certain: true,
        detail: `Main was held at ${stays}: ${described(activate, change).join(', ')}.`,
      };
    } catch (error) {
      if (!(error instanceof LifeboatError)) throw error;
      // Who cannot write can still look with the eyes of the health checkers.
      const moved = await this.shown(endpoint, activate, activate === 'dr' ? 'at-dr' : 'at-primary');
      const held = activate === 'dr' || (await this.shown(endpoint, 'dr', 'at-dr'));
      if (moved === false && held)
        return { certain: true, detail: `Nothing was written that would move main (${error.message}).` };
      return {
        certain: false,
        detail: `It is not known whether main will still move to ${activate}: ${error.message}`,
      };
    }
  }

  async tidy(endpoint: Endpoint, site: SiteName, mainAt: SiteName | undefined): Promise<string | undefined> {
    const { buckets, clock } = this.options;
    const own = await buckets[site].read(endpoint.main);
    if (mainAt === undefined) return undefined;
    const looks = site === 'primary' && own['at-primary'] !== undefined;
    const drTaken = looks ? await this.shown(endpoint, 'dr', 'at-dr') : undefined;
    const change = peaceChange({
      site,
      mainAt,
      own,
      now: clock.now(),
      ...(drTaken === undefined ? {} : { drTaken }),
    });
    if (change.put.length + change.remove.length === 0) return undefined;
    await this.apply({ endpoint, activate: site, runId: 'peace' }, change);
    return `${endpoint.main} is at ${mainAt}: ${described(site, change).join(', ')}.`;
  }

  /** What the name servers say, which must be one of the two sites. */
  private async answers(endpoint: Endpoint): Promise<(string | undefined)[]> {
    const answers = await authoritativeAnswers(this.options.network, endpoint.zone, endpoint.main);
    if (answers.every(answer => answer === undefined)) {
      throw new AwsUnavailable(
        `No name server of ${endpoint.zone.name} answers: it is not known where ${endpoint.main} points to.`,
      );
    }
    const stranger = strangerAt(endpoint, answers);
    if (stranger) throw new RecordChanged(`${stranger} It was left as it is.`);
    return answers;
  }

  private async apply({ endpoint, activate, runId }: FlipRequest, change: SignalChange): Promise<void> {
    const { buckets, clock } = this.options;
    const bucket = buckets[activate];
    const text = `Written by Lifeboat (${runId}) at ${new Date(clock.now()).toISOString()}. It decides where ${endpoint.main} points to.\n`;
    for (const signal of change.put) await bucket.put(endpoint.main, signal, text);
    for (const signal of change.remove) await bucket.remove(endpoint.main, signal);
  }

  /** @returns why what speaks for the old site could not be taken away, if it could not */
  private async clearOther({ endpoint, activate }: FlipRequest): Promise<string | undefined> {
    try {
      await this.options.buckets[otherSite(activate)].remove(endpoint.main, otherSignal(activate));
      return undefined;
    } catch (error) {
      if (!(error instanceof LifeboatError)) throw error;
      return error.message;
    }
  }

  /** dr needs nothing of a primary that does not answer; primary outvotes a dr that does not. */
  private async withoutOther(request: FlipRequest, problem: string): Promise<string[]> {
    const said = `${otherSite(request.activate)} could not be asked (${problem})`;
    if (request.activate === 'dr') return [said];
    const change: SignalChange = { put: ['at-primary'], remove: [] };
    await this.apply(request, change);
    return [said, ...described('primary', change)];
  }

  /** Whether everybody sees the object; undefined when its bucket does not say. */
  private shown(endpoint: Endpoint, site: SiteName, signal: Signal): Promise<boolean | undefined> {
    return this.options.buckets[site].shown(this.options.network, endpoint.main, signal);
  }
}

function isTimeToTryAgain(sinceFlipMs: number): boolean {
  return sinceFlipMs >= TRY_AGAIN_MS.from && sinceFlipMs < TRY_AGAIN_MS.until;
}

function described(site: SiteName, { put, remove }: SignalChange): string[] {
  return [
    ...put.map(signal => `${signal} was written at ${site}`),
    ...remove.map(signal => `${signal} was removed at ${site}`),
  ];
}
