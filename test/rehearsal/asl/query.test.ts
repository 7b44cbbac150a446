import { Query } from '../../../rehearsal/embedded/asl/query';
import { evaluate, run, states } from './harness';

describe('functions that Step Functions adds', () => {
  test.each<[string, unknown]>([
    ['$partition([1,2,3,4,5], 2)', [[1, 2], [3, 4], [5]]],
    ['$partition([1,2,3], 2.9)', [[1, 2], [3]]],
    ['$range(1, 9, 3)', [1, 4, 7]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$range(-1.7, 2, 1)', [-1, 0, 1, 2]],
    ['$range(5, 5, 1)', 5],
    ["$hash('abc', 'MD5')", '900150983cd24fb0d6963f7d28e17f72'],
    ["$hash('abc', 'SHA-1')", 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ["$hash('abc', 'SHA-256')", 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['$parse(\'{"a":[1]}\')', { a: [1] }],
    ['$random()', 0.5],
    ['$random(1) = $random(1)', true],
    ['$random(1) = $random(2)', false],
    ['$random(7) >= 0 and $random(7) < 1', true],
    ['$uuid()', '88888888-8888-4888-8888-888888888888'],
    ['$shuffle([1,2,3])', [1, 3, 2]],
  ])('%s', async (expression, value) => {
    expect(await evaluate(expression)).toEqual(value);
  });

  test.each([
    '$partition([], 2)',
    '$partition([1], 0)',
    '$range(1, 5, -1)',
    '$range(1, 5)',
    "$hash('abc')",
    "$hash('abc', 'sha-256')",
    "$parse('{')",
  ])('%s has no value', async expression => {
    expect(await evaluate(expression)).toMatch(/^States.QueryEvaluationError/);
  });
});

describe('time', () => {
  test('$now and $millis read the virtual clock', async () => {
    const { result } = await run(
      states({
        W: { Type: 'Wait', Seconds: 3600, Next: 'P' },
        P: { Type: 'Pass', Output: ['{% $now() %}', '{% $millis() %}', "{% $now('[H01]h') %}"], End: true },
      }),
    );
    expect(result).toEqual({
      status: 'SUCCEEDED',
      output: ['2026-01-01T01:00:00.000Z', Date.parse('2026-01-01T01:00:00Z'), '01h'],
    });
  });
});

describe('what is no JSON is an error', () => {
  test.each([
    ['undefined', '$states.input.nope', 'returned nothing (undefined).'],
    ['an unknown variable', '$nope', 'returned nothing (undefined).'],
    ['a function', 'function($x){$x}', 'returned an unsupported result type.'],
    ['a built-in function', '$sum', 'returned an unsupported result type.'],
    ['a function within', "{'f': $sum}", 'returned an unsupported result type.'],
    ['a regular expression', '/a/', 'returned an unsupported result type.'],
    ['infinity', '1/0', 'returned a number that JSON cannot hold: Infinity.'],
    ['a type error', "1 + 'a'", 'threw an error during evaluation. T2002: '],
    ['an unknown function', '$nope()', 'threw an error during evaluation. T1006: '],
    ['$error()', "$error('stop')", 'threw an error during evaluation. D3137: stop'],
  ])('%s', async (_what, expression, words) => {
    const answer = await evaluate(expression);
    expect(answer).toMatch(/^States.QueryEvaluationError: An error occurred while executing the state 'P'/);
    expect(answer).toContain(`specified for the field 'Output/v' ${words}`);
  });

  test('null is a value, and keeps its place', async () => {
    expect(await evaluate('[$states.input.a, null]', { a: null })).toEqual([null, null]);
  });
});

test('JSONata’s sequences come out as plain arrays, a sequence of one as its item', async () => {
  const input = { items: [{ x: 1 }, { x: 2 }] };
  expect(await evaluate('$states.input.items.x', input)).toEqual([1, 2]);
  expect(await evaluate('$states.input.items[x = 2]', input)).toEqual({ x: 2 });
  expect(await evaluate("$states.input.items.{'y': x}", input)).toEqual([{ y: 1 }, { y: 2 }]);
});

test('strings without {% %} and all other values stand for themselves', async () => {
  const { result } = await run(
    states({ P: { Type: 'Pass', Output: ['$states.input', '{ x }', 1, null, true, { a: [] }], End: true } }),
  );
  expect(result).toEqual({
    status: 'SUCCEEDED',
    output: ['$states.input', '{ x }', 1, null, true, { a: [] }],
  });
});

test('an expression may nest as deep as AWS lets it', async () => {
  const sum = (terms: number) => Array.from({ length: terms }, () => '1').join('+');
  expect(await evaluate(sum(100))).toBe(100);
  expect(await evaluate(sum(101))).toMatch(/^States.QueryEvaluationError/);
});

test('evaluations of one expression that overlap do not see each other’s bindings', async () => {
  const query = new Query({ now: () => 0, random: () => 0 });
  const slowly = (value: number) => ({
    value,
    // A function that takes a few turns, so that all evaluations are under way at once.
    turn: async () => {
      for (let i = 0; i < 5; i++) await Promise.resolve();
      return 0;
    },
  });
  const all = await Promise.all(
    [1, 2, 3].map(n => query.evaluate('{% [$value, $turn(), $value] %}', 'X', slowly(n))),
  );
  expect(all).toEqual([
    [1, 0, 1],
    [2, 0, 2],
    [3, 0, 3],
  ]);
});

test('each expression is compiled once', () => {
  const query = new Query({ now: () => 0, random: () => 0 });
  expect(query.compile('1 + 1')).toBe(query.compile('1 + 1'));
});

test('what an expression does to the input’s parts does not change the input', async () => {
  const { result } = await run(
    states({
      P: {
        Type: 'Pass',
        Output: "{% $states.input ~> |a|{'n': 2}| %}",
        Assign: { old: '{% $states.input %}' },
        Next: 'Q',
      },
      Q: { Type: 'Pass', Output: '{% [$old, $states.input] %}', End: true },
    }),
    { a: { n: 1 } },
  );
  expect(result).toEqual({ status: 'SUCCEEDED', output: [{ a: { n: 1 } }, { a: { n: 2 } }] });
});
