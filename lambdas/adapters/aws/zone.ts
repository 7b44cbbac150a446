import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import type { Clock } from '../../../core/clock';
import { RecordChanged } from '../../../core/errors';
import type { CnameRecord, MainRecord } from '../../../core/flip';
import { awsCall } from './call';

const DEADLINE_MS = 5000;

/** One hosted zone through Route 53's control plane. */
export class HostedZone {
  constructor(
    private readonly client: Pick<Route53Client, 'send'>,
    private readonly zoneId: string,
    private readonly clock: Clock,
  ) {}

  /** @throws Throttled, AwsUnavailable, Forbidden */
  async read(name: string): Promise<MainRecord> {
    return mainRecordOf(name, await this.recordSets(name));
  }

  /** Every record set at that name. @throws Throttled, AwsUnavailable, Forbidden */
  async recordSets(name: string): Promise<ResourceRecordSet[]> {
    const page = await this.call('ListResourceRecordSets', abort =>
      // Several record sets may share a name (weighted ones, TXT beside A): a handful is enough to see what it is.
      this.client.send(
        new ListResourceRecordSetsCommand({ HostedZoneId: this.zoneId, StartRecordName: name, MaxItems: 10 }),
        abort,
      ),
    );
    return (page.ResourceRecordSets ?? []).filter(set => withoutDot(set.Name) === name.toLowerCase());
  }

  /**
   * Replaces one record by another in one batch; Route 53 takes both or neither.
   * @throws RecordChanged when `remove` is not exactly what stands there any more; Throttled, AwsUnavailable, Forbidden
   */
  async swap(remove: CnameRecord, create: CnameRecord): Promise<void> {
    try {
      await this.call('ChangeResourceRecordSets', abort =>
        this.client.send(
          new ChangeResourceRecordSetsCommand({
            HostedZoneId: this.zoneId,
            ChangeBatch: {
              Changes: [
                { Action: 'DELETE', ResourceRecordSet: recordSet(remove) },
                { Action: 'CREATE', ResourceRecordSet: recordSet(create) },
              ],
            },
          }),
          abort,
        ),
      );
    } catch (error) {
      if (error instanceof Error && error.name === 'InvalidChangeBatch') {
        // A change whose answer was lost and that was sent again is refused, since the first one went through.
        const found = await this.read(create.name);
        if (found.kind === 'cname' && same(found.record, create)) return;
        throw new RecordChanged(
          `${remove.name} is not the CNAME to ${remove.target} (TTL ${remove.ttlSeconds}) any more: ${error.message}`,
        );
      }
      throw error;
    }
  }

  private call<T>(action: string, send: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T> {
    return awsCall(this.clock, `Route 53 ${action} in zone ${this.zoneId}`, DEADLINE_MS, send);
  }
}

/** @param here every record set at that name */
export function mainRecordOf(name: string, here: readonly ResourceRecordSet[]): MainRecord {
  const only = here[0];
  if (!only) return { kind: 'absent' };
  const record = here.length === 1 ? plainCname(name, only) : undefined;
  if (record) return { kind: 'cname', record };
  return { kind: 'other', detail: here.map(describe).join(' and ') };
}

function plainCname(name: string, set: ResourceRecordSet): CnameRecord | undefined {
  const value = set.ResourceRecords?.[0]?.Value;
  const plain =
    set.Type === 'CNAME' && !set.SetIdentifier && !set.AliasTarget && set.ResourceRecords?.length === 1;
  if (!plain || !value || set.TTL === undefined) return undefined;
  return { name, ttlSeconds: set.TTL, target: value.replace(/\.$/, '') };
}

function same(left: CnameRecord, right: CnameRecord): boolean {
  return left.ttlSeconds === right.ttlSeconds && left.target.toLowerCase() === right.target.toLowerCase();
}

/** The record as Route 53 takes it. */
export function recordSet({ name, ttlSeconds, target }: CnameRecord): ResourceRecordSet {
  return { Name: name, Type: 'CNAME', TTL: ttlSeconds, ResourceRecords: [{ Value: target }] };
}

function describe({ Type, SetIdentifier, AliasTarget, ResourceRecords }: ResourceRecordSet): string {
  const how = AliasTarget ? ` alias to ${AliasTarget.DNSName}` : '';
  const values = ResourceRecords?.map(({ Value }) => Value).join(', ');
  return `${Type}${SetIdentifier ? ` (${SetIdentifier})` : ''}${how}${values ? ` ${values}` : ''}`;
}

function withoutDot(name: string | undefined): string {
  return (name ?? '').replace(/\.$/, '').toLowerCase();
}
