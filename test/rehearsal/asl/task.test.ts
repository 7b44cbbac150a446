import { ApiError } from '../../../rehearsal/embedded/asl';
import {
  build,
  CALLBACK,
  call,
  failing,
  type Handler,
  run,
  SNS,
  START,
  slow,
  states,
  types,
} from './harness';

const error = (name: string) => expect.objectContaining({ name }) as unknown as Error;

describe('what a task calls', () => {
  test('without Arguments gets the state’s input', async () => {
    const seen: unknown[] = [];
    await run(
      states({ A: { Type: 'Task', Resource: SNS, End: true } }),
      { a: 1 },
      {
        invoke: async (...args) => {
          seen.push(args);
          return {};
        },
      },
    );
    expect(seen).toEqual([
      [
        SNS,
        { a: 1 },
        {
          executionArn: 'arn:aws:states:us-west-2:123456789012:execution:failover:e1',
          executionName: 'e1',
          stateName: 'A',
          attempt: 1,
          signal: expect.any(AbortSignal),
        },
      ],
    ]);
  });

  test('cannot change the execution’s data through its arguments', async () => {
    const { result } = await run(
      states({ A: call('a', { Output: '{% $states.input %}' }) }),
      { list: [1] },
      { functions: { a: payload => (payload as { list: number[] }).list.push(2) } },
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: { list: [1] } });
  });

  test('of another service than Lambda fails with its message as the Cause', async () => {
    const { result } = await run(
      states({ A: { Type: 'Task', Resource: SNS, End: true } }),
      {},
      {
        invoke: async () => {
          throw Object.assign(new Error('no such topic'), { name: 'SNS.NotFoundException' });
        },
      },
    );
    expect(result).toEqual({ status: 'FAILED', error: 'SNS.NotFoundException', cause: 'no such topic' });
  });
});

test('what a call does to the state’s input, handed to it for want of Arguments, does not reach the state', async () => {
  const { result } = await run(
    states({ A: { Type: 'Task', Resource: SNS, Output: '{% $states.input %}', End: true } }),
    { list: [1] },
    { invoke: async (_resource, args) => (args as { list: number[] }).list.push(2) },
  );
  expect(result).toEqual({ status: 'SUCCEEDED', output: { list: [1] } });
});

describe('TimeoutSeconds', () => {
  test.each<[string, object, number | string]>([
    ['a literal', { TimeoutSeconds: 10 }, 10],
    ['an expression', { TimeoutSeconds: '{% $states.input.t %}' }, 4],
    [
      'none: the language’s default of 99,999,999 seconds is longer than an execution may run',
      {},
      31_536_000,
    ],
  ])('%s', async (_what, fields, seconds) => {
    const done = await run(
      states({ A: call('a', fields) }),
      { t: 4 },
      {
        functions: { a: () => new Promise(() => undefined) },
      },
    );
    expect(done.seconds).toBe(seconds);
  });

  test('fails the attempt with States.Timeout and no cause, and aborts the call', async () => {
    const signals: AbortSignal[] = [];
    const { execution, result } = await run(
      states({
        A: call('a', { TimeoutSeconds: 10, Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'B' }] }),
        B: { Type: 'Succeed' },
      }),
      {},
      {
        functions: {
          a: (payload, meta, clock) => {
            signals.push(meta.signal);
            return slow(60)(payload, meta, clock);
          },
        },
      },
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: { Error: 'States.Timeout', Cause: '' } });
    expect(execution.history[4]).toMatchObject({
      type: 'TaskTimedOut',
      timestamp: START + 10_000,
      details: { error: 'States.Timeout', resource: 'invoke', resourceType: 'lambda' },
    });
    expect(execution.history[4]?.details).not.toHaveProperty('cause');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test('aborts the call at that moment, and does not touch one that was in time', async () => {
    const aborts: number[] = [];
    await run(
      states({
        A: call('a', {
          TimeoutSeconds: 10,
          Retry: [{ ErrorEquals: ['States.Timeout'] }],
          End: undefined,
          Next: 'W',
        }),
        W: { Type: 'Wait', Seconds: 100, End: true },
      }),
      {},
      {
        functions: {
          a: (payload, meta, clock) => {
            meta.signal.addEventListener('abort', () => aborts.push((clock.now() - START) / 1000));
            return slow(meta.attempt === 1 ? 60 : 1)(payload, meta, clock);
          },
        },
      },
    );
    // The second is the end of the execution at 10 + 1 + 1 + 100 seconds, when all that is left is let go.
    expect(aborts).toEqual([10, 112]);
  });

  test('starts anew with each attempt', async () => {
    let n = 0;
    const done = await run(
      states({
        A: call('a', {
          TimeoutSeconds: 10,
          Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 5 }],
        }),
      }),
      {},
      { functions: { a: (...args) => slow(n++ < 2 ? 60 : 9)(...args) } },
    );
    // 10 (expired) + 5 + 10 (expired) + 10 + 9
    expect([done.result.status, done.seconds]).toEqual(['SUCCEEDED', 44]);
  });

  test('leaves no timer behind when the task is in time', async () => {
    const { clock, execution } = await run(
      states({ A: call('a', { TimeoutSeconds: 10 }) }),
      {},
      { functions: { a: slow(5) } },
    );
    await clock.advance(60_000);
    expect(execution.history.at(-1)?.type).toBe('ExecutionSucceeded');
  });

  test.each(['{% 0 %}', '{% -1 %}', "{% '10' %}", '{% 1.5 %}'])('refuses %s', async TimeoutSeconds => {
    const { result } = await run(
      states({ A: call('a', { TimeoutSeconds }) }),
      {},
      { functions: { a: () => 1 } },
    );
    expect(result).toMatchObject({ error: 'States.QueryEvaluationError' });
  });

  test('must be larger than HeartbeatSeconds, by expression too', async () => {
    const { result } = await run(
      states({ A: call('a', { TimeoutSeconds: '{% 5 %}', HeartbeatSeconds: 5 }) }),
      {},
      { functions: { a: () => 1 } },
    );
    expect(result).toMatchObject({ error: 'States.QueryEvaluationError' });
  });
});

