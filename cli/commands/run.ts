import { runCommand } from '../../core/commands';
import type { App } from '../../core/config';
import { loadConfig } from '../../lib/config';
import { configFile, readArguments } from '../arguments';
import type { Deployment } from '../deployment';
import type { ExitCode } from '../errors';
import { type Followed, follow, leftLines } from '../follow';
import { askMains } from '../main-answer';
import type { Output } from '../output';
import type { Outside } from '../outside';
import { endLines, runLines } from '../render/run';
import { Style } from '../render/style';
import { findRun, outcomeOfRun, runJson } from '../run-view';

const OPTIONS = { follow: { type: 'boolean', short: 'f' } } as const;

/** One run, from its start to its end or to now; `--follow` stays until its end. */
export async function run(args: string[], output: Output, outside: Outside): Promise<ExitCode> {
  const { words, json, text, flag } = readArguments(args, OPTIONS, { least: 1, most: 1 });
  const config = loadConfig(configFile(text('config')));
  const { deployment, view } = await findRun(config, outside, words[0] ?? '');
  const about = view.record?.run.apps;
  const apps = about ? config.apps.filter(({ name }) => about.includes(name)) : config.apps;
  if (flag('follow')) {
    if (!view.record?.report) output.say(`Run ${view.id} in ${view.region}:`);
    return followToTheEnd({ deployment, run: view.id, apps, json }, output, outside);
  }
  if (json) output.json(runJson(view));
  else for (const line of runLines(view, new Style(output), outside.clock.now())) output.say(line);
  return 0;
}

export interface ToFollow {
  deployment: Deployment;
  run: string;
  /** The apps whose main is looked at in the end. */
  apps: readonly App[];
  json: boolean;
  /** What the JSON says of the start; the run itself then stands in it as `timeline`. */
  started?: object;
}

/** @returns 0 only for a run that succeeded: who has left does not know whether it will */
export async function followToTheEnd(
  { deployment, run: id, apps, json, started }: ToFollow,
  output: Output,
  outside: Outside,
): Promise<ExitCode> {
  const end = await follow({ deployment, run: id }, output, outside);
  const { view } = end;
  const outcome = (view && outcomeOfRun(view)) ?? null;
  const followed = end.word !== 'left';
  const mains = followed ? await askMains(outside.network, apps) : [];
  const seen = view ? runJson(view) : {};
  if (json) output.json({ ...(started ? { ...started, timeline: seen } : seen), outcome, followed, mains });
  const style = new Style(output);
  for (const line of lastLines(id, end, style, outside.clock.now())) output.say(line);
  for (const { sentence } of mains) for (const line of style.wrap(`${sentence}.`, 0)) output.say(line);
  return outcome === 'succeeded' ? 0 : 1;
}

function lastLines(id: string, end: Followed, style: Style, now: number): string[] {
  switch (end.word) {
    case 'left':
      return leftLines(id);
    case 'reported':
      return endLines(end.view, style);
    case 'unreported':
      return [
        ...runLines(end.view, style, now),
        `Nothing reports how it ended. Look again: ${runCommand(id)}`,
      ];
  }
}
