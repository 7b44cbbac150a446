import { parseArgs } from 'node:util';
import { codeOf } from './system-error';

export interface Options {
  action: 'build' | 'list' | 'dry-run' | 'help';
  /** Names of parts; all when absent. */
  only: string[] | undefined;
}

export const USAGE = `Usage: npm run testbed:build -- [--only PART,PART] [--list | --dry-run]

Builds what the test bed is made of into ~/.cache/lifeboat/testbed, unless it is there.
  --only PART,PART  only these parts, and what they are made from
  --list            every part with its version, state, usual time and purpose
  --dry-run         what would be built, and how long that usually takes
Exit codes: 0 built, 1 a part failed, 2 wrong usage or something is missing on this machine.`;

/** The command line is not one of ours. */
export class BadOptions extends Error {
  override name = 'BadOptions';

  constructor(what: string) {
    super(`${what}\n\n${USAGE}`);
  }
}

export function readOptions(args: string[]): Options {
  const { only, list, help, 'dry-run': dryRun } = parse(args);
  if (help) return { action: 'help', only: undefined };
  if (list && dryRun) throw new BadOptions('Choose one of --list and --dry-run.');
  const names = only?.split(',').map(name => name.trim());
  if (names?.some(name => name === '')) throw new BadOptions('--only takes names of parts, with commas.');
  return { action: list ? 'list' : dryRun ? 'dry-run' : 'build', only: names };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        only: { type: 'string' },
        list: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    if (codeOf(error)?.startsWith('ERR_PARSE_ARGS_')) throw new BadOptions((error as Error).message);
    throw error;
  }
}
