import type { Report } from '../../report';
import type { ShownCertificate } from '../client/journal';
import type { Delay } from '../route53/route53';
import type { Return } from './return';

/** What `lifeboat rehearse --testbed --format json` prints: the embedded report, and what only real parts can say. */
export interface TestbedReport extends Report {
  client: ClientReport;
  /** Where the night went another way than its embedded twin. */
  unlikeEmbedded: string[];
  /** AWS's delays and what they are on this bed, in seconds. */
  delays: Record<string, Delay>;
  /** What the whole bed takes as the night begins: both Regions, AWS, the name servers, the customer. */
  memoryMiB: number;
  /** Name and version of everything that ran. */
  parts: Record<string, string>;
  /** The night in which the shop went home after the lost Region had returned. */
  failback?: TestbedReport;
}

export interface ClientReport {
  /** From the first failure to the first good answer of the activated site; null when nothing failed or none came. */
  outageSeconds: number | null;
  visits: number;
  failed: number;
  ordersAcked: number;
  /** Acknowledged before the backup that was restored, and gone: must be 0. */
  ordersMissingBeforeBackup: number;
  /** The RPO, counted. */
  ordersLostSinceBackup: number;
  /** Acknowledged by the activated site and gone: must be 0. */
  ordersLostByActivated: number;
  /** Who answered, in order, each with the certificate that it showed first. */
  certificate: { site: string; certificate: ShownCertificate }[];
  /** What was seen of the lost Regions after they had come back. */
  returns: Return[];
}
