import { runCommand, STATUS_COMMAND, startCommand } from './commands';
import type { ApprovalPolicy, Config } from './config';
import { spoken } from './duration';
import type { AppRun, RunRecord } from './ledger';
import type { Finding } from './preflight';
import { concerned, outcomeOf, overall } from './report';
import { type Outcome, otherSite, type Run } from './run';

/** A message to on-call: read at 03:00, perhaps as a text message, perhaps by a filter. */
export interface Message {
  /** At most 99 plain characters (SNS refuses 100 and more, and anything that is not ASCII). */
  subject: string;
  text: string;
  /** For subscription filters. */
  attributes: Record<string, string>;
}

/** Beyond so many apps a message counts instead of listing. */
const LISTED = 20;

/** "We are moving": sent once the target is ready and before anything is touched. */
export function startMessage(
  config: Config,
  run: Run,
  apps: readonly AppRun[],
  dependencies: readonly Finding[],
): Message {
  const going = apps.filter(app => !app.end);
  const staying = apps.filter(app => app.end);
  if (run.mode === 'drill') return drillMessage(config, run, going, staying);
  const from = otherSite(run.activate);
  return message(config, run, 'start', `Moving ${names(going)} to ${run.activate}`, [
    `Lifeboat moves ${names(going)} from ${place(config, from)} to ${place(config, run.activate)}.`,
    section('Why', [run.reason, ...going.flatMap(app => prefixed(app, app.verdict?.reasons ?? []))]),
    section(
      'Apps that stay',
      staying.map(app => `${app.app}: ${app.end?.reasons.join(' ')}`),
    ),
    section('Good to know', [
      ...dependencies.map(({ detail }) => detail),
      ...going.flatMap(app => prefixed(app, app.notes)),
    ]),
    section('What happens next', [nextSteps(run, going)]),
    links(config, run),
    `You need not do anything now. To watch: ${runCommand(run.id)} --follow`,
    `To stop it before main moves: npx lifeboat abort ${run.id}`,
    `Without Lifeboat at hand: ${stopCommand(config, run)}`,
    run.mode === 'switchover'
      ? `A run that is stopped leaves ${from} at rest, and customers without service, until the next one goes on.`
      : '',
  ]);
}

function drillMessage(
  config: Config,
  run: Run,
  going: readonly AppRun[],
  staying: readonly AppRun[],
): Message {
  return message(config, run, 'start', `Drill of ${names(going)} on ${run.activate}`, [
    `Lifeboat drills ${names(going)} on ${place(config, run.activate)}: it restores the newest backup into scratch namespaces, starts the pods there, and asks them. Customers notice nothing.`,
    section('Why', [run.reason]),
    section(
      'Apps without a drill',
      staying.map(app => `${app.app}: ${app.end?.reasons.join(' ')}`),
    ),
    links(config, run),
    `You need not do anything. To watch: ${runCommand(run.id)} --follow`,
  ]);
}

export function approvalMessage(
  config: Config,
  run: Run,
  apps: readonly AppRun[],
  taskToken: string,
): Message {
  const waiting = apps.filter(app => app.needsApproval && !app.end);
  const { region } = config.sites[run.activate];
  return message(config, run, 'approval-wanted', `Approve? Move ${names(waiting)} to ${run.activate}`, [
    `${place(config, otherSite(run.activate))} looks lost. Shall Lifeboat move ${names(waiting)} to ${place(config, run.activate)}?`,
    section('Why', [run.reason, ...waiting.flatMap(app => prefixed(app, app.verdict?.reasons ?? []))]),
    section(
      'Good to know',
      waiting.flatMap(app => prefixed(app, app.notes)),
    ),
    nobodyAnswers(config.approval),
    links(config, run),
    `To approve: npx lifeboat approve ${run.id}`,
    `To deny: npx lifeboat deny ${run.id}`,
    'Without Lifeboat at hand, the same answer is:',
    `aws stepfunctions send-task-success --region ${region} --task-output '{"approved":true,"by":"YOUR NAME"}' --task-token '${taskToken}'`,
  ]);
}

