import type { Clock } from '../../../core/clock';
import type { Lookup } from '../../../core/network';
import { type Random, seeded } from '../aws/random';
import { absolute, type DnsAnswer } from './dns-records';
import type { DnsTree } from './dns-tree';

export interface ResolverOptions {
  clock: Clock;
  tree: DnsTree;
  seed: string;
  /** Off: every question goes to a name server, as Route 53's health checkers do it. Default on. */
  cache?: boolean;
}

/** A name server that says nothing is given up after this, and the next one asked. */
const TRY_MS = 1000;
/** Resolvers give a chain of CNAMEs up at about this length. */
const MAX_CHAIN = 10;

/**
 * A recursive resolver with its cache. Every client has its own: that the Lambda sees the new answer says nothing
 * about the customers. Records are kept for their TTL, negative answers as RFC 2308 has it. Nothing is prefetched,
 * and nothing is served past its TTL, as some resolvers do when name servers are silent (RFC 8767).
 */
export class Resolver {
  /** `silent`: this resolver answers nobody. */
  state: 'up' | 'silent' = 'up';
  private readonly kept = new Map<string, { until: number; answer: DnsAnswer }>();
  private readonly random: Random;

  constructor(private readonly options: ResolverOptions) {
    this.random = seeded(`${options.seed} resolver`);
  }

  /** The IPv4 addresses of a name, along its CNAMEs. The details are as Node's dns module puts them. */
  async lookup(name: string, deadlineMs: number): Promise<Lookup> {
    const deadline = this.options.clock.now() + deadlineMs;
    let asked = absolute(name);
    for (let hop = 0; hop < MAX_CHAIN; hop++) {
      const answer = await this.query(asked, 'A', deadline - this.options.clock.now());
      if (!answer) return { ok: false, failure: 'no-answer', detail: `queryA ETIMEOUT ${name}` };
      if (answer.kind !== 'records') {
        const code = answer.kind === 'no-such-name' ? 'ENOTFOUND' : 'ENODATA';
        return { ok: false, failure: 'no-such-name', detail: `queryA ${code} ${name}` };
      }
      const addresses = answer.records.filter(({ type }) => type === 'A').map(({ value }) => value);
      if (addresses.length > 0) return { ok: true, addresses: this.rotated(addresses) };
      const alias = answer.records.find(({ type }) => type === 'CNAME');
      if (!alias) return { ok: false, failure: 'no-such-name', detail: `queryA ENODATA ${name}` };
      asked = alias.value;
    }
    return { ok: false, failure: 'no-answer', detail: `queryA ESERVFAIL ${name}` };
  }

  /** One question, from the cache or from a name server of the zone. @returns undefined when nobody answered. */
  async query(name: string, type: string, deadlineMs: number): Promise<DnsAnswer | undefined> {
    const { clock, cache = true } = this.options;
    const deadline = clock.now() + Math.max(0, deadlineMs);
    if (this.state === 'silent') {
      await clock.sleep(deadline - clock.now());
      return undefined;
    }
    const key = `${absolute(name)} ${type}`;
    const kept = this.kept.get(key);
    if (cache && kept && kept.until > clock.now()) return kept.answer;
    const answer = await this.ask(name, type, deadline);
    if (cache && answer) this.kept.set(key, { until: clock.now() + ttlOf(answer) * 1000, answer });
    return answer;
  }

  flush(): void {
    this.kept.clear();
  }

  private async ask(name: string, type: string, deadline: number): Promise<DnsAnswer | undefined> {
    const { clock, tree } = this.options;
    const zone = tree.authorityFor(name);
    for (const server of this.rotated([...zone.servers])) {
      const travel = 5 + Math.floor(this.random() * 20);
      if (clock.now() + travel > deadline) break;
      await clock.sleep(travel);
      const answer = zone.ask(server, name, type);
      if (answer) return answer;
      await clock.sleep(Math.min(TRY_MS - travel, Math.max(0, deadline - clock.now())));
    }
    await clock.sleep(Math.max(0, deadline - clock.now()));
    return undefined;
  }

  private rotated<T>(list: T[]): T[] {
    const first = Math.floor(this.random() * list.length);
    return [...list.slice(first), ...list.slice(0, first)];
  }
}

function ttlOf(answer: DnsAnswer): number {
  if (answer.kind !== 'records') return answer.negativeTtl;
  return Math.min(...answer.records.map(({ ttl }) => ttl));
}
