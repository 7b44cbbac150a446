import { ApiError } from '../../../rehearsal/embedded/asl';
import { VirtualDeadlock } from '../../../rehearsal/embedded/virtual-clock';
import { build, call, run, SNS, START, scope, slow, states, types } from './harness';

const waiting = states({ W: { Type: 'Wait', Seconds: 60, End: true } });
const error = (name: string) => expect.objectContaining({ name }) as unknown as Error;

describe('StartExecution', () => {
  test('with the name and input of a running execution answers that execution', () => {
    const { machine } = build(waiting);
    const first = machine.start({ name: 'x', input: { a: 1, b: [{ c: 2, d: 3 }] } });
    expect(machine.start({ name: 'x', input: { b: [{ d: 3, c: 2 }], a: 1 } })).toBe(first);
    expect(machine.executions()).toEqual([first]);
  });

  test.each<[string, unknown]>([
    ['another input', { a: 2 }],
    ['more input', { a: 1, b: 1 }],
    ['no input', undefined],
  ])('with its name and %s is refused', (_what, input) => {
    const { machine } = build(waiting);
    machine.start({ name: 'x', input: { a: 1 } });
    expect(() => machine.start({ name: 'x', input })).toThrow(error('ExecutionAlreadyExists'));
  });

  test('with the name of a closed execution is refused, with the same input too', async () => {
    const { clock, machine } = build(waiting);
    await clock.run(machine.start({ name: 'x' }).result);
    expect(() => machine.start({ name: 'x' })).toThrow(error('ExecutionAlreadyExists'));
  });

  test.each(['', 'x'.repeat(81), 'a b', 'a/b', 'a:b', 'a*', 'a$', 'a\u0001'])('refuses the name %j', name => {
    expect(() => build(waiting).machine.start({ name })).toThrow(error('InvalidName'));
  });

  test('takes a name of 80 characters, and makes one up for none', () => {
    const { machine } = build(waiting);
    expect(machine.start({ name: 'x'.repeat(80) }).status).toBe('RUNNING');
    expect(machine.start().name).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  test('returns before the first state is entered', () => {
    const execution = build(waiting).machine.start({ name: 'x' });
    expect(types(execution)).toEqual(['ExecutionStarted']);
  });

  test('can be told when it was started', async () => {
    const { clock, machine } = build(
      states({ P: { Type: 'Pass', Output: '{% $states.context.Execution.StartTime %}', End: true } }),
    );
    const execution = machine.start({ startTime: START - 1000 });
    expect(await clock.run(execution.result)).toEqual({
      status: 'SUCCEEDED',
      output: '2025-12-31T23:59:59.000Z',
    });
  });

  test('refuses an input that JSON cannot hold', () => {
    const { machine } = build(waiting);
    expect(() => machine.start({ input: () => 1 })).toThrow(error('InvalidExecutionInput'));
  });
});

test('status changes are announced as to EventBridge', async () => {
  const seen: string[] = [];
  const { clock, machine } = build(
    states(
      {
        C: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.wait %}', Next: 'W' }], Default: 'F' },
        W: { Type: 'Wait', Seconds: 60, Next: 'S' },
        S: { Type: 'Succeed' },
        F: { Type: 'Fail' },
      },
      { TimeoutSeconds: 90 },
    ),
    {
      onExecutionStatus: (e, status) =>
        seen.push(`${(clock.now() - START) / 1000} ${e.name} ${status} ${e.status}`),
    },
  );
  machine.start({ name: 'good', input: { wait: true } });
  machine.start({ name: 'bad', input: { wait: false } });
  machine.start({ name: 'stopped', input: { wait: true } });
  await clock.advance(5000);
  machine.stopExecution(machine.executions()[2]?.arn ?? '', 'E', 'c');
  await clock.advance(100_000);
  expect(seen).toEqual([
    '0 good RUNNING RUNNING',
    '0 bad RUNNING RUNNING',
    '0 stopped RUNNING RUNNING',
    '0 bad FAILED FAILED',
    '5 stopped ABORTED ABORTED',
    '60 good SUCCEEDED SUCCEEDED',
  ]);
});

test('DescribeExecution tells what is known of an execution', async () => {
  const { clock, machine } = build(waiting);
  const { arn, result } = machine.start({ name: 'x', input: [1] });
  const running = {
    executionArn: 'arn:aws:states:us-west-2:123456789012:execution:failover:x',
    stateMachineArn: 'arn:aws:states:us-west-2:123456789012:stateMachine:failover',
    name: 'x',
    status: 'RUNNING',
    startDate: START,
    stopDate: undefined,
    input: [1],
    result: undefined,
  };
  expect(machine.describeExecution(arn)).toEqual(running);
  await clock.run(result);
  expect(machine.describeExecution(arn)).toEqual({
    ...running,
    status: 'SUCCEEDED',
    stopDate: START + 60_000,
    result: { status: 'SUCCEEDED', output: [1] },
  });
  expect(() => machine.describeExecution('arn:x')).toThrow(error('ExecutionDoesNotExist'));
  expect(() => machine.stopExecution('arn:x')).toThrow(ApiError);
});

test('stopping an execution that has closed does nothing', async () => {
  const { execution } = await run(waiting);
  const events = execution.history.length;
  execution.abort('late');
  expect([execution.status, execution.history.length]).toEqual(['SUCCEEDED', events]);
});

test('the definition is copied: changing it afterwards changes nothing', async () => {
  const definition = states({ P: { Type: 'Pass', Output: { v: 1 }, End: true } });
  const { clock, machine } = build(definition);
  (definition.States as unknown as { P: { Output: { v: number } } }).P.Output.v = 2;
  expect(await clock.run(machine.start().result)).toEqual({ status: 'SUCCEEDED', output: { v: 1 } });
});

test('one state machine runs many executions at once', async () => {
  const { clock, machine } = build(
    states({
      A: { Type: 'Pass', Assign: { n: '{% $states.input.n %}' }, Next: 'W' },
      W: { Type: 'Wait', Seconds: '{% $states.input.n %}', Next: 'B' },
      B: { Type: 'Pass', Output: '{% $n %}', End: true },
    }),
  );
  const all = [5, 3, 8].map(n => machine.start({ input: { n }, name: `n${n}` }));
  const outputs = await clock.run(Promise.all(all.map(({ result }) => result)));
  expect(outputs).toEqual([5, 3, 8].map(output => ({ status: 'SUCCEEDED', output })));
});

test('the same seed gives the same history', async () => {
  const seeded = () => {
    let n = 1;
    return () => {
      n = (n * 16_807) % 2_147_483_647;
      return n / 2_147_483_647;
    };
  };
  const definition = states({
    A: call('a', {
      Retry: [{ ErrorEquals: ['States.ALL'], JitterStrategy: 'FULL' }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'M' }],
    }),
    M: {
      Type: 'Map',
      Items: [1, 2, 3],
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        ...scope({ I: { Type: 'Pass', Output: '{% $uuid() & $random() %}', End: true } }),
      },
      End: true,
    },
  });
  const once = async () => {
    const { execution } = await run(definition, {}, { random: seeded() });
    return [execution, ...execution.children].map(({ arn, history }) => [arn, history]);
  };
  expect(await once()).toEqual(await once());
});

test('all waiting is for the clock and for promises: a call that never ends is a deadlock until its timeout', async () => {
  const { clock, machine } = build(states({ A: { Type: 'Task', Resource: SNS, End: true } }), {
    invoke: () => new Promise(() => undefined),
  });
  const { result } = machine.start();
  await expect(clock.run(result, START + 3_600_000)).rejects.toThrow(VirtualDeadlock);
});

test('an execution ends as TIMED_OUT after a year, the longest AWS lets one run', async () => {
  const { seconds, result } = await run(states({ A: call('a') }), {}, { functions: { a: slow(99_999_998) } });
  expect([result.status, seconds]).toEqual(['TIMED_OUT', 31_536_000]);
});
