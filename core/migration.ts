import type { Endpoint } from './config';
import { type CnameRecord, type MainRecord, siteOf } from './flip';
import { VOTES_FOR_PRIMARY } from './signals';

/** One of the two failover records of main. */
export interface FailoverRecord extends CnameRecord {
  setIdentifier: 'primary' | 'dr';
  failover: 'PRIMARY' | 'SECONDARY';
  /** Of the primary one: the calculated check. */
  healthCheckId?: string;
}

/** What stands at main, by whichever switch. */
export type MainRecords = MainRecord | { kind: 'pair'; records: FailoverRecord[] };

/** The two records of the switch `standby-switch`. */
export function failoverPair({ main, hosts, ttlSeconds }: Endpoint, healthCheckId: string): FailoverRecord[] {
  const both = { name: main, ttlSeconds };
  return [
    { ...both, target: hosts.primary, setIdentifier: 'primary', failover: 'PRIMARY', healthCheckId },
    { ...both, target: hosts.dr, setIdentifier: 'dr', failover: 'SECONDARY' },
  ];
}

/** What health checkers have seen of one of the objects. */
export interface Vote {
  /** For people: the path that is looked at. */
  of: string;
  inverted: boolean;
  /** One for each checker: whether it got the object. */
  seen: readonly boolean[];
}

/** More of the checkers than this must see an endpoint for it to be healthy. */
const ENOUGH = 0.18;

/** Why the checks of the pair do not say "primary" yet, or undefined when they do. */
export function notAtPrimary(votes: readonly Vote[]): string | undefined {
  const blind = votes.find(({ seen }) => seen.length === 0);
  if (blind) return `Nobody has looked at ${blind.of} yet. Wait half a minute.`;
  const healthy = votes.filter(
    ({ inverted, seen }) => seen.filter(Boolean).length / seen.length > ENOUGH !== inverted,
  );
  if (healthy.length >= VOTES_FOR_PRIMARY) return undefined;
  const against = votes.filter(vote => !healthy.includes(vote)).map(({ of }) => of);
  return `The health checks say dr, because of ${against.join(' and ')}. Look at these objects.`;
}

export type MigrationPlan =
  | { action: 'none'; reason: string }
  /** In one batch; nothing is removed where nothing stands. */
  | { action: 'replace'; remove: CnameRecord[]; create: FailoverRecord[] }
  | { action: 'refuse'; reason: string };

/**
 * From a plain CNAME to the failover pair. Route 53 takes both changes or none, so main is never missing; and the pair
 * must say at that moment what the CNAME says, so main does not move.
 */
export function migrationPlan(
  endpoint: Endpoint,
  healthCheckId: string,
  found: MainRecords,
  votes: readonly Vote[],
): MigrationPlan {
  const { main, hosts } = endpoint;
  const refuse = (reason: string): MigrationPlan => ({ action: 'refuse', reason });
  const create = failoverPair(endpoint, healthCheckId);
  if (found.kind === 'pair') {
    return samePair(found.records, create)
      ? { action: 'none', reason: `${main} has its two failover records already.` }
      : refuse(`${main} has two failover records that are not those of this configuration. Look at them.`);
  }
  if (found.kind === 'other')
    return refuse(`${main} is ${found.detail}; expected is a CNAME to ${hosts.primary}.`);
  if (found.kind === 'cname' && siteOf(endpoint, found.record.target) !== 'primary') {
    const { target } = found.record;
    return refuse(
      siteOf(endpoint, target) === 'dr'
        ? `${main} points to dr. Bring it home first: npx lifeboat activate primary`
        : `${main} points to ${target}, which is neither ${hosts.primary} nor ${hosts.dr}.`,
    );
  }
  const problem = notAtPrimary(votes);
  if (problem) return refuse(problem);
  return { action: 'replace', remove: found.kind === 'cname' ? [found.record] : [], create };
}

function samePair(found: readonly FailoverRecord[], wanted: readonly FailoverRecord[]): boolean {
  const key = ({ setIdentifier, failover, target, healthCheckId }: FailoverRecord) =>
    [setIdentifier, failover, target.toLowerCase(), healthCheckId ?? ''].join(' ');
  return found.map(key).sort().join() === wanted.map(key).sort().join();
}

/** The change as people read it: a line for each record that goes or comes. */
export function diffOf({ remove, create }: Extract<MigrationPlan, { action: 'replace' }>): string[] {
  return [
    ...remove.map(({ name, ttlSeconds, target }) => `- ${name} ${ttlSeconds} CNAME ${target}`),
    ...create.map(({ name, ttlSeconds, target, failover, healthCheckId }) => {
      const check = healthCheckId ? `, health check ${healthCheckId}` : '';
      return `+ ${name} ${ttlSeconds} CNAME ${target} (failover ${failover}${check})`;
    }),
  ];
}
