import {
  type ChangeResourceRecordSetsRequest,
  InvalidChangeBatch,
  InvalidInput,
  type ListResourceRecordSetsRequest,
  NoSuchChange,
  NoSuchHealthCheck,
  NoSuchHostedZone,
  PriorRequestNotComplete,
  type ResourceRecordSet,
  type Route53Client,
  Route53ServiceException,
} from '@aws-sdk/client-route-53';
import { type Action, Endpoint, type EndpointState, type FakeSetting, type SdkCommand } from './endpoint';
import { FakeLimit, onlyKnown } from './fake-limit';
import type { HealthCheckers } from './health-checkers';
import { HostedZone } from './route53/hosted-zone';
import { ascii, sortKey } from './route53/names';
import { bareId, listOrder } from './route53/records';

export interface Route53Options extends Omit<FakeSetting, 'region'> {
  seed: string;
  /** From a change to INSYNC. AWS: "generally within 60 seconds". Default 15 s. */
  insyncAfterMs?: number;
  /** While a change is worked on, another one for the same zone is refused. Default 100 ms. */
  processingMs?: number;
  /** Default 5, for the whole account (DeveloperGuide/DNSLimitations.html). */
  requestsPerSecond?: number;
  /** Whether a health check was healthy at a moment; needed when records have a HealthCheckId. */
  healthy?: (healthCheckId: string, at: number) => boolean;
  /** The checks that its API can be asked about. */
  checks?: () => Pick<HealthCheckers, 'ids' | 'configOf' | 'observations'>;
  /** From a change of a health check to when the last name server has heard of it. Default 5 s; AWS gives no number. */
  healthAfterMs?: number;
  /** The addresses behind a load balancer's name; needed for alias records. */
  aliasAddresses?: (name: string) => string[];
}

/** Route 53's API (the control plane, in us-east-1) and the zones, which answer queries whatever happens to it. */
export class FakeRoute53 {
  readonly endpoint: Endpoint;
  readonly send: Route53Client['send'];
  private readonly zones = new Map<string, HostedZone>();
  private readonly busyUntil = new Map<string, number>();
  private requests: number[] = [];

  constructor(private readonly options: Route53Options) {
    const throttled = () => this.error('Throttling', 'Rate exceeded');
    this.endpoint = new Endpoint('route53', { ...options, region: 'us-east-1' }, throttled);
    this.send = this.endpoint.sender<Route53Client['send']>((command, name) => this.act(command, name));
  }

  set controlPlane(state: EndpointState) {
    this.endpoint.state = state;
  }

  get controlPlane(): EndpointState {
    return this.endpoint.state;
  }

  addZone(id: string, name: string): HostedZone {
    const { clock, seed } = this.options;
    const zone = new HostedZone({
      id,
      name,
      clock,
      seed,
      insyncAfterMs: this.options.insyncAfterMs ?? 15_000,
      healthAfterMs: this.options.healthAfterMs ?? 5_000,
      around: {
        healthy: this.options.healthy ?? (check => this.unset(`health check ${check}`)),
        aliasAddresses: this.options.aliasAddresses ?? (target => this.unset(`alias to ${target}`)),
      },
    });
    this.zones.set(id, zone);
    return zone;
  }

  private unset(what: string): never {
    throw new FakeLimit(`${what}: FakeRoute53 was not told how to answer it`);
  }

  private act(command: SdkCommand, name: string): Action {
    switch (name) {
      case 'ListResourceRecordSets':
        return this.onZone(command.input as ListResourceRecordSetsRequest, (zone, input) =>
          this.list(zone, input),
        );
      case 'ChangeResourceRecordSets':
        return this.onZone(command.input as ChangeResourceRecordSetsRequest, (zone, input) =>
          this.change(zone, input),
        );
      case 'GetHostedZone': {
        const input = command.input as { Id?: string };
        onlyKnown(name, input, ['Id']);
        return this.onZone({ HostedZoneId: input.Id }, zone => this.describe(zone));
      }
      case 'GetHealthCheck':
      case 'GetHealthCheckStatus': {
        const { HealthCheckId: id = '' } = command.input as { HealthCheckId?: string };
        onlyKnown(name, command.input, ['HealthCheckId']);
        const work = name === 'GetHealthCheck' ? () => this.check(id) : () => this.observed(id);
        return { resource: id, run: this.limited(work) };
      }
      case 'GetChange': {
        const input = command.input as { Id?: string };
        onlyKnown(name, input, ['Id']);
        const id = bareId(input.Id ?? '');
        return { resource: id, run: this.limited(() => this.getChange(id)) };
      }
      default:
        throw new FakeLimit(`route53 ${name}`);
    }
  }

  private onZone<Input extends { HostedZoneId: string | undefined }>(
    input: Input,
    work: (zone: HostedZone, input: Input) => object | Promise<object>,
  ): Action {
    const id = bareId(input.HostedZoneId ?? '');
    const run = this.limited(() => {
      const zone = this.zones.get(id);
      if (zone) return work(zone, input);
      throw new NoSuchHostedZone({
        message: `No hosted zone found with ID: ${id}`,
        $metadata: this.endpoint.metadata(404),
      });
    });
    return { resource: id, run };
  }

  private limited(work: () => object | Promise<object>): () => object | Promise<object> {
    return () => {
      const now = this.options.clock.now();
      this.requests = this.requests.filter(at => at > now - 1000);
      if (this.requests.length >= (this.options.requestsPerSecond ?? 5)) {
        throw this.error('Throttling', 'Rate exceeded');
      }
      this.requests.push(now);
      return work();
    };
  }

