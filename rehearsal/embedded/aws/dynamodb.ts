import {
  type CancellationReason,
  ConditionalCheckFailedException,
  type DeleteItemInput,
  type DynamoDBClient,
  DynamoDBServiceException,
  type GetItemInput,
  IdempotentParameterMismatchException,
  type PutItemInput,
  type QueryInput,
  ResourceNotFoundException,
  ThrottlingException,
  TransactionCanceledException,
  type TransactWriteItem,
  type TransactWriteItemsInput,
  type UpdateItemInput,
} from '@aws-sdk/client-dynamodb';
import { Invalid } from './dynamodb/invalid';
import { query } from './dynamodb/query';
import { Table, type TableSchema } from './dynamodb/table';
import { Placeholders } from './dynamodb/tokens';
import {
  checkWrite,
  conditionHolds,
  deleteWrite,
  putWrite,
  returned,
  updateWrite,
  type Write,
} from './dynamodb/writes';
import { type Action, Endpoint, type FakeSetting, type SdkCommand } from './endpoint';
import { FakeLimit, onlyKnown } from './fake-limit';

export interface DynamoDbOptions extends FakeSetting {
  table: TableSchema;
  /** How far a read without ConsistentRead lags behind. "usually within one second or less". Default 500 ms. */
  replicationLagMs?: number;
}

const expressions = ['ConditionExpression', 'ExpressionAttributeNames', 'ExpressionAttributeValues'];
const conditional = ['TableName', 'ReturnValues', 'ReturnValuesOnConditionCheckFailure', ...expressions];

/** DynamoDB of one Region, with one table. Every call takes effect at one instant, so none conflict. */
export class FakeDynamoDb {
  readonly endpoint: Endpoint;
  readonly send: DynamoDBClient['send'];
  readonly table: Table;
  private readonly tokens = new Map<string, { at: number; request: string }>();

  constructor(private readonly options: DynamoDbOptions) {
    const throttled = () =>
      new ThrottlingException({
        message: 'Throughput exceeds the current capacity of your table or index.',
        $metadata: this.endpoint.metadata(400),
      });
    this.endpoint = new Endpoint('dynamodb', options, throttled);
    this.send = this.endpoint.sender<DynamoDBClient['send']>((command, name) => this.act(command, name));
    this.table = new Table(options.table, () => options.clock.now(), options.replicationLagMs ?? 500);
  }

  private act(command: SdkCommand, name: string): Action {
    const input = command.input as { TableName?: string };
    const resource = name === 'TransactWriteItems' ? this.table.schema.name : (input.TableName ?? '');
    return { resource, run: () => this.validated(() => this.run(name, command.input)) };
  }

  private run(name: string, input: object): object {
    switch (name) {
      case 'GetItem':
        return this.getItem(input as GetItemInput);
      case 'PutItem':
        return this.putItem(input as PutItemInput);
      case 'UpdateItem':
        return this.updateItem(input as UpdateItemInput);
      case 'DeleteItem':
        return this.deleteItem(input as DeleteItemInput);
      case 'Query': {
        this.requireTable(input as QueryInput);
        return query(this.table, input as QueryInput);
      }
      case 'TransactWriteItems':
        return this.transact(input as TransactWriteItemsInput);
      default:
        throw new FakeLimit(`dynamodb ${name}`);
    }
  }

  private getItem(input: GetItemInput): object {
    onlyKnown('GetItem', input, ['TableName', 'Key', 'ConsistentRead']);
    this.requireTable(input);
    const key = input.Key ?? {};
    this.table.checkKey(key);
    const item = this.table.get(key, input.ConsistentRead === true);
    return item ? { Item: item } : {};
  }

  private putItem(input: PutItemInput): object {
    onlyKnown('PutItem', input, ['Item', ...conditional]);
    return this.single(input, marks => putWrite(this.table, input, marks), ['NONE', 'ALL_OLD']);
  }

  private deleteItem(input: DeleteItemInput): object {
    onlyKnown('DeleteItem', input, ['Key', ...conditional]);
    return this.single(input, marks => deleteWrite(this.table, input, marks), ['NONE', 'ALL_OLD']);
  }

  private updateItem(input: UpdateItemInput): object {
    onlyKnown('UpdateItem', input, ['Key', 'UpdateExpression', ...conditional]);
    const allowed = ['NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'];
    return this.single(input, marks => updateWrite(this.table, input, marks), allowed);
  }

