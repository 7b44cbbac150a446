import { spoken } from '../../core/duration';
import type { AppRun, PhaseRecord } from '../../core/ledger';
import { STATES, type StepName } from '../../core/phases';
import type { RunView } from '../run-view';
import { timeOfDay } from './time';

/** Beyond so many apps each tells its end alone. */
const TOLD_BY_PHASE = 12;

/** What has changed about a run since it was last looked at, as lines; each thing is told once. */
export class Progress {
  private readonly told = new Set<string>();

  /** @param begun also tell that a phase has begun, where no other line says what is waited for */
  constructor(private readonly begun: boolean) {}

  /** @returns texts with the time at which they happened, in ms since the epoch */
  news(view: RunView, now: number): { at: number; text: string }[] {
    const byPhase = view.apps.length <= TOLD_BY_PHASE;
    return [
      ...approval(view, now),
      ...view.apps.flatMap(app => [...(byPhase ? this.phases(app) : []), ...end(app)]),
    ]
      .filter(({ key }) => !this.told.has(key))
      .sort((a, b) => a.at - b.at)
      .map(({ key, at, text }) => {
        this.told.add(key);
        return { at, text };
      });
  }

  private phases({ app, phases, end: ended }: AppRun): News[] {
    return phasesInOrder(phases).flatMap(([name, { startedAt, endedAt, outcome, detail }]) => {
      const state = STATES[name].state;
      if (endedAt === undefined) {
        const text = `${app}: ${state} begins.`;
        return this.begun ? [{ key: `${app} ${name} begun`, at: startedAt, text }] : [];
      }
      const how = outcome === 'failed' ? 'FAILED after' : outcome === 'skipped' ? 'left out,' : 'done in';
      // The app's end says it again, in the next line.
      const said = ended?.reasons.some(reason => reason.includes(detail)) ? '' : detail;
      const text = `${app}: ${state} ${how} ${spoken((endedAt - startedAt) / 1000)}. ${said}`.trim();
      return [{ key: `${app} ${name} ended ${outcome}`, at: endedAt, text }];
    });
  }
}

interface News {
  key: string;
  at: number;
  text: string;
}

function end({ app, end }: AppRun): News[] {
  if (!end) return [];
  return [{ key: `${app} end`, at: end.at, text: `${app}: ${end.outcome}. ${end.reasons.join(' ')}` }];
}

function approval({ id, record }: RunView, now: number): News[] {
  const { taskToken, answer } = record ?? {};
  if (answer) {
    const text = `${answer.by} answered: ${answer.approved ? 'approved' : 'not approved'}.`;
    return [{ key: 'answer', at: now, text }];
  }
  if (!taskToken || record?.report) return [];
  const text = `The run asks for approval. Type npx lifeboat approve ${id}, or npx lifeboat deny ${id}`;
  return [{ key: 'asks', at: now, text }];
}

/** What is waited for now, in a line. */
export function waitingFor(view: RunView, now: number): string {
  if (!view.record) return 'the run begins';
  const open = view.apps.flatMap(({ app, phases, end: ended }) => {
    const last = phasesInOrder(phases).at(-1);
    if (ended || !last || last[1].endedAt !== undefined) return [];
    const [name, { startedAt, detail }] = last;
    const since = spoken((now - startedAt) / 1000);
    return [`${app}: ${STATES[name].state}, ${since}${detail ? `: ${detail}` : ''}`];
  });
  const [first] = open;
  if (!first) return 'what comes next';
  return open.length === 1 ? first : `${open.length} apps, ${first}`;
}

/** The phases as they began. */
export function phasesInOrder(phases: AppRun['phases']): [StepName, PhaseRecord][] {
  return (Object.entries(phases) as [StepName, PhaseRecord][]).sort(
    ([, a], [, b]) => a.startedAt - b.startedAt,
  );
}

export function newsLine({ at, text }: { at: number; text: string }): { clock: string; text: string } {
  return { clock: `${timeOfDay(at)}  `, text };
}
