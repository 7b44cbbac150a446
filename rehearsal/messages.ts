import type { AppRun } from '../core/ledger';
import type { Report } from './report';

/** What on-call was sent. `at` is ms since the epoch on the rehearsal's clock. */
export interface Message {
  at: number;
  subject: string | undefined;
  text: string;
  attributes: Record<string, string>;
}

/** What on-call was told of the run; a run that told nothing has no outcome that anybody knows of. */
export function outcomeOf(run: string | undefined, messages: readonly Message[]): Report['outcome'] {
  const last = messages.findLast(
    ({ attributes }) => attributes.run === run && ENDS.includes(attributes.event ?? ''),
  );
  return (last?.attributes.event as Report['outcome'] | undefined) ?? 'none';
}

/** The runs that on-call heard of. */
export function runsTold(messages: readonly Message[]): ReadonlySet<string> {
  return new Set(messages.flatMap(({ attributes }) => attributes.run ?? []));
}

export function notificationsOf(messages: readonly Message[]): Report['notifications'] {
  return messages.map(({ at, subject = '', text }) => ({ at: new Date(at).toISOString(), subject, text }));
}

/**
 * Why the run ended as it did, and what to type next, as its records say.
 * @param cause the execution's own, for a run that failed before it wrote anything down
 */
export function wordsOf(
  records: readonly AppRun[],
  cause: string | undefined,
): Pick<Report, 'reasons' | 'next'> {
  const said = records.flatMap(({ app, end, notes }) =>
    [...(end?.reasons ?? []), ...notes].map(line => `${app}: ${line}`),
  );
  return {
    reasons: said.length > 0 || !cause ? said : [cause],
    next: [...new Set(records.flatMap(({ end }) => end?.next ?? []))],
  };
}

const ENDS = ['succeeded', 'refused', 'rolled-back', 'needs-attention'];
