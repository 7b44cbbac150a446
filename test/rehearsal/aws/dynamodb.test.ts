import {
  type AttributeValue,
  BatchGetItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { Key, TableName, world } from './table';

describe('queries', () => {
  async function filled() {
    const all = world();
    for (const sk of ['event#1', 'event#2', 'event#3', 'lease']) {
      await all.run(all.put({ sk: { S: sk }, kind: { S: sk === 'event#2' ? 'odd' : 'even' } }));
    }
    await all.run(all.put({ pk: { S: 'app#other' }, sk: { S: 'event#9' } }));
    const keys = async (input: Partial<QueryCommandInput>) =>
      (await all.run(all.query(input))).Items?.map(({ sk }) => sk?.S);
    return { ...all, keys };
  }
  const events = {
    KeyConditionExpression: 'pk = :p AND begins_with(sk, :s)',
    ExpressionAttributeValues: { ':p': { S: 'app#sample' }, ':s': { S: 'event#' } },
  };

  test('begins_with on the sort key, in its order and against it', async () => {
    const { keys } = await filled();
    expect(await keys(events)).toEqual(['event#1', 'event#2', 'event#3']);
    expect(await keys({ ...events, ScanIndexForward: false })).toEqual(['event#3', 'event#2', 'event#1']);
  });

  test('the limit comes before the filter, and the key goes on from there', async () => {
    const { run, query, keys } = await filled();
    const filtered = {
      ...events,
      FilterExpression: 'kind <> :odd',
      ExpressionAttributeValues: { ...events.ExpressionAttributeValues, ':odd': { S: 'odd' } },
      Limit: 2,
    };
    const page = await run(query(filtered));
    expect([page.Count, page.ScannedCount]).toEqual([1, 2]);
    expect(page.LastEvaluatedKey).toEqual({ pk: { S: 'app#sample' }, sk: { S: 'event#2' } });
    expect(await keys({ ...filtered, ExclusiveStartKey: page.LastEvaluatedKey })).toEqual(['event#3']);
  });

  test('without the partition key a query is refused', async () => {
    const { failure, query } = await filled();
    const input = { KeyConditionExpression: 'sk = :s', ExpressionAttributeValues: { ':s': { S: 'lease' } } };
    expect((await failure(query(input))).message).toBe('Query condition missed key schema element: pk');
  });
});

describe('transactions', () => {
  const second = { pk: { S: 'app#sample' }, sk: { S: 'ledger' } };

  test('write all or nothing, and say which condition failed', async () => {
    const { run, failure, db, put, get } = world();
    await run(put({ a: { S: 'old' } }));
    const transaction = db.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName, Item: second } },
          {
            Update: {
              TableName,
              Key,
              UpdateExpression: 'SET a = :new',
              ConditionExpression: 'a = :other',
              ExpressionAttributeValues: { ':new': { S: 'new' }, ':other': { S: 'other' } },
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            },
          },
        ],
      }),
    );
    const error = await failure(transaction);
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect(error.message).toContain('[None, ConditionalCheckFailed]');
    expect(error.CancellationReasons).toEqual([
      { Code: 'None' },
      {
        Code: 'ConditionalCheckFailed',
        Message: 'The conditional request failed',
        Item: { ...Key, a: { S: 'old' } },
      },
    ]);
    expect((await get())?.a).toEqual({ S: 'old' });
    expect(db.table.get(second)).toBeUndefined();
  });

  test('a condition check guards the other writes', async () => {
    const { run, db, put } = world();
    await run(put({}));
    const check = { TableName, Key, ConditionExpression: 'attribute_exists(pk)' };
    const items = [{ ConditionCheck: check }, { Put: { TableName, Item: second } }];
    await run(db.send(new TransactWriteItemsCommand({ TransactItems: items })));
    expect(db.table.get(second)).toEqual(second);
  });

  test('two operations on one item are refused', async () => {
    const { failure, db } = world();
    const items = [{ Delete: { TableName, Key } }, { Put: { TableName, Item: Key } }];
    const error = await failure(db.send(new TransactWriteItemsCommand({ TransactItems: items })));
    expect(error.message).toBe('Transaction request cannot include multiple operations on one item');
  });

  test('the same request with the same token is done once', async () => {
    const { run, failure, db, get } = world();
    const send = (by: string) =>
      db.send(
        new TransactWriteItemsCommand({
          ClientRequestToken: 'token-1',
          TransactItems: [
            {
              Update: {
                TableName,
                Key,
                UpdateExpression: 'ADD n :by',
                ExpressionAttributeValues: { ':by': { N: by } },
              },
            },
          ],
        }),
      );
    await run(send('1'));
    await run(send('1'));
    expect((await get())?.n).toEqual({ N: '1' });
    expect((await failure(send('2'))).name).toBe('IdempotentParameterMismatchException');
  });
});

