import type { Night } from '../embedded/cloud/night';
import type { Director } from '../embedded/director';

/** What a checker found: whether an invariant of the design held in this night, and what says so. */
export interface Finding {
  id: string;
  holds: boolean;
  evidence: string;
}

/**
 * Watches the world for one invariant of the design. A checker never asks the workflow how it went: it looks at
 * clusters, names, connections and messages with eyes of its own.
 */
export interface Checker {
  readonly id: string;
  finding(): Finding;
}

export interface Watched {
  night: Night;
  director: Director;
}

/** A finding out of a list of violations: none means that it held. */
export function found(id: string, violations: readonly string[], evidence: string): Finding {
  if (violations.length === 0) return { id, holds: true, evidence };
  const more = violations.length > 3 ? ` and ${violations.length - 3} more` : '';
  return { id, holds: false, evidence: `${violations.slice(0, 3).join('; ')}${more}` };
}

export function clockTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}

/** `1 restore`, `2 restores`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
