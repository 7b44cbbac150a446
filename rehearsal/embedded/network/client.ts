import { type HealthExpectation, unexpected } from '../../../core/health';
import { Resolver } from './dns';
import type { Internet } from './internet';

/** A stretch of time over which every request ended alike. `to` is when the next stretch began. */
export interface Interval {
  from: number;
  to: number;
  good: boolean;
  /** The Region of the address that was asked. */
  site?: string;
  detail: string;
}

export interface CustomerOptions {
  internet: Internet;
  /** The main name. */
  name: string;
  health: HealthExpectation;
  seed: string;
  /** Default 1 s: what the outage is measured to. */
  everyMs?: number;
  /** Default 5 s. */
  deadlineMs?: number;
}

type Sample = Omit<Interval, 'from' | 'to'>;

/**
 * A customer: asks for the main name's address, as long as the TTL lets them believe the old one, and then for a
 * page, with the verification that a browser does. One request every second, whether or not the last one ended, so
 * that a time without service is seen from its first second. A request counts for the moment when it was made.
 */
export class Customer {
  private readonly log: Interval[] = [];
  private readonly pending: { at: number; sample: Sample | undefined }[] = [];
  private readonly resolver: Resolver;
  private stopTimer: (() => void) | undefined;

  constructor(private readonly options: CustomerOptions) {
    const { internet, seed } = options;
    this.resolver = new Resolver({ clock: internet.clock, tree: internet.tree, seed: `${seed} customer` });
  }

  start(): void {
    if (this.stopTimer) throw new Error('the customer has started before');
    const every = this.options.everyMs ?? 1000;
    void this.sample();
    this.stopTimer = this.options.internet.clock.every(every, () => void this.sample());
  }

  /** No request is begun any more; those under way are waited for, to their deadline. */
  async stop(): Promise<readonly Interval[]> {
    this.stopTimer?.();
    if (this.pending.length > 0)
      await this.options.internet.clock.sleep((this.options.deadlineMs ?? 5000) + 1);
    return this.log;
  }

  /** What is known by now, in order; requests under way are not in it. */
  intervals(): readonly Interval[] {
    return this.log;
  }

  private async sample(): Promise<void> {
    const entry: { at: number; sample: Sample | undefined } = {
      at: this.options.internet.clock.now(),
      sample: undefined,
    };
    this.pending.push(entry);
    entry.sample = await this.ask();
    for (let first = this.pending[0]; first?.sample; first = this.pending[0]) {
      this.pending.shift();
      this.note(first.at, first.sample);
    }
  }

  private async ask(): Promise<Sample> {
    const { internet, name, health, deadlineMs = 5000 } = this.options;
    const deadline = internet.clock.now() + deadlineMs;
    const found = await this.resolver.lookup(name, deadlineMs);
    if (!found.ok) return { good: false, detail: found.detail };
    const address = found.addresses[0] ?? '';
    const region = internet.hosts.get(address)?.region;
    const site = region === undefined ? {} : { site: region };
    const result = await internet.exchange({
      from: 'customers',
      address,
      port: 443,
      serverName: name,
      host: name,
      path: health.path,
      deadlineMs: deadline - internet.clock.now(),
      verify: true,
    });
    if (!result.ok) {
      // What was left of the deadline is another time each time, and would cut one outage into many.
      const detail = result.failure === 'timeout' ? 'timeout' : `${result.failure}: ${result.detail}`;
      return { good: false, ...site, detail };
    }
    const problem = unexpected(result, health);
    return { good: problem === undefined, ...site, detail: problem ?? 'as expected' };
  }

  private note(at: number, sample: Sample): void {
    const to = at + (this.options.everyMs ?? 1000);
    const last = this.log.at(-1);
    if (last && last.good === sample.good && last.site === sample.site && last.detail === sample.detail)
      last.to = to;
    else this.log.push({ from: at, to, ...sample });
  }
}
