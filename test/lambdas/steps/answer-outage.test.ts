import { NEW_APP_RUN } from '../../../core/ledger';
import type { Report } from '../../../core/outage';
import { DynamoLedger } from '../../../lambdas/adapters/aws/ledger';
import type { Deps } from '../../../lambdas/runtime/wire';
import { answerOutage } from '../../../lambdas/steps/answer-outage';
import { app, config, worker } from '../../core/builders';
import { tableWorld } from '../adapters/aws/table';

const apps = [app(), app({ name: 'blog', namespaces: ['blog'] }), worker({ after: ['blog'] })];

/** Step Functions as StartExecution documents it: one execution a name, and names of those that ended are taken. */
class Machine {
  readonly runs = new Map<string, { input: string; running: boolean }>();
  calls = 0;

  async start(name: string, input: object): Promise<'at-work' | 'ended'> {
    this.calls++;
    const text = JSON.stringify(input);
    const known = this.runs.get(name);
    if (!known) this.runs.set(name, { input: text, running: true });
    else if (!known.running || known.input !== text) return 'ended';
    return 'at-work';
  }

  end(): void {
    for (const run of this.runs.values()) run.running = false;
  }
}

function world() {
  const table = tableWorld();
  const machine = new Machine();
  const depsOf = (ledger: DynamoLedger) =>
    ({ config: config(apps), ledger, executions: machine, clock: table.clock }) as unknown as Deps;
  const ledger = new DynamoLedger(table.documents, table.clock);
  return {
    ...table,
    machine,
    ledger,
    mine: depsOf(ledger),
    theirs: depsOf(new DynamoLedger(table.others, table.clock)),
  };
}

function report(by: Report['by'], ...names: string[]): Report {
  return { by, activate: 'dr', apps: names, reason: `${by} says so` };
}

it('starts one run when the alarm and the guard come at the same moment, whoever writes first', async () => {
  const { run: until, machine, hooks, mine, theirs } = world();
  let second: Promise<unknown> | undefined;
  hooks.beforePut = () => {
    second ??= answerOutage(theirs, report('alarm', 'shop'));
    return second;
  };
  expect(await until(answerOutage(mine, report('guard', 'shop')))).toMatchObject({ word: 'joined' });
  expect(await until(second ?? Promise.reject(new Error('nobody came')))).toMatchObject({ word: 'started' });
  expect([...machine.runs.keys()]).toEqual([expect.stringMatching(/^alarm-\d+$/)]);
});

it('goes on with a start that was cut between the record and Step Functions', async () => {
  const { run: until, failure, machine, mine } = world();
  const start = machine.start.bind(machine);
  machine.start = async () => {
    machine.start = start;
    throw new Error('the Lambda was killed');
  };
  await failure(answerOutage(mine, report('guard', 'shop')));
  expect(machine.runs.size).toBe(0);
  await until(answerOutage(mine, report('guard', 'shop')));
  expect(machine.runs.size).toBe(1);
});

it('does not start again what has ended, until the cool-down is over', async () => {
  const { run: until, machine, mine, clock } = world();
  await until(answerOutage(mine, report('guard', 'shop')));
  machine.end();
  expect(await until(answerOutage(mine, report('guard', 'shop')))).toMatchObject({ word: 'answered' });
  const calls = machine.calls;
  expect(await until(answerOutage(mine, report('guard', 'shop')))).toMatchObject({ word: 'answered' });
  // What is known to have ended is not asked for every few seconds.
  expect(machine.calls).toBe(calls);
  await clock.advance(1800_000);
  expect(await until(answerOutage(mine, report('guard', 'shop')))).toMatchObject({ word: 'started' });
  expect(machine.runs.size).toBe(2);
});

it('gives an app a run of its own, with its worker, when the run at work has done with it', async () => {
  const { run: until, machine, ledger, mine } = world();
  const { run } = await until(answerOutage(mine, report('guard', 'shop')));
  // Nobody knows yet what becomes of blog in this run.
  expect(await until(answerOutage(mine, report('guard', 'shop', 'blog')))).toEqual({ word: 'joined', run });
  await until(ledger.changeOutage(now => ({ ...(now as NonNullable<typeof now>), apps: ['shop'] })));
  const end = { at: 1, outcome: 'refused' as const, reasons: ['blog is healthy'], nothingToDo: true };
  await until(ledger.changeAppRun(run, 'blog', () => ({ ...NEW_APP_RUN, app: 'blog', end })));
  const second = await until(answerOutage(mine, report('guard', 'shop', 'blog')));
  expect(second.word).toBe('started');
  expect(JSON.parse(machine.runs.get(second.run)?.input ?? '')).toMatchObject({ apps: ['blog', 'mailer'] });
});
