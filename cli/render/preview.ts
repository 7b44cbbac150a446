import type { App, Config, SiteName } from '../../core/config';
import { spoken } from '../../core/duration';
import type { Peace } from '../../core/ledger';
import { otherSite } from '../../core/run';
import type { Beforehand } from '../ask-ledger';
import type { MainAnswer } from '../main-answer';
import type { Style } from './style';
import { dateAndTime, timeOfDay } from './time';

/** Beyond so many apps a list counts. */
const LISTED = 10;

export type StartMode = 'failover' | 'switchover' | 'drill';

export interface Preview {
  config: Config;
  mode: StartMode;
  activate: SiteName;
  apps: readonly App[];
  mains: readonly MainAnswer[];
  /** What the ledger of the site's Region says, or why it says nothing. */
  ledger: Beforehand | { unknown: string };
  now: number;
}

/** What is shown before somebody is asked to confirm: what is now, what would happen, what would be lost. */
export function previewLines(preview: Preview, style: Style): string[] {
  const { config, mode, activate, apps, mains, ledger } = preview;
  const what = {
    failover: activate === 'dr' ? 'Failover' : 'Failback',
    switchover: 'Switchover',
    drill: 'Drill',
  };
  const who = apps.length > LISTED ? `${apps.length} apps` : apps.map(({ name }) => name).join(', ');
  return [
    style.strong(`${what[mode]} of ${who}: ${activate} (${config.sites[activate].region})`),
    ...rows('Now', listed(mains.map(({ sentence }) => `${sentence}.`)), style),
    ...rows('Then', [plan(preview)], style),
    ...rows('Data', listed(apps.flatMap(app => dataLine(app, preview) ?? [])), style),
    ...rows('But', warnings(ledger, apps.length), style).map(line => style.bad(line)),
  ];
}

function plan({ mode, activate, config }: Preview): string {
  const from = otherSite(activate);
  const there = `${from} (${config.sites[from].region})`;
  switch (mode) {
    case 'failover':
      return (
        `puts ${there} to rest if it answers, restores the newest backup on ${activate}, scales up, verifies, ` +
        `moves main to ${activate}, confirms. Nobody is asked whether ${from} is down: your word is enough.`
      );
    case 'switchover':
      return (
        `puts ${there} to rest and takes a last backup there, restores it on ${activate}, scales up, verifies, ` +
        `moves main to ${activate}. If something fails before that, ${from} is brought back.`
      );
    case 'drill':
      return (
        `restores into scratch namespaces on ${activate}, scales up and verifies there, and removes everything ` +
        'again. main does not move.'
      );
  }
}

function dataLine(app: App, { mode, activate, ledger, now }: Preview): string | undefined {
  if (!app.data) return undefined;
  const lost = {
    failover: 'What was written since is lost.',
    switchover: 'A last one is taken first: no write is lost.',
    drill: '',
  };
  return `${app.name}: ${backupSentence(app.name, 'unknown' in ledger ? undefined : ledger.peace, activate, now)} ${lost[mode]}`.trim();
}

/** The newest backup that a site could restore, as its look in peace saw it; its age is that of now. */
export function backupSentence(app: string, peace: Peace | undefined, site: SiteName, now: number): string {
  const backup = peace?.backups?.[app];
  const seen = peace ? `${site}'s look in peace of ${timeOfDay(peace.at)} UTC` : '';
  if (backup) {
    const age = spoken((now - backup.takenAt) / 1000);
    return `newest backup ${backup.name}, of ${dateAndTime(backup.takenAt)}, ${age} old (${seen}).`;
  }
  const trouble = peace?.errors[app]?.filter(text => /^(backup|api):/.test(text)) ?? [];
  if (trouble.length > 0) return `${trouble.join(' ')} (${seen}).`;
  return `age of the newest backup not known: ${site}'s ledger has none. On its cluster: velero backup get`;
}

function warnings(ledger: Preview['ledger'], asked: number): string[] {
  if ('unknown' in ledger) return [`the ledger could not be read. ${ledger.unknown}`];
  const { pause, leases } = ledger;
  const until = pause?.until === undefined ? '' : ` until ${dateAndTime(pause.until)}`;
  return [
    ...(pause
      ? [
          `it is paused by ${pause.by}${until} (${pause.reason}): the run will be refused. Lift it: npx lifeboat resume`,
        ]
      : []),
    ...listed(
      leases.map(
        ({ app, lease }) =>
          `run ${lease.runId} is at work for ${app}${asked > 1 ? ', which will be left out' : ': yours will be refused'}. ` +
          `Look at it: npx lifeboat run ${lease.runId}`,
      ),
    ),
  ];
}

function listed(lines: readonly string[]): string[] {
  const more = lines.length - LISTED;
  return more > 0 ? [...lines.slice(0, LISTED), `and ${more} more.`] : [...lines];
}

function rows(label: string, texts: readonly string[], style: Style): string[] {
  return texts.flatMap((text, index) => {
    const head = `  ${(index === 0 ? label : '').padEnd(5)} `;
    return style.wrap(text, head.length, head);
  });
}
