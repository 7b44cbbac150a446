import type { QueryInput, QueryOutput } from '@aws-sdk/client-dynamodb';
import { FakeLimit, onlyKnown } from '../fake-limit';
import { type Condition, holds, parseCondition } from './condition';
import { Invalid } from './invalid';
import type { Table } from './table';
import { Placeholders, Tokens } from './tokens';
import type { Item } from './values';

const fields = [
  'TableName',
  'KeyConditionExpression',
  'FilterExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'Limit',
  'ConsistentRead',
  'ScanIndexForward',
  'ExclusiveStartKey',
];

/**
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html. Not done: indexes, projections,
 * the page limit of 1 MB.
 */
export function query(table: Table, input: QueryInput): Omit<QueryOutput, '$metadata'> {
  onlyKnown('Query', input, fields);
  const marks = new Placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
  if (input.KeyConditionExpression === undefined) {
    throw new Invalid(
      'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
    );
  }
  const keyCondition = parseCondition(
    new Tokens(input.KeyConditionExpression, 'KeyConditionExpression', marks),
  );
  checkKeyCondition(table, keyCondition);
  const filter =
    input.FilterExpression === undefined
      ? undefined
      : parseCondition(new Tokens(input.FilterExpression, 'FilterExpression', marks));
  marks.refuseUnused();
  if (input.Limit !== undefined && input.Limit < 1) {
    throw new Invalid(
      "1 validation error detected: Value at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    );
  }
  const matching = table.all(input.ConsistentRead === true).filter(item => holds(keyCondition, item));
  if (input.ScanIndexForward === false) matching.reverse();
  const rest = afterKey(table, matching, input.ExclusiveStartKey);
  // "DynamoDB processes the number of items up to the limit": the filter comes after.
  const page = rest.slice(0, input.Limit ?? rest.length);
  const last = page.at(-1);
  const items = filter ? page.filter(item => holds(filter, item)) : page;
  // A full page has a LastEvaluatedKey even when nothing comes after it.
  const full = last !== undefined && input.Limit !== undefined && page.length === input.Limit;
  return {
    Items: items,
    Count: items.length,
    ScannedCount: page.length,
    ...(full && { LastEvaluatedKey: table.keyOf(last) }),
  };
}

function afterKey(table: Table, items: Item[], start: Item | undefined): Item[] {
  if (!start) return items;
  table.checkKey(start);
  const text = JSON.stringify(table.keyOf(start));
  const index = items.findIndex(item => JSON.stringify(table.keyOf(item)) === text);
  if (index === -1) throw new FakeLimit('ExclusiveStartKey of an item that is gone');
  return items.slice(index + 1);
}

/** `pk = :p`, or that AND one condition on the sort key. */
function checkKeyCondition(table: Table, condition: Condition): void {
  const parts = condition.kind === 'and' ? [condition.left, condition.right] : [condition];
  const { partitionKey, sortKey } = table.schema;
  const onPartition = parts.filter(
    part => nameOf(part) === partitionKey && part.kind === 'compare' && part.comparator === '=',
  );
  if (onPartition.length !== 1) {
    throw new Invalid(`Query condition missed key schema element: ${partitionKey}`);
  }
  const others = parts.filter(part => !onPartition.includes(part));
  if (others.some(part => nameOf(part) !== sortKey)) {
    throw new Invalid(`Query condition missed key schema element: ${sortKey}`);
  }
  if (others.some(part => part.kind === 'compare' && part.comparator === '<>')) {
    throw new Invalid('Invalid operator used in KeyConditionExpression: <>');
  }
}

function nameOf(condition: Condition): string | undefined {
  const path =
    condition.kind === 'begins-with'
      ? condition.path
      : condition.kind === 'compare' && condition.left.kind === 'path'
        ? condition.left.path
        : undefined;
  return path?.length === 1 ? String(path[0]) : undefined;
}
