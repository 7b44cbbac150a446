/** A cron schedule of five fields, in UTC as the controller manager of EKS reads it. */
export interface Schedule {
  /** The first time strictly after `after` (ms since the epoch), or undefined when there is none in four years. */
  next(after: number): number | undefined;
}

const MACROS: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

function number(text: string, names: readonly string[], first: number): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  if (named !== -1) return named + first;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function range(
  text: string,
  low: number,
  high: number,
  names: readonly string[],
): [number, number] | undefined {
  if (text === '*' || text === '?') return [low, high];
  const [from = '', to = from] = text.split('-');
  const start = number(from, names, low);
  const end = number(to, names, low);
  return start === undefined || end === undefined ? undefined : [start, end];
}

/** One field: `*`, `5`, `1-5`, `*​/15`, `0,30`, `mon-fri`. */
function field(
  text: string,
  low: number,
  high: number,
  names: readonly string[] = [],
): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [span = '', stepText] = part.split('/');
    const step = stepText === undefined ? 1 : Number(stepText);
    const bounds = range(span, low, high, names);
    if (!bounds || !Number.isInteger(step) || step < 1) return undefined;
    const start = bounds[0];
    // `5/15` means from 5 on, to the end.
    const end = stepText !== undefined && /^\d+$/.test(span) ? high : bounds[1];
    if (start < low || end > high || start > end) return undefined;
    for (let value = start; value <= end; value += step) values.add(value);
  }
  return values;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Undefined when it is no schedule. */
export function parseSchedule(text: string): Schedule | undefined {
  const fields = (MACROS[text.trim()] ?? text).trim().split(/\s+/);
  const [minuteText = '', hourText = '', dayText = '', monthText = '', weekdayText = ''] = fields;
  const minutes = field(minuteText, 0, 59);
  const hours = field(hourText, 0, 23);
  const days = field(dayText, 1, 31);
  const months = field(monthText, 1, 12, MONTHS);
  const weekdays = field(weekdayText.replace(/\b7\b/g, '0'), 0, 6, DAYS);
  if (fields.length !== 5 || !minutes || !hours || !days || !months || !weekdays) return undefined;
  const eitherDay = !dayText.startsWith('*') && !weekdayText.startsWith('*');

  function dayMatches(date: Date): boolean {
    if (!months?.has(date.getUTCMonth() + 1)) return false;
    const byDay = days?.has(date.getUTCDate()) ?? false;
    const byWeekday = weekdays?.has(date.getUTCDay()) ?? false;
    // Cron's oldest rule: with both days given, either one is enough.
    return eitherDay ? byDay || byWeekday : byDay && byWeekday;
  }

  return {
    next(after) {
      let at = Math.floor(after / MINUTE) * MINUTE + MINUTE;
      const limit = after + 4 * 366 * DAY;
      while (at < limit) {
        const date = new Date(at);
        if (!dayMatches(date)) at = Math.floor(at / DAY) * DAY + DAY;
        else if (hours.has(date.getUTCHours()) && minutes.has(date.getUTCMinutes())) return at;
        else at += MINUTE;
      }
      return undefined;
    },
  };
}
