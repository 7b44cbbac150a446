import { parseSchedule, type Schedule } from '../kubernetes/controllers/cron-schedule';
import { UnsupportedByFake } from './json';

/**
 * A cron expression as github.com/robfig/cron/v3 ParseStandard reads it in a container whose zone is UTC: five fields,
 * or a name such as @daily. Unlike for a CronJob, 7 is no Sunday here.
 * @throws Error with the text for validationErrors
 */
export function parseCron(expression: string): Schedule {
  if (/^(CRON_)?TZ=|^@every/.test(expression)) throw new UnsupportedByFake(`the schedule ${expression}`);
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== 5 && !expression.startsWith('@')) {
    throw new Error(`expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`);
  }
  if (/\b7\b/.test(parts[4]?.replace(/\/.*/, '') ?? ''))
    throw new Error(`end of range (7) above maximum (6): ${parts[4]}`);
  const schedule = parseSchedule(expression);
  if (!schedule) throw new Error(`failed to parse ${expression}`);
  return schedule;
}
