/** Where the command line writes. JSON goes to stdout alone; people's output goes to stderr. */
export interface Output {
  /** A line for people. */
  say(line: string): void;
  /** The one JSON object of `--format json`. */
  json(value: unknown): void;
  /** Text that is the result itself, such as YAML for kubectl. */
  result(text: string): void;
  /** People's output is a terminal that can be written over. */
  readonly interactive: boolean;
  /** Characters in a line; undefined when nobody knows. */
  readonly columns: number | undefined;
  /** Lines on the terminal; undefined when nobody knows. */
  readonly rows?: number | undefined;
  readonly colour: boolean;
  /** Writes without a line's end, for a line that is written over. */
  raw(text: string): void;
}

export function processOutput(): Output {
  const { stdout, stderr, env } = process;
  // `| head` closes the pipe: nobody reads on, and that is no error of this program.
  for (const stream of [stdout, stderr]) stream.on('error', endWhenNobodyReads);
  const interactive = stderr.isTTY === true && env.TERM !== 'dumb';
  return {
    say: line => void stderr.write(`${line}\n`),
    json: value => void stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    result: text => void stdout.write(text.endsWith('\n') ? text : `${text}\n`),
    raw: text => void stderr.write(text),
    interactive,
    columns: wishedColumns(env.COLUMNS) ?? (stderr.isTTY ? stderr.columns : undefined),
    rows: stderr.isTTY ? stderr.rows : undefined,
    // https://no-color.org: any value that is not empty.
    colour: interactive && !env.NO_COLOR,
  };
}

/** Shells do not hand COLUMNS on by themselves: who did so wants that width, also in a file. */
function wishedColumns(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined;
}

function endWhenNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(process.exitCode ?? 1);
}