/** The one message at the end of a run, whatever its end. */
export function endMessage(
  config: Config,
  record: RunRecord,
  apps: readonly AppRun[],
  summary: string,
  outcome: Outcome = overall(apps),
): Message {
  const { run } = record;
  const next = [...new Set(concerned(apps).flatMap(app => app.end?.next ?? []))];
  return message(config, run, outcome, endSubject(outcome, run, apps), [
    summary,
    section('Apps', apps.length > 1 ? apps.slice(0, LISTED).map(appLine) : []),
    apps.length > LISTED ? `and ${apps.length - LISTED} more.` : '',
    section('Good to know', [
      ...fenceLines(run, apps),
      record.joined > 0
        ? `More starts came while this run was at work (${record.joined}); they left it alone.`
        : '',
      ...record.dependencies.map(({ detail }) => detail),
      ...apps.flatMap(app => prefixed(app, app.notes)),
    ]),
    links(config, run),
    lastLine(outcome, run, next[0]),
    ...next.slice(1, 4).map(command => `Then: ${command}`),
  ]);
}

function lastLine(outcome: Outcome, run: Run, next: string | undefined): string {
  if (next) return `Type next: ${next}`;
  if (outcome === 'needs-attention') return `Type next: ${runCommand(run.id)}`;
  return 'There is nothing that you must do now.';
}

/** A run that could not begin: its input was no request. */
export function badRequestMessage(config: Config, run: Run, problem: string): Message {
  return message(config, run, 'refused', 'A start was refused: its input is not a request', [
    `Somebody started ${run.id} with an input that is not a request. Nothing was touched.`,
    problem,
    links(config, run),
    `Type next: ${startCommand(run)}`,
  ]);
}

/**
 * What changed about the readiness of the standby, in peace.
 * @param left how many errors there are now, told before or not
 */
export function readinessMessage(
  config: Config,
  site: Run['activate'],
  worse: string[],
  well: string[],
  left = worse.length,
): Message {
  const subject = readinessSubject(site, worse.length, left);
  return {
    subject: plainSubject(`[${config.name}] ${subject}`),
    text: paragraphs([
      `Every few minutes Lifeboat looks whether ${place(config, site)} could take over. This is what changed.`,
      section('Not ready any more', worse),
      section('Ready again', well),
      `Type next: ${STATUS_COMMAND}`,
    ]),
    attributes: {
      lifeboat: config.name,
      event: worse.length > 0 ? 'not-ready' : 'ready-again',
      activate: site,
    },
  };
}

function readinessSubject(site: Run['activate'], worse: number, left: number): string {
  if (worse > 0) return `${site} is not ready for a failover`;
  return left > 0
    ? `${site} is better, and still not ready for a failover`
    : `${site} is ready for a failover again`;
}

function message(
  config: Config,
  run: Run,
  event: Outcome | 'start' | 'approval-wanted',
  subject: string,
  parts: string[],
): Message {
  return {
    subject: plainSubject(`[${config.name}] ${subject}`),
    text: paragraphs(parts),
    attributes: {
      lifeboat: config.name,
      event,
      activate: run.activate,
      run: run.id,
      startedBy: run.startedBy,
    },
  };
}

/** SNS: ASCII, no control characters, shorter than 100. */
export function plainSubject(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/g, '?');
  return plain.length < 100 ? plain : `${plain.slice(0, 96)}...`;
}

function endSubject(outcome: Outcome, run: Run, apps: readonly AppRun[]): string {
  const which = names(concerned(apps).filter(app => outcomeOf(app) === outcome));
  if (run.mode === 'drill') return drillSubject(outcome, run, which);
  switch (outcome) {
    case 'succeeded':
      return `${which} now on ${run.activate}`;
    case 'refused':
      return `Not moved to ${run.activate}: ${which}`;
    case 'rolled-back':
      return `Could not move ${which} to ${run.activate}, DNS unchanged`;
    case 'needs-attention':
      return `NEEDS ATTENTION: ${which} on the way to ${run.activate}`;
  }
}

