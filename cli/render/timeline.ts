import { spoken } from '../../core/duration';
import { STATES, type StepName } from '../../core/phases';
import type { Listener, RehearsalEvent } from '../../rehearsal/events';
import type { Output } from '../output';
import type { Style } from './style';

export interface Timeline {
  listener: Listener;
  /** A line beside the events, with the time of day. */
  say(at: number, text: string): void;
  /** Takes the line away that says what is waited for. */
  end(): void;
}

/**
 * The night as it goes on: one line an event, and on a terminal below them a line that says what is waited for. The
 * clock is the rehearsal's; behind it stands how long ago the first thing happened.
 */
export function timeline(output: Output, style: Style, verbose: boolean): Timeline {
  let firstAt: number | undefined;
  let waiting = '';
  const clear = () => {
    if (waiting && output.interactive) output.raw('\r\u001b[2K');
    waiting = '';
  };
  const say = (at: number, text: string) => {
    clear();
    const since = firstAt === undefined ? '' : `+${spoken((at - firstAt) / 1000)}`;
    const clock = `${new Date(at).toISOString().slice(11, 19)} ${since.padEnd(14)} `;
    for (const line of style.wrap(text, clock.length, clock)) output.say(line);
  };
  const wait = (at: number, text: string) => {
    if (!output.interactive) return;
    clear();
    const line = `${new Date(at).toISOString().slice(11, 19)} waits: ${text}`;
    waiting = line.slice(0, (output.columns ?? 80) - 1);
    output.raw(style.quiet(waiting));
  };
  const listener = (event: RehearsalEvent) => {
    if (event.kind === 'happens') firstAt ??= event.at;
    if (event.kind === 'step' && !event.done && !verbose)
      return wait(event.at, `${nameOf(event.step)}: ${event.detail}`);
    for (const text of textsOf(event, style)) say(event.at, text);
  };
  return { listener, say, end: clear };
}

function textsOf(event: RehearsalEvent, style: Style): string[] {
  switch (event.kind) {
    case 'scenario':
      return [
        `${style.strong(`Rehearsal: ${event.name}.`)} ${event.story}`,
        `Manifests: ${event.manifests.primary} and ${event.manifests.dr}.`,
      ];
    case 'note':
      return [`Taken for granted: ${event.text}.`];
    case 'happens':
      return [style.strong(event.text)];
    case 'run':
      return event.status === 'RUNNING'
        ? [`Run ${event.run} begins: it activates ${event.site}.`]
        : [`Run ${event.run} ended: ${event.status}.`];
    case 'step':
      // Steps that only wait in silence, or say what the next line says again, are left out.
      return SILENT.includes(event.step) || event.detail === '' ? [] : [`${about(event)}${event.detail}`];
    case 'step-failed':
      return [style.bad(`${about(event)}${event.error}. ${event.detail}`)];
    case 'message':
      return [`On-call is told: ${style.strong(event.subject)}`];
    case 'main':
      return [style.strong(`main of ${event.app} points to ${event.to}.`)];
  }
}

const SILENT = ['admit', 'tell', 'close', 'report'];

function about(event: { step: string; app?: string }): string {
  return `${nameOf(event.step)}${event.app ? ` ${event.app}` : ''}: `;
}

function nameOf(step: string): string {
  return STATES[step as StepName]?.state ?? step;
}
