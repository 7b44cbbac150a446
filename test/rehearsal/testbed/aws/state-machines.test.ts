import type { AwsAnswer, AwsRequest, SignedRequests } from '../../../../rehearsal/testbed/aws/signed-request';
import { type ApiCall, answer } from '../../../../rehearsal/testbed/aws/state-machines/api';
import { lambdaTask } from '../../../../rehearsal/testbed/aws/state-machines/lambda-task';
import { RealClock } from '../../../../rehearsal/testbed/aws/state-machines/real-clock';
import { RegionMachines } from '../../../../rehearsal/testbed/aws/state-machines/region-machines';

const arn = 'arn:aws:states:eu-central-1:000000000000:stateMachine:lifeboat-orders';
const roleArn = 'arn:aws:iam::000000000000:role/machine';

const deployed = (States: object, StartAt = 'Ask') => ({
  arn,
  roleArn,
  definition: JSON.stringify({ QueryLanguage: 'JSONata', StartAt, States }),
});

const ASK = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  End: true,
};

describe('The API of Step Functions', () => {
  const machines = () => {
    const ended: string[] = [];
    const made = new RegionMachines({
      invoke: async (_, __, args) => ({ Payload: (args as { Payload: unknown }).Payload, StatusCode: 200 }),
      onStatus: ({ status }) => ended.push(status),
    });
    const call = (action: string, data: object, deployedNow = [deployed({ Ask: ASK })]) =>
      answer(made, { action, data: data as ApiCall['data'], machines: deployedNow });
    return { call, made, ended };
  };
  const start = { stateMachineArn: arn, name: 'run-1', input: '{"n":1}' };
  const executionArn = `${arn.replace('stateMachine', 'execution')}:run-1`;

  test('starts, describes, lists and tells the history of an execution', async () => {
    const { call, made, ended } = machines();
    expect(call('StartExecution', start)).toEqual({
      status: 200,
      body: { executionArn, startDate: expect.any(Number) as number },
    });
    await made.find(executionArn).result;
    expect(ended).toEqual(['RUNNING', 'SUCCEEDED']);
    expect(call('DescribeExecution', { executionArn }).body).toMatchObject({
      status: 'SUCCEEDED',
      input: '{"n":1}',
      output: '{"n":1}',
    });
    expect(call('ListExecutions', { stateMachineArn: arn, statusFilter: 'FAILED' }).body).toEqual({
      executions: [],
    });
    const { events } = call('GetExecutionHistory', { executionArn, maxResults: 2 }).body as {
      events: object[];
    };
    expect(events).toMatchObject([
      { type: 'ExecutionStarted', executionStartedEventDetails: { input: '{"n":1}', roleArn } },
      { type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'Ask', input: '{"n":1}' } },
    ]);
    expect(call('GetExecutionHistory', { executionArn, maxResults: 2 }).body).toMatchObject({
      nextToken: '2',
    });
  });

  test('keeps the definition that an execution was started with', async () => {
    const { call, made } = machines();
    call('StartExecution', start);
    const changed = [deployed({ Ask: { Type: 'Fail', Error: 'Changed' } })];
    call('StartExecution', { ...start, name: 'run-2' }, changed);
    await Promise.all([
      made.find(executionArn).result,
      made.find(executionArn.replace('run-1', 'run-2')).result,
    ]);
    const { executions } = call('ListExecutions', { stateMachineArn: arn }, changed).body as {
      executions: { name: string; status: string }[];
    };
    expect(Object.fromEntries(executions.map(({ name, status }) => [name, status]))).toEqual({
      'run-1': 'SUCCEEDED',
      'run-2': 'FAILED',
    });
    const again = call('StartExecution', start, changed);
    expect(again).toMatchObject({ status: 400, body: { __type: 'ExecutionAlreadyExists' } });
  });

  test.each<[string, string, object]>([
    ['StateMachineDoesNotExist', 'StartExecution', { stateMachineArn: `${arn}x` }],
    ['InvalidExecutionInput', 'StartExecution', { stateMachineArn: arn, input: '{' }],
    ['InvalidName', 'StartExecution', { stateMachineArn: arn, name: 'a b' }],
    ['ExecutionDoesNotExist', 'DescribeExecution', { executionArn: 'arn:aws:states:::execution:x' }],
    ['InvalidToken', 'SendTaskSuccess', { taskToken: 'x', output: '{}' }],
    ['InvalidOutput', 'SendTaskSuccess', { taskToken: 'x', output: '{' }],
    ['ValidationException', 'DescribeExecution', {}],
    ['UnsupportedOperation', 'RedriveExecution', {}],
  ])('answers %s to %s of %j', (name, action, data) => {
    const { call } = machines();
    if (name === 'InvalidToken') {
      call('StartExecution', start);
    }
    expect(call(action, data)).toMatchObject({ status: 400, body: { __type: name } });
  });

  test('hands a token to the machine that gave it out', async () => {
    let token = '';
    const made = new RegionMachines({
      invoke: async (_, __, args) => {
        token = (args as { Payload: string }).Payload;
        return {};
      },
      onStatus: () => undefined,
    });
    const waiting = {
      ...ASK,
      Resource: `${ASK.Resource}.waitForTaskToken`,
      Arguments: { FunctionName: 'f', Payload: '{% $states.context.Task.Token %}' },
      Output: '{% $states.result %}',
    };
    const now = [deployed({ Ask: waiting })];
    answer(made, { action: 'StartExecution', data: start, machines: now });
    answer(made, {
      action: 'StartExecution',
      data: { ...start, name: 'other' },
      machines: [deployed({ Ask: { Type: 'Succeed' } })],
    });
    const { result } = made.find(executionArn);
    while (token === '') await new Promise(resolve => setImmediate(resolve));
    const data = { taskToken: token, output: '{"approved":true}' };
    expect(answer(made, { action: 'SendTaskSuccess', data, machines: now })).toMatchObject({ status: 200 });
    expect(await result).toEqual({ status: 'SUCCEEDED', output: { approved: true } });
  });
});

