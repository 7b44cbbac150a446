import { spoken } from '../../core/duration';
import type { AppRun, RunRecord } from '../../core/ledger';
import { consoleLink } from '../../core/messages';
import { loadConfig } from '../../lib/config';
import { configFile, readArguments } from '../arguments';
import { type Deployment, openDeployment, whatAnswers } from '../deployment';
import type { ExitCode } from '../errors';
import type { Output } from '../output';
import { Style } from '../render/style';
import { Unanswerable } from './answer';

const RECENT = 5;

export async function status(args: string[], output: Output, open = openDeployment): Promise<ExitCode> {
  const { words, json, text } = readArguments(args, {}, { least: 0, most: 1 });
  const { deployments, silent } = await whatAnswers(loadConfig(configFile(text('config'))), open);
  const [run] = words;
  return run === undefined
    ? overview(deployments, silent, json, output)
    : oneRun(run, deployments, silent, json, output);
}

async function overview(
  deployments: Deployment[],
  silent: string[],
  json: boolean,
  output: Output,
): Promise<ExitCode> {
  const asked = await Promise.allSettled(
    deployments.map(async ({ site, region, ledger }) => ({
      site,
      region,
      pause: await ledger.pause(),
      runs: await ledger.recentRuns(RECENT),
    })),
  );
  const sites = asked.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []));
  for (const each of asked) if (each.status === 'rejected') silent.push(String(each.reason));
  if (json) {
    output.json({ sites, silent });
    return silent.length === 0 ? 0 : 1;
  }
  for (const { site, region, pause, runs } of sites) {
    output.say(`Activating ${site}, in ${region}:${pause ? ` PAUSED by ${pause.by} (${pause.reason})` : ''}`);
    if (runs.length === 0) output.say('  no run yet');
    for (const record of runs) output.say(`  ${runLine(record)}`);
  }
  for (const line of silent) output.say(`No answer: ${line}`);
  return silent.length === 0 ? 0 : 1;
}

async function oneRun(
  id: string,
  deployments: Deployment[],
  silent: string[],
  json: boolean,
  output: Output,
): Promise<ExitCode> {
  for (const { ledger, region } of deployments) {
    const record = await ledger.run(id).catch((error: unknown) => {
      silent.push(error instanceof Error ? error.message : String(error));
      return undefined;
    });
    if (!record) continue;
    const apps = await ledger.appRuns(id);
    if (json) output.json({ ...record, taskToken: undefined, apps });
    else for (const line of runLines(record, apps, region, new Style(output))) output.say(line);
    return 0;
  }
  throw new Unanswerable([`No ledger that answers knows run ${id}.`, ...silent].join(' '));
}

function runLine({ run, report }: RunRecord): string {
  const when = new Date(run.startedAt).toISOString().slice(0, 19);
  return `${when}  ${run.id}  ${report?.outcome ?? 'at work'}  ${run.reason}`;
}

function runLines(record: RunRecord, apps: readonly AppRun[], region: string, style: Style): string[] {
  return [
    runLine(record),
    consoleLink(record.run.executionArn, region),
    ...(record.report ? style.wrap(record.report.summary, 0) : []),
    ...apps.flatMap(({ app, phases, end }) => [
      style.strong(`${app}: ${end?.outcome ?? 'at work'}`),
      ...Object.entries(phases).flatMap(([name, { startedAt, endedAt, detail }]) => {
        const took = endedAt === undefined ? 'at work' : spoken((endedAt - startedAt) / 1000);
        return style.wrap(`${took}. ${detail}`, 14, `  ${name.padEnd(12)}`);
      }),
      ...(end?.next ? [`  Type next: ${end.next}`] : []),
    ]),
  ];
}
