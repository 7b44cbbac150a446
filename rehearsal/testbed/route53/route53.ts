import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { AwsCredentialIdentity } from '@smithy/types';
import { FakeCloudWatch } from '../../embedded/aws/cloudwatch';
import type { AlarmProperties } from '../../embedded/aws/cloudwatch/alarm';
import { type HealthCheckConfig, HealthCheckers } from '../../embedded/aws/health-checkers';
import { canonicalRecord, type Records, recordKey } from '../../embedded/aws/route53/records';
import { CallLog } from '../../embedded/calls';
import { absolute, type DnsRecord } from '../../embedded/network/dns-records';
import type { Control } from '../aws/control';
import { NameServer } from './name-server';
import { probe } from './probe';
import { ScaledClock } from './scaled-clock';
import { respond, type Zones } from './zones';

/** In seconds: in AWS, and on this bed. */
export interface Delay {
  real: number;
  here: number;
}

export interface Route53Options {
  control: Control;
  /** For SetAlarmState. */
  aws: { endpoint: string; region: string; credentials: AwsCredentialIdentity };
  /** The addresses of the name servers; each takes a change over at its own time. */
  servers: readonly string[];
  port?: number;
  staticNames: Record<string, string>;
  /** AWS's minute takes so many minutes, in (0, 1]. */
  delayFactor: number;
  /** Until the last server has a change. In AWS's time. */
  propagationMs: number;
  log?: (line: string) => void;
}

interface ZoneState {
  id: string;
  name: string;
  records: {
    Name: string;
    Type: ResourceRecordSet['Type'];
    TTL?: string;
    ResourceRecords?: string[];
    [other: string]: unknown;
  }[];
}

interface State {
  zones: ZoneState[];
  pending: string[];
  healthChecks: { id: string; config: HealthCheckConfig }[];
  alarms: (AlarmProperties & { AlarmName: string })[];
}

const LOOK_MS = 250;
/** CloudWatch has the metric of a health check about so long after its minute began to be over. */
const METRIC_DELAY_MS = 30_000;
const ALARM_CHANGE = 'CloudWatch Alarm State Change';

/** What Route 53 does beside its API: it answers DNS, it probes, and its metrics set alarms off. */
export class Route53DataPlane {
  private readonly clock: ScaledClock;
  private readonly checkers: HealthCheckers;
  private readonly cloudwatch: FakeCloudWatch;
  private readonly client: CloudWatchClient;
  private readonly servers: { zones: Zones; server?: NameServer }[];
  private readonly statics: ReadonlyMap<string, string>;
  private readonly alarms = new Set<string>();
  private readonly inFlight = new Set<string>();
  private newest = '';
  private stopped = false;
  private looking: Promise<void> = Promise.resolve();

  private constructor(private readonly options: Route53Options) {
    this.clock = new ScaledClock(options.delayFactor);
    const seed = 'test bed';
    this.checkers = new HealthCheckers({
      clock: this.clock,
      seed,
      checkersPerRegion: 1,
      probe: async asked => {
        const address = this.addressOf(asked.name);
        return address ? probe(asked, address) : { ok: false, detail: `${asked.name} has no address` };
      },
    });
    this.checkers.onChange((id, healthy, detail) =>
      this.say(`Health check ${id} is ${healthy ? 'healthy' : 'unhealthy'}: ${detail}`),
    );
    this.client = new CloudWatchClient(options.aws);
    this.cloudwatch = new FakeCloudWatch({
      clock: this.clock,
      region: 'us-east-1',
      log: new CallLog(this.clock),
      seed,
      emit: event => {
        if (event['detail-type'] === ALARM_CHANGE) this.setAlarm(event.detail);
      },
    });
    this.cloudwatch.receiveHealthChecks(this.checkers, METRIC_DELAY_MS);
    this.servers = options.servers.map(() => ({ zones: new Map() }));
    this.statics = new Map(
      Object.entries(options.staticNames).map(([name, address]) => [absolute(name), address]),
    );
  }

  static async start(options: Route53Options): Promise<Route53DataPlane> {
    const plane = new Route53DataPlane(options);
    try {
      for (const [index, address] of options.servers.entries()) {
        const own = plane.servers[index];
        if (!own) continue;
        own.server = await NameServer.start(address, options.port ?? 53, ({ name, type }) =>
          respond(name, type, plane.around(own.zones)),
        );
      }
      await plane.look();
    } catch (error) {
      await plane.stop();
      throw error;
    }
    plane.keepLooking();
    return plane;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.clock.stop();
    await this.looking;
    for (const { server } of this.servers) await server?.stop();
    this.client.destroy();
  }

