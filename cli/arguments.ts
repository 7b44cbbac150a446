import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { SITE_NAMES, type SiteName } from '../core/config';
import { BadUsage } from './errors';

type Options = NonNullable<ParseArgsConfig['options']>;

/** Options that every command has. */
const COMMON = {
  config: { type: 'string' },
  format: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} satisfies Options;

export interface Arguments {
  words: string[];
  /** The last value of an option. */
  text(name: string): string | undefined;
  /** Every value of an option that may be given several times. */
  texts(name: string): string[];
  flag(name: string): boolean;
  json: boolean;
}

/** @throws BadUsage for an unknown option, a missing value, a wrong number of words */
export function readArguments(
  args: string[],
  options: Options,
  words: { least: number; most: number },
): Arguments {
  const { values, positionals } = parse(args, { ...COMMON, ...options });
  if (positionals.length < words.least) throw new BadUsage('Something is missing behind the command.');
  if (positionals.length > words.most) throw new BadUsage(`"${positionals[words.most]}" is too much here.`);
  const given = values as Record<string, string | boolean | (string | boolean)[] | undefined>;
  const format = given.format;
  if (format !== undefined && format !== 'json')
    throw new BadUsage(`--format is "${format}"; the only other one is json.`);
  const texts = (name: string) => [given[name] ?? []].flat().map(String);
  return {
    words: positionals,
    text: name => texts(name).at(-1),
    texts,
    flag: name => given[name] === true,
    json: format === 'json',
  };
}

function parse(args: string[], options: Options) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    if (error instanceof TypeError)
      throw new BadUsage(error.message.split('. To specify')[0] ?? error.message);
    throw error;
  }
}

export function readSite(word: string | undefined, what: string): SiteName {
  if (SITE_NAMES.includes(word as SiteName)) return word as SiteName;
  throw new BadUsage(
    `${what} is ${word === undefined ? 'missing' : `"${word}"`}; it is one of ${SITE_NAMES.join(', ')}.`,
  );
}

/** The configuration that is meant: the one named, the one here, or in a clone of Lifeboat its example. */
export function configFile(named: string | undefined): string {
  if (named !== undefined) return named;
  if (existsSync('lifeboat.yaml')) return 'lifeboat.yaml';
  const example = join(__dirname, '..', 'examples', 'levlabs', 'lifeboat.yaml');
  return existsSync(example) ? example : 'lifeboat.yaml';
}
