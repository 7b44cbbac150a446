import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { copyOf } from '../../kubernetes/json';
import { Invalid } from './invalid';
import { checkValue, type Item, itemSize, typeOf } from './values';

export interface TableSchema {
  name: string;
  /** Both keys are strings. */
  partitionKey: string;
  sortKey?: string;
  /** The attribute of TimeToLive, seconds since the epoch. */
  ttlAttribute?: string;
}

export interface Write {
  at: number;
  before: Item | undefined;
  after: Item | undefined;
}

interface Version {
  at: number;
  item: Item | undefined;
}

/** 400 KB (ServiceQuotas.html, "Item size"). */
const MAX_ITEM = 400 * 1024;

/** The items of one table, with the versions that an eventually consistent read may still see. */
export class Table {
  private readonly items = new Map<string, Version[]>();
  private readonly observers: ((write: Write) => void)[] = [];

  constructor(
    readonly schema: TableSchema,
    private readonly now: () => number,
    private readonly replicationLagMs: number,
  ) {}

  onWrite(observer: (write: Write) => void): void {
    this.observers.push(observer);
  }

  /** The item as it stands, or as it stood one replication lag ago. */
  get(key: Item, consistent = true): Item | undefined {
    const versions = this.items.get(this.keyText(key)) ?? [];
    const horizon = consistent ? Number.POSITIVE_INFINITY : this.now() - this.replicationLagMs;
    return copyOf(versions.findLast(({ at }) => at <= horizon)?.item);
  }

  /** All items in the order of their keys. */
  all(consistent = true): Item[] {
    const keys = [...this.items.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return keys.flatMap(text => {
      const newest = this.items.get(text)?.findLast(({ item }) => item !== undefined)?.item;
      const item = newest && this.get(this.keyOf(newest), consistent);
      return item ? [item] : [];
    });
  }

  /** Puts the item there, or with undefined takes it away. The caller has checked it. */
  write(key: Item, after: Item | undefined): void {
    const text = this.keyText(key);
    const before = this.get(key);
    const at = this.now();
    const horizon = at - this.replicationLagMs;
    const versions = this.items.get(text) ?? [];
    // What every reader sees by now needs one version only.
    const seen = versions.findLastIndex(version => version.at <= horizon);
    this.items.set(text, [...versions.slice(Math.max(0, seen)), { at, item: copyOf(after) }]);
    for (const observer of this.observers) observer({ at, before, after: copyOf(after) });
  }

  /** Items past their TTL go "typically within a few days"; tests can have it now. */
  expireNow(): number {
    const { ttlAttribute } = this.schema;
    if (ttlAttribute === undefined) return 0;
    const due = this.all().filter(
      item => Number(item[ttlAttribute]?.N ?? Number.POSITIVE_INFINITY) * 1000 <= this.now(),
    );
    for (const item of due) this.write(this.keyOf(item), undefined);
    return due.length;
  }

  /** The key attributes of an item. */
  keyOf(item: Item): Item {
    return Object.fromEntries(this.keyNames().flatMap(name => (item[name] ? [[name, item[name]]] : [])));
  }

  keyNames(): string[] {
    const { partitionKey, sortKey } = this.schema;
    return sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];
  }

  /** @throws Invalid when `key` is not exactly the key of this table. */
  checkKey(key: Item): void {
    const names = this.keyNames();
    if (Object.keys(key).length !== names.length || names.some(name => key[name]?.S === undefined)) {
      throw new Invalid('The provided key element does not match the schema');
    }
    for (const name of names) refuseEmpty(name, key[name]);
  }

  /** @throws Invalid when the item may not be stored. */
  checkItem(item: Item): void {
    for (const name of this.keyNames()) {
      const value = item[name];
      if (value === undefined) {
        throw new Invalid(`One or more parameter values were invalid: Missing the key ${name} in the item`);
      }
      if (value.S === undefined) {
        throw new Invalid(
          `One or more parameter values were invalid: Type mismatch for key ${name} expected: S actual: ${typeOf(value)}`,
        );
      }
      refuseEmpty(name, value);
    }
    for (const value of Object.values(item)) checkValue(value);
    if (itemSize(item) > MAX_ITEM) throw new Invalid('Item size has exceeded the maximum allowed size');
  }

  private keyText(key: Item): string {
    return this.keyNames()
      .map(name => key[name]?.S ?? '')
      .join('\u0000');
  }
}

function refuseEmpty(name: string, value: AttributeValue | undefined): void {
  if (value?.S !== '') return;
  throw new Invalid(
    `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
  );
}
