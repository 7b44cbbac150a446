import { build, call, evaluate, failing, run, START, scope, slow, states, types } from './harness';

describe('history', () => {
  test('a Lambda task that succeeds adds five events, a Choice and a Wait two each', async () => {
    const { execution, result } = await run(
      states({
        Ask: call('ask', { End: undefined, Next: 'Which' }),
        Which: {
          Type: 'Choice',
          Choices: [{ Condition: "{% $states.input = 'yes' %}", Next: 'Pause' }],
          Default: 'No',
        },
        Pause: { Type: 'Wait', Seconds: 5, Next: 'Yes' },
        Yes: { Type: 'Succeed' },
        No: { Type: 'Fail' },
      }),
      {},
      { functions: { ask: () => 'yes' } },
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: 'yes' });
    expect(types(execution)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ChoiceStateEntered',
      'ChoiceStateExited',
      'WaitStateEntered',
      'WaitStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
    expect(execution.history.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(execution.history[9]?.timestamp).toBe(START + 5000);
    expect(execution.history[2]?.details).toEqual({
      resourceType: 'lambda',
      resource: 'invoke',
      region: 'us-west-2',
      parameters: { FunctionName: 'ask', Payload: {} },
    });
  });

  test('each event points to the one before it, the first state to 0', async () => {
    const { execution } = await run(
      states({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', End: true } }),
    );
    expect(execution.history.map(({ previousEventId }) => previousEventId)).toEqual([0, 0, 2, 3, 4, 5]);
  });

  test('each retried attempt adds TaskScheduled, TaskStarted and TaskFailed', async () => {
    const { execution } = await run(
      states({ A: call('a', { Retry: [{ ErrorEquals: ['Oops'], MaxAttempts: 2 }] }) }),
      {},
      { functions: { a: failing('Oops') } },
    );
    const attempt = ['TaskScheduled', 'TaskStarted', 'TaskFailed'];
    expect(types(execution)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      ...attempt,
      ...attempt,
      ...attempt,
      'ExecutionFailed',
    ]);
  });

  test('a failed expression adds EvaluationFailed, with the place and the words that AWS uses', async () => {
    const { execution, result } = await run(
      states({ S0: { Type: 'Pass', Output: { a: [{ b: '{% $nope %}' }] }, End: true } }),
    );
    const cause =
      "An error occurred while executing the state 'S0' (entered at the event id #2). The JSONata expression " +
      "'$nope' specified for the field 'Output/a[0]/b' returned nothing (undefined).";
    expect(types(execution)).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'EvaluationFailed',
      'ExecutionFailed',
    ]);
    expect(execution.history[2]?.details).toEqual({
      error: 'States.QueryEvaluationError',
      cause,
      location: 'Output/a[0]/b',
      state: 'S0',
    });
    expect(result).toEqual({ status: 'FAILED', error: 'States.QueryEvaluationError', cause });
  });

  test('every event is announced as it is recorded', async () => {
    const seen: string[] = [];
    await run(
      states({ A: { Type: 'Succeed' } }),
      {},
      { onEvent: (event, e) => seen.push(`${e.name} ${event.type}`) },
    );
    expect(seen).toEqual([
      'e1 ExecutionStarted',
      'e1 SucceedStateEntered',
      'e1 SucceedStateExited',
      'e1 ExecutionSucceeded',
    ]);
  });
});