describe('lambda:invoke', () => {
  const answering = (status: number, text: string, headers: Record<string, string> = {}) => {
    const sent: AwsRequest[] = [];
    const requests = {
      send: async (request: AwsRequest): Promise<AwsAnswer> => {
        sent.push(request);
        return { status, text, header: name => headers[name] };
      },
    };
    const invoke = lambdaTask(async () => requests as unknown as SignedRequests);
    const meta = {
      executionArn: '',
      executionName: '',
      stateName: '',
      attempt: 1,
      signal: new AbortController().signal,
    };
    const run = () =>
      invoke(
        { machineArn: arn, roleArn },
        ASK.Resource,
        { FunctionName: `${arn}:f`, Payload: { a: 1 } },
        meta,
      );
    return { run, sent };
  };
  const named = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      ({ name, message }: Error) => ({ name, message }),
    );

  test('sends the payload and gives the answer', async () => {
    const { run, sent } = answering(200, '{"done":true}');
    expect(await run()).toEqual({ ExecutedVersion: '$LATEST', Payload: { done: true }, StatusCode: 200 });
    expect(sent).toMatchObject([{ service: 'lambda', method: 'POST', body: '{"a":1}' }]);
    expect(sent[0]?.path).toBe(`/2015-03-31/functions/${encodeURIComponent(`${arn}:f`)}/invocations`);
  });

  const unhandled = { 'x-amz-function-error': 'Unhandled' };
  test.each<[string, number, string, Record<string, string>]>([
    ['RestoreFailed', 200, '{"errorType":"RestoreFailed","errorMessage":"no"}', unhandled],
    ['Runtime.ExitError', 200, '{"errorType":"Runtime.ExitError","errorMessage":"no"}', unhandled],
    ['Lambda.Unknown', 200, '{"errorMessage":"no"}', unhandled],
    ['Lambda.TooManyRequestsException', 429, '{"message":"no"}', {}],
    ['Lambda.ServiceException', 503, '{"message":"no"}', {}],
    ['Lambda.ResourceNotFoundException', 404, '{"message":"no"}', {}],
    ['Lambda.AWSLambdaException', 403, '{"message":"no"}', {}],
  ])('fails with %s', async (name, status, text, headers) => {
    const failure = await named(answering(status, text, headers).run());
    expect(failure?.name).toBe(name);
    expect(failure?.message).toMatch(/no/);
  });
});

describe('The real clock', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test('waits longer than a timer of Node can', async () => {
    const fired = jest.fn();
    // The default TimeoutSeconds of a Task.
    new RealClock().after(99_999_999_000, fired);
    await jest.advanceTimersByTimeAsync(99_999_998_999);
    expect(fired).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(fired).toHaveBeenCalledTimes(1);
  });

  test('can be called off, while it waits on its way too', async () => {
    const fired = jest.fn();
    const cancel = new RealClock().after(2 ** 32, fired);
    await jest.advanceTimersByTimeAsync(2 ** 31 + 1);
    cancel();
    await jest.advanceTimersByTimeAsync(2 ** 32);
    expect(fired).not.toHaveBeenCalled();
  });
});
