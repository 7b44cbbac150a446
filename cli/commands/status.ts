import type { Config } from '../../core/config';
import { loadConfig } from '../../lib/config';
import { configFile, readArguments } from '../arguments';
import { openOnce } from '../deployment';
import { BadUsage, type ExitCode } from '../errors';
import { askMains, type MainAnswer } from '../main-answer';
import type { Output } from '../output';
import type { Outside } from '../outside';
import { statusLines, statusRows } from '../render/status';
import { Style } from '../render/style';
import { type SiteFacts, siteFacts } from '../site-facts';
import { exitOf, sentences, type Trouble } from '../trouble';
import { watch } from '../watch';
import { run } from './run';

const OPTIONS = { watch: { type: 'boolean', short: 'w' }, follow: { type: 'boolean', short: 'f' } } as const;

/** How everything is. `status RUN` is the older spelling of `run RUN`. */
export async function status(args: string[], output: Output, outside: Outside): Promise<ExitCode> {
  const { words, json, text, flag } = readArguments(args, OPTIONS, { least: 0, most: 1 });
  if (words.length > 0) return run(args, output, outside);
  if (flag('follow'))
    throw new BadUsage('--follow goes with a run: npx lifeboat run RUN --follow. Here it is --watch.');
  const config = loadConfig(configFile(text('config')));
  if (flag('watch')) {
    if (json)
      throw new BadUsage('--watch prints again and again, and --format json one object; give one of them.');
    return keepWatching(config, output, outside);
  }
  const seen = await look(config, outside);
  if (json) output.json(statusJson(config, seen));
  else for (const line of page(config, seen, new Style(output)).lines) output.say(line);
  return seen.troubles.length === 0 ? 0 : exitOf(seen.troubles);
}

async function keepWatching(config: Config, output: Output, outside: Outside): Promise<ExitCode> {
  const style = new Style(output);
  const kept = { ...outside, open: openOnce(outside.open) };
  await watch(async () => page(config, await look(config, kept), style), output, style, outside);
  return 0;
}

interface Seen {
  now: number;
  mains: MainAnswer[];
  sites: SiteFacts[];
  troubles: Trouble[];
}

/** Name servers and both Regions, all at the same time. */
async function look(config: Config, outside: Outside): Promise<Seen> {
  const [mains, { sites, troubles }] = await Promise.all([
    askMains(outside.network, config.apps),
    siteFacts(config, outside),
  ]);
  return { now: outside.clock.now(), mains, sites, troubles: troubles.map(({ trouble }) => trouble) };
}

function page(config: Config, { now, mains, sites, troubles }: Seen, style: Style) {
  const rows = statusRows({ config, mains, sites, silent: sentences(troubles), now });
  return { rows, lines: statusLines(rows, { config, now }, style) };
}

function statusJson({ name }: Config, { now, mains, sites, troubles }: Seen): object {
  return {
    name,
    at: new Date(now).toISOString(),
    mains,
    sites: sites.map(({ runs, ...rest }) => ({
      ...rest,
      runs: runs.map(({ taskToken: _secret, ...shown }) => shown),
    })),
    silent: sentences(troubles),
  };
}
