import type { QueryCommand, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { Documents } from '../../../../lambdas/adapters/aws/documents';
import { VirtualClock } from '../../../../rehearsal/embedded/virtual-clock';
import { START } from '../../../rehearsal/aws/setting';
import { TABLE, tableWorld } from './table';

interface Counter {
  count: number;
  by?: string | undefined;
}

const KEY = { pk: 'app#sample', sk: 'counter' };
const more = (now: Counter | undefined): Counter => ({ count: (now?.count ?? 0) + 1 });

describe('a document', () => {
  test('that nobody wrote is undefined', async () => {
    const { run, documents } = tableWorld();
    expect(await run(documents.get(KEY))).toBeUndefined();
  });

  test('is read as it was written, right after', async () => {
    const { run, documents } = tableWorld();
    const value = { text: 'für', list: [1, { deep: true }], nothing: null, empty: '', left: undefined };
    await run(documents.change(KEY, () => value));
    expect(await run(documents.get(KEY))).toEqual({
      text: 'für',
      list: [1, { deep: true }],
      nothing: null,
      empty: '',
    });
  });

  test('gives its version and its time to live to DynamoDB', async () => {
    const { run, db, documents } = tableWorld();
    await run(documents.change(KEY, more, 60));
    await run(documents.change(KEY, more, 60));
    const item = db.table.get({ pk: { S: KEY.pk }, sk: { S: KEY.sk } });
    expect(item).toMatchObject({ version: { N: '2' }, doc: { M: { count: { N: '2' } } } });
    expect(Number(item?.ttl?.N)).toBeGreaterThanOrEqual(START / 1000 + 60);
    expect(Number(item?.ttl?.N)).toBeLessThanOrEqual(START / 1000 + 61);
  });

  test('without a time to live stays for good', async () => {
    const { run, db, documents } = tableWorld();
    await run(documents.change(KEY, more));
    expect(db.table.get({ pk: { S: KEY.pk }, sk: { S: KEY.sk } })).not.toHaveProperty('ttl');
  });
});

describe('changing a document', () => {
  test('gives what was written', async () => {
    const { run, documents } = tableWorld();
    expect(await run(documents.change(KEY, more))).toEqual({ count: 1 });
    expect(await run(documents.change(KEY, more))).toEqual({ count: 2 });
  });

  test('writes nothing when there is nothing to change', async () => {
    const { run, documents, actions } = tableWorld();
    await run(documents.change(KEY, more));
    expect(await run(documents.change<Counter>(KEY, now => now ?? { count: 0 }))).toEqual({ count: 1 });
    expect(actions()).toEqual(['GetItem', 'PutItem', 'GetItem']);
  });

  test('writes nothing when the change throws', async () => {
    const { run, failure, documents, actions } = tableWorld();
    const no = () => {
      throw new RangeError('no');
    };
    expect((await failure(documents.change(KEY, no))).message).toBe('no');
    expect(actions()).toEqual(['GetItem']);
    expect(await run(documents.get(KEY))).toBeUndefined();
  });

  test.each([true, false])(
    'begins again when somebody wrote in between, so that nothing is lost (there before: %s)',
    async there => {
      const { run, hooks, documents, others } = tableWorld();
      if (there) await run(documents.change(KEY, more));
      let quicker = 3;
      hooks.beforePut = () => (quicker-- > 0 ? others.change(KEY, more) : undefined);
      expect(await run(documents.change(KEY, more))).toEqual({ count: there ? 5 : 4 });
      expect(await run(documents.get(KEY))).toEqual({ count: there ? 5 : 4 });
    },
  );

  test('is WriteConflict when others were quicker four times', async () => {
    const { failure, hooks, documents, others, run } = tableWorld();
    let tries = 0;
    hooks.beforePut = () => {
      tries += 1;
      return others.change(KEY, more);
    };
    const error = await failure(documents.change<Counter>(KEY, now => ({ ...more(now), by: 'us' })));
    expect(error.name).toBe('WriteConflict');
    expect(error.message).toContain('app#sample counter');
    expect(tries).toBe(4);
    expect(await run(documents.get(KEY))).toEqual({ count: 4 });
  });

  test('at the same time from many sides loses no change', async () => {
    const { run, documents } = tableWorld();
    await run(Promise.all([1, 2, 3].map(() => documents.change(KEY, more))));
    expect(await run(documents.get(KEY))).toEqual({ count: 3 });
  });

  test.each([
    ['Throttled', 'throttled', (db: ReturnType<typeof tableWorld>['db']) => db.endpoint.throttle(1)],
    [
      'AwsUnavailable',
      'away',
      (db: ReturnType<typeof tableWorld>['db']) => {
        db.endpoint.state = 'hang';
      },
    ],
    [
      'AwsUnavailable',
      'not listening',
      (db: ReturnType<typeof tableWorld>['db']) => {
        db.endpoint.state = 'refuse';
      },
    ],
  ])('is %s while DynamoDB is %s', async (name, _, fault) => {
    const { failure, db, documents, clock } = tableWorld();
    fault(db);
    const error = await failure(documents.change(KEY, more));
    expect(error.name).toBe(name);
    expect(error.message).toContain(`DynamoDB GetItem on ${TABLE}`);
    expect(clock.now() - START).toBeLessThanOrEqual(3_000);
  });
});

describe('the documents of a partition', () => {
  async function filled() {
    const world = tableWorld();
    for (const sk of ['a#3', 'a#1', 'b#1', 'a#2']) {
      await world.run(world.documents.change({ pk: 'p', sk }, () => ({ sk })));
    }
    await world.run(world.documents.change({ pk: 'q', sk: 'a#9' }, () => ({ sk: 'other' })));
    return world;
  }

  test('come by sort key, those with the prefix only', async () => {
    const { run, documents } = await filled();
    expect(await run(documents.query('p', 'a#'))).toEqual([{ sk: 'a#1' }, { sk: 'a#2' }, { sk: 'a#3' }]);
    expect(await run(documents.query('p', 'c'))).toEqual([]);
  });

  test('come the other way round, the first ones only, when asked so', async () => {
    const { run, documents } = await filled();
    const newest = documents.query('p', 'a#', { newestFirst: true, limit: 2 });
    expect(await run(newest)).toEqual([{ sk: 'a#3' }, { sk: 'a#2' }]);
  });

  /** DynamoDB ends a page after 1 MB, whatever the limit is; the fake does not. */
  function pages(sizes: number[]) {
    const inputs: QueryCommandInput[] = [];
    const send = async ({ input }: QueryCommand) => {
      const page = inputs.push(input) - 1;
      const size = Math.min(sizes[page] ?? 0, input.Limit ?? Number.POSITIVE_INFINITY);
      const Items = Array.from({ length: size }, (_, index) => ({ doc: { S: `${page}-${index}` } }));
      const last = page === sizes.length - 1;
      return { Items, ...(last ? {} : { LastEvaluatedKey: { pk: { S: 'p' }, sk: { S: `after ${page}` } } }) };
    };
    const clock = new VirtualClock(START);
    const documents = new Documents({ send } as never, TABLE, clock);
    return {
      inputs,
      query: (limit?: number) => clock.run(documents.query('p', 'a#', limit ? { limit } : {})),
    };
  }

  test('come from every page', async () => {
    const { query, inputs } = pages([2, 0, 1]);
    expect(await query()).toEqual(['0-0', '0-1', '2-0']);
    expect(inputs.map(({ ExclusiveStartKey }) => ExclusiveStartKey?.sk?.S)).toEqual([
      undefined,
      'after 0',
      'after 1',
    ]);
  });

  test('are asked for no further than the limit', async () => {
    const { query, inputs } = pages([3, 3, 3]);
    expect(await query(3)).toHaveLength(3);
    expect(inputs).toHaveLength(1);
  });

  test('are never more than the limit, however the pages fall', async () => {
    expect(await pages([2, 3, 3]).query(3)).toHaveLength(3);
  });
});
