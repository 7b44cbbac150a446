import { InvalidDefinition } from '../../../rehearsal/embedded/asl';
import { build, CALLBACK, call, LAMBDA, scope, states } from './harness';

function problems(definition: unknown, setup = {}): string[] {
  try {
    build(definition, setup);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidDefinition)) throw error;
    return error.problems.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  }
}

const one = (state: object) => states({ A: state });
const pass = { Type: 'Pass', End: true };
const parallel = (branch: object, more = {}) => ({
  Type: 'Parallel',
  Branches: [branch],
  End: true,
  ...more,
});
const map = (more: object = {}, config?: object) => ({
  Type: 'Map',
  ItemProcessor: { ...(config ? { ProcessorConfig: config } : {}), ...scope({ I: pass }) },
  End: true,
  ...more,
});
const distributed = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };

test('a definition with one of each is valid', () => {
  const definition = states(
    {
      A: call('a', {
        End: undefined,
        Next: 'C',
        Comment: 'x',
        QueryLanguage: 'JSONata',
        TimeoutSeconds: 10,
        HeartbeatSeconds: '{% 5 %}',
        Assign: { x: 1 },
        Retry: [
          {
            ErrorEquals: ['A', 'B'],
            IntervalSeconds: 1,
            BackoffRate: 1.5,
            MaxAttempts: 0,
            MaxDelaySeconds: 9,
          },
          { ErrorEquals: ['States.ALL'], JitterStrategy: 'FULL' },
        ],
        Catch: [
          { ErrorEquals: ['States.ALL'], Next: 'F', Output: '{% $states.errorOutput %}', Assign: { y: 2 } },
        ],
      }),
      C: {
        Type: 'Choice',
        Choices: [{ Condition: '{% true %}', Next: 'W', Output: 1, Assign: { z: 1 } }],
        Default: 'S',
      },
      W: { Type: 'Wait', Seconds: 0, Next: 'P' },
      P: parallel(scope({ B: pass }), {
        End: undefined,
        Next: 'M',
        Arguments: {},
        Output: '{% $states.result %}',
      }),
      M: map({
        Items: '{% [1] %}',
        ItemSelector: { i: '{% $states.context.Map.Item.Index %}' },
        MaxConcurrency: 2,
      }),
      S: { Type: 'Succeed', Output: null },
      F: { Type: 'Fail', Error: 'E', Cause: "{% 'c' %}" },
    },
    { Comment: 'all', TimeoutSeconds: 60, Version: '1.0' },
  );
  expect(problems(definition)).toEqual([]);
});