describe('a task with a token', () => {
  /** A task that hands its token to `worker`, which acts in virtual time. */
  function waiting(worker: (token: string, api: ReturnType<typeof build>) => void, more: object = {}) {
    let api: ReturnType<typeof build>;
    const handler: Handler = (payload, meta) => {
      expect(payload).toEqual({ token: meta.taskToken });
      worker(meta.taskToken ?? '', api);
    };
    const built = build(
      states({
        A: call('a', {
          Resource: CALLBACK,
          Arguments: { FunctionName: 'a', Payload: { token: '{% $states.context.Task.Token %}' } },
          Output: '{% $states.result %}',
          ...more,
        }),
        ...('Catch' in more ? { B: { Type: 'Succeed' } } : {}),
      }),
      { functions: { a: handler } },
    );
    api = built;
    const execution = built.machine.start({ name: 'e1' });
    return { ...built, execution };
  }

  test('succeeds when SendTaskSuccess comes, with its output', async () => {
    const { clock, execution } = waiting((token, { clock, machine }) => {
      clock.after(5000, () => machine.sendTaskSuccess(token, { approved: true }));
    });
    expect(await clock.run(execution.result)).toEqual({ status: 'SUCCEEDED', output: { approved: true } });
    expect(clock.now()).toBe(START + 5000);
    expect(types(execution)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(execution.history[4]?.details).toMatchObject({
      resource: 'invoke.waitForTaskToken',
      output: { StatusCode: 200 },
    });
  });

  test('fails when SendTaskFailure comes, with its error and cause', async () => {
    const { clock, execution } = waiting((token, { clock, machine }) => {
      clock.after(5000, () => machine.sendTaskFailure(token, 'Rejected', 'by hand'));
    });
    expect(await clock.run(execution.result)).toEqual({
      status: 'FAILED',
      error: 'Rejected',
      cause: 'by hand',
    });
    expect(types(execution).slice(-2)).toEqual(['TaskFailed', 'ExecutionFailed']);
  });

  test('a failure without error and cause is caught as null and null', async () => {
    const { clock, execution } = waiting(
      (token, { clock, machine }) => {
        clock.after(5000, () => machine.sendTaskFailure(token));
      },
      { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }] },
    );
    expect(await clock.run(execution.result)).toEqual({
      status: 'SUCCEEDED',
      output: { Error: null, Cause: null },
    });
  });

  test('may be answered while the call is still under way', async () => {
    const { clock, execution } = waiting((token, { machine }) => machine.sendTaskSuccess(token, 1));
    expect(await clock.run(execution.result)).toEqual({ status: 'SUCCEEDED', output: 1 });
    expect(types(execution)).toContain('TaskSubmitted');
  });

  test('whose call fails has failed: there is no TaskSubmitted', async () => {
    const { execution, result } = await run(
      states({ A: call('a', { Resource: CALLBACK }) }),
      {},
      { functions: { a: failing('Oops') } },
    );
    expect(result).toMatchObject({ status: 'FAILED', error: 'Oops' });
    expect(types(execution)).not.toContain('TaskSubmitted');
  });

  test('HeartbeatSeconds: silence fails it with States.Timeout, which States.HeartbeatTimeout catches', async () => {
    const { clock, execution } = waiting(() => undefined, {
      HeartbeatSeconds: 30,
      TimeoutSeconds: 300,
      Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'B' }],
    });
    expect(await clock.run(execution.result)).toEqual({
      status: 'SUCCEEDED',
      output: { Error: 'States.Timeout', Cause: '' },
    });
    expect(clock.now()).toBe(START + 30_000);
    expect(types(execution)).toContain('TaskTimedOut');
  });

  test('heartbeats keep it alive until TimeoutSeconds, which States.HeartbeatTimeout does not catch', async () => {
    const { clock, execution } = waiting(
      (token, { clock, machine }) => {
        const stop = clock.every(20_000, () => {
          if (clock.now() < START + 100_000) machine.sendTaskHeartbeat(token);
          else stop();
        });
      },
      {
        HeartbeatSeconds: 30,
        TimeoutSeconds: 100,
        Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'B' }],
      },
    );
    expect(await clock.run(execution.result)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(clock.now()).toBe(START + 100_000);
  });

  test('each attempt has a token of its own', async () => {
    const tokens: string[] = [];
    const { clock, execution, machine } = waiting(
      (token, { clock, machine }) => {
        tokens.push(token);
        clock.after(1000, () => machine.sendTaskFailure(token, 'Oops'));
      },
      { Retry: [{ ErrorEquals: ['Oops'], MaxAttempts: 1 }] },
    );
    await clock.run(execution.result);
    expect(new Set(tokens).size).toBe(2);
    expect(() => machine.sendTaskSuccess(tokens[0] ?? '', 1)).toThrow(error('TaskTimedOut'));
  });

  test('the API answers AWS’s errors', async () => {
    let token = '';
    const { clock, execution, machine } = waiting(
      t => {
        token = t;
      },
      { TimeoutSeconds: 10 },
    );
    await clock.advance(1000);
    expect(() => machine.sendTaskSuccess('nonsense', 1)).toThrow(error('InvalidToken'));
    expect(() => machine.sendTaskHeartbeat(`${token}x`)).toThrow(error('TaskDoesNotExist'));
    expect(() => machine.sendTaskSuccess(token, undefined)).toThrow(error('InvalidOutput'));
    expect(() => machine.sendTaskSuccess(token, 'x'.repeat(262_144))).toThrow(error('InvalidOutput'));
    expect(execution.status).toBe('RUNNING');
    await clock.run(execution.result);
    for (const late of [
      () => machine.sendTaskSuccess(token, 1),
      () => machine.sendTaskFailure(token),
      () => machine.sendTaskHeartbeat(token),
    ]) {
      expect(late).toThrow(error('TaskTimedOut'));
      expect(late).toThrow(ApiError);
    }
  });

  test('whose attempt has timed out has a closed token, while the execution goes on', async () => {
    let token = '';
    const { clock, execution, machine } = waiting(
      t => {
        token ||= t;
      },
      { TimeoutSeconds: 10, Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 60 }] },
    );
    await clock.advance(20_000);
    expect(execution.status).toBe('RUNNING');
    expect(() => machine.sendTaskSuccess(token, 1)).toThrow(error('TaskTimedOut'));
  });

  test('a second answer is refused, and changes nothing', async () => {
    const { clock, execution } = waiting((token, { clock, machine }) => {
      clock.after(1000, () => {
        machine.sendTaskSuccess(token, 'first');
        expect(() => machine.sendTaskFailure(token, 'second')).toThrow(error('TaskTimedOut'));
      });
    });
    expect(await clock.run(execution.result)).toEqual({ status: 'SUCCEEDED', output: 'first' });
  });

  test('is closed when the execution is stopped', async () => {
    let token = '';
    const { clock, execution, machine } = waiting(t => {
      token = t;
    });
    await clock.advance(1000);
    execution.abort();
    expect(() => machine.sendTaskSuccess(token, 1)).toThrow(error('TaskTimedOut'));
  });
});
