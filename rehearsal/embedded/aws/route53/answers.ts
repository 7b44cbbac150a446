import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { DnsAnswer, DnsRecord } from '../../network/dns-records';
import type { Random } from '../random';
import { canonicalName, plainName } from './names';
import type { Records } from './records';

export interface Surroundings {
  zone: string;
  /** Whether a health check says healthy, inversion included. */
  healthy: (healthCheckId: string) => boolean;
  /** The addresses behind a load balancer's name, for alias records. */
  aliasAddresses: (name: string) => string[];
  random: Random;
}

/** An alias to an Elastic Load Balancer is answered with the load balancer's TTL, which is 60 s. */
const ALIAS_TTL = 60;

/**
 * What a name server with these records answers.
 * Choosing among failover and weighted records: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
 */
export function answer(records: Records, asked: string, type: string, around: Surroundings): DnsAnswer {
  const name = canonicalName(asked);
  const soa = startOfAuthority(records, around.zone);
  const owner = ownerName(records, name, around.zone);
  if (owner === undefined) return { kind: 'no-such-name', negativeTtl: soa };
  const sets = [...records.values()].filter(record => record.Name === owner);
  const cname = choose(sets, 'CNAME', around);
  if (cname && type !== 'CNAME') return { kind: 'records', records: written(cname, name, around) };
  const several = multivalue(sets, type, around);
  const chosen = several.length > 0 ? several : [choose(sets, type, around)].filter(set => set !== undefined);
  if (chosen.length === 0) return { kind: 'no-data', negativeTtl: soa };
  return { kind: 'records', records: chosen.flatMap(set => written(set, name, around)) };
}

/** The name itself, or the wildcard that covers it. A name that only has names below it exists, empty. */
function ownerName(records: Records, name: string, zone: string): string | undefined {
  const names = new Set([...records.values()].map(record => record.Name));
  if (names.has(name)) return name;
  if ([...names].some(other => other?.endsWith(`.${name}`))) return name;
  for (let parent = parentOf(name); parent.length >= zone.length; parent = parentOf(parent)) {
    const wildcard = `\\052.${parent}`;
    if (names.has(wildcard)) return wildcard;
    if (names.has(parent)) return undefined;
    if (parent === zone) return undefined;
  }
  return undefined;
}

function parentOf(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

/**
 * "Up to eight healthy records", or unhealthy ones when none is healthy. cert-manager proves names with such records.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-multivalue.html
 */
function multivalue(sets: ResourceRecordSet[], type: string, around: Surroundings): ResourceRecordSet[] {
  const candidates = sets.filter(set => set.Type === type && set.MultiValueAnswer === true);
  const healthy = candidates.filter(set => isHealthy(set, around));
  return (healthy.length > 0 ? healthy : candidates).slice(0, 8);
}

function isHealthy({ HealthCheckId }: ResourceRecordSet, around: Surroundings): boolean {
  return HealthCheckId === undefined || around.healthy(HealthCheckId);
}

function choose(
  sets: ResourceRecordSet[],
  type: string,
  around: Surroundings,
): ResourceRecordSet | undefined {
  const candidates = sets.filter(set => set.Type === type);
  const healthy = candidates.filter(set => isHealthy(set, around));
  if (candidates.some(set => set.Failover !== undefined)) {
    // "If none of the records are healthy, all records are considered healthy": the primary is then the answer.
    const among = healthy.length > 0 ? healthy : candidates;
    return among.find(set => set.Failover === 'PRIMARY') ?? among[0];
  }
  if (candidates.some(set => set.Weight !== undefined)) return byWeight(candidates, healthy, around.random);
  return candidates[0];
}

/** Records of weight 0 are considered only when no healthy one has a greater weight. */
function byWeight(
  candidates: ResourceRecordSet[],
  healthy: ResourceRecordSet[],
  random: Random,
): ResourceRecordSet | undefined {
  const weighed = healthy.filter(set => (set.Weight ?? 0) > 0);
  const among = weighed.length > 0 ? weighed : healthy.length > 0 ? healthy : candidates;
  const total = among.reduce((sum, set) => sum + (set.Weight ?? 0), 0);
  if (total === 0) return among[Math.floor(random() * among.length)];
  let at = random() * total;
  return among.find(set => {
    at -= set.Weight ?? 0;
    return at < 0;
  });
}

function written(set: ResourceRecordSet, name: string, around: Surroundings): DnsRecord[] {
  const plain = plainName(name);
  const type = String(set.Type);
  if (set.AliasTarget) {
    const addresses = around.aliasAddresses(set.AliasTarget.DNSName ?? '');
    return addresses.map(value => ({ name: plain, type, ttl: ALIAS_TTL, value }));
  }
  const ttl = set.TTL ?? 0;
  return (set.ResourceRecords ?? []).map(({ Value }) => ({
    name: plain,
    type,
    ttl,
    value: type === 'CNAME' ? plainName(canonicalName(Value ?? '')) : (Value ?? ''),
  }));
}

/** RFC 2308: a negative answer is kept for the lesser of the SOA record's TTL and its last field. */
function startOfAuthority(records: Records, zone: string): number {
  const soa = records.get(`${zone}|SOA|`);
  const minimum = Number(soa?.ResourceRecords?.[0]?.Value?.split(' ').at(-1) ?? 0);
  return Math.min(soa?.TTL ?? 0, minimum);
}
