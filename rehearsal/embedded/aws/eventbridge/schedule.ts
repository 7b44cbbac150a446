import { FakeLimit } from '../fake-limit';

const units: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * `rate(5 minutes)` in milliseconds. "Using a value of 1 with a plural unit, or another value with a singular one
 * is not valid" (eb-scheduled-rule-pattern.html). cron() is a FakeLimit.
 */
export function rateMs(expression: string): number {
  const [, digits = '', unit = '', plural = ''] =
    /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  const value = Number(digits);
  const ms = units[unit];
  if (ms === undefined || value < 1 || (value === 1) !== (plural === '')) {
    throw new FakeLimit(`schedule expression ${expression}`);
  }
  return value * ms;
}
