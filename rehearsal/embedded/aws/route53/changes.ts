import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { FakeLimit, onlyKnown } from '../fake-limit';
import { isInZone } from './names';
import { canonicalRecord, type Records, recordKey, sameRecord } from './records';

/** `invalid-input` refuses the request's form, `invalid-batch` one or more of its changes. */
export type Applied =
  | { ok: true; records: Records }
  | { ok: false; failure: 'invalid-input' | 'invalid-batch'; messages: string[] };

/**
 * Applies a change batch to the records of a zone: all of it, or nothing.
 * "Route 53 validates the changes in the request and then either makes all or none of the changes"
 * (https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html).
 * The wordings are AWS's, from reports of them: terraform-provider-aws #7918, boto #2887, aws-sdk-java #1996,
 * boto3 #1475, bosh-bootloader #310.
 */
export function applyChanges(zone: string, records: Records, changes: readonly Change[]): Applied {
  const missing = changes.map(incomplete).find(message => message !== undefined);
  if (missing !== undefined) return { ok: false, failure: 'invalid-input', messages: [missing] };
  const next = new Map(records);
  const messages: string[] = [];
  const touched: ResourceRecordSet[] = [];
  for (const change of changes) {
    onlyKnown('Change', change, ['Action', 'ResourceRecordSet']);
    const record = canonicalRecord(change.ResourceRecordSet ?? { Name: '', Type: 'A' });
    refuseUndocumentedOrder(change, record, changes);
    const message = outside(zone, record) ?? apply(change.Action, record, next);
    if (message !== undefined) messages.push(message);
    else touched.push(record);
  }
  for (const record of touched) {
    const message = conflict(zone, record, next, records);
    if (message !== undefined && !messages.includes(message)) messages.push(message);
  }
  return messages.length > 0
    ? { ok: false, failure: 'invalid-batch', messages }
    : { ok: true, records: next };
}

function apply(
  action: string | undefined,
  record: ResourceRecordSet,
  next: Map<string, ResourceRecordSet>,
): string | undefined {
  const key = recordKey(record);
  const current = next.get(key);
  switch (action) {
    case 'CREATE':
      if (current) return `Tried to create resource record set ${described(record)} but it already exists`;
      next.set(key, record);
      return undefined;
    case 'UPSERT':
      next.set(key, record);
      return undefined;
    case 'DELETE':
      if (!current) return `Tried to delete resource record set ${described(record)} but it was not found`;
      if (!sameRecord(current, record)) {
        return `Tried to delete resource record set ${described(record)} but the values provided do not match the current values`;
      }
      next.delete(key);
      return undefined;
    default:
      throw new FakeLimit(`change action ${action}`);
  }
}

function described(record: ResourceRecordSet): string {
  const identifier = record.SetIdentifier === undefined ? '' : `, set-identifier='${record.SetIdentifier}'`;
  return `[name='${record.Name}', type='${record.Type}'${identifier}]`;
}

/** AWS documents DELETE before CREATE in one batch, and nothing about the other way round. */
function refuseUndocumentedOrder(
  change: Change,
  record: ResourceRecordSet,
  changes: readonly Change[],
): void {
  if (change.Action !== 'CREATE') return;
  const later = changes.slice(changes.indexOf(change) + 1);
  const sameKey = (other: Change) =>
    other.ResourceRecordSet && recordKey(canonicalRecord(other.ResourceRecordSet)) === recordKey(record);
  if (later.some(other => other.Action === 'DELETE' && sameKey(other))) {
    throw new FakeLimit(
      `CREATE before DELETE of ${record.Name} in one batch: AWS documents no order for that`,
    );
  }
}

function outside(zone: string, record: ResourceRecordSet): string | undefined {
  if (isInZone(record.Name ?? '', zone)) return undefined;
  return `RRSet with DNS name ${record.Name} is not permitted in zone ${zone}`;
}

/** What a CNAME may not stand beside, judged by what the whole batch would leave. */
function conflict(
  zone: string,
  record: ResourceRecordSet,
  next: Records,
  before: Records,
): string | undefined {
  if (!next.has(recordKey(record))) return undefined;
  const { Name: name, Type: type } = record;
  if (type === 'CNAME' && name === zone) {
    return `RRSet of type CNAME with DNS name ${name} is not permitted at apex in zone ${zone}`;
  }
  const others = [...next.values()].filter(other => other.Name === name && other !== record);
  const mixed = mixedPolicies(record, others);
  if (mixed !== undefined) return mixed;
  const otherTypes = others.filter(other => other.Type !== type);
  if (type === 'CNAME' && otherTypes.length > 0) {
    return `RRSet of type CNAME with DNS name ${name} is not permitted as it conflicts with other records with the same DNS name in zone ${zone}`;
  }
  if (otherTypes.some(other => other.Type === 'CNAME' && before.has(recordKey(other)))) {
    return `RRSet of type ${type} with DNS name ${name} is not permitted because a conflicting RRSet of type  CNAME with the same DNS name already exists in zone ${zone}`;
  }
  return undefined;
}

/**
 * One name and type has one routing policy. AWS's words for a simple record beside others are from reports
 * (terraform-provider-aws #15706); those for a record with a policy are like those for multivalue (cert-manager #5388).
 */
function mixedPolicies(record: ResourceRecordSet, others: readonly ResourceRecordSet[]): string | undefined {
  const policy = (set: ResourceRecordSet) =>
    set.Failover !== undefined ? 'failover' : set.Weight !== undefined ? 'weighted' : 'simple';
  const own = policy(record);
  const mixed = others.some(other => other.Type === record.Type && policy(other) !== own);
  if (!mixed) return undefined;
  const what = `RRSet with DNS name ${record.Name}, type ${record.Type}`;
  return own === 'simple'
    ? `${what} cannot be created as other RRSets exist with the same name and type.`
    : `${what}, SetIdentifier ${record.SetIdentifier} cannot be created because a non ${own} rrset exists with the same name and type.`;
}

/** The form that every change must have. @returns AWS's message, or undefined. */
function incomplete(change: Change): string | undefined {
  const record = change.ResourceRecordSet;
  const plain = record?.TTL !== undefined && (record.ResourceRecords?.length ?? 0) > 0;
  const alias = record?.AliasTarget !== undefined;
  if (record?.Type === 'CNAME' && (record.ResourceRecords?.length ?? 0) > 1) {
    throw new FakeLimit(`CNAME ${record.Name} with several values`);
  }
  if (plain !== alias) return undefined;
  const found = plain ? 'but found more than one' : 'but found none';
  const where = `[Action=${change.Action}, Name=${record?.Name}, Type=${record?.Type}, SetIdentifier=${record?.SetIdentifier ?? 'null'}]`;
  return `Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], ${found} in Change with ${where}`;
}
