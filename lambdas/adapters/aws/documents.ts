import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Clock } from '../../../core/clock';
import { WriteConflict } from '../../../core/errors';
import { awsCall } from './call';

export interface Key {
  pk: string;
  sk: string;
}

interface Versioned<T> {
  value: T | undefined;
  version: number;
}

const DEADLINE_MS = 3000;
const ATTEMPTS = 4;

/**
 * JSON documents in one DynamoDB table (keys `pk`, `sk`), each with a version: a write goes through only when
 * nobody wrote since the document was read.
 */
export class Documents {
  constructor(
    private readonly client: Pick<DynamoDBClient, 'send'>,
    private readonly table: string,
    private readonly clock: Clock,
  ) {}

  async get<T>(key: Key): Promise<T | undefined> {
    return (await this.read<T>(key)).value;
  }

  /** The documents of a partition, by sort key; an empty prefix is none, which DynamoDB would refuse. */
  async query<T>(
    pk: string,
    prefix: string,
    options: { limit?: number; newestFirst?: boolean } = {},
  ): Promise<T[]> {
    const found: T[] = [];
    let from: Record<string, AttributeValue> | undefined;
    do {
      const page = await this.call('Query', abort =>
        this.client.send(
          new QueryCommand({
            TableName: this.table,
            KeyConditionExpression: prefix ? 'pk = :pk AND begins_with(sk, :prefix)' : 'pk = :pk',
            ExpressionAttributeValues: { ':pk': { S: pk }, ...(prefix ? { ':prefix': { S: prefix } } : {}) },
            ConsistentRead: true,
            ScanIndexForward: !options.newestFirst,
            ...(options.limit ? { Limit: options.limit } : {}),
            ...(from ? { ExclusiveStartKey: from } : {}),
          }),
          abort,
        ),
      );
      found.push(...(page.Items ?? []).map(item => parse<T>(item)));
      from = page.LastEvaluatedKey;
    } while (from && found.length < (options.limit ?? Number.POSITIVE_INFINITY));
    return found.slice(0, options.limit);
  }

  /**
   * Reads, changes, writes; again when somebody else wrote in between. An error of `change` ends it with nothing
   * written.
   * @param ttlSeconds DynamoDB deletes the document some time after that
   * @throws WriteConflict when others kept writing
   */
  async change<T extends object>(
    key: Key,
    change: (now: T | undefined) => T,
    ttlSeconds?: number,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const { value, version } = await this.read<T>(key);
      const next = change(value);
      if (next === value) return next;
      if (await this.write(key, next, version, ttlSeconds)) return next;
      if (attempt === ATTEMPTS)
        throw new WriteConflict(`Others kept writing ${key.pk} ${key.sk} in the ledger.`);
    }
  }

  private async read<T>(key: Key): Promise<Versioned<T>> {
    const { Item } = await this.call('GetItem', abort =>
      this.client.send(
        new GetItemCommand({
          TableName: this.table,
          Key: { pk: { S: key.pk }, sk: { S: key.sk } },
          ConsistentRead: true,
        }),
        abort,
      ),
    );
    return Item
      ? { value: parse<T>(Item), version: Number(Item.version?.N) }
      : { value: undefined, version: 0 };
  }

  /** @returns false when the document is not at `version` any more */
  private async write(key: Key, value: object, version: number, ttlSeconds?: number): Promise<boolean> {
    const ttl = ttlSeconds === undefined ? {} : { ttl: Math.round(this.clock.now() / 1000) + ttlSeconds };
    const Item = marshall(
      { ...key, version: version + 1, doc: value, ...ttl },
      { removeUndefinedValues: true },
    );
    const condition =
      version === 0
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: 'version = :version',
            ExpressionAttributeValues: { ':version': { N: String(version) } },
          };
    try {
      await this.call('PutItem', abort =>
        this.client.send(new PutItemCommand({ TableName: this.table, Item, ...condition }), abort),
      );
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }

  private call<T>(action: string, send: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T> {
    return awsCall(this.clock, `DynamoDB ${action} on ${this.table}`, DEADLINE_MS, send);
  }
}

function parse<T>(item: Record<string, AttributeValue>): T {
  return unmarshall(item).doc as T;
}
