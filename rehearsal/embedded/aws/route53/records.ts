import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { FakeLimit, onlyKnown } from '../fake-limit';
import { ascii, canonicalName, sortKey } from './names';

/** The records of a zone at one moment. Never changed in place: name servers keep older ones. */
export type Records = ReadonlyMap<string, ResourceRecordSet>;

/** A record set is identified by name, type and, with a routing policy, its SetIdentifier. */
export function recordKey(record: Pick<ResourceRecordSet, 'Name' | 'Type' | 'SetIdentifier'>): string {
  return `${canonicalName(record.Name ?? '')}|${record.Type}|${record.SetIdentifier ?? ''}`;
}

export function listOrder(left: ResourceRecordSet, right: ResourceRecordSet): number {
  return (
    ascii(sortKey(left.Name ?? ''), sortKey(right.Name ?? '')) ||
    ascii(left.Type ?? '', right.Type ?? '') ||
    ascii(left.SetIdentifier ?? '', right.SetIdentifier ?? '')
  );
}

const fields = ['Name', 'Type', 'TTL', 'ResourceRecords', 'SetIdentifier'];
const routing = ['Failover', 'Weight', 'MultiValueAnswer', 'HealthCheckId', 'AliasTarget'];

/** The record set as Route 53 stores it. @throws FakeLimit for routing policies other than failover, weighted and multivalue. */
export function canonicalRecord(record: ResourceRecordSet): ResourceRecordSet {
  onlyKnown('ResourceRecordSet', record, [...fields, ...routing]);
  const copy = structuredClone(record);
  copy.Name = canonicalName(record.Name ?? '');
  if (record.AliasTarget) {
    onlyKnown('AliasTarget', record.AliasTarget, ['HostedZoneId', 'DNSName', 'EvaluateTargetHealth']);
    copy.AliasTarget = { ...record.AliasTarget, DNSName: canonicalName(record.AliasTarget.DNSName ?? '') };
  }
  if (record.ResourceRecords) copy.ResourceRecords = record.ResourceRecords.map(value => ({ ...value }));
  const policies = [record.Failover, record.Weight, record.MultiValueAnswer];
  if (record.SetIdentifier !== undefined && policies.every(policy => policy === undefined)) {
    throw new FakeLimit(`routing policy of ${record.Name}: only failover, weighted and multivalue`);
  }
  return copy;
}

/** Whether a DELETE names the record set as it stands: all values must be given. Order of values is free. */
export function sameRecord(left: ResourceRecordSet, right: ResourceRecordSet): boolean {
  return comparable(left) === comparable(right);
}

function comparable(record: ResourceRecordSet): string {
  const values = (record.ResourceRecords ?? [])
    .map(({ Value }) => value(record.Type, Value ?? ''))
    .sort(ascii);
  const alias = record.AliasTarget;
  const target = alias && [bareId(alias.HostedZoneId ?? ''), alias.DNSName, alias.EvaluateTargetHealth];
  return JSON.stringify([
    record.TTL ?? null,
    values,
    target ?? null,
    record.Failover ?? null,
    record.Weight ?? null,
    record.MultiValueAnswer ?? null,
    record.HealthCheckId ?? null,
  ]);
}

/** A CNAME's value is a name: upper case and a trailing dot make no difference. */
function value(type: string | undefined, text: string): string {
  return type === 'CNAME' || type === 'NS' ? canonicalName(text) : text;
}

/** Ids come as `Z123`, `/hostedzone/Z123` or `/change/C123`; the SDK's middleware-sdk-route53 strips the prefix. */
export function bareId(id: string): string {
  return id.replace(/^\/(hostedzone|change|delegationset)\//, '');
}
