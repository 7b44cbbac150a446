import type { RehearsalEvent } from '../events';
import type { TestbedReport } from './night/report';

/** What the bed is made for. */
export interface Order {
  /** Absent: nothing is played, and the bed stays. */
  scenario?: string;
  /** The bed stays after the night. */
  keep: boolean;
  /** AWS's minute takes so many minutes, in (0, 1]. */
  delayFactor: number;
}

/** From the bed to who holds it. */
export type FromBed =
  | { kind: 'says'; line: string }
  | { kind: 'event'; event: RehearsalEvent }
  | { kind: 'report'; report: TestbedReport }
  /** The bed stays; `pid` is of its own process namespace's first process, as the machine counts. */
  | { kind: 'stays'; hints: string[] }
  | { kind: 'failed'; message: string };

export type ToBed = { kind: 'leave' };

/** Shorter, and the name servers would have a change before a client's call about it is over. */
const SHORTEST = 0.05;

/** @returns undefined when the text is no factor */
export function toFactor(text: string): number | undefined {
  const factor = Number(text);
  return text.trim() !== '' && factor >= SHORTEST && factor <= 1 ? factor : undefined;
}
