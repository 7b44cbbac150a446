/** What is wrong with a configuration, and where: one problem is one line for people and one object for machines. */

/** Keys and list positions from the top of the file to a value. */
export type Path = readonly (string | number)[];

export interface Problem {
  /** As the caller named the file. */
  file: string;
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
  /** Like `apps[0].ttl`; empty for the file as a whole. */
  path: string;
  /** As read from the file; undefined when nothing stands there. */
  value: unknown;
  /** What is wrong and what would be right. */
  message: string;
}

/** The configuration was read and is not valid. Holds every problem that was found, in the order of the file. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';

  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(format).join('\n'));
  }
}

/** There is no configuration to read; the message says what to do next. */
export class ConfigMissing extends Error {
  override readonly name = 'ConfigMissing';
}

/** @returns one line: `lifeboat.yaml:12:10 apps[0].ttl: "10x" is not a duration; write it like …`. */
export function format(problem: Problem): string {
  const { file, line, column, path, message } = problem;
  return `${file}:${line}:${column} ${path === '' ? '' : `${path}: `}${message}`;
}

/** @returns the path as people write it: `apps[0].data.images["registry.example:5000"]`. */
export function pathText(path: Path): string {
  return path.map(partText).join('').replace(/^\./, '');
}

function partText(part: string | number): string {
  if (typeof part === 'number') return `[${part}]`;
  return /^[A-Za-z_][\w-]*$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
}

const LONGEST_SHOWN = 80;

/** @returns a value as a message quotes it. Lists and maps are named, not printed: they may be long. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  if (typeof value !== 'string') return String(value);
  const short = value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value;
  return JSON.stringify(short);
}

/** @returns `a, b or c`, or with "and". */
export function listed(words: readonly string[], last: 'and' | 'or' = 'or'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}
