import { AslError } from '../../../rehearsal/embedded/asl/errors';
import { matches } from '../../../rehearsal/embedded/asl/retry';
import { call, Failure, failing, run, scope, states, types } from './harness';

/** Virtual seconds between the attempts of a task with this Retry that always fails with `error`. */
async function gaps(Retry: object[], error = 'Oops', random = () => 0.5): Promise<number[]> {
  const times: number[] = [];
  await run(
    states({ A: call('a', { Retry }) }),
    {},
    {
      random,
      functions: {
        a: (_payload, _meta, clock) => {
          times.push(clock.now());
          throw new Failure(error);
        },
      },
    },
  );
  return times.slice(1).map((time, i) => (time - (times[i] ?? 0)) / 1000);
}

describe('the time between attempts', () => {
  const errors = { ErrorEquals: ['Oops'] };
  test.each<[string, object, number[]]>([
    ['the defaults: 3 retries after 1, 2 and 4 seconds', {}, [1, 2, 4]],
    [
      'the specification’s example: 3 and 4.5 seconds',
      { IntervalSeconds: 3, MaxAttempts: 2, BackoffRate: 1.5 },
      [3, 4.5],
    ],
    ['MaxAttempts 0: none', { MaxAttempts: 0 }, []],
    [
      'BackoffRate 1: a steady beat',
      { IntervalSeconds: 10, BackoffRate: 1, MaxAttempts: 4 },
      [10, 10, 10, 10],
    ],
    ['MaxDelaySeconds caps', { IntervalSeconds: 2, MaxAttempts: 5, MaxDelaySeconds: 9 }, [2, 4, 8, 9, 9]],
    ['FULL jitter draws between 0 and the delay', { JitterStrategy: 'FULL' }, [0.5, 1, 2]],
    [
      'FULL jitter comes after the cap',
      { JitterStrategy: 'FULL', IntervalSeconds: 8, MaxDelaySeconds: 10 },
      [4, 5, 5],
    ],
    ['NONE is no jitter', { JitterStrategy: 'NONE' }, [1, 2, 4]],
  ])('%s', async (_what, fields, expected) => {
    expect(await gaps([{ ...errors, ...fields }])).toEqual(expected);
  });

  test('an error that no retrier names is not retried', async () => {
    expect(await gaps([{ ErrorEquals: ['Other'] }])).toEqual([]);
  });

  test('retriers keep their own counts', async () => {
    const order = ['A', 'B', 'A', 'B', 'A', 'A'];
    const times: number[] = [];
    const { result } = await run(
      states({
        T: call('t', {
          Retry: [
            { ErrorEquals: ['A'], IntervalSeconds: 1, MaxAttempts: 3 },
            { ErrorEquals: ['B'], IntervalSeconds: 10, MaxAttempts: 2 },
          ],
        }),
      }),
      {},
      {
        functions: {
          t: (_payload, _meta, clock) => {
            times.push(clock.now());
            throw new Failure(order[times.length - 1] ?? 'none');
          },
        },
      },
    );
    expect(times.slice(1).map((time, i) => (time - (times[i] ?? 0)) / 1000)).toEqual([1, 10, 2, 20, 4]);
    expect(result).toMatchObject({ error: 'A' });
  });

  test('only the first retrier that matches counts, even when it is used up', async () => {
    expect(await gaps([{ ErrorEquals: ['Oops'], MaxAttempts: 1 }, { ErrorEquals: ['States.ALL'] }])).toEqual([
      1,
    ]);
  });
});

