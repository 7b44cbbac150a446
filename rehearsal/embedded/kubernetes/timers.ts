import type { VirtualClock } from '../virtual-clock';

interface Entry {
  due: number;
  order: number;
  fire: () => void;
  /** Does not keep the cluster from being settled: retries of something broken, schedules, renewals. */
  background: boolean;
  cancel: () => void;
}

/** More than any real load needs; fewer than would feel like a hang. */
const COLLAPSE_LIMIT = 2_000_000;

/**
 * The timers of one cluster. They stop while the cluster's API is away, are lost with its power, and can be made
 * due all at once, so that a scenario starts with everything long since running.
 */
export class ClusterTimers {
  private readonly entries = new Set<Entry>();
  private waiters: (() => void)[] = [];
  private order = 0;
  private foreground = 0;
  private frozen = false;

  constructor(private readonly clock: VirtualClock) {}

  /** Calls `fire` after `ms`, later while frozen. Returns a function that cancels it. */
  after(ms: number, fire: () => void, options: { background?: boolean } = {}): () => void {
    const entry: Entry = {
      due: this.clock.now() + Math.max(0, ms),
      order: this.order++,
      fire,
      background: options.background ?? false,
      cancel: () => undefined,
    };
    this.entries.add(entry);
    if (!entry.background) this.foreground++;
    entry.cancel = this.clock.after(ms, () => this.fire(entry));
    return () => {
      entry.cancel();
      this.take(entry);
      this.tellWhenIdle();
    };
  }

  /** Nothing fires any more until thaw(). What comes due meanwhile is kept. */
  freeze(): void {
    this.frozen = true;
  }

  thaw(): void {
    this.frozen = false;
    const overdue = this.inOrder().filter(entry => entry.due <= this.clock.now());
    for (const entry of overdue) {
      entry.cancel();
      entry.cancel = this.clock.after(0, () => this.fire(entry));
    }
  }

  /** Forgets everything that was to happen. */
  drop(): void {
    for (const entry of this.entries) entry.cancel();
    this.entries.clear();
    this.foreground = 0;
    this.tellWhenIdle();
  }

  /** Does now, in the order in which it would have come, everything that is to happen in the foreground. */
  collapse(): void {
    for (let count = 0; ; count++) {
      const next = this.earliest();
      if (!next) return;
      if (count > COLLAPSE_LIMIT)
        throw new Error('the cluster never settles: its controllers keep each other busy');
      next.cancel();
      this.take(next);
      next.fire();
      this.tellWhenIdle();
    }
  }

  /** Resolves when nothing is left to happen in the foreground. */
  idle(): Promise<void> {
    if (this.foreground === 0) return Promise.resolve();
    return new Promise(resolve => this.waiters.push(resolve));
  }

  private fire(entry: Entry): void {
    if (this.frozen || !this.take(entry)) return;
    entry.fire();
    this.tellWhenIdle();
  }

  private take(entry: Entry): boolean {
    const there = this.entries.delete(entry);
    if (there && !entry.background) this.foreground--;
    return there;
  }

  /** Looks again a turn later: what runs now may be about to set the next timer. */
  private tellWhenIdle(): void {
    if (this.foreground > 0 || this.waiters.length === 0) return;
    this.clock.after(0, () => {
      if (this.foreground > 0) return;
      const waiters = this.waiters;
      this.waiters = [];
      for (const tell of waiters) tell();
    });
  }

  private earliest(): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of this.entries) {
      if (entry.background) continue;
      if (!first || entry.due < first.due || (entry.due === first.due && entry.order < first.order))
        first = entry;
    }
    return first;
  }

  private inOrder(): Entry[] {
    return [...this.entries].sort((a, b) => a.due - b.due || a.order - b.order);
  }
}
