import { answer } from '../../embedded/aws/route53/answers';
import { isInZone } from '../../embedded/aws/route53/names';
import type { Records } from '../../embedded/aws/route53/records';
import { absolute, type DnsAnswer, type DnsRecord } from '../../embedded/network/dns-records';
import { NXDOMAIN, type Response } from './dns-wire';

/** What one name server knows at one moment: records by the zone's name, absolute. */
export type Zones = ReadonlyMap<string, Records>;

export interface Surroundings {
  zones: Zones;
  /** Names outside of all zones, absolute. */
  statics: ReadonlyMap<string, string>;
  healthy: (healthCheckId: string) => boolean;
}

const LONGEST_CHAIN = 8;
const STATIC_TTL = 60;

/** The whole answer, as a resolver gives it: a CNAME and what it leads to. */
export function respond(name: string, type: string, around: Surroundings): Response {
  const answers: DnsRecord[] = [];
  let asked = absolute(name);
  for (let length = 0; length < LONGEST_CHAIN; length++) {
    const zone = zoneOf(asked, around.zones);
    const found = zone === undefined ? outside(asked, type, around) : inZone(asked, type, zone, around);
    if (found.kind !== 'records') {
      const rcode = found.kind === 'no-such-name' ? NXDOMAIN : 0;
      return { rcode, authoritative: zone !== undefined, answers, authority: authority(zone, around) };
    }
    answers.push(...found.records);
    const cname = found.records.find(record => record.type === 'CNAME');
    if (!cname || type === 'CNAME')
      return { rcode: 0, authoritative: zone !== undefined, answers, authority: [] };
    asked = absolute(cname.value);
  }
  return { rcode: 2, authoritative: false, answers: [], authority: [] };
}

function zoneOf(name: string, zones: Zones): string | undefined {
  return [...zones.keys()]
    .filter(zone => isInZone(name, zone))
    .sort((left, right) => right.length - left.length)[0];
}

function inZone(name: string, type: string, zone: string, { zones, healthy }: Surroundings): DnsAnswer {
  return answer(zones.get(zone) ?? new Map(), name, type, {
    zone,
    healthy,
    // Nobody in the bed has a load balancer of AWS.
    aliasAddresses: () => [],
    random: Math.random,
  });
}

function outside(name: string, type: string, { statics }: Surroundings): DnsAnswer {
  const value = statics.get(name);
  if (value === undefined) return { kind: 'no-such-name', negativeTtl: 0 };
  if (type !== 'A') return { kind: 'no-data', negativeTtl: 0 };
  return { kind: 'records', records: [{ name, type, ttl: STATIC_TTL, value }] };
}

/** A negative answer carries the zone's SOA: RFC 2308. */
function authority(zone: string | undefined, around: Surroundings): DnsRecord[] {
  if (zone === undefined) return [];
  const found = inZone(zone, 'SOA', zone, around);
  return found.kind === 'records' ? found.records : [];
}