describe('Choice', () => {
  const machine = states({
    C: {
      Type: 'Choice',
      Choices: [
        { Condition: '{% $states.input.n > 10 %}', Next: 'End', Output: 'big', Assign: { size: 'rule 0' } },
        { Condition: '{% $states.input.n > 5 %}', Next: 'End', Output: 'medium', Assign: { size: 'rule 1' } },
      ],
      Default: 'End',
      Output: 'small',
      Assign: { size: 'state' },
    },
    End: { Type: 'Pass', Output: ['{% $states.input %}', '{% $size %}'], End: true },
  });

  test.each([
    [11, ['big', 'rule 0']],
    [6, ['medium', 'rule 1']],
    [1, ['small', 'state']],
  ])(
    'n = %d: the first rule that is true brings its own Output and Assign, Default the state’s',
    async (n, output) => {
      expect((await run(machine, { n })).result).toEqual({ status: 'SUCCEEDED', output });
    },
  );

  test('that matches nothing and has no Default ends the execution with States.Runtime', async () => {
    const { result } = await run(
      states({
        C: { Type: 'Choice', Choices: [{ Condition: false, Next: 'E' }] },
        E: { Type: 'Succeed' },
      }),
    );
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  test('needs a boolean: a truthy string is an error', async () => {
    const { result } = await run(
      states({
        C: { Type: 'Choice', Choices: [{ Condition: "{% 'yes' %}", Next: 'E' }], Default: 'E' },
        E: { Type: 'Succeed' },
      }),
    );
    expect(result).toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining(
        "'Choices[0]/Condition' returned an unexpected result type. Expected 'boolean'",
      ),
    });
  });
});

describe('Wait', () => {
  test.each<[string, object, number]>([
    ['a number of seconds', { Seconds: 90 }, 90],
    ['seconds from an expression', { Seconds: '{% $states.input.s %}' }, 7],
    ['a timestamp', { Timestamp: '2026-01-01T01:00:00Z' }, 3600],
    ['a timestamp with an offset from an expression', { Timestamp: '{% $states.input.t %}' }, 60],
    ['a timestamp that has passed: not at all', { Timestamp: '2025-01-01T00:00:00Z' }, 0],
  ])('waits for %s', async (_what, fields, seconds) => {
    const done = await run(states({ W: { Type: 'Wait', ...fields, End: true } }), {
      s: 7,
      t: '2026-01-01T02:01:00+02:00',
    });
    expect(done.result.status).toBe('SUCCEEDED');
    expect(done.seconds).toBe(seconds);
  });

  test.each<[string, object]>([
    ['a negative number', { Seconds: '{% -1 %}' }],
    ['a fraction', { Seconds: '{% 1.5 %}' }],
    ['a string', { Seconds: "{% '5' %}" }],
    ['a timestamp without offset', { Timestamp: "{% '2016-12-05T21:29:29' %}" }],
    ['a timestamp in another order', { Timestamp: "{% '05-12-2016T21:29:29Z' %}" }],
  ])('refuses %s', async (_what, fields) => {
    const { result } = await run(states({ W: { Type: 'Wait', ...fields, End: true } }));
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });
});

describe('Fail and Succeed', () => {
  test('Fail takes Error and Cause from expressions and has no exit event', async () => {
    const { execution, result } = await run(
      states({
        F: { Type: 'Fail', Error: '{% $states.input.e %}', Cause: "{% 'because ' & $states.input.e %}" },
      }),
      { e: 'Bad' },
    );
    expect(result).toEqual({ status: 'FAILED', error: 'Bad', cause: 'because Bad' });
    expect(types(execution)).toEqual(['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed']);
  });

  test('Fail without Error and Cause fails without them', async () => {
    const { execution, result } = await run(states({ F: { Type: 'Fail' } }));
    expect(result).toEqual({ status: 'FAILED', error: undefined, cause: undefined });
    expect(execution.history.at(-1)?.details).toEqual({});
  });

  test('Succeed has an Output', async () => {
    const { result } = await run(
      states({ S: { Type: 'Succeed', Output: { n: '{% $states.input.n + 1 %}' } } }),
      {
        n: 1,
      },
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: { n: 2 } });
  });
});

