/**
 * The network as the steps see it: names, connections, certificates. Every call has a deadline.
 * The failures are values, not exceptions: for a health check "refused" is an answer like any other.
 */
export interface Network {
  /** Asks this machine's resolver for the IPv4 addresses of `name`, following CNAMEs. */
  lookup(name: string, deadlineMs: number): Promise<Lookup>;
  /** Asks the resolver for the zone's authoritative name servers: `ns-1.awsdns-01.org`. */
  nameservers(zone: string, deadlineMs: number): Promise<string[]>;
  /** Asks one authoritative server, past every cache, what CNAME stands at `name`. */
  authoritativeCname(server: string, name: string, deadlineMs: number): Promise<Cname>;
  /** One HTTPS (or plain HTTP) request to an address, with the name it is asked under given apart. */
  request(request: WebRequest): Promise<WebResult>;
}

export type Lookup =
  | { ok: true; addresses: string[] }
  /** `no-such-name`: an authoritative no. `no-answer`: nobody said anything, which says nothing about the site. */
  | { ok: false; failure: 'no-such-name' | 'no-answer'; detail: string };

export type Cname =
  | { ok: true; target: string | undefined }
  | { ok: false; failure: 'no-answer'; detail: string };

export interface WebRequest {
  /** An IP address, or a name when the certificate and Host are those of the address itself. */
  address: string;
  port: number;
  /** SNI; absent for plain HTTP. */
  serverName?: string;
  host: string;
  path: string;
  deadlineMs: number;
}

export type WebResult =
  | { ok: true; status: number; body: string; certificate?: Certificate; tookMs: number }
  | {
      ok: false;
      failure: 'unreachable' | 'timeout' | 'tls' | 'http';
      detail: string;
      certificate?: Certificate;
    };

export interface Certificate {
  /** DNS names only, wildcards as they stand. */
  names: string[];
  /** Milliseconds since the epoch. */
  validFrom: number;
  validTo: number;
  issuer: string;
  /** Whether the chain leads to a root that the runtime trusts. */
  trusted: boolean;
  /** Why not, in the TLS library's words. */
  problem?: string;
}
