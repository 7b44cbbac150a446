import type { Output } from '../../cli/output';

export interface Recording extends Output {
  /** What was written for people, line by line; `raw` text stands in it as it came. */
  readonly people: string[];
  /** What went to stdout: JSON values, and text that is the result itself. */
  readonly values: unknown[];
  readonly results: string[];
}

/** An output that keeps what it gets. By default nobody looks: it is no terminal. */
export function recording(
  terminal: Partial<Pick<Output, 'interactive' | 'columns' | 'rows' | 'colour'>> = {},
): Recording {
  const people: string[] = [];
  const values: unknown[] = [];
  const results: string[] = [];
  return {
    interactive: false,
    columns: undefined,
    colour: false,
    ...terminal,
    people,
    values,
    results,
    say: line => void people.push(line),
    raw: text => void people.push(text),
    // Whoever reads it gets JSON: what JSON cannot carry is not there.
    json: value => void values.push(JSON.parse(JSON.stringify(value))),
    result: text => void results.push(text),
  };
}

/** A character that moves the cursor or paints. */
export const ESCAPE = '\u001b';
