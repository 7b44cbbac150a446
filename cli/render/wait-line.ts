import type { Output } from '../output';
import { harmless, type Style } from './style';

const FRAMES = ['|', '/', '-', '\\'];
/** For how long a file is left without a word of what is waited for. */
const SILENCE_MS = 60_000;

/** The line that says what is waited for: on a terminal it turns and is written over; elsewhere it comes once a minute. */
export class WaitLine {
  private shown = false;
  private frame = 0;
  private saidAt: number;

  constructor(
    private readonly output: Output,
    private readonly style: Style,
    now: number,
  ) {
    this.saidAt = now;
  }

  /** How long to let it stand before it turns on. */
  get turnMs(): number {
    return this.output.interactive ? 250 : Number.POSITIVE_INFINITY;
  }

  show(text: string, now: number): void {
    if (!this.output.interactive) {
      if (now - this.saidAt >= SILENCE_MS) this.say(`waits: ${text}`, now);
      return;
    }
    this.clear();
    const frame = FRAMES[this.frame++ % FRAMES.length];
    this.output.raw(this.style.quiet(`${frame} ${harmless(text)}`.slice(0, (this.output.columns ?? 80) - 1)));
    this.shown = true;
  }

  /** A line that stays, above. */
  say(line: string, now: number): void {
    this.clear();
    this.output.say(line);
    this.saidAt = now;
  }

  clear(): void {
    if (this.shown) this.output.raw('\r\u001b[2K');
    this.shown = false;
  }
}
