import { Resolver } from 'node:dns/promises';

/** The name led to no address. */
export class NameUnknown extends Error {
  override name = 'NameUnknown';
}

export interface Resolved {
  address: string;
  /** The last name of the chain, when there was one. */
  cname?: string;
}

const TIMEOUT_MS = 1000;

/**
 * Resolves one name as a customer's machine does: an answer is kept exactly as long as its TTL says, and not at all
 * when there is none. The CNAME is asked for by itself, since Node.js gives the TTL of addresses only; main's TTL is
 * the one that Lifeboat chose.
 */
export class CachingResolver {
  private readonly resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 });
  private kept: { until: number; resolved: Resolved } | undefined;

  constructor(
    server: string,
    private readonly name: string,
    /** Of main's CNAME, in seconds. */
    private readonly cnameTtl: number,
    private readonly now: () => number = Date.now,
  ) {
    this.resolver.setServers([server]);
  }

  /** @throws NameUnknown */
  async resolve(): Promise<Resolved> {
    if (this.kept && this.now() < this.kept.until) return this.kept.resolved;
    this.kept = undefined;
    const asked = this.now();
    try {
      const cname = await this.cnameOf(this.name);
      const [first] = await this.resolver.resolve4(cname ?? this.name, { ttl: true });
      if (!first) throw new NameUnknown(`${cname ?? this.name} has no address.`);
      const ttl = cname === undefined ? first.ttl : Math.min(first.ttl, this.cnameTtl);
      const resolved = { address: first.address, ...(cname === undefined ? {} : { cname }) };
      this.kept = { until: asked + ttl * 1000, resolved };
      return resolved;
    } catch (error) {
      if (error instanceof NameUnknown) throw error;
      throw new NameUnknown(`${this.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private async cnameOf(name: string): Promise<string | undefined> {
    try {
      return (await this.resolver.resolveCname(name))[0];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENODATA') return undefined;
      throw error;
    }
  }
}
