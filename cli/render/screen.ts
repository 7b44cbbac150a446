import type { Output } from '../output';

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const REST_OF_LINE = '\u001b[K';
const REST_OF_SCREEN = '\u001b[J';

/** A page of its own on the terminal, drawn again and again; what stood there before comes back when it is left. */
export class Screen {
  constructor(private readonly output: Output) {
    output.raw(ENTER);
  }

  draw(lines: readonly string[]): void {
    const { rows } = this.output;
    const room = rows === undefined ? lines.length : rows - 1;
    const shown =
      lines.length > room
        ? [...lines.slice(0, room - 1), '… the terminal is too low for the rest. Ctrl-C ends the watch.']
        : lines;
    this.output.raw(`${HOME}${shown.map(line => `${line}${REST_OF_LINE}\n`).join('')}${REST_OF_SCREEN}`);
  }

  leave(): void {
    this.output.raw(LEAVE);
  }
}