  private single(
    input: PutItemInput | UpdateItemInput | DeleteItemInput,
    parse: (marks: Placeholders) => Write,
    returnable: readonly string[],
  ): object {
    this.requireTable(input);
    const marks = new Placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
    const write = parse(marks);
    marks.refuseUnused();
    const before = this.table.get(write.key);
    if (!conditionHolds(write, before)) {
      const old = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? before : undefined;
      throw new ConditionalCheckFailedException({
        message: 'The conditional request failed',
        $metadata: this.endpoint.metadata(400),
        ...(old && { Item: old }),
      });
    }
    const after = write.effect.kind === 'write' ? write.effect.after(before) : before;
    const answer = returned(input.ReturnValues, returnable, before, after, write.updated);
    this.table.write(write.key, after);
    return answer;
  }

  /** All or nothing. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
  private transact(input: TransactWriteItemsInput): object {
    onlyKnown('TransactWriteItems', input, ['TransactItems', 'ClientRequestToken']);
    const items = input.TransactItems ?? [];
    if (items.length === 0 || items.length > 100) {
      throw new Invalid(
        "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length between 1 and 100",
      );
    }
    if (this.wasDone(input)) return {};
    const writes = items.map(item => this.transactWrite(item));
    const keys = writes.map(({ write }) => JSON.stringify(write.key));
    if (new Set(keys).size < keys.length) {
      throw new Invalid('Transaction request cannot include multiple operations on one item');
    }
    const planned = writes.map(({ write, returnOld }) => {
      const before = this.table.get(write.key);
      const passed = conditionHolds(write, before);
      return {
        write,
        before,
        reason: passed ? ({ Code: 'None' } as const) : failed(returnOld ? before : undefined),
      };
    });
    const reasons: CancellationReason[] = planned.map(({ reason }) => reason);
    if (reasons.some(({ Code }) => Code !== 'None')) {
      throw new TransactionCanceledException({
        message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`,
        $metadata: this.endpoint.metadata(400),
        CancellationReasons: reasons,
      });
    }
    const done = planned.map(({ write, before }) => ({
      write,
      after: write.effect.kind === 'write' ? write.effect.after(before) : before,
    }));
    for (const { write, after } of done)
      if (write.effect.kind === 'write') this.table.write(write.key, after);
    return {};
  }

  private transactWrite(item: TransactWriteItem): { write: Write; returnOld: boolean } {
    const [[kind, input] = ['', undefined], ...more] = Object.entries(item).filter(
      ([, value]) => value !== undefined,
    );
    if (!input || more.length > 0) {
      throw new Invalid('TransactItems can only contain one of Check, Put, Update or Delete');
    }
    const known = ['TableName', 'ReturnValuesOnConditionCheckFailure', ...expressions];
    onlyKnown(`TransactWriteItems ${kind}`, input, [
      ...known,
      kind === 'Put' ? 'Item' : 'Key',
      ...(kind === 'Update' ? ['UpdateExpression'] : []),
    ]);
    this.requireTable(input);
    const marks = new Placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
    const write = transactKinds[kind]?.(this.table, item, marks);
    if (!write) throw new FakeLimit(`TransactWriteItems ${kind}`);
    marks.refuseUnused();
    return { write, returnOld: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' };
  }

  /** "A client request token is valid for 10 minutes after the first request that uses it is completed." */
  private wasDone(input: TransactWriteItemsInput): boolean {
    const { ClientRequestToken: token, ...rest } = input;
    if (token === undefined) return false;
    const now = this.options.clock.now();
    const request = JSON.stringify(rest);
    const known = this.tokens.get(token);
    if (!known || known.at < now - 600_000) {
      this.tokens.set(token, { at: now, request });
      return false;
    }
    if (known.request === request) return true;
    throw new IdempotentParameterMismatchException({
      message: 'The request uses the same client token as a previous, but non-identical request.',
      $metadata: this.endpoint.metadata(400),
    });
  }

  private requireTable(input: { TableName?: string | undefined }): void {
    if (input.TableName === this.table.schema.name) return;
    throw new ResourceNotFoundException({
      message: 'Requested resource not found',
      $metadata: this.endpoint.metadata(400),
    });
  }

  private validated(work: () => object): object {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      throw new DynamoDBServiceException({
        name: 'ValidationException',
        message: error.message,
        $fault: 'client',
        $metadata: this.endpoint.metadata(400),
      });
    }
  }
}

const transactKinds: Record<string, (table: Table, item: TransactWriteItem, marks: Placeholders) => Write> = {
  Put: (table, item, marks) => putWrite(table, item.Put ?? {}, marks),
  Delete: (table, item, marks) => deleteWrite(table, item.Delete ?? {}, marks),
  Update: (table, item, marks) => updateWrite(table, item.Update ?? {}, marks),
  ConditionCheck: (table, item, marks) => checkWrite(table, item.ConditionCheck ?? {}, marks),
};

function failed(item: Record<string, unknown> | undefined): CancellationReason {
  return {
    Code: 'ConditionalCheckFailed',
    Message: 'The conditional request failed',
    ...(item && { Item: item as NonNullable<CancellationReason['Item']> }),
  };
}
