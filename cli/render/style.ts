import { styleText } from 'node:util';
import type { Output } from '../output';

const WIDEST = 110;
const NARROWEST = 40;
/** A command stays on one line, so that it can be copied: its verb, its options with their values, the name of a run. */
const WORDS = /npx lifeboat [a-z]+(?: --[a-z-]+(?: [^\s-]\S*)?| [\w-]*\d[\w-]*)*\S*|\S+/g;

/** Colour helps and never carries meaning: every word stands there without it too. */
export class Style {
  readonly width: number;

  constructor(private readonly output: Output) {
    this.width = Math.max(NARROWEST, Math.min(output.columns ?? WIDEST, WIDEST));
  }

  /** Characters in a line; without end where the text goes into a file. */
  get room(): number {
    return this.output.columns === undefined ? Number.POSITIVE_INFINITY : this.width;
  }

  strong(text: string): string {
    return this.paint('bold', text);
  }

  good(text: string): string {
    return this.paint('green', text);
  }

  bad(text: string): string {
    return this.paint('red', text);
  }

  quiet(text: string): string {
    return this.paint('dim', text);
  }

  /** Breaks a text into lines that fit, each indented, and no command in two. What is written into a file is not broken. */
  wrap(text: string, indent: number, first = ' '.repeat(indent)): string[] {
    const words = harmless(text).match(WORDS) ?? [''];
    const { room } = this;
    const lines: string[] = [];
    let line = first;
    let empty = true;
    for (const word of words) {
      if (!empty && line.length + 1 + word.length > room) {
        lines.push(line);
        line = ' '.repeat(indent);
        empty = true;
      }
      line += empty ? word : ` ${word}`;
      empty = false;
    }
    return [...lines, line];
  }

  private paint(format: Parameters<typeof styleText>[0], text: string): string {
    return this.output.colour ? styleText(format, text, { validateStream: false }) : text;
  }
}

/** Reasons and Kubernetes' words come from anybody: no character of theirs moves the cursor. Colours stay. */
export function harmless(text: string): string {
  return text.replace(/\p{Cc}(\[\d{1,3}m)?/gu, all =>
    all.length > 1 && all.startsWith('\u001b') ? all : ' ',
  );
}
