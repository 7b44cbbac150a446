import { build, CALLBACK, call, failing, run, START, scope, slow, states, types } from './harness';

const both = (a: object, b: object, more: object = {}) =>
  states({
    P: { Type: 'Parallel', Branches: [scope({ A: a }), scope({ B: b })], End: true, ...more },
    ...('Catch' in more ? { C: { Type: 'Succeed' } } : {}),
  });

test('branches run at the same time; the result has their outputs in their order', async () => {
  const { result, seconds, execution } = await run(
    both(call('a'), call('b')),
    { n: 1 },
    {
      functions: { a: slow(10, 'a'), b: slow(4, 'b') },
    },
  );
  expect(result).toEqual({ status: 'SUCCEEDED', output: ['a', 'b'] });
  expect(seconds).toBe(10);
  expect(types(execution).filter(type => type.startsWith('Parallel'))).toEqual([
    'ParallelStateEntered',
    'ParallelStateStarted',
    'ParallelStateSucceeded',
    'ParallelStateExited',
  ]);
  const previous = Object.fromEntries(
    execution.history.map(({ type, previousEventId }) => [type, previousEventId]),
  );
  expect(previous.ParallelStateExited).toBe(previous.ParallelStateSucceeded);
  // 2 of the execution, 4 of the Parallel, 5 of each task
  expect(execution.history).toHaveLength(16);
});

test('Arguments are every branch’s input, Output and Assign see the result', async () => {
  const pass = { Type: 'Pass', End: true };
  const { result } = await run(
    states({
      P: {
        Type: 'Parallel',
        Branches: [scope({ A: pass }), scope({ B: pass })],
        Arguments: { x: '{% $states.input.n %}' },
        Output: '{% $states.result[0].x + $states.result[1].x %}',
        Assign: { all: '{% $states.result %}' },
        Next: 'E',
      },
      E: { Type: 'Pass', Output: ['{% $states.input %}', '{% $all %}'], End: true },
    }),
    { n: 2 },
  );
  expect(result).toEqual({ status: 'SUCCEEDED', output: [4, [{ x: 2 }, { x: 2 }]] });
});

test('a branch that fails stops the others: calls are aborted, timers cancelled, nothing more is recorded', async () => {
  const aborted: number[] = [];
  const { result, seconds, execution, clock } = await run(
    states({
      P: {
        Type: 'Parallel',
        Branches: [
          scope({ A: call('a') }),
          scope({ B: call('b', { End: undefined, Next: 'B2' }), B2: { Type: 'Pass', End: true } }),
          scope({ W: { Type: 'Wait', Seconds: 100, End: true } }),
        ],
        End: true,
      },
    }),
    {},
    {
      functions: {
        a: async (...args) => {
          await slow(5)(...args);
          return failing('Oops')(...args);
        },
        b: (payload, meta, clock) => {
          meta.signal.addEventListener('abort', () => aborted.push((clock.now() - START) / 1000));
          return slow(50)(payload, meta, clock);
        },
      },
    },
  );
  expect(result).toMatchObject({ status: 'FAILED', error: 'Oops' });
  expect([seconds, aborted]).toEqual([5, [5]]);
  const tail = [
    'TaskFailed',
    'TaskStateAborted',
    'TaskStateAborted',
    'WaitStateAborted',
    'ParallelStateFailed',
    'ExecutionFailed',
  ];
  expect(types(execution).slice(-6)).toEqual(tail);
  const before = execution.history.length;
  await clock.advance(200_000);
  expect(execution.history).toHaveLength(before);
});

test('a stopped branch’s token is closed', async () => {
  let token: string | undefined;
  const { machine } = await run(
    both(call('a'), call('b', { Resource: CALLBACK })),
    {},
    {
      functions: {
        a: async (...args) => {
          await slow(5)(...args);
          return failing('Oops')(...args);
        },
        b: (_payload, meta) => {
          token = meta.taskToken;
        },
      },
    },
  );
  expect(() => machine.sendTaskSuccess(token ?? '', 1)).toThrow(
    expect.objectContaining({ name: 'TaskTimedOut' }),
  );
});

