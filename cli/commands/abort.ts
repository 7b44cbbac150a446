import { abortable, hasBegunToFlip } from '../../core/abort';
import type { Config } from '../../core/config';
import { loadConfig } from '../../lib/config';
import { configFile, readArguments } from '../arguments';
import { canBeAsked, confirm, wordFor } from '../confirm';
import { type ExitCode, Unanswerable } from '../errors';
import { stopRun } from '../executions';
import { follow } from '../follow';
import { askMains } from '../main-answer';
import type { Output } from '../output';
import type { Outside } from '../outside';
import { endLines, runLines } from '../render/run';
import { Style } from '../render/style';
import { type FoundRun, findRun, outcomeOfRun, type RunView, runJson, viewRun } from '../run-view';
import { inRegion, Trouble } from '../trouble';

const OPTIONS = { reason: { type: 'string' }, yes: { type: 'boolean', short: 'y' } } as const;

/** Stops a run that has not begun to flip. What it has done stays; the next run for the site goes on from there. */
export async function abort(args: string[], output: Output, outside: Outside): Promise<ExitCode> {
  const { words, json, text, flag } = readArguments(args, OPTIONS, { least: 1, most: 1 });
  const config = loadConfig(configFile(text('config')));
  canBeAsked(outside, flag('yes'), 'npx lifeboat abort');
  const { deployment, view } = await findRun(config, outside, words[0] ?? '');
  mayBeAborted(view, config);
  const style = new Style(output);
  if (!flag('yes')) {
    for (const line of runLines(view, style, outside.clock.now())) output.say(line);
    output.say('');
    for (const line of style.wrap(whatHappens(view), 0)) output.say(line);
    const about = config.apps.filter(({ name }) => view.record?.run.apps.includes(name));
    await confirm(outside, wordFor(config, about), `Run ${view.id} goes on.`);
  }
  const reason = text('reason') ?? 'no reason was given';
  await stop({ deployment, view }, config, { by: outside.user, reason }, outside);
  output.say(`Run ${view.id} is stopped. Waiting for its report.`);
  const end = await follow({ deployment, run: view.id }, output, outside);
  const last = end.view ?? view;
  const mains = await askMains(outside.network, aboutApps(config, last));
  if (json) output.json({ aborted: true, reason, mains, ...runJson(last) });
  for (const line of endLines(last, style)) output.say(line);
  for (const { sentence } of mains) for (const line of style.wrap(`${sentence}.`, 0)) output.say(line);
  for (const line of afterwards(last)) output.say(line);
  if (!last.apps.some(part => hasBegunToFlip(part, config.apps))) return 0;
  for (const line of style.wrap(TOO_LATE, 0)) output.say(line);
  return 1;
}

const TOO_LATE =
  'It had begun to move main in the same moment. Look above at what main answers; start the same run again to go on.';

function whatHappens({ record }: RunView): string {
  const mode: string | undefined = record?.run.mode;
  if (mode === 'drill')
    return 'Stopping a drill leaves main where it is; what it made in scratch namespaces may stay.';
  return (
    'Stopping it leaves main where it is and undoes nothing else: what it has scaled, suspended and restored stays, ' +
    'and the next run for this site goes on from there.' +
    (mode === 'switchover' ? ' The old site may be at rest: then customers wait until somebody goes on.' : '')
  );
}

/** Looks once more right before it stops: whoever confirms takes a while. */
async function stop(
  { deployment, view }: FoundRun,
  config: Config,
  who: { by: string; reason: string },
  { clock }: Outside,
): Promise<void> {
  await inRegion(deployment.region, async () => {
    mayBeAborted((await viewRun(clock, deployment, view.id)) ?? view, config);
    // Before the stop: the report comes right after it, and says who it was.
    await deployment.ledger.changeRun(view.id, now => {
      if (!now) throw new Unanswerable(`The ledger lost run ${view.id}.`);
      return now.report ? now : { ...now, abort: { ...who, at: clock.now() } };
    });
  });
  const cause = `Stopped by ${who.by}: ${who.reason}`;
  await inRegion(deployment.region, () => stopRun(clock, deployment, view.id, cause)).catch(
    (error: unknown) => {
      if (!(error instanceof Trouble) || !error.isSilence) throw error;
      const look = `It is not known whether the run was stopped. Look: npx lifeboat run ${view.id}`;
      throw new Trouble('answer', `${error.message} ${look}`, { cause: error });
    },
  );
}

/** @throws Unanswerable when it may not */
function mayBeAborted({ id, record, apps, status }: RunView, config: Config): void {
  const look = `Look at it: npx lifeboat run ${id}`;
  if (status !== undefined && status !== 'RUNNING' && status !== 'PENDING_REDRIVE') {
    const how = record?.report ? `has ended as ${record.report.outcome}` : `is ${status}`;
    throw new Unanswerable(`Run ${id} ${how}: there is nothing to stop. ${look}`);
  }
  if (!record) throw new Unanswerable(`Run ${id} is just beginning. Type it again in a moment. ${look}`);
  const decision = abortable(record, apps, config.apps);
  if (decision.word !== 'may') throw new Unanswerable(`${decision.reason} ${look}`);
}

function aboutApps(config: Config, { record }: RunView) {
  return config.apps.filter(({ name }) => record?.run.apps.includes(name));
}

function afterwards(view: RunView): string[] {
  if (outcomeOfRun(view) === undefined) {
    return [`Its report has not come yet. Look again: npx lifeboat run ${view.id}`];
  }
  if (!view.apps.some(({ phases }) => phases.fence)) return [];
  return [
    'To go back instead of on: docs/runbook.md, "Stop a run", says how to bring the old site back to work.',
  ];
}