describe('refused', () => {
  const retry = (...Retry: object[]) => one(call('a', { Retry }));
  test.each<[string, unknown, string[]]>([
    ['no object', 'x', ['the definition must be an object']],
    ['nothing', undefined, ['the definition is undefined, which JSON cannot hold']],
    [
      'no StartAt',
      { QueryLanguage: 'JSONata', States: { A: pass } },
      ['StartAt: is missing', 'States.A: cannot be reached from StartAt'],
    ],
    [
      'no States',
      { QueryLanguage: 'JSONata', StartAt: 'A' },
      ['States: is missing', 'States: must be an object of states that is not empty'],
    ],
    ['StartAt that points nowhere', { ...one(pass), StartAt: 'B' }, ["StartAt: there is no state 'B' here"]],
    ['an unknown field of the whole', { ...one(pass), Foo: 1 }, ['Foo: is not a field here']],
    ['an unknown field of a state', one({ ...pass, Foo: 1 }), ['States.A.Foo: is not a field here']],
    [
      'an unknown field of a retrier',
      retry({ ErrorEquals: ['X'], Foo: 1 }),
      ['States.A.Retry[0].Foo: is not a field here'],
    ],
    [
      'a field of another state type',
      one({ ...pass, Seconds: 1 }),
      ['States.A.Seconds: is not a field here'],
    ],
    ['an unknown state type', one({ Type: 'Tusk', End: true }), ["States.A.Type: unknown state type 'Tusk'"]],
    ['no type', one({ End: true }), ["States.A.Type: unknown state type 'undefined'"]],
    [
      'an unknown Resource',
      one({ ...call('a'), Resource: 'arn:aws:states:::sqs:sendMessage' }),
      ["States.A.Resource: unknown Resource 'arn:aws:states:::sqs:sendMessage'"],
    ],
    [
      '.sync of a known Resource',
      one({ ...call('a'), Resource: `${LAMBDA}.sync` }),
      [`States.A.Resource: unknown Resource '${LAMBDA}.sync'`],
    ],
    [
      'a Lambda ARN as Resource',
      one({ ...call('a'), Resource: 'arn:aws:lambda:us-east-1:1:function:f' }),
      ["States.A.Resource: 'arn:aws:lambda:us-east-1:1:function:f' is not the ARN of a service integration"],
    ],
    [
      'Next that points nowhere',
      one({ Type: 'Pass', Next: 'B' }),
      ["States.A.Next: there is no state 'B' here", 'States: no state ends it'],
    ],
    [
      'Catch that points nowhere',
      one(call('a', { Catch: [{ ErrorEquals: ['X'], Next: 'B' }] })),
      ["States.A.Catch[0].Next: there is no state 'B' here"],
    ],
    [
      'Choices and Default that point nowhere',
      states({ A: { Type: 'Choice', Choices: [{ Condition: true, Next: 'B' }], Default: 'C' } }),
      [
        "States.A.Default: there is no state 'C' here",
        "States.A.Choices[0].Next: there is no state 'B' here",
        'States: no state ends it',
      ],
    ],
    ['an unreachable state', states({ A: pass, B: pass }), ['States.B: cannot be reached from StartAt']],
    [
      'a loop without an end',
      states({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Wait', Seconds: 1, Next: 'A' } }),
      ['States: no state ends it'],
    ],
    [
      'neither End nor Next',
      one({ Type: 'Pass' }),
      ['States.A: must have exactly one of Next and End', 'States: no state ends it'],
    ],
    [
      'both End and Next',
      one({ Type: 'Pass', End: true, Next: 'A' }),
      ['States.A: must have exactly one of Next and End'],
    ],
    ['End false', one({ Type: 'Pass', End: false }), ['States.A.End: must be true']],
    [
      'a JSONata syntax error',
      one({ ...pass, Output: '{% a[1,2) %}' }),
      ['States.A.Output: invalid JSONata expression: S0202: Expected "]", got ","'],
    ],
    [
      'half of the marks',
      one({ ...pass, Output: '{% $states.input' }),
      ['States.A.Output: a JSONata string must begin with {% and end with %}'],
    ],
    [
      'a name at the top level',
      one({ ...pass, Output: { x: '{% phone & $states.input.items[value > 3].x %}' } }),
      ["States.A.Output.x: Reference to 'phone' at the top level is not supported."],
    ],
    [
      'a name in a lambda',
      one({ ...pass, Output: '{% $map($states.input, function($x){ b }) %}' }),
      ["States.A.Output: Reference to 'b' at the top level is not supported."],
    ],
    ['$$', one({ ...pass, Output: '{% $$ %}' }), ["States.A.Output: Reference to '$$' is not supported."]],
    [
      '$$ in a predicate',
      one({ ...pass, Output: '{% $states.input.items[x = $$.y] %}' }),
      ["States.A.Output: Reference to '$$' is not supported."],
    ],
    [
      '$ at the top level',
      one({ ...pass, Output: '{% $ %}' }),
      ["States.A.Output: Reference to '$' at the top level is not supported."],
    ],
    [
      '$eval',
      one({ ...pass, Output: "{% $eval('1') %}" }),
      ['States.A.Output: The function $eval is not supported. Use $parse.'],
    ],
    [
      '$states.result where there is none',
      one({ ...pass, Output: '{% $states.result %}' }),
      ['States.A.Output: $states.result is not accessible in this field.'],
    ],
    [
      '$states.result in Arguments',
      one(call('a', { Arguments: { FunctionName: '{% $states.result.x %}' } })),
      ['States.A.Arguments.FunctionName: $states.result is not accessible in this field.'],
    ],
    [
      '$states.errorOutput outside Catch',
      one(call('a', { Output: '{% $states.errorOutput %}' })),
      ['States.A.Output: $states.errorOutput is not accessible in this field.'],
    ],
    [
      'an unknown member of $states',
      one({ ...pass, Output: '{% $states.imput %}' }),
      ["States.A.Output: $states has no member 'imput'."],
    ],
    [
      'a JSONPath machine',
      { ...one(pass), QueryLanguage: undefined },
      ['States.A.QueryLanguage: is missing: without it the state is JSONPath'],
    ],
    [
      'a JSONPath state',
      one({ ...pass, QueryLanguage: 'JSONPath' }),
      ['States.A.QueryLanguage: must be JSONata'],
    ],
    [
      'QueryLanguage of a branch',
      one(parallel({ ...scope({ B: pass }), QueryLanguage: 'JSONata' })),
      ['States.A.Branches[0].QueryLanguage: is not a field here'],
    ],
    ...[
      'InputPath',
      'Parameters',
      'Result',
      'ResultPath',
      'ResultSelector',
      'OutputPath',
      'ItemsPath',
      'SecondsPath',
      'TimeoutSecondsPath',
      'MaxConcurrencyPath',
      'Iterator',
    ].map((field): [string, unknown, string[]] => [
      `the JSONPath field ${field}`,
      one({ ...pass, [field]: '$' }),
      [`States.A.${field}: is a JSONPath field; this state machine is JSONata`],
    ]),
    [
      'a key that ends in .$',
      one({ ...pass, Output: { 'x.$': '$.x' } }),
      ['States.A.Output.x.$: a key that ends in .$ is JSONPath'],
    ],
    [
      'a name used twice, in nested scopes',
      one(parallel(scope({ A: pass }))),
      ['States.A.Branches[0].States.A: the name is taken by States.A'],
    ],
    [
      'a name used in two branches',
      one({ Type: 'Parallel', Branches: [scope({ B: pass }), scope({ B: pass })], End: true }),
      ['States.A.Branches[1].States.B: the name is taken by States.A.Branches[0].States.B'],
    ],
    [
      'a transition out of a branch',
      states({
        A: parallel(scope({ B: { Type: 'Pass', Next: 'C' } }), { End: undefined, Next: 'C' }),
        C: pass,
      }),
      [
        "States.A.Branches[0].States.B.Next: there is no state 'C' here",
        'States.A.Branches[0].States: no state ends it',
      ],
    ],
    [
      'a name of 81 characters',
      states({ ['x'.repeat(81)]: pass }),
      [`States.${'x'.repeat(81)}: a state name has 1 to 80 characters`],
    ],
    ['Retry on a Pass', one({ ...pass, Retry: [] }), ['States.A.Retry: is not a field here']],
    [
      'ErrorEquals that is empty',
      retry({ ErrorEquals: [] }),
      ['States.A.Retry[0].ErrorEquals: must be an array of error names that is not empty'],
    ],
    [
      'States.ALL with others',
      retry({ ErrorEquals: ['States.ALL', 'X'] }),
      ['States.A.Retry[0].ErrorEquals: States.ALL must stand alone'],
    ],
    [
      'States.ALL before others',
      retry({ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['X'] }),
      ['States.A.Retry[0].ErrorEquals: States.ALL must come last'],
    ],
    [
      'IntervalSeconds 0',
      retry({ ErrorEquals: ['X'], IntervalSeconds: 0 }),
      ['States.A.Retry[0].IntervalSeconds: must be an integer from 1 to 99999999'],
    ],
    [
      'BackoffRate 0.5',
      retry({ ErrorEquals: ['X'], BackoffRate: 0.5 }),
      ['States.A.Retry[0].BackoffRate: must be a number from 1'],
    ],
    [
      'MaxDelaySeconds below IntervalSeconds',
      retry({ ErrorEquals: ['X'], IntervalSeconds: 9, MaxDelaySeconds: 9 }),
      ['States.A.Retry[0].MaxDelaySeconds: must be larger than IntervalSeconds'],
    ],
    [
      'an unknown JitterStrategy',
      retry({ ErrorEquals: ['X'], JitterStrategy: 'HALF' }),
      ['States.A.Retry[0].JitterStrategy: must be FULL or NONE'],
    ],
    [
      'HeartbeatSeconds not below TimeoutSeconds',
      one(call('a', { TimeoutSeconds: 5, HeartbeatSeconds: 5 })),
      ['States.A.HeartbeatSeconds: must be smaller than TimeoutSeconds'],
    ],
    [
      'TimeoutSeconds 0',
      one(call('a', { TimeoutSeconds: 0 })),
      ['States.A.TimeoutSeconds: must be an integer from 1 to 99999999, or a JSONata string'],
    ],
    [
      'an argument that lambda:invoke does not take',
      one(call('a', { Arguments: { FunctionName: 'a', Paylod: 1 } })),
      ['States.A.Arguments.Paylod: is not a field here'],
    ],
    [
      'lambda:invoke without FunctionName',
      one(call('a', { Arguments: {} })),
      ['States.A.Arguments.FunctionName: is missing'],
    ],
    [
      'lambda:invoke without Arguments',
      one({ Type: 'Task', Resource: CALLBACK, End: true }),
      ['States.A.Arguments: must be an object with FunctionName'],
    ],
    [
      'Wait with nothing to wait for',
      one({ Type: 'Wait', End: true }),
      ['States.A: must have exactly one of Seconds and Timestamp'],
    ],
    [
      'Wait with two',
      one({ Type: 'Wait', Seconds: 1, Timestamp: '2026-01-01T00:00:00Z', End: true }),
      ['States.A: must have exactly one of Seconds and Timestamp'],
    ],
    [
      'a Timestamp that is none',
      one({ Type: 'Wait', Timestamp: '2026-01-01', End: true }),
      ['States.A.Timestamp: must be an RFC 3339 timestamp, or a JSONata string'],
    ],
    [
      'Choices that are empty',
      states({ A: { Type: 'Choice', Choices: [], Default: 'B' }, B: pass }),
      ['States.A.Choices: must be an array that is not empty'],
    ],
    [
      'End of a Choice',
      states({ A: { Type: 'Choice', Choices: [{ Condition: true, Next: 'B' }], End: true }, B: pass }),
      ['States.A.End: is not a field here'],
    ],
    [
      'a Condition that is a plain string',
      states({ A: { Type: 'Choice', Choices: [{ Condition: 'x', Next: 'B' }] }, B: pass }),
      ['States.A.Choices[0].Condition: must be true, false, or a JSONata string'],
    ],
    [
      'a variable path',
      one({ ...pass, Assign: { 'x.y': 1 } }),
      ['States.A.Assign.x.y: is not a variable name'],
    ],
    [
      'the variable $states',
      one({ ...pass, Assign: { states: 1 } }),
      ['States.A.Assign.states: $states is reserved'],
    ],
    [
      'no branches',
      one({ Type: 'Parallel', Branches: [], End: true }),
      ['States.A.Branches: must be an array that is not empty'],
    ],
    ['no ItemProcessor', one({ Type: 'Map', End: true }), ['States.A.ItemProcessor: is missing']],
    [
      'Items that are no array',
      one(map({ Items: { a: 1 } })),
      ['States.A.Items: must be an array, or a JSONata string'],
    ],
    [
      'ItemReader',
      one(map({ ItemReader: {} }, distributed)),
      ['States.A.ItemReader: is not supported by this interpreter'],
    ],
    [
      'ResultWriter',
      one(map({ ResultWriter: {} }, distributed)),
      ['States.A.ResultWriter: is not supported by this interpreter'],
    ],
    [
      'ItemBatcher',
      one(map({ ItemBatcher: {} }, distributed)),
      ['States.A.ItemBatcher: is not supported by this interpreter'],
    ],
    [
      'EXPRESS children',
      one(map({}, { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' })),
      ['States.A.ItemProcessor.ProcessorConfig.ExecutionType: must be STANDARD'],
    ],
    [
      'DISTRIBUTED without ExecutionType',
      one(map({}, { Mode: 'DISTRIBUTED' })),
      ['States.A.ItemProcessor.ProcessorConfig.ExecutionType: is missing'],
    ],
    ['Label of an INLINE Map', one(map({ Label: 'x' })), ['States.A.Label: is for DISTRIBUTED mode only']],
    [
      'a Label of 41 characters',
      one(map({ Label: 'x'.repeat(41) }, distributed)),
      ['States.A.Label: must have 1 to 40 characters'],
    ],
    [
      'a Label with a blank',
      one(map({ Label: 'a b' }, distributed)),
      ['States.A.Label: must be a string without whitespace, wildcards, brackets and special characters'],
    ],
    [
      'ToleratedFailurePercentage 101',
      one(map({ ToleratedFailurePercentage: 101 })),
      ['States.A.ToleratedFailurePercentage: must be a number from 0 to 100, or a JSONata string'],
    ],
  ])('%s', (_what, definition, expected) => {
    expect(problems(definition)).toEqual(expected);
  });

  test('a definition of more than 1 MB', () => {
    const definition = one({ ...pass, Comment: 'x'.repeat(1_048_576) });
    expect(problems(definition)).toEqual([expect.stringMatching(/^the definition has \d+ bytes/)]);
  });

  test('with all problems at once', () => {
    const definition = states({ A: { Type: 'Pass', Foo: 1, End: true }, B: { Type: 'Tusk' } });
    expect(problems(definition)).toEqual([
      'States.A.Foo: is not a field here',
      "States.B.Type: unknown state type 'Tusk'",
      'States.B: cannot be reached from StartAt',
    ]);
  });
});

describe('not refused', () => {
  test.each<[string, unknown]>([
    [
      'names in predicates, later steps, sorts and groupings',
      one({ ...pass, Output: '{% $states.input.items[value > 3]^(>age).{name: $.x}{kind: $sum(n)} %}' }),
    ],
    [
      'variables of a lambda and of a block',
      one({ ...pass, Output: '{% ($f := function($x){ $x.y }; $f($states.input)) %}' }),
    ],
    [
      '$states.errorOutput in a catcher',
      states({
        A: call('a', {
          Catch: [{ ErrorEquals: ['X'], Next: 'B', Assign: { e: '{% $states.errorOutput.Error %}' } }],
        }),
        B: pass,
      }),
    ],
    [
      'a JSONata state in a machine without a query language',
      { ...one({ ...pass, QueryLanguage: 'JSONata' }), QueryLanguage: undefined },
    ],
    ['a Map in DISTRIBUTED mode with a Label', one(map({ Label: 'items' }, distributed))],
    ['.waitForTaskToken of a known Resource', one({ ...call('a'), Resource: CALLBACK })],
  ])('%s', (_what, definition) => {
    expect(problems(definition)).toEqual([]);
  });
});

describe('variable scopes', () => {
  const outer = { Assign: { x: 1 } };
  const inner = scope({ B: { ...pass, ...outer } });
  const within = 'States.P.Branches[0].States.B.Assign.x: is a variable of an outer scope';
  test.each<[string, object, string[]]>([
    [
      'a branch cannot assign an outer variable',
      { A: { Type: 'Pass', Next: 'P', ...outer }, P: parallel(inner) },
      [within],
    ],
    [
      'not even one that is assigned later',
      { P: parallel(inner, { End: undefined, Next: 'C' }), C: { ...pass, ...outer } },
      [within],
    ],
    ['nor one that the Parallel itself assigns', { P: parallel(inner, outer) }, [within]],
    [
      'nor one that a catcher or a rule assigns',
      { P: parallel(inner, { Catch: [{ ErrorEquals: ['X'], Next: 'C', ...outer }] }), C: pass },
      [within],
    ],
    [
      'nor one of the scope two levels out',
      { A: { Type: 'Pass', Next: 'P', ...outer }, P: parallel(scope({ Q: { ...parallel(inner) } })) },
      ['States.P.Branches[0].States.Q.Branches[0].States.B.Assign.x: is a variable of an outer scope'],
    ],
    [
      'an INLINE iteration cannot either',
      { M: { Type: 'Map', ItemProcessor: inner, End: true, ...outer } },
      ['States.M.ItemProcessor.States.B.Assign.x: is a variable of an outer scope'],
    ],
    [
      'a DISTRIBUTED child can: it sees no outer variables',
      { M: { Type: 'Map', ItemProcessor: { ...inner, ProcessorConfig: distributed }, End: true, ...outer } },
      [],
    ],
    [
      'two branches can use one name',
      { P: { Type: 'Parallel', Branches: [inner, scope({ C: { ...pass, ...outer } })], End: true } },
      [],
    ],
  ])('%s', (_what, all, expected) => {
    expect(problems(states(all as Record<string, object>))).toEqual(expected);
  });
});