  /** A hosted zone with a chosen id, which its user's configuration names; every server has it at once. */
  async createZone(id: string, name: string): Promise<void> {
    await this.options.control.call('route53-create-zone', { id, name });
    const state = await this.options.control.call<State>('route53-state');
    for (const server of this.servers) server.zones = zonesOf(state);
  }

  /** What a customer's resolver is told now. */
  lookup(name: string, type: string): readonly DnsRecord[] {
    const [first] = this.servers;
    return first ? respond(name, type, this.around(first.zones)).answers : [];
  }

  /** AWS's delays and what they are here, in seconds. */
  delays(): Record<string, Delay> {
    const { delayFactor, propagationMs } = this.options;
    const entry = (real: number) => ({ real, here: real * delayFactor });
    return {
      'between two probes of a health checker': entry(10),
      'between two values of a health check in CloudWatch': entry(60),
      'from a value to CloudWatch': entry(METRIC_DELAY_MS / 1000),
      'between two looks of an alarm': entry(60),
      'until every name server has a change': entry(propagationMs / 1000),
    };
  }

  private around(zones: Zones) {
    // A record may name a health check that is gone; Route 53 then takes the record for healthy.
    const healthy = (id: string) => !this.checkers.ids().includes(id) || this.checkers.isHealthy(id);
    return { zones, statics: this.statics, healthy };
  }

  private addressOf(name: string): string | undefined {
    return this.lookup(name, 'A').find(({ type }) => type === 'A')?.value;
  }

  private keepLooking(): void {
    const again = () => {
      if (this.stopped) return;
      this.looking = this.look()
        .catch((error: unknown) => this.say(`The emulator does not say what Route 53 has: ${String(error)}`))
        .finally(() => {
          setTimeout(again, LOOK_MS).unref();
        });
    };
    again();
  }

  private async look(): Promise<void> {
    const state = await this.options.control.call<State>('route53-state');
    for (const { id, config } of state.healthChecks) {
      if (!this.checkers.ids().includes(id)) this.checkers.add(id, config);
    }
    for (const alarm of state.alarms) {
      if (this.alarms.has(alarm.AlarmName)) continue;
      this.alarms.add(alarm.AlarmName);
      this.cloudwatch.addAlarm(alarm.AlarmName, alarm);
    }
    this.propagate(state);
  }

  private propagate(state: State): void {
    const text = JSON.stringify(state.zones);
    const pending = state.pending.filter(id => !this.inFlight.has(id));
    if (text === this.newest && pending.length === 0) return;
    this.newest = text;
    for (const id of pending) this.inFlight.add(id);
    const zones = zonesOf(state);
    const { propagationMs, control } = this.options;
    for (const [index, server] of this.servers.entries()) {
      this.clock.after((propagationMs * (index + 1)) / this.servers.length, () => {
        server.zones = zones;
        if (index !== this.servers.length - 1 || pending.length === 0) return;
        control.call('route53-insync', { changes: pending }).then(
          () => {
            for (const id of pending) this.inFlight.delete(id);
          },
          (error: unknown) => {
            // They are still PENDING there: the next look tells it again.
            for (const id of pending) this.inFlight.delete(id);
            this.say(`The emulator did not take INSYNC: ${String(error)}`);
          },
        );
      });
    }
  }

  private setAlarm(detail: unknown): void {
    const { alarmName, state } = detail as { alarmName: string; state: { value: string; reason: string } };
    this.say(`Alarm ${alarmName} is ${state.value}.`);
    const set = new SetAlarmStateCommand({
      AlarmName: alarmName,
      StateValue: state.value as 'ALARM' | 'OK' | 'INSUFFICIENT_DATA',
      StateReason: state.reason,
    });
    this.client
      .send(set)
      .catch((error: unknown) => this.say(`CloudWatch did not take ${alarmName}: ${String(error)}`));
  }

  private say(line: string): void {
    this.options.log?.(line);
  }
}

function zonesOf({ zones }: State): Zones {
  return new Map(zones.map(({ name, records }) => [absolute(name), recordsOf(records)]));
}

/** As the SDK gives them: the emulator keeps texts. */
function recordsOf(records: ZoneState['records']): Records {
  const sets = records.map(({ TTL, ResourceRecords, ...record }) =>
    canonicalRecord({
      ...record,
      ...(TTL === undefined ? {} : { TTL: Number(TTL) }),
      ...(ResourceRecords === undefined
        ? {}
        : { ResourceRecords: ResourceRecords.map(Value => ({ Value })) }),
    } as ResourceRecordSet),
  );
  return new Map(sets.map(set => [recordKey(set), set]));
}