function drillSubject(outcome: Outcome, { activate }: Run, which: string): string {
  switch (outcome) {
    case 'succeeded':
      return `Drill: ${which} would work on ${activate}`;
    case 'refused':
      return `No drill on ${activate}: ${which}`;
    case 'rolled-back':
      return `DRILL FAILED: ${which} would not work on ${activate}`;
    case 'needs-attention':
      return `NEEDS ATTENTION: what a drill of ${which} left on ${activate}`;
  }
}

function appLine({ app, end }: AppRun): string {
  return `${app}: ${end ? `${end.outcome}. ${end.reasons.join(' ')}` : 'needs-attention. It has not come to an end.'}`;
}

function fenceLines(run: Run, apps: readonly AppRun[]): string[] {
  const pending = apps.filter(app => app.fenced === 'pending').map(({ app }) => app);
  if (pending.length === 0) return [];
  return [
    `${otherSite(run.activate)} could not be fenced for ${list(pending)}: when it comes back, its pods start with old data, ` +
      'and Lifeboat puts them to rest and tells you. It gets no traffic, since main does not go back by itself.',
  ];
}

function nextSteps(run: Run, going: readonly AppRun[]): string {
  if (run.mode === 'switchover') {
    return (
      `Put ${otherSite(run.activate)} to rest (customers wait from then on), back it up for the last time, restore that, ` +
      'scale up, verify, flip main, confirm. Should it fail before the flip, the old site is brought back. You get one more message at the end.'
    );
  }
  const age = going.map(({ backup }) => backup).find(backup => backup !== undefined);
  const data = age
    ? `restore the data (the newest backup is of ${new Date(age.takenAt).toISOString()}), `
    : '';
  return `Fence the other site, ${data}scale up, verify, flip main, confirm. You get one more message at the end.`;
}

function nobodyAnswers({ timeoutSeconds, ifNobodyAnswers }: ApprovalPolicy): string {
  const then = ifNobodyAnswers === 'proceed' ? 'it moves without you' : 'it stays where it is';
  return `If nobody answers within ${spoken(timeoutSeconds)}, ${then}.`;
}

function links(config: Config, run: Run): string {
  return `Execution: ${consoleLink(run.executionArn, config.sites[run.activate].region)}`;
}

export function consoleLink(executionArn: string, region: string): string {
  return `https://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/${executionArn}`;
}

function stopCommand(config: Config, run: Run): string {
  const { region } = config.sites[run.activate];
  return `aws stepfunctions stop-execution --region ${region} --execution-arn ${run.executionArn}`;
}

function place(config: Config, site: Run['activate']): string {
  return `${site} (${config.sites[site].region})`;
}

function names(apps: readonly AppRun[]): string {
  return list(apps.map(({ app }) => app));
}

function list(apps: readonly string[]): string {
  if (apps.length === 0) return 'no app';
  if (apps.length <= 3) return apps.join(', ');
  return `${apps.slice(0, 2).join(', ')} and ${apps.length - 2} more apps`;
}

function prefixed({ app }: AppRun, lines: readonly string[]): string[] {
  return lines.map(line => `${app}: ${line}`);
}

export function section(title: string, lines: readonly string[]): string {
  const said = lines.filter(Boolean);
  if (said.length === 0) return '';
  const more = said.length > LISTED ? [`- and ${said.length - LISTED} more`] : [];
  return [`${title}:`, ...said.slice(0, LISTED).map(line => `- ${line}`), ...more].join('\n');
}

export function paragraphs(parts: readonly string[]): string {
  return parts.filter(Boolean).join('\n\n');
}
