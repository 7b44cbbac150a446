import { build, call, failing, type Handler, run, START, scope, slow, states, types } from './harness';

const item = { Type: 'Pass', End: true };

function mapOf(state: object, more: object = {}, config?: object) {
  return states({
    M: {
      Type: 'Map',
      ItemProcessor: { ...(config ? { ProcessorConfig: config } : {}), ...scope({ I: state }) },
      End: true,
      ...more,
    },
    ...('Catch' in more ? { C: { Type: 'Succeed' } } : {}),
  });
}

/** Fails for the items listed, after `seconds`. */
const failingFor =
  (bad: number[], seconds = 0): Handler =>
  async (payload, meta, clock) => {
    if (seconds > 0) await clock.sleep(seconds * 1000, meta.signal);
    if (bad.includes(payload as number)) return failing('Bad', `item ${payload}`)(payload, meta, clock);
    return `ok ${payload}`;
  };

describe('INLINE', () => {
  test('runs every item; results come in the items’ order, whichever ends first', async () => {
    const { result, seconds } = await run(mapOf(call('f')), [3, 1, 2], {
      functions: { f: (n, meta, clock) => slow(n as number, n)(n, meta, clock) },
    });
    expect(result).toEqual({ status: 'SUCCEEDED', output: [3, 1, 2] });
    expect(seconds).toBe(3);
  });

  test('records MapIterationStarted and MapIterationSucceeded around each item', async () => {
    const { execution } = await run(mapOf(item, { MaxConcurrency: 1 }), ['a', 'b']);
    expect(types(execution)).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapIterationStarted',
      'PassStateEntered',
      'PassStateExited',
      'MapIterationSucceeded',
      'MapIterationStarted',
      'PassStateEntered',
      'PassStateExited',
      'MapIterationSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
    expect(execution.history[2]?.details).toEqual({ length: 2 });
    expect(execution.history[7]?.details).toEqual({ name: 'M', index: 1 });
  });

  test('with no items is done at once', async () => {
    const { result, execution } = await run(mapOf(item), []);
    expect(result).toEqual({ status: 'SUCCEEDED', output: [] });
    expect(types(execution).slice(1, -1)).toEqual([
      'MapStateEntered',
      'MapStateStarted',
      'MapStateSucceeded',
      'MapStateExited',
    ]);
  });

  test('ItemSelector sees the Map’s input and the item; iterations see the item in the context too', async () => {
    const { result } = await run(
      mapOf(
        { ...item, Output: ['{% $states.input %}', '{% $states.context.Map.Item.Index %}'] },
        {
          Items: '{% $states.input.list %}',
          ItemSelector: {
            v: '{% $states.context.Map.Item.Value %}',
            i: '{% $states.context.Map.Item.Index %}',
            of: '{% $states.input.name %}',
          },
        },
      ),
      { name: 'n', list: ['a', 'b'] },
    );
    expect(result).toEqual({
      status: 'SUCCEEDED',
      output: [
        [{ v: 'a', i: 0, of: 'n' }, 0],
        [{ v: 'b', i: 1, of: 'n' }, 1],
      ],
    });
  });

  test.each<[string, object, number, number]>([
    ['MaxConcurrency 2', { MaxConcurrency: 2 }, 5, 3],
    ['MaxConcurrency from an expression', { MaxConcurrency: '{% 1 + 2 %}' }, 5, 2],
    ['40 when it is 0: AWS’s quota', { MaxConcurrency: 0 }, 41, 2],
    ['40 when it is more', { MaxConcurrency: 100 }, 80, 2],
  ])('at a time: %s', async (_what, more, count, seconds) => {
    const items = Array.from({ length: count }, (_, i) => i);
    const done = await run(mapOf(call('f'), more), items, { functions: { f: slow(1) } });
    expect(done.seconds).toBe(seconds);
  });

  test.each<[string, unknown, object, string]>([
    ['an input that is no array', { a: 1 }, {}, 'Map state input must be an array but was: {"a":1}'],
    [
      'Items that are no array',
      {},
      { Items: '{% 1 %}' },
      "The JSONata expression '1' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was 'number' for value: 1",
    ],
    [
      'a concurrency that is no number',
      [1],
      { MaxConcurrency: "{% 'x' %}" },
      "Expected 'number', but was 'string'",
    ],
    ['a percentage above 100', [1], { ToleratedFailurePercentage: '{% 101 %}' }, 'must be between 0 and 100'],
  ])('refuses %s', async (_what, input, more, words) => {
    const { result, execution } = await run(mapOf(item, more), input);
    expect(result).toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining(words),
    });
    expect(types(execution).slice(1)).toEqual([
      'MapStateEntered',
      'EvaluationFailed',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
  });

  test('an item that fails fails the Map with its own error, and stops the other iterations', async () => {
    const { result, seconds, execution } = await run(mapOf(call('f')), [1, 2, 3], {
      functions: {
        f: async (n, meta, clock) =>
          n === 2 ? failingFor([2], 1)(n, meta, clock) : slow(60)(n, meta, clock),
      },
    });
    expect(result).toMatchObject({ status: 'FAILED', error: 'Bad' });
    expect(seconds).toBe(1);
    expect(execution.history.slice(-9).map(({ type, details }) => [type, details.index])).toEqual([
      ['TaskFailed', undefined],
      ['MapIterationFailed', 1],
      ['MapIterationAborted', 0],
      ['TaskStateAborted', undefined],
      ['TaskStateAborted', undefined],
      ['MapIterationAborted', 2],
      ['TaskStateAborted', undefined],
      ['MapStateFailed', undefined],
      ['ExecutionFailed', undefined],
    ]);
  });

  test('items that have not started when one fails are not started', async () => {
    const seen: unknown[] = [];
    await run(mapOf(call('f'), { MaxConcurrency: 1 }), [1, 2, 3], {
      functions: {
        f: (n, ...rest) => {
          seen.push(n);
          return failingFor([1])(n, ...rest);
        },
      },
    });
    expect(seen).toEqual([1]);
  });

  test('Retry runs the whole Map again; MapStateFailed is recorded once', async () => {
    const { execution } = await run(
      mapOf({ Type: 'Fail', Error: 'E' }, { Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }] }),
      [1],
    );
    expect(types(execution).slice(2)).toEqual([
      'MapStateStarted',
      'MapIterationStarted',
      'FailStateEntered',
      'MapIterationFailed',
      'MapStateStarted',
      'MapIterationStarted',
      'FailStateEntered',
      'MapIterationFailed',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
  });

  const exceeded = {
    status: 'FAILED',
    error: 'States.ExceedToleratedFailureThreshold',
    cause: 'The specified tolerated failure threshold was exceeded',
  };
  const cause = (n: number) => JSON.stringify({ errorType: 'Bad', errorMessage: `item ${n}`, trace: [] });
  const tolerated = {
    status: 'SUCCEEDED',
    output: ['ok 0', { Error: 'Bad', Cause: cause(1) }, { Error: 'Bad', Cause: cause(2) }, 'ok 3'],
  };
  test.each<[string, object, object]>([
    ['a count that suffices', { ToleratedFailureCount: 2 }, tolerated],
    ['a count that does not', { ToleratedFailureCount: 1 }, exceeded],
    ['a count from an expression', { ToleratedFailureCount: '{% 2 %}' }, tolerated],
    ['a percentage that just suffices', { ToleratedFailurePercentage: 50 }, tolerated],
    ['a percentage that does not', { ToleratedFailurePercentage: 49.9 }, exceeded],
    [
      'a percentage that suffices with a count that does not',
      { ToleratedFailurePercentage: 50, ToleratedFailureCount: 1 },
      exceeded,
    ],
    [
      'a count of 0, which is no tolerance: the item’s own error',
      { ToleratedFailureCount: 0 },
      { status: 'FAILED', error: 'Bad', cause: cause(1) },
    ],
  ])('two of four items fail: %s', async (_what, more, expected) => {
    const { result } = await run(mapOf(call('f'), more), [0, 1, 2, 3], {
      functions: { f: failingFor([1, 2]) },
    });
    expect(result).toEqual(expected);
  });

  test('an exceeded threshold can be caught', async () => {
    const { result } = await run(
      mapOf(call('f'), {
        ToleratedFailureCount: 1,
        Catch: [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'], Next: 'C' }],
      }),
      [1, 2],
      { functions: { f: failingFor([1, 2]) } },
    );
    expect(result).toMatchObject({ status: 'SUCCEEDED', output: { Error: exceeded.error } });
  });
});

describe('DISTRIBUTED', () => {
  const distributed = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };

  test('runs each item in a child execution with a history of its own', async () => {
    const statuses: string[] = [];
    const { result, execution, machine } = await run(
      mapOf(item, { Label: 'items' }, distributed),
      ['a', 'b'],
      {
        onExecutionStatus: (e, status) => statuses.push(`${e.arn.split(':')[6]} ${status}`),
      },
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: ['a', 'b'] });
    expect(types(execution)).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapRunStarted',
      'MapRunSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
    expect(execution.history[3]?.details.mapRunArn).toMatch(
      /^arn:aws:states:us-west-2:123456789012:mapRun:failover\/items:[0-9a-f-]{36}$/,
    );
    expect(execution.children).toHaveLength(2);
    for (const child of execution.children) {
      expect(child.arn).toMatch(
        /^arn:aws:states:us-west-2:123456789012:execution:failover\/items:[0-9a-f-]{36}$/,
      );
      expect(types(child)).toEqual([
        'ExecutionStarted',
        'PassStateEntered',
        'PassStateExited',
        'ExecutionSucceeded',
      ]);
    }
    expect(machine.executions()).toEqual([execution]);
    expect(statuses).toEqual([
      'failover RUNNING',
      'failover/items RUNNING',
      'failover/items RUNNING',
      'failover/items SUCCEEDED',
      'failover/items SUCCEEDED',
      'failover SUCCEEDED',
    ]);
  });

  test('a child knows its own execution, and not the item’s place in the Map', async () => {
    const { result, execution } = await run(
      mapOf(
        {
          ...item,
          Output: [
            '{% $states.context.Execution.Input %}',
            '{% $states.context.StateMachine.Id %}',
            '{% $exists($states.context.Map) %}',
          ],
        },
        { Label: 'L', ItemSelector: { v: '{% $states.context.Map.Item.Value %}' } },
        distributed,
      ),
      ['a'],
    );
    expect(result).toEqual({
      status: 'SUCCEEDED',
      output: [[{ v: 'a' }, 'arn:aws:states:us-west-2:123456789012:stateMachine:failover/L', false]],
    });
    expect(execution.children[0]?.input).toEqual({ v: 'a' });
  });

  test('children do not see the parent’s variables', async () => {
    const { result } = await run(
      states({
        A: { Type: 'Pass', Assign: { x: 1 }, Next: 'M' },
        M: {
          Type: 'Map',
          Items: [1],
          ItemProcessor: {
            ProcessorConfig: distributed,
            ...scope({ I: { ...item, Output: '{% $exists($x) %}' } }),
          },
          End: true,
        },
      }),
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: [false] });
  });

  test('a failed child is an exceeded threshold, even without one set; running children are aborted', async () => {
    const { result, execution, seconds } = await run(mapOf(call('f'), {}, distributed), [0, 1, 2], {
      functions: { f: (n, ...rest) => (n === 1 ? failingFor([1], 2)(n, ...rest) : slow(60)(n, ...rest)) },
    });
    expect(result).toEqual({
      status: 'FAILED',
      error: 'States.ExceedToleratedFailureThreshold',
      cause: 'The specified tolerated failure threshold was exceeded',
    });
    expect(seconds).toBe(2);
    expect(types(execution).slice(-3)).toEqual(['MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
    expect(execution.children.map(({ status }) => status)).toEqual(['ABORTED', 'FAILED', 'ABORTED']);
  });

  test('a tolerated failure leaves its Error and Cause at its place', async () => {
    const { result } = await run(
      mapOf({ Type: 'Fail', Error: 'E', Cause: 'c' }, { ToleratedFailurePercentage: 100 }, distributed),
      [1],
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: [{ Error: 'E', Cause: 'c' }] });
  });

  test('runs more than 40 children at a time, and no more than MaxConcurrency', async () => {
    const items = Array.from({ length: 50 }, (_, i) => i);
    const functions = { f: slow(1) };
    expect((await run(mapOf(call('f'), {}, distributed), items, { functions })).seconds).toBe(1);
    expect(
      (await run(mapOf(call('f'), { MaxConcurrency: 25 }, distributed), items, { functions })).seconds,
    ).toBe(2);
  });

  test('each retry is a new Map Run', async () => {
    const { execution } = await run(
      mapOf(
        { Type: 'Fail', Error: 'E' },
        { Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }] },
        distributed,
      ),
      [1],
    );
    const runs = execution.history.filter(({ type }) => type === 'MapRunStarted');
    expect(types(execution).slice(2)).toEqual([
      'MapStateStarted',
      'MapRunStarted',
      'MapRunFailed',
      'MapStateStarted',
      'MapRunStarted',
      'MapRunFailed',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
    expect(runs).toHaveLength(2);
    expect(execution.children).toHaveLength(2);
  });

  test('stopping the parent aborts its children at once', async () => {
    const { clock, machine } = build(mapOf({ Type: 'Wait', Seconds: 60, End: true }, {}, distributed));
    const execution = machine.start({ name: 'e1', input: [1, 2] });
    await clock.advance(5000);
    machine.stopExecution(execution.arn);
    expect(execution.children.map(({ status, stopTime }) => [status, stopTime])).toEqual([
      ['ABORTED', START + 5000],
      ['ABORTED', START + 5000],
    ]);
    expect(machine.describeExecution(execution.children[0]?.arn ?? '')).toMatchObject({ status: 'ABORTED' });
  });

  test('in a branch that is stopped, children are aborted', async () => {
    const { execution } = await run(
      states({
        P: {
          Type: 'Parallel',
          Branches: [
            scope({
              M: {
                Type: 'Map',
                Items: [1],
                ItemProcessor: {
                  ProcessorConfig: distributed,
                  ...scope({ W: { Type: 'Wait', Seconds: 60, End: true } }),
                },
                End: true,
              },
            }),
            scope({ A: call('a') }),
          ],
          End: true,
        },
      }),
      {},
      { functions: { a: async (...args) => failing('Oops')(await slow(1)(...args), args[1], args[2]) } },
    );
    expect(execution.children.map(({ status }) => status)).toEqual(['ABORTED']);
    expect(types(execution).slice(-4)).toEqual([
      'MapStateAborted',
      'TaskStateAborted',
      'ParallelStateFailed',
      'ExecutionFailed',
    ]);
  });
});
