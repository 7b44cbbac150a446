import type { Visit } from './journal';

export interface OrdersReport {
  acked: number;
  /** Acknowledged before the backup began, and gone: there must be none. */
  missingBeforeBackup: number[];
  /** Acknowledged by the old site after the backup began, and gone: the RPO, counted. */
  lostSinceBackup: number[];
  /** Acknowledged by the new site, and gone: there must be none. */
  lostByActivated: number[];
}

export interface Restored {
  /** Milliseconds since the epoch. Velero reads the files after it: a later order may be there or not. */
  backupStartedAt: number;
  activated: string;
  /** The orders that the activated site has. */
  found: readonly number[];
}

export function ordersReport(visits: readonly Visit[], restored: Restored): OrdersReport {
  const { backupStartedAt, activated, found } = restored;
  const kept = new Set(found);
  const acked = visits.filter(({ ok }) => ok);
  const gone = acked.filter(({ number }) => !kept.has(number));
  const numbers = (wanted: (visit: Visit) => boolean) => gone.filter(wanted).map(({ number }) => number);
  const before = ({ at, ms }: Visit) => at + ms < backupStartedAt;
  return {
    acked: acked.length,
    missingBeforeBackup: numbers(visit => visit.site !== activated && before(visit)),
    lostSinceBackup: numbers(visit => visit.site !== activated && !before(visit)),
    lostByActivated: numbers(visit => visit.site === activated),
  };
}