describe('the table', () => {
  test('a read that is not consistent lags behind', async () => {
    const { clock, run, put, get } = world();
    await run(put({ a: { S: 'old' } }));
    await clock.advance(1000);
    await run(put({ a: { S: 'new' } }));
    expect((await get(false))?.a).toEqual({ S: 'old' });
    expect((await get(true))?.a).toEqual({ S: 'new' });
    await clock.advance(1000);
    expect((await get(false))?.a).toEqual({ S: 'new' });
  });

  test('observers see every write with what was there before', async () => {
    const { run, db, put, clock } = world();
    const seen: unknown[] = [];
    db.table.onWrite(({ before, after }) => seen.push([before?.a?.S, after?.a?.S]));
    await run(put({ a: { S: '1' } }));
    await clock.advance(10);
    await run(put({ a: { S: '2' } }));
    await run(db.send(new DeleteItemCommand({ TableName, Key })));
    expect(seen).toEqual([
      [undefined, '1'],
      ['1', '2'],
      ['2', undefined],
    ]);
  });

  test('an item past its TTL is still read, until it is taken away', async () => {
    const { run, db, put, get, clock } = world();
    await run(put({ expires: { N: String(clock.now() / 1000 - 60) } }));
    expect(await get()).toBeDefined();
    expect(db.table.expireNow()).toBe(1);
    expect(await get()).toBeUndefined();
  });

  test.each([
    [{ pk: { S: '' } }, 'cannot contain an empty string value. Key: pk'],
    [{ pk: { N: '1' } }, 'Type mismatch for key pk expected: S actual: N'],
    [{ n: { N: 'seven' } }, 'The parameter cannot be converted to a numeric value: seven'],
    [{ s: { SS: [] } }, 'may not be empty'],
    [{ big: { S: 'x'.repeat(400 * 1024) } }, 'Item size has exceeded the maximum allowed size'],
  ] as [Record<string, AttributeValue>, string][])(
    'an item %# that is not allowed is refused',
    async (item, message) => {
      const { failure, put } = world();
      const error = await failure(put(item));
      expect([error.name, error.message]).toEqual(['ValidationException', expect.stringContaining(message)]);
    },
  );

  test('another table is not found', async () => {
    const { failure, db } = world();
    const error = await failure(db.send(new GetItemCommand({ TableName: 'other', Key })));
    expect(error.name).toBe('ResourceNotFoundException');
  });

  test('a reply that is lost leaves the write done', async () => {
    const { clock, failure, db, get } = world();
    db.endpoint.loseReplies(1);
    const controller = new AbortController();
    clock.after(1000, () => controller.abort());
    const Item = { ...Key, a: { S: 'written' } };
    const call = db.send(new PutItemCommand({ TableName, Item }), { abortSignal: controller.signal });
    expect((await failure(call)).name).toBe('AbortError');
    expect((await get())?.a).toEqual({ S: 'written' });
  });

  test.each([
    ['an unknown command', new BatchGetItemCommand({ RequestItems: {} })],
    ['an index', new QueryCommand({ TableName, IndexName: 'gsi', KeyConditionExpression: 'pk = :p' })],
    ['a projection', new GetItemCommand({ TableName, Key, ProjectionExpression: 'a' })],
  ])('%s is a FakeLimit', async (_, command) => {
    const { failure, db } = world();
    expect((await failure(db.send(command as GetItemCommand))).name).toBe('FakeLimit');
  });
});
