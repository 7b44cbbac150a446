import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import {
  type Execution,
  FakeSfn,
  type StateMachines,
  type TaskAnswer,
} from '../../../rehearsal/embedded/aws/sfn';
import { setting } from './setting';

const stateMachineArn = 'arn:aws:states:us-east-2:111122223333:stateMachine:levlabs';
const arnOf = (name: string) => `arn:aws:states:us-east-2:111122223333:execution:levlabs:${name}`;

function world() {
  const { clock, log, region, seed, run, failure } = setting();
  const executions: Execution[] = [];
  const tasks: string[] = [];
  const answer = (what: string): TaskAnswer => {
    tasks.push(what);
    return what.includes('late') ? 'gone' : what.includes('other') ? 'unknown' : 'taken';
  };
  const machines: StateMachines = {
    exists: arn => arn === stateMachineArn,
    start: execution => {
      executions.unshift({ ...execution, status: 'RUNNING', startedAt: clock.now() });
    },
    find: arn => executions.find(({ executionArn }) => executionArn === arn),
    list: () => executions,
    stop: (arn, error) => {
      const execution = executions.find(({ executionArn }) => executionArn === arn);
      if (execution) Object.assign(execution, { status: 'ABORTED', stoppedAt: clock.now(), error });
    },
    succeedTask: (token, output) => answer(`success ${token} ${output}`),
    failTask: (token, error) => answer(`failure ${token} ${error}`),
    heartbeatTask: token => answer(`heartbeat ${token}`),
  };
  const sfn = new FakeSfn({ clock, log, region, seed }, machines);
  const start = (name: string, input = '{"app":"sample"}') =>
    sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }));
  return { clock, run, failure, sfn, start, executions, tasks };
}

describe('executions', () => {
  test('start once: the same name and input give the running one', async () => {
    const { run, start, executions } = world();
    const first = await run(start('run-1'));
    const second = await run(start('run-1'));
    expect(second).toMatchObject({ executionArn: arnOf('run-1'), startDate: first.startDate });
    expect(executions).toHaveLength(1);
  });

  test('of a used name with another input are refused', async () => {
    const { run, failure, start } = world();
    await run(start('run-1'));
    expect(await failure(start('run-1', '{}'))).toMatchObject({
      name: 'ExecutionAlreadyExists',
      message: `Execution Already Exists: '${arnOf('run-1')}'`,
    });
  });

  test('of a name whose execution has ended are refused, also with its input', async () => {
    const { run, failure, sfn, start } = world();
    await run(start('run-1'));
    await run(sfn.send(new StopExecutionCommand({ executionArn: arnOf('run-1') })));
    expect((await failure(start('run-1'))).name).toBe('ExecutionAlreadyExists');
  });

  test.each([
    ['a name with a space', 'run 1', '{}', 'InvalidName'],
    ['a name of 81 characters', 'x'.repeat(81), '{}', 'InvalidName'],
    ['an input that is not JSON', 'run-1', 'app', 'InvalidExecutionInput'],
  ])('with %s are refused', async (_, name, input, expected) => {
    const { failure, start } = world();
    expect((await failure(start(name, input))).name).toBe(expected);
  });

  test('are described, listed and stopped', async () => {
    const { run, sfn, start } = world();
    await run(start('run-1'));
    await run(start('run-2'));
    const executionArn = arnOf('run-1');
    await run(sfn.send(new StopExecutionCommand({ executionArn, error: 'Stopped' })));
    expect(await run(sfn.send(new DescribeExecutionCommand({ executionArn })))).toMatchObject({
      status: 'ABORTED',
      input: '{"app":"sample"}',
      error: 'Stopped',
      stopDate: expect.any(Date),
    });
    const list = (more: object) => run(sfn.send(new ListExecutionsCommand({ stateMachineArn, ...more })));
    expect((await list({ statusFilter: 'RUNNING' })).executions?.map(({ name }) => name)).toEqual(['run-2']);
    const page = await list({ maxResults: 1 });
    expect(page.executions?.map(({ name }) => name)).toEqual(['run-2']);
    const next = await list({ maxResults: 1, nextToken: page.nextToken });
    expect(next.executions?.map(({ name }) => name)).toEqual(['run-1']);
  });

  test.each([
    ['that is not there', arnOf('none'), 'ExecutionDoesNotExist'],
    ['of another Region', arnOf('run-1').replace('us-east-2', 'us-east-1'), 'InvalidArn'],
  ])('one %s is an error', async (_, executionArn, expected) => {
    const { failure, sfn } = world();
    expect((await failure(sfn.send(new DescribeExecutionCommand({ executionArn })))).name).toBe(expected);
  });
});

describe('task tokens', () => {
  test('go to the interpreter', async () => {
    const { run, sfn, tasks } = world();
    await run(sfn.send(new SendTaskSuccessCommand({ taskToken: 'token', output: '{}' })));
    await run(sfn.send(new SendTaskFailureCommand({ taskToken: 'token', error: 'Declined' })));
    await run(sfn.send(new SendTaskHeartbeatCommand({ taskToken: 'token' })));
    expect(tasks).toEqual(['success token {}', 'failure token Declined', 'heartbeat token']);
  });

  test.each([
    ['that come too late are TaskTimedOut', 'late', 'TaskTimedOut'],
    ['that nobody knows are TaskDoesNotExist', 'other', 'TaskDoesNotExist'],
  ])('%s', async (_, taskToken, expected) => {
    const { failure, sfn } = world();
    expect((await failure(sfn.send(new SendTaskHeartbeatCommand({ taskToken })))).name).toBe(expected);
  });

  test('need an output that is JSON', async () => {
    const { failure, sfn } = world();
    const call = sfn.send(new SendTaskSuccessCommand({ taskToken: 'token', output: 'yes' }));
    expect((await failure(call)).name).toBe('InvalidOutput');
  });
});

test('another command is a FakeLimit', async () => {
  const { failure, sfn } = world();
  const call = sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  expect((await failure(call)).name).toBe('FakeLimit');
});
