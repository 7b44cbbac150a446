import type { Pause } from '../../core/admission';
import { startCommand } from '../../core/commands';
import type { App, Config } from '../../core/config';
import { spoken } from '../../core/duration';
import type { RunRecord } from '../../core/ledger';
import { otherSite } from '../../core/run';
import type { MainAnswer } from '../main-answer';
import type { SiteFacts } from '../site-facts';
import { backupSentence } from './preview';
import { whatItDoes } from './run';
import type { Style } from './style';
import { dateAndTime } from './time';

/** Beyond so many of a kind the rest is counted. */
const LISTED = 15;
const LABEL = 11;
/** A guard gives a sign of life every minute. */
const SILENT_GUARD_SECONDS = 180;

/** One thing that is so. */
export interface Row {
  group: string;
  label: string;
  /** With how long ago it was. */
  text: string;
  /** The same without what only the passing of time changes: where this differs, something has happened. */
  fact: string;
  bad?: boolean;
}

export interface StatusView {
  config: Config;
  mains: readonly MainAnswer[];
  sites: readonly SiteFacts[];
  /** A sentence for each Region, or both, that could not be asked. */
  silent: readonly string[];
  now: number;
}

export function statusRows({ config, mains, sites, silent, now }: StatusView): Row[] {
  return [
    ...few(
      mains.map(({ sentence, at }) => row('Customers', 'main', `${sentence}.`, `${sentence}.`, at === null)),
    ),
    ...sites.flatMap(site => siteRows(config, site, now)),
    ...silent.map(sentence => row('No answer', 'Region', sentence, sentence, true)),
  ];
}

function siteRows(config: Config, facts: SiteFacts, now: number): Row[] {
  const { site, region, runs, verdicts, debts, peace, guard } = facts;
  const group = `Activating ${site}, in ${region}`;
  const of = (label: string, text: string, fact = text, bad = false) => row(group, label, text, fact, bad);
  const other = otherSite(site);
  const [last] = runs;
  return [
    of('Pause', pauseText(facts.pause, facts.paused, now), undefined, facts.paused),
    of('Last run', last ? runText(last, now) : 'there was none yet', last && runFact(last)),
    ...few(
      verdicts.map(({ app, run, at, verdict }) =>
        of(
          'Verdict',
          `${app}: ${other} was ${verdict.word} at ${dateAndTime(at)}, said run ${run}. ${verdict.reasons.join(' ')}`,
        ),
      ),
    ),
    ...guardRows(guard, now, of),
    // While a run is at work its journey is open as it should be.
    ...(last && !last.report ? [] : few(facts.open.map(each => openRow(each, now, of)))),
    ...few(readiness(config.apps, facts).map(text => of('Ready?', text, undefined, text.startsWith('NOT')))),
    ...few(
      config.apps
        .filter(app => app.data && peace?.backups?.[app.name])
        .map(({ name }) => {
          const { name: backup = '' } = peace?.backups?.[name] ?? {};
          return of(
            'Backup',
            `${name}: ${backupSentence(name, peace, site, now)}`,
            `${name}: newest backup ${backup}`,
          );
        }),
    ),
    ...few(
      debts.map(({ app, debt: { what, site: where, since, why, runId } }) =>
        of(
          'Debt',
          `${app}: ${what} of ${where} is not done for ${spoken((now - since) / 1000)} (run ${runId}). ${why}`,
          `${app}: ${what} of ${where} is not done (run ${runId}).`,
          true,
        ),
      ),
    ),
  ];
}

function openRow(
  { app, activation: { id, activate, openedAt } }: SiteFacts['open'][number],
  now: number,
  of: (label: string, text: string, fact?: string, bad?: boolean) => Row,
): Row {
  const fact = `${app}: activation ${id} of ${activate} is open`;
  const age = spoken((now - openedAt) / 1000);
  const text = `${fact} for ${age}: it was not brought to an end. Finish it soon: ${startCommand({ activate, mode: 'failover' }, app)}`;
  return of('Open', text, `${fact}.`, true);
}

function guardRows(
  guard: SiteFacts['guard'],
  now: number,
  of: (label: string, text: string, fact?: string, bad?: boolean) => Row,
): Row[] {
  if (!guard) return [of('Guard', 'not known: the ledger has nothing of a guard')];
  const watched = guard.watches ? `watches ${guard.watches}` : 'has nothing to watch';
  const seconds = (now - guard.heartbeatAt) / 1000;
  const silent = seconds > SILENT_GUARD_SECONDS;
  const dead = silent ? '. It is NOT at work: look at its Lambda and its schedule' : '';
  return [
    of(
      'Guard',
      `${watched}; its last sign of life is ${spoken(seconds)} old${dead}`,
      `${watched}${dead}`,
      silent,
    ),
    ...few(
      guard.verdicts.map(({ app, word, reasons }) =>
        of('Guard', `${app}: ${word}. ${reasons.join(' ')}`, `${app}: ${word}.`, word === 'down'),
      ),
    ),
  ];
}

function readiness(apps: readonly App[], { peace, site }: SiteFacts): string[] {
  if (!peace) return ['not known: there was no look in peace yet'];
  const errors = Object.entries(peace.errors);
  const when = `looked at ${dateAndTime(peace.at)}`;
  if (errors.length === 0)
    return [`yes, ${site} could take ${apps.length === 1 ? 'the app' : 'the apps'} (${when})`];
  return errors.map(([app, texts]) => `NOT ready for ${app}: ${texts.join(' ')} (${when})`);
}

function pauseText(pause: Pause | undefined, paused: boolean, now: number): string {
  if (!pause || !paused) {
    const ended =
      pause?.until !== undefined && now >= pause.until
        ? `; the last one ended ${dateAndTime(pause.until)}`
        : '';
    return `none${ended}`;
  }
  const until = pause.until === undefined ? 'without an end' : `until ${dateAndTime(pause.until)}`;
  return `PAUSED by ${pause.by}, ${until}: ${pause.reason}. No run begins. To lift it: npx lifeboat resume`;
}

function runText(record: RunRecord, now: number): string {
  const { run, report } = record;
  const ago = spoken((now - run.startedAt) / 1000);
  return `${runFact(record)} Started ${ago} ago${report ? '' : ', at work'}. Look at it: npx lifeboat run ${run.id}`;
}

function runFact({ run, report }: RunRecord): string {
  return `${report?.outcome ?? 'at work'}: ${whatItDoes(run)}. Reason: ${run.reason}`.replace(/\.?$/, '.');
}

function few(rows: readonly Row[]): Row[] {
  const [first] = rows;
  const more = rows.length - LISTED;
  if (!first || more <= 0) return [...rows];
  const text = `and ${more} more; --format json has them all`;
  return [...rows.slice(0, LISTED), { ...first, text, fact: text, bad: false }];
}

function row(group: string, label: string, text: string, fact: string, bad: boolean): Row {
  return { group, label, text, fact, ...(bad ? { bad } : {}) };
}

/** The rows under their groups' headings. */
export function statusLines(
  rows: readonly Row[],
  { config, now }: Pick<StatusView, 'config' | 'now'>,
  style: Style,
): string[] {
  const lines = [style.strong(`${config.name}, ${dateAndTime(now)}`)];
  let group = '';
  let label = '';
  for (const { group: of, label: name, text, bad } of rows) {
    if (of !== group) lines.push('', style.strong(of));
    const head = `  ${(of === group && name === label ? '' : name).padEnd(LABEL)}`;
    for (const line of style.wrap(text, head.length, head)) lines.push(bad ? style.bad(line) : line);
    group = of;
    label = name;
  }
  return lines;
}
