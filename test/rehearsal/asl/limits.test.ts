import { build, CALLBACK, call, run, scope, states, types } from './harness';

/** A string whose JSON text has this many bytes. */
const text = (bytes: number) => 'x'.repeat(bytes - 2);
const LIMIT = 262_144;

describe('262,144 bytes of JSON', () => {
  const pass = { Type: 'Pass', End: true };
  test.each<[string, Record<string, object>, unknown]>([
    ['an output', { P: { ...pass, Output: '{% $states.input & $states.input %}' } }, text(LIMIT / 2 + 2)],
    ['a task’s result', { A: call('big', { Output: 1 }) }, 'x'],
    [
      'a task’s arguments',
      { A: call('a', { Arguments: { FunctionName: 'a', Payload: '{% $states.input %}' } }) },
      text(LIMIT - 10),
    ],
    [
      'a Parallel’s arguments',
      {
        P: {
          Type: 'Parallel',
          Branches: [scope({ A: pass })],
          Arguments: ['{% $states.input %}'],
          Output: 1,
          End: true,
        },
      },
      text(LIMIT),
    ],
    [
      'a Parallel’s result',
      { P: { Type: 'Parallel', Branches: [scope({ A: pass })], Output: 1, End: true } },
      text(LIMIT),
    ],
    [
      'a Map’s result',
      {
        M: {
          Type: 'Map',
          Items: [1, 2, 3],
          ItemSelector: '{% $states.input %}',
          ItemProcessor: scope({ A: pass }),
          Output: 1,
          End: true,
        },
      },
      text(LIMIT / 2),
    ],
  ])('%s may not exceed', async (_what, all, input) => {
    const { result } = await run(states(all), input, { functions: { a: () => 1, big: () => text(LIMIT) } });
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  test('are bytes of UTF-8, and the limit itself is allowed', async () => {
    const double = states({ P: { ...pass, Output: "{% $states.input & 'é' %}" } });
    expect((await run(double, text(LIMIT - 2))).result.status).toBe('SUCCEEDED');
    expect((await run(double, text(LIMIT - 1))).result).toMatchObject({ error: 'States.DataLimitExceeded' });
  });

  test('an input may not exceed when an execution is started', () => {
    const { machine } = build(states({ P: pass }));
    expect(() => machine.start({ input: text(LIMIT + 1) })).toThrow(
      expect.objectContaining({ name: 'InvalidExecutionInput' }),
    );
    expect(machine.start({ input: text(LIMIT) }).status).toBe('RUNNING');
  });

  test('a task’s result that exceeds them has failed the task; States.ALL does not catch that, its name does', async () => {
    const machine = (name: string) =>
      states({
        A: call('big', { Catch: [{ ErrorEquals: [name], Next: 'C' }] }),
        C: { Type: 'Succeed', Output: '{% $states.input %}' },
      });
    const functions = { big: () => text(LIMIT) };
    const all = await run(machine('States.ALL'), {}, { functions });
    expect(all.result).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    expect(types(all.execution).slice(-2)).toEqual(['TaskFailed', 'ExecutionFailed']);
    const named = await run(machine('States.DataLimitExceeded'), {}, { functions });
    expect(named.result).toEqual({
      status: 'SUCCEEDED',
      output: {
        Error: 'States.DataLimitExceeded',
        Cause:
          "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.",
      },
    });
  });

  test('a callback’s submission may not exceed either', async () => {
    const { result } = await run(
      states({ A: call('big', { Resource: CALLBACK }) }),
      {},
      { functions: { big: () => text(LIMIT) } },
    );
    expect(result).toMatchObject({ error: 'States.DataLimitExceeded' });
  });
});

describe('variables', () => {
  const assign = (...lists: Record<string, string>[]) => {
    const all: Record<string, object> = {};
    lists.forEach((Assign, i) => {
      all[`S${i}`] = { Type: 'Pass', Assign, Next: `S${i + 1}` };
    });
    all[`S${lists.length}`] = { Type: 'Succeed' };
    return states(all);
  };
  const limits = { variableBytes: 10, variablesBytes: 25 };
  test.each<[string, Record<string, string>[], boolean]>([
    ['one as large as the limit', [{ a: text(10) }], true],
    ['one larger', [{ a: text(11) }], false],
    ['two that together exceed it in one Assign', [{ a: text(6), b: text(6) }], false],
    ['two that exceed it in two states', [{ a: text(6) }, { b: text(6) }], true],
    ['three that exceed the total', [{ a: text(10) }, { b: text(10) }, { c: text(6) }], false],
    ['three that fill the total', [{ a: text(10) }, { b: text(10) }, { c: text(5) }], true],
    ['one that replaces another', [{ a: text(10) }, { b: text(10) }, { a: text(10) }, { b: text(10) }], true],
  ])('%s', async (_what, lists, fits) => {
    const { result } = await run(assign(...lists), {}, { limits });
    if (fits) expect(result.status).toBe('SUCCEEDED');
    else expect(result).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  test('of a branch count until it ends', async () => {
    const branch = scope({
      B: { Type: 'Pass', Assign: { b: text(10) }, Next: 'B2' },
      B2: { Type: 'Pass', Assign: { c: text(10) }, End: true },
    });
    const machine = states({
      P: { Type: 'Parallel', Branches: [branch], Next: 'A' },
      A: { Type: 'Pass', Assign: { a: text(10) }, End: true },
    });
    expect((await run(machine, {}, { limits })).result.status).toBe('SUCCEEDED');
    expect((await run(machine, {}, { limits: { ...limits, variablesBytes: 15 } })).result).toMatchObject({
      error: 'States.DataLimitExceeded',
    });
  });

  test('of an iteration count until it ends', async () => {
    const processor = scope({ B: { Type: 'Pass', Assign: { b: text(10) }, End: true } });
    const machine = (MaxConcurrency: number) =>
      states({ M: { Type: 'Map', Items: [1, 2, 3], MaxConcurrency, ItemProcessor: processor, End: true } });
    expect((await run(machine(1), {}, { limits })).result.status).toBe('SUCCEEDED');
  });

  test('that are too large are a failure of the state, which its name catches', async () => {
    const { result } = await run(
      states({
        A: call('a', {
          Assign: { a: text(11) },
          Catch: [{ ErrorEquals: ['States.DataLimitExceeded'], Next: 'C', Output: 'caught' }],
        }),
        C: { Type: 'Succeed' },
      }),
      {},
      { limits, functions: { a: () => 1 } },
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: 'caught' });
  });

  test('have AWS’s limits: 256 KiB each, 10 MiB together', async () => {
    const one = states({ A: { Type: 'Pass', Assign: { a: "{% $pad('', 262143) %}" }, End: true } });
    expect((await run(one)).result).toMatchObject({ error: 'States.DataLimitExceeded' });
    const fits = states({ A: { Type: 'Pass', Assign: { a: "{% $pad('', 262142) %}" }, End: true } });
    expect((await run(fits)).result.status).toBe('SUCCEEDED');
    const fill = (count: number) =>
      assign(...Array.from({ length: count }, (_, i) => ({ [`v${i}`]: "{% $pad('', 262142) %}" })));
    expect((await run(fill(40))).result.status).toBe('SUCCEEDED');
    expect((await run(fill(41))).result).toMatchObject({ error: 'States.DataLimitExceeded' });
  });
});

describe('25,000 events', () => {
  const loop = states({
    L: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.stop %}', Next: 'E' }], Default: 'L' },
    E: { Type: 'Succeed' },
  });
  const cause = (n: number) => `The execution reached the maximum number of history events (${n}).`;

  test('are the end of an execution: the last of them is ExecutionFailed with States.Runtime', async () => {
    const { execution, result } = await run(loop, { stop: false });
    expect(result).toEqual({ status: 'FAILED', error: 'States.Runtime', cause: cause(25_000) });
    expect(execution.history).toHaveLength(25_000);
    expect(execution.history.at(-2)?.type).toBe('ChoiceStateExited');
    expect(execution.history.at(-1)).toMatchObject({ id: 25_000, type: 'ExecutionFailed' });
  });

  test('count a Parallel’s branches and INLINE iterations, not a DISTRIBUTED Map’s children', async () => {
    const map = (config: object) =>
      states({
        M: {
          Type: 'Map',
          Items: '{% [1..10] %}',
          ItemProcessor: { ...config, ...scope({ P: { Type: 'Pass', End: true } }) },
          End: true,
        },
      });
    const limits = { historyEvents: 20 };
    expect((await run(map({}), {}, { limits })).result).toMatchObject({ cause: cause(20) });
    const config = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };
    expect((await run(map(config), {}, { limits })).result.status).toBe('SUCCEEDED');
  });

  test('cannot be caught, and stop everything', async () => {
    const { execution, result, clock } = await run(
      states({
        P: {
          Type: 'Parallel',
          Branches: [
            scope({
              L: { Type: 'Wait', Seconds: 1, Next: 'L2' },
              L2: { Type: 'Choice', Choices: [{ Condition: false, Next: 'E1' }], Default: 'L' },
              E1: { Type: 'Succeed' },
            }),
            scope({ W: { Type: 'Wait', Seconds: 100, End: true } }),
          ],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }],
          End: true,
        },
        C: { Type: 'Succeed' },
      }),
      {},
      { limits: { historyEvents: 30 } },
    );
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    await clock.advance(200_000);
    expect(execution.history).toHaveLength(30);
  });
});
