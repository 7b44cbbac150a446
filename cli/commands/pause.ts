import type { Pause } from '../../core/admission';
import type { Config } from '../../core/config';
import { loadConfig } from '../../lib/config';
import { configFile, readArguments } from '../arguments';
import { askBoth } from '../deployment';
import { BadUsage, type ExitCode } from '../errors';
import type { Output } from '../output';
import type { Outside } from '../outside';
import { readEnd } from '../pause-end';
import { Style } from '../render/style';
import { dateAndTime } from '../render/time';
import { exitOf } from '../trouble';

const OPTIONS = { reason: { type: 'string' }, for: { type: 'string' }, until: { type: 'string' } } as const;

export async function pause(args: string[], output: Output, outside: Outside): Promise<ExitCode> {
  const { json, text } = readArguments(args, OPTIONS, { least: 0, most: 0 });
  const config = loadConfig(configFile(text('config')));
  const reason = text('reason')?.trim();
  if (!reason) {
    throw new BadUsage('--reason is missing. Whoever finds Lifeboat paused in the night must know why.');
  }
  const at = outside.clock.now();
  const until = readEnd({ for: text('for'), until: text('until') }, at);
  return set(json, config, output, outside, {
    by: outside.user,
    reason,
    at,
    ...(until === undefined ? {} : { until }),
  });
}

export function resume(args: string[], output: Output, outside: Outside): Promise<ExitCode> {
  const { json, text } = readArguments(args, {}, { least: 0, most: 0 });
  return set(json, loadConfig(configFile(text('config'))), output, outside, undefined);
}

/** Both Regions are told; one that does not answer is named, since it would act on its own when it comes back. */
async function set(
  json: boolean,
  config: Config,
  output: Output,
  outside: Outside,
  value: Pause | undefined,
): Promise<ExitCode> {
  const { answers, troubles } = await askBoth(config, outside.open, ({ ledger }) => ledger.setPause(value));
  const told = answers.map(({ deployment: { region } }) => region);
  const silent = troubles.map(({ site, trouble }) => ({
    region: config.sites[site].region,
    why: trouble.message,
  }));
  if (json) {
    output.json({
      paused: value !== undefined,
      ...(value ? { pause: value } : {}),
      told,
      silent: silent.map(({ why }) => why),
    });
  } else {
    const style = new Style(output);
    const say = (text: string) => {
      for (const line of style.wrap(text, 0)) output.say(line);
    };
    if (told.length > 0) say(done(value, told.join(' and ')));
    for (const { region, why } of silent) {
      say(`${value ? `${region} is NOT paused` : `${region} may still be paused`}: ${why}`);
    }
  }
  return silent.length === 0 ? 0 : exitOf(troubles.map(({ trouble }) => trouble));
}

function done(value: Pause | undefined, where: string): string {
  if (!value) return `Not paused any more in ${where}.`;
  if (value.until === undefined) {
    return `Paused in ${where}, without an end. No run begins until you type: npx lifeboat resume`;
  }
  return `Paused in ${where} until ${dateAndTime(value.until)}. To end it sooner: npx lifeboat resume`;
}
