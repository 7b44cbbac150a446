import { runCommand } from '../core/commands';
import { spoken } from '../core/duration';
import type { Deployment } from './deployment';
import type { Output } from './output';
import { Interrupted, type Outside, unlessAborted } from './outside';
import { Progress, waitingFor } from './render/progress';
import { Style } from './render/style';
import { timeOfDay } from './render/time';
import { WaitLine } from './render/wait-line';
import { type RunView, viewRun } from './run-view';
import { inRegion, Trouble } from './trouble';

/** Between two looks; with many apps each of them reads a lot. */
const PACE_MS = 2000;
const MANY = 50;
const PACE_OF_MANY_MS = 10_000;
/** A run that was stopped or crashed is reported from outside, moments later. */
const REPORT_PATIENCE_MS = 90_000;
/** A started run is known to Step Functions at once. */
const BEGIN_PATIENCE_MS = 30_000;
/** The Region may be busy, or lost for a moment; the run may well go on meanwhile. */
const SILENCE_PATIENCE_MS = 10 * 60_000;

export type Followed =
  /** `unreported`: it ended, and nothing reports how. */
  | { word: 'reported' | 'unreported'; view: RunView }
  /** Whoever follows has left; the run goes on. */
  | { word: 'left'; view: RunView | undefined };

/**
 * Follows a run until it is reported, a line for each change. Ctrl-C ends the following and not the run.
 * @throws Trouble when AWS does not let itself be asked any more
 */
export function follow(
  { deployment, run }: { deployment: Deployment; run: string },
  output: Output,
  outside: Outside,
): Promise<Followed> {
  return outside.interruptible(async interrupted => {
    const following = new Following(deployment, run, output, outside, interrupted);
    try {
      return await following.toTheEnd();
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      return { word: 'left', view: following.last };
    } finally {
      following.line.clear();
    }
  });
}

/** What stands there when somebody has left. */
export function leftLines(run: string): string[] {
  return [
    `Run ${run} goes on without you.`,
    `To come back: ${runCommand(run)} --follow`,
    `To stop it before main moves: npx lifeboat abort ${run}`,
  ];
}

class Following {
  last: RunView | undefined;
  readonly line: WaitLine;
  private readonly style: Style;
  private readonly progress: Progress;
  private answeredAt: number;
  private silent = false;
  private endedAt: number | undefined;

  constructor(
    private readonly deployment: Deployment,
    private readonly run: string,
    output: Output,
    private readonly outside: Outside,
    private readonly interrupted: AbortSignal,
  ) {
    const now = outside.clock.now();
    this.answeredAt = now;
    this.style = new Style(output);
    this.line = new WaitLine(output, this.style, now);
    this.progress = new Progress(!output.interactive);
  }

  async toTheEnd(): Promise<Followed> {
    for (;;) {
      const view = await this.look();
      const now = this.outside.clock.now();
      if (view) {
        this.last = view;
        for (const { at, text } of this.progress.news(view, now)) this.tell(at, text);
        const end = this.endOf(view, now);
        if (end) return end;
      }
      await this.wait();
    }
  }

  private endOf(view: RunView, now: number): Followed | undefined {
    if (view.record?.report) return { word: 'reported', view };
    if (view.status === 'RUNNING' || view.status === 'PENDING_REDRIVE') return undefined;
    this.endedAt ??= now;
    return now - this.endedAt >= REPORT_PATIENCE_MS ? { word: 'unreported', view } : undefined;
  }

  private async look(): Promise<RunView | undefined> {
    const { clock } = this.outside;
    const { region } = this.deployment;
    try {
      const view = await unlessAborted(
        this.interrupted,
        inRegion(region, () => viewRun(clock, this.deployment, this.run)),
      );
      if (this.silent) this.tell(clock.now(), `${region} answers again.`);
      this.silent = false;
      const silence = clock.now() - this.answeredAt;
      if (view) this.answeredAt = clock.now();
      else if (silence >= BEGIN_PATIENCE_MS)
        throw new Trouble('answer', `Step Functions in ${region} does not know run ${this.run}.`);
      return view;
    } catch (error) {
      if (!(error instanceof Trouble) || !this.mayPass(error)) throw error;
      if (!this.silent) this.tell(clock.now(), `${error.message} The run may go on; looking again.`);
      this.silent = true;
      return undefined;
    }
  }

  private mayPass({ cause }: Trouble): boolean {
    const name = cause instanceof Error ? cause.name : '';
    if (name !== 'AwsUnavailable' && name !== 'Throttled') return false;
    return this.outside.clock.now() - this.answeredAt < SILENCE_PATIENCE_MS;
  }

  private tell(at: number, text: string): void {
    const clock = `${timeOfDay(at)}  `;
    for (const line of this.style.wrap(text, clock.length, clock))
      this.line.say(line, this.outside.clock.now());
  }

  private async wait(): Promise<void> {
    const { clock } = this.outside;
    const pace = (this.last?.apps.length ?? 0) > MANY ? PACE_OF_MANY_MS : PACE_MS;
    const until = clock.now() + pace;
    for (let left = pace; left > 0; left = until - clock.now()) {
      this.line.show(this.waiting(clock.now()), clock.now());
      await clock.sleep(Math.min(left, this.line.turnMs), this.interrupted);
    }
  }

  private waiting(now: number): string {
    if (this.silent)
      return `${this.deployment.region} is silent for ${spoken((now - this.answeredAt) / 1000)}`;
    if (this.endedAt !== undefined) return 'the run has ended; its report';
    return this.last ? waitingFor(this.last, now) : 'the run begins';
  }
}
