import type { Endpoint, SiteName } from './config';

/** A CNAME record set as Route 53 holds it. */
export interface CnameRecord {
  /** Without the trailing dot. */
  name: string;
  ttlSeconds: number;
  /** Without the trailing dot. */
  target: string;
}

/** What stands at main: a plain CNAME, nothing, or something that Lifeboat does not touch. */
export type MainRecord =
  | { kind: 'cname'; record: CnameRecord }
  | { kind: 'absent' }
  | { kind: 'other'; detail: string };

export type FlipPlan =
  | { action: 'none'; reason: string }
  | { action: 'swap'; remove: CnameRecord; create: CnameRecord }
  | { action: 'refuse'; reason: string };

/** The site whose name `target` is. */
export function siteOf(endpoint: Endpoint, target: string | undefined): SiteName | undefined {
  const name = target?.toLowerCase().replace(/\.$/, '');
  if (name === endpoint.hosts.primary.toLowerCase()) return 'primary';
  if (name === endpoint.hosts.dr.toLowerCase()) return 'dr';
  return undefined;
}

/**
 * The compare-and-swap of main. Only a record that still points to the site which the run leaves is replaced:
 * Route 53 deletes exactly what was read here, or refuses the whole batch.
 */
export function flipPlan(endpoint: Endpoint, activate: SiteName, found: MainRecord): FlipPlan {
  const { main, hosts, ttlSeconds } = endpoint;
  const wanted = { name: main, ttlSeconds, target: hosts[activate] };
  if (found.kind === 'absent') {
    return {
      action: 'refuse',
      reason: `${main} has no record; expected is a CNAME to one of the two sites.`,
    };
  }
  if (found.kind === 'other') {
    return {
      action: 'refuse',
      reason: `${main} is ${found.detail}; expected is a CNAME to one of the two sites.`,
    };
  }
  const at = siteOf(endpoint, found.record.target);
  if (at === activate) return { action: 'none', reason: `${main} already points to ${found.record.target}.` };
  if (at === undefined) {
    return {
      action: 'refuse',
      reason: `${main} points to ${found.record.target}, which is neither ${hosts.primary} nor ${hosts.dr}: somebody else changed it.`,
    };
  }
  return { action: 'swap', remove: found.record, create: wanted };
}

/** How many authoritative servers must agree before the flip counts as done. */
export const SERVERS_THAT_AGREE = 2;

/** @param answers what each authoritative server says main is; undefined where it gave no answer */
export function settled(
  endpoint: Endpoint,
  activate: SiteName,
  answers: readonly (string | undefined)[],
): { settled: boolean; detail: string } {
  const answered = answers.filter(answer => answer !== undefined);
  const agree = answered.filter(answer => siteOf(endpoint, answer) === activate).length;
  const detail = `${agree} of ${answered.length} authoritative servers answer ${endpoint.hosts[activate]}`;
  return { settled: agree >= SERVERS_THAT_AGREE && agree === answered.length, detail };
}
