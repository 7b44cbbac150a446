import { parseDuration } from '../lib/config/duration';
import { BadUsage } from './errors';

/** A date and a time of day with its zone: without one nobody knows which hour is meant. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * When a pause ends, in ms since the epoch; undefined when no end was given.
 * @throws BadUsage
 */
export function readEnd(
  given: { for: string | undefined; until: string | undefined },
  now: number,
): number | undefined {
  if (given.for !== undefined && given.until !== undefined)
    throw new BadUsage('--for and --until are two ends; give one.');
  if (given.for !== undefined) return now + secondsOf(given.for) * 1000;
  if (given.until === undefined) return undefined;
  const at = INSTANT.test(given.until) ? Date.parse(given.until) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new BadUsage(
      `--until is "${given.until}"; expected is a time with its zone, like 2026-03-29T06:00Z or 2026-03-29T08:00+02:00.`,
    );
  }
  if (at <= now) throw new BadUsage(`--until is ${new Date(at).toISOString()}, which is over.`);
  return at;
}

function secondsOf(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined || seconds === 0)
    throw new BadUsage(`--for is "${text}"; write it like 45m, 2h or 1h30m.`);
  return seconds;
}
