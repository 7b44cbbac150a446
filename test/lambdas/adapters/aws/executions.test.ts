import { Executions } from '../../../../lambdas/adapters/aws/executions';
import { type Execution, FakeSfn, type StateMachines } from '../../../../rehearsal/embedded/aws/sfn';
import { START, setting } from '../../../rehearsal/aws/setting';

const stateMachineArn = 'arn:aws:states:us-east-2:111122223333:stateMachine:levlabs';
const arnOf = (name: string) => `arn:aws:states:us-east-2:111122223333:execution:levlabs:${name}`;

function world(...statuses: Execution['status'][]) {
  const { clock, log, region, seed, run } = setting();
  const executions = statuses.map(status => ({
    executionArn: arnOf(status),
    stateMachineArn,
    name: status,
    status,
    startedAt: START,
    input: '{}',
  }));
  const machines = {
    exists: () => true,
    find: (arn: string) => executions.find(({ executionArn }) => executionArn === arn),
  } as unknown as StateMachines;
  const sfn = new FakeSfn({ clock, log, region, seed }, machines);
  return { clock, run, sfn, executions: new Executions(sfn, clock) };
}

describe('the holder of a lease', () => {
  test.each<[Execution['status'], string]>([
    ['RUNNING', 'running'],
    ['PENDING_REDRIVE', 'running'],
    ['SUCCEEDED', 'ended'],
    ['FAILED', 'ended'],
    ['TIMED_OUT', 'ended'],
    ['ABORTED', 'ended'],
  ])('whose execution is %s is %s', async (status, word) => {
    const { run, executions } = world(status);
    expect(await run(executions.holder(arnOf(status)))).toBe(word);
  });

  test('whose execution Step Functions has forgotten has ended', async () => {
    const { run, executions } = world();
    expect(await run(executions.holder(arnOf('long-ago')))).toBe('ended');
  });

  test.each<[string, (sfn: FakeSfn) => void]>([
    ['slows down', sfn => sfn.endpoint.throttle(1)],
    [
      'is silent',
      sfn => {
        sfn.endpoint.state = 'hang';
      },
    ],
    [
      'refuses connections',
      sfn => {
        sfn.endpoint.state = 'refuse';
      },
    ],
  ])('is unknown, and never ended, when Step Functions %s', async (_, fault) => {
    const { run, sfn, executions, clock } = world('SUCCEEDED');
    fault(sfn);
    expect(await run(executions.holder(arnOf('SUCCEEDED')))).toBe('unknown');
    expect(clock.now() - START).toBeLessThanOrEqual(3_000);
  });

  test('is unknown when its ARN is none of this Region', async () => {
    const { run, executions } = world('SUCCEEDED');
    expect(await run(executions.holder(arnOf('SUCCEEDED').replace('us-east-2', 'us-east-1')))).toBe(
      'unknown',
    );
  });
});