test('Retry runs all branches again; ParallelStateFailed is recorded once, after the last attempt', async () => {
  const { execution, seconds } = await run(
    states({
      P: {
        Type: 'Parallel',
        Branches: [scope({ F: { Type: 'Fail', Error: 'Oops', Cause: 'c' } })],
        Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }],
        End: true,
      },
    }),
  );
  expect(types(execution)).toEqual([
    'ExecutionStarted',
    'ParallelStateEntered',
    'ParallelStateStarted',
    'FailStateEntered',
    'ParallelStateStarted',
    'FailStateEntered',
    'ParallelStateStarted',
    'FailStateEntered',
    'ParallelStateFailed',
    'ExecutionFailed',
  ]);
  expect(execution.history.map(({ previousEventId }) => previousEventId)).toEqual([
    0, 0, 2, 3, 4, 5, 6, 7, 8, 9,
  ]);
  expect(seconds).toBe(3);
});

test.each(['Oops', 'States.BranchFailed', 'States.TaskFailed', 'States.ALL'])(
  'Catch on %s gets the branch’s own error',
  async name => {
    const { result, execution } = await run(
      both(
        { Type: 'Fail', Error: 'Oops', Cause: 'c' },
        { Type: 'Wait', Seconds: 9, End: true },
        {
          Catch: [{ ErrorEquals: [name], Next: 'C' }],
        },
      ),
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: { Error: 'Oops', Cause: 'c' } });
    expect(types(execution).slice(-6, -3)).toEqual([
      'WaitStateAborted',
      'ParallelStateFailed',
      'ParallelStateExited',
    ]);
  },
);

test('a branch that is between two states when another fails goes no further', async () => {
  const step = (Next: string) => ({ Type: 'Pass', Output: '{% $states.input %}', Next });
  const { execution } = await run(
    states({
      P: {
        Type: 'Parallel',
        Branches: [
          scope({ A: step('B'), B: step('C'), C: step('D'), D: { Type: 'Pass', End: true } }),
          scope({ F: { Type: 'Fail' } }),
        ],
        End: true,
      },
    }),
  );
  expect(types(execution).slice(-3)).toEqual(['FailStateEntered', 'ParallelStateFailed', 'ExecutionFailed']);
});

test('a nested Parallel is stopped with all that is in it', async () => {
  const { execution } = await run(
    both(
      { Type: 'Parallel', Branches: [scope({ W: { Type: 'Wait', Seconds: 100, End: true } })], End: true },
      call('b'),
    ),
    {},
    {
      functions: {
        b: async (...args) => {
          await slow(1)(...args);
          return failing('Oops')(...args);
        },
      },
    },
  );
  expect(types(execution).slice(-6)).toEqual([
    'TaskFailed',
    'WaitStateAborted',
    'ParallelStateAborted',
    'TaskStateAborted',
    'ParallelStateFailed',
    'ExecutionFailed',
  ]);
});

test('a retry that a branch waits for does not happen once it is stopped', async () => {
  let calls = 0;
  const { clock } = await run(
    both(call('a', { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10 }] }), call('b')),
    {},
    {
      functions: {
        a: (...args) => {
          calls++;
          return failing('Oops')(...args);
        },
        b: async (...args) => {
          await slow(5)(...args);
          return failing('Oops')(...args);
        },
      },
    },
  );
  await clock.advance(100_000);
  expect(calls).toBe(1);
});

test('stopping the execution stops every branch at once', async () => {
  const { clock, machine } = build(both({ Type: 'Wait', Seconds: 10, End: true }, call('b')), {
    functions: { b: slow(10) },
  });
  const execution = machine.start({ name: 'e1' });
  await clock.advance(5000);
  execution.abort('Operator', 'had enough');
  const events = execution.history.length;
  expect(execution.status).toBe('ABORTED');
  expect(await execution.result).toEqual({ status: 'ABORTED', error: 'Operator', cause: 'had enough' });
  expect(execution.history.at(-1)).toMatchObject({
    type: 'ExecutionAborted',
    previousEventId: 0,
    timestamp: START + 5000,
    details: { error: 'Operator', cause: 'had enough' },
  });
  await clock.advance(60_000);
  expect(execution.history).toHaveLength(events);
});
