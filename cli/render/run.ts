import { spoken } from '../../core/duration';
import type { AppRun, RunReport } from '../../core/ledger';
import { consoleLink } from '../../core/messages';
import { STATES } from '../../core/phases';
import { concerned } from '../../core/report';
import type { Outcome, Run } from '../../core/run';
import type { RunView } from '../run-view';
import { phasesInOrder } from './progress';
import type { Style } from './style';
import { dateAndTime, timeOfDay } from './time';

/** A run from its start to its end, or to now. */
export function runLines(view: RunView, style: Style, now: number): string[] {
  const { id, record, region, executionArn, status } = view;
  if (!record) {
    return [
      style.strong(`Run ${id} in ${region}: ${status === 'RUNNING' ? 'begins' : (status ?? 'not known')}`),
      ...style.wrap('The ledger has no record of it: it ended before its first step, or has just begun.', 2),
      `  ${consoleLink(executionArn, region)}`,
    ];
  }
  const { run, report } = record;
  const took = spoken(((report?.at ?? now) - run.startedAt) / 1000);
  return [
    style.strong(`Run ${id}: ${report?.outcome ?? stillWord(view)}`),
    ...style.wrap(
      `${whatItDoes(run)} in ${region}, started ${dateAndTime(run.startedAt)} by ${byWhom(run)}.`,
      2,
    ),
    ...style.wrap(`Reason: ${run.reason}`, 2),
    ...style.wrap(report ? `Ended ${dateAndTime(report.at)}, after ${took}.` : `At work for ${took}.`, 2),
    `  ${consoleLink(executionArn, region)}`,
    ...view.apps.flatMap(app => ['', ...appLines(app, style, now)]),
    ...(report ? ['', ...nextLines(report, view.apps, style)] : []),
  ];
}

function stillWord({ status }: RunView): string {
  return status === undefined || status === 'RUNNING' ? 'at work' : `${status}, not reported yet`;
}

export function whatItDoes({ mode, activate }: Run): string {
  const site = activate === 'primary' ? 'the primary' : activate;
  const word: string = mode;
  return word === 'failover' ? `Activates ${site}` : `${word[0]?.toUpperCase()}${word.slice(1)} to ${site}`;
}

function byWhom({ startedBy }: Run): string {
  return startedBy === 'person' ? 'a person' : startedBy === 'alarm' ? 'an alarm' : `the ${startedBy}`;
}

function appLines(
  { app, phases, notes, backup, flippedAt, end, fenced }: AppRun,
  style: Style,
  now: number,
): string[] {
  return [
    outcomeColour(`${app}: ${end?.outcome ?? 'at work'}`, end?.outcome, style),
    ...phasesInOrder(phases).flatMap(([name, { startedAt, endedAt, outcome, detail }]) => {
      const took = spoken(((endedAt ?? now) - startedAt) / 1000);
      const how = endedAt === undefined ? 'at work' : outcome === 'done' ? '' : (outcome ?? '');
      const head = `  ${timeOfDay(startedAt)}  ${STATES[name].state.padEnd(11)} ${took.padEnd(11)} `;
      return style.wrap([how && `${how}:`, detail].filter(Boolean).join(' '), head.length, head);
    }),
    ...(backup ? style.wrap(`Data: ${backup.name}, of ${dateAndTime(backup.takenAt)}.`, 4, '  ') : []),
    ...(flippedAt === undefined ? [] : [`  main moved at ${timeOfDay(flippedAt)}.`]),
    ...(fenced === 'pending' ? ['  The other site could not be fenced yet.'] : []),
    ...notes.flatMap(note => style.wrap(note, 4, '  Note: ')),
    ...(end?.reasons ?? [])
      .filter(reason => !Object.values(phases).some(({ detail }) => detail === reason))
      .flatMap(reason => style.wrap(reason, 2)),
  ];
}

/** How the run ended and what to type next; why, where no app says it. */
export function endLines({ id, record, apps }: RunView, style: Style): string[] {
  const { report } = record ?? {};
  if (!record || !report) return [];
  const took = spoken((report.at - record.run.startedAt) / 1000);
  return [
    '',
    outcomeColour(`Run ${id}: ${report.outcome}, after ${took}.`, report.outcome, style),
    ...nextLines(report, apps, style),
  ];
}

function nextLines({ summary }: RunReport, apps: readonly AppRun[], style: Style): string[] {
  const next = [...new Set(concerned(apps).flatMap(({ end }) => end?.next ?? []))];
  return [
    ...(apps.length === 0 ? style.wrap(summary, 0) : []),
    ...next.slice(0, 4).map(command => `Type next: ${command}`),
  ];
}

function outcomeColour(text: string, outcome: Outcome | undefined, style: Style): string {
  if (outcome === undefined) return style.strong(text);
  return outcome === 'succeeded' ? style.good(text) : style.bad(text);
}
