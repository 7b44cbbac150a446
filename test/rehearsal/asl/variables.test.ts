import { call, run, scope, states } from './harness';

const read = (...names: string[]) => ({
  Type: 'Pass',
  Output: Object.fromEntries(names.map(name => [name, `{% $exists($${name}) ? $${name} : 'none' %}`])),
  End: true,
});

test('assignments all see the old values: two variables can be swapped', async () => {
  const { result, execution } = await run(
    states({
      A: { Type: 'Pass', Assign: { x: 3, y: 6 }, Next: 'B' },
      B: { Type: 'Pass', Assign: { x: '{% $y %}', y: '{% $x %}' }, Output: '{% $x %}', Next: 'C' },
      C: { Type: 'Pass', Output: ['{% $states.input %}', '{% $x %}', '{% $y %}'], End: true },
    }),
  );
  expect(result).toEqual({ status: 'SUCCEEDED', output: [3, 6, 3] });
  expect(execution.history[4]?.details.assignedVariables).toEqual({ x: 6, y: 3 });
});

test('a state that fails assigns nothing', async () => {
  const { result } = await run(
    states({
      A: { Type: 'Pass', Assign: { x: 1 }, Next: 'B' },
      B: call('b', {
        Assign: { x: 2, y: '{% $nope %}' },
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }],
      }),
      C: read('x', 'y'),
    }),
    {},
    { functions: { b: () => 1 } },
  );
  expect(result).toEqual({ status: 'SUCCEEDED', output: { x: 1, y: 'none' } });
});

test.each<[string, (inner: object) => object]>([
  [
    'a Parallel branch',
    inner => ({ Type: 'Parallel', Branches: [inner], Output: '{% $states.result[0] %}' }),
  ],
  [
    'an INLINE iteration',
    inner => ({ Type: 'Map', Items: [1], ItemProcessor: inner, Output: '{% $states.result[0] %}' }),
  ],
])('%s reads outer variables; its own end with it', async (_what, build) => {
  const inner = scope({ I: { Type: 'Pass', Assign: { own: 'inner' }, Next: 'J' }, J: read('outer', 'own') });
  const { result } = await run(
    states({
      A: { Type: 'Pass', Assign: { outer: 1 }, Next: 'B' },
      B: { ...build(inner), Next: 'C', Assign: { seen: '{% $states.result[0] %}' } },
      C: read('seen', 'own'),
    }),
  );
  expect(result).toEqual({ status: 'SUCCEEDED', output: { seen: { outer: 1, own: 'inner' }, own: 'none' } });
});

test('branches do not see each other’s variables', async () => {
  const { result } = await run(
    states({
      P: {
        Type: 'Parallel',
        Branches: [
          scope({
            A: { Type: 'Pass', Assign: { v: 'a' }, Next: 'A2' },
            A2: { Type: 'Wait', Seconds: 5, Next: 'A3' },
            A3: read('v'),
          }),
          scope({ B: { Type: 'Wait', Seconds: 2, Next: 'B2' }, B2: read('v') }),
        ],
        End: true,
      },
    }),
  );
  expect(result).toEqual({ status: 'SUCCEEDED', output: [{ v: 'a' }, { v: 'none' }] });
});

test('a retried branch starts without the variables of the attempt before', async () => {
  let n = 0;
  const { result } = await run(
    states({
      P: {
        Type: 'Parallel',
        Branches: [
          scope({
            A: { Type: 'Pass', Output: "{% $exists($v) ? 'stale' : 'fresh' %}", Assign: { v: 1 }, Next: 'B' },
            B: call('b'),
          }),
        ],
        Retry: [{ ErrorEquals: ['States.ALL'] }],
        End: true,
      },
    }),
    {},
    {
      functions: {
        b: payload => {
          if (n++ === 0) throw new Error();
          return payload;
        },
      },
    },
  );
  expect(result).toEqual({ status: 'SUCCEEDED', output: ['fresh'] });
});

test('every state type that may assign does', async () => {
  const { result } = await run(
    states({
      P: { Type: 'Pass', Assign: { a: 1 }, Next: 'W' },
      W: { Type: 'Wait', Seconds: 1, Assign: { b: '{% $a + 1 %}' }, Next: 'T' },
      T: call('t', { Assign: { c: '{% $states.result.Payload %}' }, End: undefined, Next: 'M' }),
      M: {
        Type: 'Map',
        Items: [1, 2],
        ItemProcessor: scope({ I: { Type: 'Pass', End: true } }),
        Assign: { d: '{% $sum($states.result) %}' },
        Next: 'L',
      },
      L: {
        Type: 'Parallel',
        Branches: [scope({ J: { Type: 'Pass', Output: 5, End: true } })],
        Assign: { e: '{% $states.result[0] %}' },
        Next: 'Z',
      },
      Z: read('a', 'b', 'c', 'd', 'e'),
    }),
    {},
    { functions: { t: () => 3 } },
  );
  expect(result).toEqual({ status: 'SUCCEEDED', output: { a: 1, b: 2, c: 3, d: 3, e: 5 } });
});
