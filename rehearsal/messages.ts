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

const ENDS = ['succeeded', 'refused', 'rolled-back', 'needs-attention'];
