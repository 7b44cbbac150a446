import { setTimeout as wait } from 'node:timers/promises';
import type { NightClock } from '../../embedded/virtual-clock';

/**
 * A real clock on which AWS's time runs faster: with factor 0.5 its minute takes 30 seconds. What AWS does each so
 * often, and what it waits for, is then shorter in one place and by one factor.
 */
export class ScaledClock implements NightClock {
  private readonly start = Date.now();
  private readonly timers = new Set<NodeJS.Timeout>();

  /** @param factor in (0, 1] */
  constructor(private readonly factor: number) {}

  now(): number {
    return this.start + (Date.now() - this.start) / this.factor;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await wait(ms * this.factor, undefined, signal ? { signal } : {});
  }

  after(ms: number, fire: () => void): () => void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      fire();
    }, ms * this.factor);
    this.timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.timers.delete(timer);
    };
  }

  every(ms: number, fire: () => void): () => void {
    const timer = setInterval(fire, ms * this.factor);
    this.timers.add(timer);
    return () => {
      clearInterval(timer);
      this.timers.delete(timer);
    };
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }
}
