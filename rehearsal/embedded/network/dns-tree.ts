import { type Authority, absolute, type DnsAnswer, type DnsRecord } from './dns-records';

/** Seconds for which a load balancer's name may be kept, and for which a resolver remembers that there is none. */
const STATIC_TTL = 60;

/**
 * All name servers that there are: hosted zones, and below the root everything else as static records, such as the
 * names of load balancers and of dependencies. Delegations are not modelled: the zone with the longest name that
 * fits speaks for a name, and every resolver knows it.
 */
export class DnsTree {
  private readonly zones: Authority[];
  private readonly root = new StaticZone();

  constructor(...zones: Authority[]) {
    this.zones = zones;
  }

  addZone(zone: Authority): void {
    this.zones.push(zone);
  }

  /** Address records of a name outside of the hosted zones. An empty list takes the name away. */
  setAddresses(name: string, addresses: string[], ttl = STATIC_TTL): void {
    this.root.set(name, addresses, ttl);
  }

  /** The addresses of such a name at this moment: what an alias record answers with. */
  addressesOf(name: string): string[] {
    return this.root.addressesOf(name);
  }

  authorityFor(name: string): Authority {
    const asked = absolute(name);
    const fitting = this.zones.filter(({ zone }) => asked === zone || asked.endsWith(`.${zone}`));
    return fitting.sort((left, right) => right.zone.length - left.zone.length)[0] ?? this.root;
  }

  /** Asks one server by name. @returns undefined when there is no such server, or it says nothing. */
  ask(server: string, name: string, type: string): DnsAnswer | undefined {
    const wanted = absolute(server);
    for (const zone of [...this.zones, this.root]) {
      const known = zone.servers.find(one => absolute(one) === wanted);
      if (known !== undefined) return zone.ask(known, name, type);
    }
    return undefined;
  }
}

class StaticZone implements Authority {
  readonly zone = '.';
  readonly servers = ['a.root-servers.net'];
  private readonly records = new Map<string, DnsRecord[]>();

  set(name: string, addresses: string[], ttl: number): void {
    const owner = absolute(name);
    if (addresses.length === 0) this.records.delete(owner);
    else
      this.records.set(
        owner,
        addresses.map(value => ({ name: owner, type: 'A', ttl, value })),
      );
  }

  addressesOf(name: string): string[] {
    return (this.records.get(absolute(name)) ?? []).map(({ value }) => value);
  }

  ask(_server: string, name: string, type: string): DnsAnswer {
    const records = this.records.get(absolute(name));
    if (!records) return { kind: 'no-such-name', negativeTtl: STATIC_TTL };
    if (type !== 'A') return { kind: 'no-data', negativeTtl: STATIC_TTL };
    return { kind: 'records', records };
  }
}
