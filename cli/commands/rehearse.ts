import { loadConfig } from '../../lib/config';
import { rehearse as play } from '../../rehearsal/embedded/rehearse';
import type { Listener } from '../../rehearsal/events';
import type { Report } from '../../rehearsal/report';
import { CannotAct, loadScenario, type Scenario, scenarioNames } from '../../rehearsal/scenario';
import { configFile, readArguments } from '../arguments';
import { BadUsage, type ExitCode } from '../errors';
import { type BothManifests, bothManifests } from '../manifests';
import type { Output } from '../output';
import { recap } from '../render/recap';
import { Style } from '../render/style';
import { timeline } from '../render/timeline';
import { rehearseOnTestbed } from './testbed';

const OPTIONS = {
  scenario: { type: 'string', multiple: true },
  primary: { type: 'string' },
  dr: { type: 'string' },
  list: { type: 'boolean' },
  verbose: { type: 'boolean' },
  testbed: { type: 'boolean' },
  keep: { type: 'boolean' },
  'delay-factor': { type: 'string' },
} as const;

const DEFAULT = 'region-lost';

export async function rehearse(args: string[], output: Output): Promise<ExitCode> {
  const { json, text, texts, flag } = readArguments(args, OPTIONS, { least: 0, most: 0 });
  if (flag('list')) return list(json, output);
  if (flag('testbed')) {
    return rehearseOnTestbed(
      {
        scenarios: texts('scenario'),
        config: text('config') ?? text('primary') ?? text('dr'),
        keep: flag('keep'),
        delayFactor: text('delay-factor'),
        verbose: flag('verbose'),
        json,
      },
      output,
    );
  }
  if (flag('keep') || text('delay-factor') !== undefined)
    throw new BadUsage('--keep and --delay-factor go with --testbed.');
  const file = configFile(text('config'));
  const config = loadConfig(file);
  const primary = text('primary');
  const dr = text('dr');
  const sides = bothManifests(file, { ...(primary ? { primary } : {}), ...(dr ? { dr } : {}) });
  const names = texts('scenario').includes('all') ? scenarioNames() : texts('scenario');
  const scenarios = (names.length > 0 ? names : [DEFAULT]).map(loadScenario);
  const [only, ...more] = scenarios;
  if (only && more.length === 0) return one(config, only, sides, json, flag('verbose'), output);
  return several(config, scenarios, sides, json, output);
}

type Config = ReturnType<typeof loadConfig>;

async function one(
  config: Config,
  scenario: Scenario,
  sides: BothManifests,
  json: boolean,
  verbose: boolean,
  output: Output,
): Promise<ExitCode> {
  const style = new Style(output);
  const lines = json ? undefined : timeline(output, style, verbose);
  const report = await run(config, scenario, sides, lines?.listener ?? ignore);
  lines?.end();
  if (json) output.json(report);
  else for (const line of recap(report, style)) output.say(line);
  return report.asExpected ? 0 : 1;
}

async function several(
  config: Config,
  scenarios: readonly Scenario[],
  sides: BothManifests,
  json: boolean,
  output: Output,
): Promise<ExitCode> {
  const style = new Style(output);
  const reports: Report[] = [];
  let left = 0;
  for (const scenario of scenarios) {
    try {
      const report = await run(config, scenario, sides, ignore);
      reports.push(report);
      if (!json) for (const line of oneLine(report, style)) output.say(line);
    } catch (error) {
      // A night about data says nothing of an app that has none.
      if (!(error instanceof CannotAct)) throw error;
      left++;
      if (!json) output.say(`left out  ${error.message}`);
    }
  }
  const failed = reports.filter(({ asExpected }) => !asExpected).length;
  if (json) output.json({ scenarios: reports });
  else
    output.say(
      `rehearsals: ${reports.length - failed} passed, ${failed} failed${left > 0 ? `, ${left} skipped` : ''}`,
    );
  return failed === 0 ? 0 : 1;
}

function run(
  config: Config,
  scenario: Scenario,
  { manifests, folders }: BothManifests,
  listener: Listener,
): Promise<Report> {
  return play({ config, scenario, manifests, from: folders, listener });
}

function oneLine(report: Report, style: Style): string[] {
  const { scenario, outcome, asExpected, differences, invariants, wallSeconds } = report;
  const mark = asExpected ? style.good('passed') : style.bad('FAILED');
  const rto = report.apps.find(app => app.rtoSeconds !== undefined)?.rtoSeconds;
  const took = rto === undefined ? '' : `, RTO ${Math.round(rto)} s`;
  return [
    `${mark}  ${scenario}: ${outcome}${took} (${wallSeconds.toFixed(1)} s)`,
    ...differences.map(line => `        ${line}`),
    ...invariants
      .filter(({ holds }) => !holds)
      .map(({ id, evidence }) => `        ${id} is broken: ${evidence}`),
  ];
}

function list(json: boolean, output: Output): ExitCode {
  const scenarios = scenarioNames().map(loadScenario);
  if (json) {
    output.json({
      scenarios: scenarios.map(({ name, story, expect }) => ({
        name,
        story: story.trim(),
        expected: expect.outcome,
      })),
    });
    return 0;
  }
  const style = new Style(output);
  for (const { name, story, expect } of scenarios) {
    output.say(`${style.strong(name)}  (expected: ${expect.outcome})`);
    for (const line of style.wrap(story.trim(), 4)) output.say(line);
  }
  return 0;
}

function ignore(): void {
  // Nobody watches a rehearsal of many scenarios event by event.
}
