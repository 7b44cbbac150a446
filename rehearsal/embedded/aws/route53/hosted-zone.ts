import type { Change, ChangeInfo, ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Clock } from '../../../../core/clock';
import type { Authority, DnsAnswer } from '../../network/dns-records';
import { type Random, seeded, upperId } from '../random';
import { answer, type Surroundings } from './answers';
import { type Applied, applyChanges } from './changes';
import { canonicalName } from './names';
import { canonicalRecord, type Records, recordKey } from './records';

export interface HostedZoneOptions {
  id: string;
  name: string;
  clock: Clock;
  seed: string;
  /** From a change to INSYNC. */
  insyncAfterMs: number;
  /** How late a name server may hear of a health check's change: each has a time of its own up to this. */
  healthAfterMs: number;
  around: Omit<Surroundings, 'zone' | 'random' | 'healthy'> & {
    healthy: (healthCheckId: string, at: number) => boolean;
  };
}

interface Version {
  serial: number;
  records: Records;
}

interface Submitted {
  info: ChangeInfo;
  insyncAt: number;
}

/**
 * A public hosted zone: what its owner wrote, and what each of its four name servers answers meanwhile.
 * "Initially, the status of a change is PENDING. This means the change has not yet propagated to all the
 * authoritative Route 53 DNS servers": every server takes it over at its own moment before INSYNC.
 */
export class HostedZone implements Authority {
  readonly id: string;
  /** Absolute: `levlabs.link.` */
  readonly zone: string;
  readonly servers: readonly string[];
  private current: Version;
  private readonly views: Map<string, { version: Version; upcoming: { at: number; version: Version }[] }>;
  private readonly changes = new Map<string, Submitted>();
  private readonly silent = new Set<string>();
  /** How late each name server hears of health checks, and of everything once it has been told to lag. */
  private readonly hears: Map<string, number>;
  private readonly lags = new Map<string, number>();
  private readonly random: Random;

  constructor(private readonly options: HostedZoneOptions) {
    this.id = options.id;
    this.zone = canonicalName(options.name);
    this.random = seeded(`${options.seed} zone ${options.id}`);
    this.servers = nameServers(this.random);
    const late = seeded(`${options.seed} zone ${options.id} health`);
    this.hears = new Map(this.servers.map(server => [server, Math.round(options.healthAfterMs * late())]));
    this.current = { serial: 1, records: defaultRecords(this.zone, this.servers) };
    this.views = new Map(this.servers.map(server => [server, { version: this.current, upcoming: [] }]));
  }

  get records(): Records {
    return this.current.records;
  }

  /** Puts records there as if they had always stood: on every server, at once. */
  seed(...records: ResourceRecordSet[]): void {
    const next = new Map(this.current.records);
    for (const record of records) {
      const canonical = canonicalRecord(record);
      next.set(recordKey(canonical), canonical);
    }
    this.current = { serial: this.current.serial + 1, records: next };
    for (const view of this.views.values()) {
      view.version = this.current;
      view.upcoming = [];
    }
  }

  change(changes: readonly Change[], comment: string | undefined): { applied: Applied; info?: ChangeInfo } {
    const applied = applyChanges(this.zone, this.current.records, changes);
    if (!applied.ok) return { applied };
    const { clock, insyncAfterMs } = this.options;
    const now = clock.now();
    this.current = { serial: this.current.serial + 1, records: applied.records };
    for (const view of this.views.values()) {
      const at = now + Math.round(insyncAfterMs * (0.05 + 0.9 * this.random()));
      view.upcoming.push({ at, version: this.current });
    }
    const info: ChangeInfo = {
      Id: `/change/C${upperId(this.random, 20)}`,
      Status: 'PENDING',
      SubmittedAt: new Date(now),
      ...(comment === undefined ? {} : { Comment: comment }),
    };
    this.changes.set(info.Id ?? '', { info, insyncAt: now + insyncAfterMs });
    return { applied, info: { ...info } };
  }

  changeInfo(id: string): ChangeInfo | undefined {
    const submitted = this.changes.get(`/change/${id}`);
    if (!submitted) return undefined;
    const insync = this.options.clock.now() >= submitted.insyncAt;
    return { ...submitted.info, Status: insync ? 'INSYNC' : 'PENDING' };
  }

  /** From now on this name server does not answer, until it is told otherwise. */
  silence(server: string, silent = true): void {
    if (silent) this.silent.add(server);
    else this.silent.delete(server);
  }

  /** From now on this name server knows everything so much later. */
  lag(server: string, ms: number): void {
    this.lags.set(server, ms);
  }

  ask(server: string, name: string, type: string): DnsAnswer | undefined {
    const view = this.views.get(server);
    if (!view || this.silent.has(server)) return undefined;
    const now = this.options.clock.now() - (this.lags.get(server) ?? 0);
    for (const { at, version } of view.upcoming) {
      if (at <= now && version.serial > view.version.serial) view.version = version;
    }
    view.upcoming = view.upcoming.filter(({ at }) => at > now);
    const { around } = this.options;
    const heard = now - (this.hears.get(server) ?? 0);
    return answer(view.version.records, name, type, {
      ...around,
      healthy: check => around.healthy(check, heard),
      zone: this.zone,
      random: this.random,
    });
  }
}

/** Four names in four top-level domains, as every delegation set has. */
function nameServers(random: Random): string[] {
  return ['com', 'net', 'org', 'co.uk'].map((domain, index) => {
    const number = index * 512 + Math.floor(random() * 512);
    return `ns-${number}.awsdns-${String(Math.floor(random() * 64)).padStart(2, '0')}.${domain}`;
  });
}

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html */
function defaultRecords(zone: string, servers: readonly string[]): Records {
  const soa: ResourceRecordSet = {
    Name: zone,
    Type: 'SOA',
    TTL: 900,
    ResourceRecords: [{ Value: `${servers[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400` }],
  };
  const ns: ResourceRecordSet = {
    Name: zone,
    Type: 'NS',
    TTL: 172800,
    ResourceRecords: servers.map(server => ({ Value: `${server}.` })),
  };
  return new Map([soa, ns].map(record => [recordKey(record), record]));
}
