import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { TestbedAws } from '../../../../rehearsal/testbed/aws/aws';
import { SignedRequests } from '../../../../rehearsal/testbed/aws/signed-request';
import { createStack, DR, describeWithMiniStack, eventually, startAws } from './ministack';
import { eventsQueue, receiveMessage } from './queues';
import { allow, arnOf, invoke, lambdaFunction, role, stateMachine } from './templates';

jest.setTimeout(30_000);

/** A function of many faces. */
const CODE = `exports.handler = async event => {
  if (event.fail) throw Object.assign(new Error(event.fail), { name: event.fail });
  if (event.hang) await new Promise(() => setInterval(() => undefined, 1000));
  if (event.exit) process.exit(7);
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_ENDPOINT_URL, LEVEL } = process.env;
  return { pid: process.pid, event, LEVEL, AWS_ENDPOINT_URL,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN } };
};`;

const DONE = { QueryLanguage: 'JSONata', StartAt: 'Done', States: { Done: { Type: 'Succeed' } } };

interface Face {
  pid: number;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
}

describeWithMiniStack("Runs on MiniStack with the bed's hooks", python => {
  let aws: TestbedAws;
  let stop: () => Promise<void>;
  let functionName = '';
  let roleName = '';

  beforeAll(async () => {
    ({ aws, stop } = await startAws(python));
    const { outputs } = await createStack(aws, DR, 'functions', {
      Role: role('lambda.amazonaws.com'),
      Function: lambdaFunction('Role', CODE, 1),
      Untrusted: role('ec2.amazonaws.com'),
      Orphan: lambdaFunction('Untrusted', CODE),
    });
    functionName = outputs.Function ?? '';
    roleName = outputs.Role ?? '';
    orphan = outputs.Orphan ?? '';
  });
  afterAll(() => stop());
  let orphan = '';

  const call = async (event: object, name = functionName) => {
    const requests = new SignedRequests({ endpoint: aws.endpoint, region: DR, credentials: aws.operator });
    const path = `/2015-03-31/functions/${name}/invocations`;
    const answer = await requests.send({
      service: 'lambda',
      method: 'POST',
      path,
      body: JSON.stringify(event),
    });
    const payload = JSON.parse(answer.text) as Face & { errorType?: string; errorMessage?: string };
    return { payload, error: answer.header('x-amz-function-error') };
  };

  describe('functions', () => {
    test('run as their role, and a warm process is used again', async () => {
      const first = await call({ n: 1 });
      const second = await call({ n: 2 });
      expect(second.payload.pid).toBe(first.payload.pid);
      expect(first.payload).toMatchObject({ event: { n: 1 }, AWS_ENDPOINT_URL: aws.endpoint });
      const sts = new STSClient({ ...aws.client(DR), credentials: first.payload.credentials });
      const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
      expect(Arn).toMatch(`arn:aws:sts::000000000000:assumed-role/${roleName}/`);
      const { accessKeyId } = first.payload.credentials;
      expect(aws.functions.functionOf(accessKeyId)).toMatchObject({ region: DR, name: functionName });
    });

    test('fail under their own names', async () => {
      expect(await call({ fail: 'RestoreFailed' })).toMatchObject({
        error: 'Unhandled',
        payload: { errorType: 'RestoreFailed', errorMessage: 'RestoreFailed' },
      });
      expect((await call({ exit: true })).payload).toMatchObject({
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(/exit status 7$/) as string,
      });
      expect((await call({ hang: true })).payload).toMatchObject({
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(/Task timed out after 1.00 seconds$/) as string,
      });
    });

    test('can be killed while they are at work', async () => {
      const invocation = call({ hang: true });
      await eventually(async () => aws.functions.running(DR, functionName)[0]);
      aws.killFunction(DR, functionName);
      expect((await invocation).payload).toMatchObject({
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(/signal: killed$/) as string,
      });
      expect(() => aws.killFunction(DR, functionName)).toThrow(/is not at work/);
    });

    test('do not run under a role that does not trust Lambda', async () => {
      expect((await call({}, orphan)).payload).toMatchObject({ errorType: 'AccessDeniedException' });
    });
  });

  describe('state machines', () => {
    const states = (action: string, body: object) =>
      new SignedRequests({ endpoint: aws.endpoint, region: DR, credentials: aws.operator }).send({
        service: 'states',
        method: 'POST',
        path: '/',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `AWSStepFunctions.${action}`,
        },
        body: JSON.stringify(body),
      });

    const ended = (arn: string) =>
      eventually(async () => {
        const view = await aws.execution(DR, arn);
        return view.status === 'RUNNING' ? undefined : view;
      });

    const deployed = async (name: string, definition: object, statements: object[]) => {
      const made = await createStack(aws, DR, name, {
        Role: role('lambda.amazonaws.com'),
        Face: lambdaFunction('Role', CODE, 1),
        MachineRole: role('states.amazonaws.com', statements),
        Machine: stateMachine('MachineRole', definition),
      });
      return { ...made, start: (input: object) => startOf(made.outputs.Machine ?? '', input) };
    };

    const startOf = async (stateMachineArn: string, input: object) => {
      const asked = { stateMachineArn, input: JSON.stringify(input) };
      const { text } = await states('StartExecution', asked);
      return JSON.parse(text) as { executionArn: string; message?: string };
    };

    const mayInvoke = allow('lambda:InvokeFunction', arnOf('Face'));
    const one = (more: object) => ({
      StartAt: 'Ask',
      States: { Ask: invoke('Face', { End: true, ...more }) },
    });

    test('call functions as their role, catch by the names of errors, and show their history', async () => {
      const caught = { ErrorEquals: ['RestoreFailed'], Next: 'Undone', Output: '{% $states.errorOutput %}' };
      const { start } = await deployed(
        'catching',
        {
          StartAt: 'Ask',
          States: {
            Ask: invoke('Face', { Next: 'Undone', Catch: [caught] }),
            Undone: { Type: 'Fail', Error: '{% $states.input.Error %}', Cause: 'undone' },
          },
        },
        [mayInvoke],
      );
      const { executionArn } = await start({ fail: 'RestoreFailed' });
      expect(await ended(executionArn)).toMatchObject({
        status: 'FAILED',
        error: 'RestoreFailed',
        cause: 'undone',
        input: { fail: 'RestoreFailed' },
      });
      const states = await aws.history(DR, executionArn);
      expect(states.map(({ state }) => state)).toEqual(['Ask', 'Undone']);
    });

    test('without the permission in the template fail as in AWS', async () => {
      const { start } = await deployed('forbidden', one({}), []);
      const { error, cause } = await ended((await start({})).executionArn);
      expect(error).toBe('Lambda.AWSLambdaException');
      expect(cause).toMatch(/not authorized to perform: lambda:InvokeFunction/);
    });

    test('show the children of a Distributed Map, and want its permission', async () => {
      const map = {
        StartAt: 'Each',
        States: {
          Each: {
            Type: 'Map',
            Label: 'apps',
            Items: '{% $states.input.apps %}',
            ItemProcessor: {
              ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
              StartAt: 'One',
              States: { One: { Type: 'Pass', End: true } },
            },
            End: true,
          },
        },
      };
      const denied = await (await deployed('map-denied', map, [])).start({ apps: [1] });
      expect(denied.message).toMatch(/may not states:StartExecution/);
      const { start } = await deployed('map', map, [allow('states:StartExecution', '*')]);
      const { executionArn } = await start({ apps: ['a', 'b'] });
      expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: ['a', 'b'] });
      const states = await aws.history(DR, executionArn);
      expect(states.map(({ state }) => state)).toEqual(['Each', 'One', 'One']);
      expect(new Set(states.map(({ child }) => child)).size).toBe(3);
    });

    test('with a definition that AWS would refuse fail the stack', async () => {
      const wrong = { StartAt: 'Ask', States: { Ask: invoke('Face', { Next: 'Nowhere' }) } };
      const { status } = await deployed('wrong', wrong, [mayInvoke]);
      expect(status).toBe('ROLLBACK_COMPLETE');
    });

    test('may write their log only if their role may deliver it', async () => {
      const logging = (statements: object[]) => ({
        LogGroup: { Type: 'AWS::Logs::LogGroup', Properties: {} },
        MachineRole: role('states.amazonaws.com', statements),
        Machine: {
          Type: 'AWS::StepFunctions::StateMachine',
          Properties: {
            RoleArn: arnOf('MachineRole'),
            DefinitionString: JSON.stringify(DONE),
            LoggingConfiguration: {
              Level: 'ALL',
              Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: arnOf('LogGroup') } }],
            },
          },
        },
      });
      const allowed = await createStack(aws, DR, 'log', logging([allow('logs:CreateLogDelivery', '*')]));
      expect(allowed.status).toBe('CREATE_COMPLETE');
      const denied = await createStack(aws, DR, 'log-denied', logging([]));
      expect(denied.status).toBe('ROLLBACK_COMPLETE');
    });

    test('tell EventBridge of each change of status, and CloudWatch of what failed', async () => {
      const failing = { StartAt: 'End', States: { End: { Type: 'Fail', Error: 'Undone' } } };
      const { outputs, start } = await deployed('telling', failing, []);
      const machine = outputs.Machine ?? '';
      const { outputs: ear } = await createStack(aws, DR, 'ear', {
        ...eventsQueue('Heard'),
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: {
            EventPattern: {
              source: ['aws.states'],
              'detail-type': ['Step Functions Execution Status Change'],
              detail: { stateMachineArn: [machine] },
            },
            Targets: [{ Id: 'queue', Arn: arnOf('Heard') }],
          },
        },
      });
      const { executionArn } = await start({});
      await ended(executionArn);
      const heard = async () => {
        const message = await eventually(() => receiveMessage(aws, DR, ear.Heard ?? ''));
        return JSON.parse(message.Body) as { resources: string[]; detail: { status: string } };
      };
      const events = [await heard(), await heard()];
      expect(events.map(({ detail }) => detail.status).sort()).toEqual(['FAILED', 'RUNNING']);
      for (const { resources } of events) expect(resources).toEqual([executionArn]);
      const { Datapoints = [] } = await new CloudWatchClient(aws.client(DR)).send(
        new GetMetricStatisticsCommand({
          Namespace: 'AWS/States',
          MetricName: 'ExecutionsFailed',
          Dimensions: [{ Name: 'StateMachineArn', Value: machine }],
          StartTime: new Date(Date.now() - 600_000),
          EndTime: new Date(Date.now() + 60_000),
          Period: 3600,
          Statistics: ['Sum'],
        }),
      );
      expect(Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0)).toBe(1);
    });

    test.each(['StartSyncExecution', 'TestState', 'ListMapRuns', 'GetActivityTask'])(
      'have no %s, which another interpreter would carry out',
      async action => {
        const { status, text } = await states(action, {});
        expect(status).toBe(400);
        expect(text).toContain(`The test bed does not have ${action}.`);
      },
    );

    test('of a lost Region stand still, and go on when it is back', async () => {
      const { start } = await deployed(
        'lost',
        one({ Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 1 }], TimeoutSeconds: 1 }),
        [mayInvoke],
      );
      // Without an answer until the Region is back, and then the task's time has run out.
      const release = aws.frontDoor.holdAnswers(({ service }) =>
        service === 'lambda' ? new Promise(() => undefined) : undefined,
      );
      const { executionArn } = await start({ n: 1 });
      await eventually(async () =>
        aws.calls.find(({ action, status }) => action === 'Invoke' && status === 200),
      );
      await aws.setRegion(DR, 'lost');
      release();
      await expect(aws.execution(DR, executionArn)).rejects.toThrow(/stands still while the Region is lost/);
      const timer = AbortSignal.timeout(300);
      const requests = new SignedRequests({ endpoint: aws.endpoint, region: DR, credentials: aws.operator });
      const unanswered = requests.send({ service: 'dynamodb', method: 'POST', path: '/', signal: timer });
      await expect(unanswered).rejects.toThrow(/abort/i);
      expect(aws.calls.at(-1)).toMatchObject({ region: DR, service: 'dynamodb', status: 'hung' });
      expect(aws.functions.running(DR, functionName, { busy: false })).toEqual([]);
      await aws.setRegion(DR, 'up');
      expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
    });
  });
});
