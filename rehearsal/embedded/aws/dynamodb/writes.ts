import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Condition, holds, parseCondition } from './condition';
import { Invalid } from './invalid';
import type { Table } from './table';
import { type Placeholders, Tokens } from './tokens';
import { applyUpdate, parseUpdate, type Update, updatedNames } from './update';
import type { Item } from './values';

/** A write of one item, parsed and checked; what it does is decided when it is carried out. */
export interface Write {
  key: Item;
  condition: Condition | undefined;
  /** The item after it, from the item before; undefined deletes. `check` writes nothing. */
  effect: { kind: 'check' } | { kind: 'write'; after: (before: Item | undefined) => Item | undefined };
  /** Top-level attributes that an update names. */
  updated: string[];
}

export interface Conditional {
  ConditionExpression?: string | undefined;
}

export function putWrite(
  table: Table,
  input: Conditional & { Item?: Item | undefined },
  marks: Placeholders,
): Write {
  const item = structuredClone(input.Item ?? {});
  table.checkItem(item);
  const condition = conditionOf(input, marks);
  return { key: table.keyOf(item), condition, effect: { kind: 'write', after: () => item }, updated: [] };
}

export function deleteWrite(
  table: Table,
  input: Conditional & { Key?: Item | undefined },
  marks: Placeholders,
): Write {
  const key = keyOf(table, input.Key);
  return {
    key,
    condition: conditionOf(input, marks),
    effect: { kind: 'write', after: () => undefined },
    updated: [],
  };
}

export function checkWrite(
  table: Table,
  input: Conditional & { Key?: Item | undefined },
  marks: Placeholders,
): Write {
  const key = keyOf(table, input.Key);
  return { key, condition: conditionOf(input, marks), effect: { kind: 'check' }, updated: [] };
}

/** An update of an item that is not there makes it, with its key. */
export function updateWrite(
  table: Table,
  input: Conditional & { Key?: Item | undefined; UpdateExpression?: string | undefined },
  marks: Placeholders,
): Write {
  const key = keyOf(table, input.Key);
  const update: Update =
    input.UpdateExpression === undefined
      ? []
      : parseUpdate(new Tokens(input.UpdateExpression, 'UpdateExpression', marks));
  const condition = conditionOf(input, marks);
  const updated = updatedNames(update);
  const keyName = updated.find(name => table.keyNames().includes(name));
  if (keyName !== undefined) {
    throw new Invalid(
      `One or more parameter values were invalid: Cannot update attribute ${keyName}. This attribute is part of the key`,
    );
  }
  const after = (before: Item | undefined) => {
    const item = applyUpdate(update, before ?? structuredClone(key));
    table.checkItem(item);
    return item;
  };
  return { key, condition, effect: { kind: 'write', after }, updated };
}

export function conditionHolds(write: Write, before: Item | undefined): boolean {
  return write.condition === undefined || holds(write.condition, before);
}

/** What ReturnValues asks for. @throws Invalid for a value that the operation does not take. */
export function returned(
  wanted: string | undefined,
  allowed: readonly string[],
  before: Item | undefined,
  after: Item | undefined,
  updated: readonly string[],
): { Attributes?: Record<string, AttributeValue> } {
  const value = wanted ?? 'NONE';
  if (!allowed.includes(value)) throw new Invalid(`ReturnValues can only be ${allowed.join(' or ')}`);
  const pick = (item: Item | undefined) =>
    item && Object.fromEntries(Object.entries(item).filter(([name]) => updated.includes(name)));
  const attributes = {
    NONE: undefined,
    ALL_OLD: before,
    ALL_NEW: after,
    UPDATED_OLD: pick(before),
    UPDATED_NEW: pick(after),
  };
  const chosen = attributes[value as keyof typeof attributes];
  return chosen && Object.keys(chosen).length > 0 ? { Attributes: structuredClone(chosen) } : {};
}

function conditionOf(input: Conditional, marks: Placeholders): Condition | undefined {
  if (input.ConditionExpression === undefined) return undefined;
  return parseCondition(new Tokens(input.ConditionExpression, 'ConditionExpression', marks));
}

function keyOf(table: Table, key: Item | undefined): Item {
  const copy = structuredClone(key ?? {});
  table.checkKey(copy);
  return copy;
}
