import { loadConfig } from '../../lib/config';
import { configFile, readArguments } from '../arguments';
import { askBoth } from '../deployment';
import { BadUsage, type ExitCode } from '../errors';
import type { Output } from '../output';
import type { Outside } from '../outside';
import { runsTable } from '../render/runs';
import { Style } from '../render/style';
import { exitOf, sentences } from '../trouble';

const OPTIONS = { limit: { type: 'string', short: 'n' } } as const;
const LIMIT = 10;
const MOST = 500;

/** The runs of both Regions, the newest first. */
export async function runs(args: string[], output: Output, outside: Outside): Promise<ExitCode> {
  const { json, text } = readArguments(args, OPTIONS, { least: 0, most: 0 });
  const limit = readLimit(text('limit'));
  const config = loadConfig(configFile(text('config')));
  const asked = await askBoth(config, outside.open, ({ ledger }) => ledger.recentRuns(limit));
  const records = asked.answers
    .flatMap(({ deployment: { site, region }, value }) => value.map(record => ({ site, region, record })))
    .sort((a, b) => b.record.run.startedAt - a.record.run.startedAt)
    .slice(0, limit);
  const silent = sentences(asked.troubles.map(({ trouble }) => trouble));
  if (json) {
    output.json({
      runs: records.map(({ site, region, record: { taskToken: _secret, ...shown } }) => ({
        site,
        region,
        ...shown,
      })),
      silent,
    });
  } else {
    const style = new Style(output);
    if (records.length > 0) {
      const table = runsTable(
        records.map(({ record }) => record),
        style,
        outside.clock.now(),
      );
      for (const line of table) output.say(line);
    } else if (asked.answers.length > 0) output.say('There was no run yet.');
    for (const line of silent) for (const part of style.wrap(`Not asked: ${line}`, 2, '')) output.say(part);
  }
  return asked.troubles.length === 0 ? 0 : exitOf(asked.troubles.map(({ trouble }) => trouble));
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return LIMIT;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MOST) return limit;
  throw new BadUsage(`--limit is "${text}"; expected is a number from 1 to ${MOST}.`);
}
