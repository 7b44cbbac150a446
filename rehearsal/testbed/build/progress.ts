import type { Part } from './part';

/** Where a build stands. */
export interface Standing {
  part: Part;
  /** 1 for the first one that is made. */
  number: number;
  of: number;
  /** Seconds since this part was begun. */
  elapsed: number;
  /** What is likely to remain after this part, in seconds. */
  after: number;
  next: Part | undefined;
}

/** So many seconds of the usual pace are believed before what was seen weighs more. */
const TRUST = 600;

/** What usually takes `usual` seconds, at the pace at which `usualSoFar` seconds' worth took `elapsedSoFar`. */
export function atPace(usual: number, usualSoFar: number, elapsedSoFar: number): number {
  return (usual * (TRUST + elapsedSoFar)) / (TRUST + usualSoFar);
}

/** `7 s`, `4 min`, `1 h 05 min` */
export function duration(seconds: number): string {
  if (seconds < 1) return 'under 1 s';
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

export function startLine({ part, number, of, next }: Standing): string {
  const then = next === undefined ? 'the last one' : `next: ${next.name}`;
  return `[${number}/${of}] ${part.name} (${part.purpose}): usually ${duration(part.seconds)}; ${then}`;
}

export function endLine({ part, number, of, elapsed, after }: Standing): string {
  const left = after === 0 ? '' : `; about ${duration(after)} left in all`;
  return `[${number}/${of}] ${part.name} built in ${duration(elapsed)}${left}`;
}

/** The line that is written over each second. A part that takes longer than usual is not counted below nothing. */
export function liveLine(standing: Standing, columns: number): string {
  const { part, number, of, elapsed, after, next } = standing;
  const left = after + Math.max(0, part.seconds - elapsed);
  const pieces = [
    `[${number}/${of}] ${part.name} ${duration(elapsed)} of usually ${duration(part.seconds)}`,
    `about ${duration(left)} left`,
    next === undefined ? undefined : `next: ${next.name}`,
  ];
  let line = '';
  for (const piece of pieces.filter(each => each !== undefined)) {
    const longer = line === '' ? piece : `${line} | ${piece}`;
    // The last column stays free: some terminals wrap when it is written.
    if (longer.length >= columns) break;
    line = longer;
  }
  return line;
}
