import type { Visit } from './journal';

export interface Outage {
  /** Beginning of the first visit that failed. */
  from: number;
  /** End of the first good one after it; absent when none came. */
  until?: number;
  /** Who gave it. */
  site?: string;
  failed: number;
}

/**
 * Every time without a good answer, in order. Visits overlap: a good one that began before a failed one proves nothing
 * about the time after it.
 * @param visits by beginning
 */
export function outagesOf(visits: readonly Visit[]): Outage[] {
  const outages: Outage[] = [];
  let open: Outage | undefined;
  for (const visit of visits) {
    if (!visit.ok) {
      if (!open) {
        open = { from: visit.at, failed: 0 };
        outages.push(open);
      }
      open.failed += 1;
    } else if (open) {
      open.until = visit.at + visit.ms;
      if (visit.site !== undefined) open.site = visit.site;
      open = undefined;
    }
  }
  return outages;
}

/**
 * Seconds from the first failure at the old site to the first good answer of the new one; undefined when the new
 * site never gave one. Good answers between, of a site that flickers, do not shorten it.
 */
export function failoverSeconds(
  visits: readonly Visit[],
  activated: string,
  since: number,
): number | undefined {
  const after = visits.filter(({ at }) => at >= since);
  const good = after.find(({ ok, site }) => ok && site === activated);
  if (!good) return undefined;
  const failed = after.find(({ ok, at }) => !ok && at < good.at);
  return failed ? (good.at + good.ms - failed.at) / 1000 : 0;
}
