/** One resource record as it travels in an answer: names absolute, lower case. */
export interface DnsRecord {
  name: string;
  type: string;
  /** Seconds. */
  ttl: number;
  value: string;
}

/**
 * What an authoritative server says. `no-such-name` is NXDOMAIN, `no-data` a name without records of that type;
 * both may be kept for `negativeTtl` seconds (RFC 2308). `undefined` in its place: no answer at all.
 */
export type DnsAnswer =
  | { kind: 'records'; records: DnsRecord[] }
  | { kind: 'no-such-name' | 'no-data'; negativeTtl: number };

/** The servers that speak for a zone. */
export interface Authority {
  /** Absolute: `levlabs.link.` */
  zone: string;
  /** Their names, as NS records give them: `ns-1.awsdns-01.org`. */
  servers: readonly string[];
  /** @returns undefined when that server says nothing. */
  ask(server: string, name: string, type: string): DnsAnswer | undefined;
}

/** `Main.levlabs.link` and `main.levlabs.link.` are one name. */
export function absolute(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower : `${lower}.`;
}

export function withoutDot(name: string): string {
  return name.replace(/\.$/, '');
}
