import type { Output } from './output';
import { Interrupted, type Outside, unlessAborted } from './outside';
import { Screen } from './render/screen';
import type { Row } from './render/status';
import type { Style } from './render/style';
import { timeOfDay } from './render/time';

const PACE_MS = 5000;

/** One look: its rows, and the page that they make. */
export interface Look {
  rows: Row[];
  lines: string[];
}

/** Looks again and again until Ctrl-C: a page on a terminal; elsewhere a line for what has changed. */
export function watch(
  look: () => Promise<Look>,
  output: Output,
  style: Style,
  outside: Outside,
): Promise<void> {
  return outside.interruptible(async interrupted => {
    const view = output.interactive ? new Page(output) : new Changes(output, style);
    try {
      for (;;) {
        view.show(await unlessAborted(interrupted, look()), outside.clock.now());
        await outside.clock.sleep(PACE_MS, interrupted);
      }
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
    } finally {
      view.end();
    }
  });
}

class Page {
  private readonly screen: Screen;
  private last: string[] = [];

  constructor(private readonly output: Output) {
    this.screen = new Screen(output);
  }

  show({ lines }: Look): void {
    this.last = lines;
    this.screen.draw([...lines, '', 'Ctrl-C ends the watch.']);
  }

  /** The last look stays on the terminal, as after `status` alone. */
  end(): void {
    this.screen.leave();
    for (const line of this.last) this.output.say(line);
  }
}

class Changes {
  private known: Map<string, string> | undefined;

  constructor(
    private readonly output: Output,
    private readonly style: Style,
  ) {}

  show({ rows, lines }: Look, now: number): void {
    const facts = factsOf(rows);
    if (!this.known) for (const line of lines) this.output.say(line);
    else for (const text of changes(this.known, facts)) this.tell(text, now);
    this.known = facts;
  }

  end(): void {
    // Nothing of a file has to be put back.
  }

  private tell(text: string, now: number): void {
    const head = `${timeOfDay(now)}  `;
    for (const line of this.style.wrap(text, head.length, head)) this.output.say(line);
  }
}

/** What there is, by itself: the fact is the key, since an app may have several of a kind. */
function factsOf(rows: readonly Row[]): Map<string, string> {
  return new Map(
    rows.map(({ group, label, fact, text }) => [
      `${group}: ${label}: ${fact}`,
      `${group}: ${label}: ${text}`,
    ]),
  );
}

function changes(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const gone = [...before.keys()].filter(key => !after.has(key)).map(key => `No more: ${key}`);
  const come = [...after].flatMap(([key, text]) => (before.has(key) ? [] : [text]));
  return [...come, ...gone];
}
