import type { App, Config } from '../core/config';
import { type Message, runsTold } from './messages';
import type { Report } from './report';
import type { Scenario } from './scenario';

/** Whether the standby is ready after a move depends on its data: the files expect an app that has some. */
const PEACE = ['not-ready', 'ready-again'];

/** What did not come as the scenario expects, each in a sentence. */
export function differences(
  scenario: Scenario,
  config: Config,
  report: Report,
  messages: readonly Message[],
  restores: number,
): string[] {
  const { expect } = scenario;
  const list: string[] = [];
  const differ = (what: string, is: unknown, wanted: unknown) => {
    if (JSON.stringify(is) !== JSON.stringify(wanted)) {
      list.push(`${what} is ${JSON.stringify(is)}, expected is ${JSON.stringify(wanted)}.`);
    }
  };
  const meant = affected(scenario, config);
  for (const { name, outcome, main, phases } of report.apps) {
    if (!meant.some(app => app.name === name)) continue;
    // A run that never got as far as the apps ends for all of them.
    differ(`The outcome of ${name}`, outcome === 'none' ? report.outcome : outcome, expect.outcome);
    if (main.after) differ(`main of ${name}`, main.after, expect.main);
    list.push(...tooLong(scenario, name, phases));
  }
  // Alarms of a site that nobody uses start what ends at once and tells nobody.
  const runs = runsTold(messages).size;
  differ('The number of runs', runs, expect.runs);
  differ('The number of restores', restores, expect.restores * meant.filter(({ data }) => data).length);
  // Of one app the whole course of the night is known beforehand; several have a night each.
  if (config.apps.length === 1) {
    differ('The outcome', report.outcome, expect.outcome);
    const heard = (events: readonly string[]) =>
      config.apps[0]?.data ? events : events.filter(event => !PEACE.includes(event));
    differ('What on-call was told', heard(told(scenario, messages)), heard(expect.told));
  }
  const said = [...report.reasons, ...messages.map(({ text }) => text)].join('\n');
  for (const text of expect.says) if (!said.includes(text)) list.push(`Nobody said "${text}".`);
  return list;
}

/** Phases that did not take as long as expected. */
function tooLong({ expect }: Scenario, app: string, phases: Report['apps'][number]['phases']): string[] {
  return Object.entries(expect.took).flatMap(([name, { atLeast, atMost }]) => {
    const phase = phases.find(each => each.name === name);
    // A worker has no main name to flip.
    if (phase?.outcome === 'skipped') return [];
    if (phase?.seconds === undefined) return [`${name} of ${app} did not end.`];
    const { seconds } = phase;
    return seconds >= atLeast && seconds <= atMost
      ? []
      : [`${name} of ${app} took ${seconds} s, expected are ${atLeast} s to ${atMost} s.`];
  });
}

/** The apps that the scenario is about. What happens to one app, or to data, says nothing of the others. */
function affected({ about, night, given }: Scenario, config: Config): App[] {
  if (about === 'one app') return config.apps.filter(({ endpoint }) => endpoint).slice(0, 1);
  if (about === 'data') return config.apps.filter(({ data }) => data);
  // An app that only people move stays in a night in which nobody does.
  const byHand = night.some(({ action }) => action.do === 'start');
  return config.apps.filter(({ trigger }) => byHand || given.trigger !== undefined || trigger !== 'manual');
}

/** Where the scenario is not about approval, being asked for one is part of any night. */
function told({ given }: Scenario, messages: readonly Message[]): string[] {
  const events = messages.flatMap(({ attributes }) => attributes.event ?? []);
  return given.trigger === undefined ? events.filter(event => event !== 'approval-wanted') : events;
}
