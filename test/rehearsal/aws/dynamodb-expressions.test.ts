import { type AttributeValue, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { Key, world } from './table';

const value = (text: string) => ({ ExpressionAttributeValues: { ':v': { S: text } } });

describe('conditions', () => {
  const item = { owner: { S: 'run-1' }, token: { N: '7' }, site: { M: { name: { S: 'dr' } } } };
  const names = { '#o': 'owner', '#t': 'token' };

  test.each([
    ['attribute_exists(#o)', true],
    ['attribute_not_exists(#o)', false],
    ['attribute_exists(absent)', false],
    ['#o = :run', true],
    ['#o <> :run', false],
    ['absent <> :run', true],
    ['absent = :run', false],
    ['#t > :six', true],
    ['#t >= :seven', true],
    ['#t < :seven', false],
    ['#t <= :six', false],
    ['#t > :run', false],
    ['begins_with(#o, :prefix)', true],
    ['site.#n = :dr', true],
    ['NOT #o = :run', false],
    ['attribute_not_exists(#o) OR #t = :seven', true],
    ['attribute_not_exists(#o) AND #t = :seven', false],
    ['#o = :run OR #t = :six AND attribute_exists(absent)', true],
    ['(#o = :run OR #t = :six) AND attribute_exists(absent)', false],
    ['NOT (#o = :run AND #t = :six)', true],
  ])('%s is %s', async (expression, passes) => {
    const { run, put, failure } = world();
    await run(put(item));
    const used = (all: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(all).filter(([key]) => expression.includes(key)));
    const values = used({
      ':run': { S: 'run-1' },
      ':six': { N: '6' },
      ':seven': { N: '7.0' },
      ':prefix': { S: 'run' },
      ':dr': { S: 'dr' },
    });
    const write = put(item, {
      ConditionExpression: expression,
      ExpressionAttributeNames: used({ ...names, '#n': 'name' }) as Record<string, string>,
      ...(Object.keys(values).length > 0 && {
        ExpressionAttributeValues: values as Record<string, AttributeValue>,
      }),
    });
    if (passes) await expect(run(write)).resolves.toBeDefined();
    else expect(await failure(write)).toBeInstanceOf(ConditionalCheckFailedException);
  });

  test('a failed condition gives the old item when asked, and none otherwise', async () => {
    const { run, put, failure } = world();
    await run(put(item));
    const condition = { ConditionExpression: 'attribute_not_exists(pk)' };
    expect(await failure(put({}, condition))).toMatchObject({ message: 'The conditional request failed' });
    expect((await failure(put({}, condition))).Item).toBeUndefined();
    const asked = { ...condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
    expect((await failure(put({}, asked))).Item).toEqual({ ...Key, ...item });
  });

  test('of two conditional puts at the same moment one wins', async () => {
    const { run, put } = world();
    const condition = { ConditionExpression: 'attribute_not_exists(pk)' };
    const results = await run(Promise.allSettled([put({}, condition), put({}, condition)]));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test.each([
    ['owner = :v', value('x'), 'Attribute name is a reserved keyword; reserved keyword: owner'],
    ['lease = :v AND', value('x'), 'Syntax error; token: "<EOF>"'],
    [
      'lease = :w',
      value('x'),
      'An expression attribute value used in expression is not defined; attribute value: :w',
    ],
    [
      '#l = :v',
      value('x'),
      'An expression attribute name used in the document path is not defined; attribute name: #l',
    ],
    [
      'attribute_exists(lease)',
      value('x'),
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}',
    ],
    ['size_of(lease)', {}, 'Invalid function name; function: size_of'],
  ])('%s is a ValidationException', async (ConditionExpression, values, message) => {
    const { failure, put } = world();
    const error = await failure(put({}, { ConditionExpression, ...values }));
    expect(error).toMatchObject({
      name: 'ValidationException',
      $fault: 'client',
      $metadata: { httpStatusCode: 400 },
    });
    expect(error.message).toContain(message);
  });
});

describe('updates', () => {
  test('make the item when it is not there', async () => {
    const { run, update, get } = world();
    await run(update('SET lease_owner = :v', value('run-1')));
    expect(await get()).toEqual({ ...Key, lease_owner: { S: 'run-1' } });
  });

  test('SET computes from the item as it was before', async () => {
    const { run, put, update, get } = world();
    await run(put({ a: { N: '1' }, b: { N: '10' } }));
    await run(
      update('SET a = b + :one, b = a - :one', { ExpressionAttributeValues: { ':one': { N: '1' } } }),
    );
    expect(await get()).toMatchObject({ a: { N: '11' }, b: { N: '0' } });
  });

  test('if_not_exists keeps what is there, and counts from nothing', async () => {
    const { run, update, get } = world();
    const values = { ExpressionAttributeValues: { ':zero': { N: '0' }, ':one': { N: '1' } } };
    await run(update('SET fence = if_not_exists(fence, :zero) + :one', values));
    await run(update('SET fence = if_not_exists(fence, :zero) + :one', values));
    expect((await get())?.fence).toEqual({ N: '2' });
  });

  test('list_append and nested paths', async () => {
    const { run, put, update, get } = world();
    await run(put({ run: { M: { events: { L: [{ S: 'a' }] } } } }));
    const values = { ExpressionAttributeValues: { ':new': { L: [{ S: 'b' }] } } };
    await run(update('SET run.events = list_append(run.events, :new)', values));
    expect((await get())?.run).toEqual({ M: { events: { L: [{ S: 'a' }, { S: 'b' }] } } });
  });

  test('ADD counts numbers and joins sets, DELETE takes out of sets, REMOVE takes away', async () => {
    const { run, put, update, get } = world();
    await run(put({ n: { N: '1' }, s: { SS: ['a'] }, t: { SS: ['x', 'y'] }, gone: { S: 'x' } }));
    await run(
      update('ADD n :two, s :b DELETE t :x REMOVE gone', {
        ExpressionAttributeValues: { ':two': { N: '2' }, ':b': { SS: ['b'] }, ':x': { SS: ['x'] } },
      }),
    );
    expect(await get()).toEqual({ ...Key, n: { N: '3' }, s: { SS: ['a', 'b'] }, t: { SS: ['y'] } });
  });

  test.each([
    ['NONE', undefined],
    ['ALL_OLD', { ...Key, a: { S: 'old' }, b: { S: 'kept' } }],
    ['ALL_NEW', { ...Key, a: { S: 'new' }, b: { S: 'kept' } }],
    ['UPDATED_OLD', { a: { S: 'old' } }],
    ['UPDATED_NEW', { a: { S: 'new' } }],
  ] as const)('ReturnValues %s', async (ReturnValues, expected) => {
    const { run, put, update } = world();
    await run(put({ a: { S: 'old' }, b: { S: 'kept' } }));
    const { Attributes } = await run(update('SET a = :v', { ...value('new'), ReturnValues }));
    expect(Attributes).toEqual(expected);
  });

  test.each([
    ['SET a = absent', {}, 'The provided expression refers to an attribute that does not exist in the item'],
    [
      'SET a.b.c = :v',
      value('x'),
      'The document path provided in the update expression is invalid for update',
    ],
    ['SET pk = :v', value('x'), 'Cannot update attribute pk. This attribute is part of the key'],
    ['SET a = :v, a.b = :v', value('x'), 'Two document paths overlap with each other'],
    ['SET a = :v SET b = :v', value('x'), 'The "SET" section can only be used once'],
    ['SET a = :v + :v', value('x'), 'An operand in the update expression has an incorrect data type'],
  ])('%s is a ValidationException', async (expression, values, message) => {
    const { failure, update } = world();
    const error = await failure(update(expression, values));
    expect(error.name).toBe('ValidationException');
    expect(error.message).toContain(message);
  });

  test('whole numbers keep all digits', async () => {
    const { run, put, update, get } = world();
    await run(put({ n: { N: '9007199254740993' } }));
    await run(update('SET n = n + :one', { ExpressionAttributeValues: { ':one': { N: '1' } } }));
    expect((await get())?.n).toEqual({ N: '9007199254740994' });
  });
});