describe('which names match', () => {
  const plain = (name?: string) => new AslError(name, undefined);
  const timeout = new AslError('States.Timeout', undefined, 'timeout');
  const heartbeat = new AslError('States.Timeout', undefined, 'heartbeat');
  const branch = plain('Oops').asBranchFailure();
  test.each<[string, string, AslError, boolean]>([
    ['its own name', 'Oops', plain('Oops'), true],
    ['another name', 'Other', plain('Oops'), false],
    ['another case', 'oops', plain('Oops'), false],
    ['States.ALL, any error', 'States.ALL', plain('Oops'), true],
    ['States.ALL, an error without a name', 'States.ALL', plain(), true],
    ['States.ALL, a timeout', 'States.ALL', timeout, true],
    ['States.ALL, not States.DataLimitExceeded', 'States.ALL', plain('States.DataLimitExceeded'), false],
    ['States.ALL, not States.Runtime', 'States.ALL', plain('States.Runtime'), false],
    ['States.Runtime, not even by name', 'States.Runtime', plain('States.Runtime'), false],
    ['States.DataLimitExceeded by name', 'States.DataLimitExceeded', plain('States.DataLimitExceeded'), true],
    ['States.TaskFailed, any error', 'States.TaskFailed', plain('Oops'), true],
    ['States.TaskFailed, not a timeout', 'States.TaskFailed', timeout, false],
    ['States.TaskFailed, not a heartbeat', 'States.TaskFailed', heartbeat, false],
    [
      'States.TaskFailed, not States.DataLimitExceeded',
      'States.TaskFailed',
      plain('States.DataLimitExceeded'),
      false,
    ],
    ['States.Timeout, a timeout', 'States.Timeout', timeout, true],
    ['States.Timeout, a heartbeat too', 'States.Timeout', heartbeat, true],
    ['States.HeartbeatTimeout, a heartbeat', 'States.HeartbeatTimeout', heartbeat, true],
    ['States.HeartbeatTimeout, not a timeout', 'States.HeartbeatTimeout', timeout, false],
    ['States.BranchFailed, a branch’s error', 'States.BranchFailed', branch, true],
    ['the branch’s own name', 'Oops', branch, true],
    ['States.BranchFailed, no other error', 'States.BranchFailed', plain('Oops'), false],
  ])('%s', (_what, name, error, expected) => {
    expect(matches([name], error)).toBe(expected);
  });
});

describe('Catch', () => {
  test('without Output hands on Error and Cause; a Lambda’s Cause is the JSON the runtime writes', async () => {
    const { result, execution } = await run(
      states({
        A: call('a', { Catch: [{ ErrorEquals: ['Oops'], Next: 'B' }] }),
        B: { Type: 'Pass', End: true },
      }),
      {},
      { functions: { a: failing('Oops', 'no disk') } },
    );
    expect(result).toEqual({
      status: 'SUCCEEDED',
      output: { Error: 'Oops', Cause: '{"errorType":"Oops","errorMessage":"no disk","trace":[]}' },
    });
    expect(types(execution).slice(4, 7)).toEqual(['TaskFailed', 'TaskStateExited', 'PassStateEntered']);
  });

  test('with Output and Assign sees $states.errorOutput, and the state’s own Assign does not happen', async () => {
    const { result } = await run(
      states({
        A: call('a', {
          Assign: { how: 'well' },
          Catch: [
            { ErrorEquals: ['Other'], Next: 'B' },
            {
              ErrorEquals: ['States.ALL'],
              Output: { in: '{% $states.input.n %}' },
              Assign: { how: '{% $states.errorOutput.Error %}' },
              Next: 'B',
            },
          ],
        }),
        B: { Type: 'Pass', Output: ['{% $states.input %}', '{% $how %}'], End: true },
      }),
      { n: 7 },
      { functions: { a: failing('Oops') } },
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: [{ in: 7 }, 'Oops'] });
  });

  test('applies after the retries', async () => {
    let calls = 0;
    const { result, seconds } = await run(
      states({
        A: call('a', {
          Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B', Output: 'caught' }],
        }),
        B: { Type: 'Succeed' },
      }),
      {},
      {
        functions: {
          a: () => {
            calls++;
            throw new Failure('Oops');
          },
        },
      },
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: 'caught' });
    expect([calls, seconds]).toEqual([2, 1]);
  });

  test.each(['Arguments', 'Output', 'Assign', 'TimeoutSeconds'])(
    'catches a failed expression in %s',
    async field => {
      const bad = field === 'Assign' ? { x: '{% $nope %}' } : '{% $nope %}';
      const { result } = await run(
        states({
          A: call('a', {
            [field]: bad,
            Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'B' }],
          }),
          B: { Type: 'Succeed', Output: '{% $states.input.Error %}' },
        }),
        {},
        { functions: { a: () => 1 } },
      );
      expect(result).toEqual({ status: 'SUCCEEDED', output: 'States.QueryEvaluationError' });
    },
  );

  test('States.ALL does not catch States.Runtime, not even of a branch: the execution fails on the spot', async () => {
    const { result, execution } = await run(
      states({
        P: {
          Type: 'Parallel',
          Branches: [
            scope({
              C: { Type: 'Choice', Choices: [{ Condition: false, Next: 'S' }] },
              S: { Type: 'Succeed' },
            }),
            scope({ W: { Type: 'Wait', Seconds: 9, End: true } }),
          ],
          Retry: [{ ErrorEquals: ['States.ALL'] }],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'E' }],
          End: true,
        },
        E: { Type: 'Succeed' },
      }),
    );
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(types(execution)).toEqual([
      'ExecutionStarted',
      'ParallelStateEntered',
      'ParallelStateStarted',
      'ChoiceStateEntered',
      'WaitStateEntered',
      'ExecutionFailed',
    ]);
  });
});