  private list(zone: HostedZone, input: ListResourceRecordSetsRequest): object {
    onlyKnown('ListResourceRecordSets', input, [
      'HostedZoneId',
      'StartRecordName',
      'StartRecordType',
      'StartRecordIdentifier',
      'MaxItems',
    ]);
    if (input.StartRecordType !== undefined && input.StartRecordName === undefined) {
      throw this.invalidInput('Invalid request: StartRecordType was given without StartRecordName');
    }
    const maxItems = Math.min(input.MaxItems ?? 300, 300);
    const sorted = [...zone.records.values()].sort(listOrder).filter(record => !isBefore(record, input));
    const page = sorted.slice(0, maxItems).map(record => structuredClone(record));
    const next = sorted[maxItems];
    return {
      ResourceRecordSets: page,
      IsTruncated: next !== undefined,
      MaxItems: maxItems,
      ...(next && { NextRecordName: next.Name, NextRecordType: next.Type }),
      ...(next?.SetIdentifier !== undefined && { NextRecordIdentifier: next.SetIdentifier }),
    };
  }

  private async change(zone: HostedZone, input: ChangeResourceRecordSetsRequest): Promise<object> {
    onlyKnown('ChangeResourceRecordSets', input, ['HostedZoneId', 'ChangeBatch']);
    const batch = input.ChangeBatch ?? { Changes: [] };
    onlyKnown('ChangeBatch', batch, ['Changes', 'Comment']);
    const { clock, processingMs = 100 } = this.options;
    const now = clock.now();
    if ((this.busyUntil.get(zone.id) ?? 0) > now) {
      throw new PriorRequestNotComplete({
        message: 'The request was rejected because Route 53 was still processing a prior request.',
        $metadata: this.endpoint.metadata(400),
      });
    }
    if (!batch.Changes?.length) throw this.invalidInput('Invalid request');
    const { applied, info } = zone.change(batch.Changes, batch.Comment);
    if (!applied.ok) {
      if (applied.failure === 'invalid-input') throw this.invalidInput(applied.messages.join(', '));
      // As AWS answers today: the list of messages in one text, in brackets (aws-sdk-js-v3 #5626), and no `messages`.
      throw new InvalidChangeBatch({
        message: `[${applied.messages.join(', ')}]`,
        $metadata: this.endpoint.metadata(400),
      });
    }
    this.busyUntil.set(zone.id, now + processingMs);
    await clock.sleep(processingMs);
    return { ChangeInfo: info };
  }

  private check(id: string): object {
    const config = this.knownChecks(id).configOf(id);
    return {
      HealthCheck: { Id: id, CallerReference: id, HealthCheckConfig: { ...config }, HealthCheckVersion: 1 },
    };
  }

  private observed(id: string): object {
    const checks = this.knownChecks(id);
    // "You can't use GetHealthCheckStatus to get the status of a calculated health check."
    if (checks.configOf(id).Type === 'CALCULATED') throw this.invalidInput('Invalid input');
    return {
      HealthCheckObservations: checks.observations(id).map(({ region, answers }) => ({
        Region: region,
        StatusReport: {
          Status: answers ? 'Success: HTTP Status Code 200, OK' : 'Failure: HTTP Status Code 403, Forbidden',
          CheckedTime: new Date(this.options.clock.now()),
        },
      })),
    };
  }

  private knownChecks(id: string): Pick<HealthCheckers, 'ids' | 'configOf' | 'observations'> {
    const checks = this.options.checks?.() ?? this.unset(`health check ${id}`);
    if (checks.ids().includes(id)) return checks;
    throw new NoSuchHealthCheck({
      message: `A health check with id ${id} does not exist.`,
      $metadata: this.endpoint.metadata(404),
    });
  }

  private getChange(id: string): object {
    for (const zone of this.zones.values()) {
      const info = zone.changeInfo(id);
      if (info) return { ChangeInfo: info };
    }
    throw new NoSuchChange({
      message: `Could not find resource with ID: ${id}`,
      $metadata: this.endpoint.metadata(404),
    });
  }

  private describe(zone: HostedZone): object {
    return {
      HostedZone: {
        Id: `/hostedzone/${zone.id}`,
        Name: zone.zone,
        CallerReference: zone.id,
        Config: { PrivateZone: false },
        ResourceRecordSetCount: zone.records.size,
      },
      DelegationSet: { NameServers: [...zone.servers] },
    };
  }

  private invalidInput(message: string): InvalidInput {
    return new InvalidInput({ message, $metadata: this.endpoint.metadata(400) });
  }

  private error(name: string, message: string): Route53ServiceException {
    return new Route53ServiceException({
      name,
      message,
      $fault: 'client',
      $metadata: this.endpoint.metadata(400),
    });
  }
}

/** Whether a record set comes before the place where the caller wants the list to begin. */
function isBefore(record: ResourceRecordSet, start: ListResourceRecordSetsRequest): boolean {
  if (start.StartRecordName === undefined) return false;
  const byName = ascii(sortKey(record.Name ?? ''), sortKey(start.StartRecordName));
  if (byName !== 0) return byName < 0;
  const byType = ascii(record.Type ?? '', start.StartRecordType ?? '');
  if (byType !== 0) return byType < 0;
  return ascii(record.SetIdentifier ?? '', start.StartRecordIdentifier ?? '') < 0;
}