describe('$states', () => {
  test('the context object names the execution, the state and the state machine', async () => {
    const { result } = await run(
      states({
        W: { Type: 'Wait', Seconds: 2, Next: 'P' },
        P: { Type: 'Pass', Output: '{% $states.context %}', End: true },
      }),
      { in: 1 },
    );
    expect(result).toEqual({
      status: 'SUCCEEDED',
      output: {
        Execution: {
          Id: 'arn:aws:states:us-west-2:123456789012:execution:failover:e1',
          Input: { in: 1 },
          Name: 'e1',
          RoleArn: 'arn:aws:iam::123456789012:role/failover',
          StartTime: '2026-01-01T00:00:00.000Z',
          RedriveCount: 0,
        },
        State: { Name: 'P', EnteredTime: '2026-01-01T00:00:02.000Z', RetryCount: 0 },
        StateMachine: {
          Id: 'arn:aws:states:us-west-2:123456789012:stateMachine:failover',
          Name: 'failover',
        },
      },
    });
  });

  test('RetryCount grows with each retry', async () => {
    const seen: unknown[] = [];
    await run(
      states({
        A: call('a', {
          Arguments: { FunctionName: 'a', Payload: '{% $states.context.State.RetryCount %}' },
          Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }],
        }),
      }),
      {},
      {
        functions: {
          a: (n, meta) => {
            seen.push([n, meta.attempt]);
            throw new Error();
          },
        },
      },
    );
    expect(seen).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });

  test('there is no Task.Token outside callback tasks', async () => {
    expect(await evaluate('$states.context.Task.Token')).toMatch(/^States.QueryEvaluationError/);
  });

  test('Output sees the result, and the input as it was', async () => {
    const { result } = await run(
      states({ A: call('a', { Output: { in: '{% $states.input %}', out: '{% $states.result %}' } }) }),
      1,
      { functions: { a: () => 2 } },
    );
    expect(result).toEqual({
      status: 'SUCCEEDED',
      output: { in: 1, out: { ExecutedVersion: '$LATEST', Payload: 2, StatusCode: 200 } },
    });
  });
});

test('a state machine’s TimeoutSeconds ends the execution as TIMED_OUT and abandons what is in flight', async () => {
  let aborted = false;
  const done = await run(
    states(
      { A: call('a', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }] }), B: { Type: 'Succeed' } },
      {
        TimeoutSeconds: 30,
      },
    ),
    {},
    {
      functions: {
        a: (payload, meta, clock) => {
          meta.signal.addEventListener('abort', () => {
            aborted = true;
          });
          return slow(60)(payload, meta, clock);
        },
      },
    },
  );
  expect(done.result).toEqual({ status: 'TIMED_OUT', error: undefined, cause: undefined });
  expect(done.seconds).toBe(30);
  expect(aborted).toBe(true);
  expect(types(done.execution).slice(-2)).toEqual(['TaskStarted', 'ExecutionTimedOut']);
  expect(done.execution.history.at(-1)?.details).toEqual({ error: 'States.Timeout' });
  await done.clock.advance(600_000);
  expect(done.execution.history).toHaveLength(5);
});

test('an execution that has ended leaves no timer behind', async () => {
  const { clock } = await run(
    states({ A: call('a', { TimeoutSeconds: 50, HeartbeatSeconds: 40 }) }, { TimeoutSeconds: 60 }),
    {},
    { functions: { a: slow(5) } },
  );
  await expect(clock.run(new Promise(() => undefined))).rejects.toThrow('no timer is left');
  expect(clock.now()).toBe(START + 5000);
});

test('a fault in a callback is not a failure of the execution: it rejects the result', async () => {
  const { clock, machine } = build(
    states({
      P: {
        Type: 'Parallel',
        Branches: [scope({ A: { Type: 'Pass', End: true } })],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'X' }],
        End: true,
      },
      X: { Type: 'Succeed' },
    }),
    {
      onEvent: event => {
        if (event.type === 'PassStateEntered') throw new TypeError('a bug');
      },
    },
  );
  const execution = machine.start();
  await expect(clock.run(execution.result)).rejects.toThrow('a bug');
});
