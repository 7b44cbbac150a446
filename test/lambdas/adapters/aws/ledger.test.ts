import type { QueryCommand } from '@aws-sdk/client-dynamodb';
import { LEASE_SECONDS, type Lease } from '../../../../core/admission';
import { type AppRun, NEW_APP_RUN, type RunRecord } from '../../../../core/ledger';
import type { Run } from '../../../../core/run';
import { Documents } from '../../../../lambdas/adapters/aws/documents';
import { DynamoLedger } from '../../../../lambdas/adapters/aws/ledger';
import { START } from '../../../rehearsal/aws/setting';
import { TABLE, tableWorld } from './table';

const APP = 'sample-app';

function world() {
  const table = tableWorld();
  const ledger = new DynamoLedger(table.documents, table.clock);
  const others = new DynamoLedger(table.others, table.clock);
  return { ...table, ledger, others };
}

function run(id: string, startedAt = START): Run {
  return {
    id,
    executionArn: `arn:aws:states:us-east-2:111122223333:execution:levlabs:${id}`,
    activate: 'dr',
    mode: 'failover',
    startedBy: 'person',
    reason: 'a test',
    startedAt,
    apps: [APP],
  };
}

function record(id: string, startedAt = START): RunRecord {
  return { run: run(id, startedAt), acceptOldBackup: false, dependencies: [], joined: 0 };
}

function appRun(app: string): AppRun {
  return { ...NEW_APP_RUN, app };
}

describe('the lease of an app', () => {
  test("is nobody's at first", async () => {
    const { run: until, ledger } = world();
    expect(await until(ledger.lease(APP))).toBeUndefined();
  });

  test('is taken by a run, with the first token, for its time', async () => {
    const { run: until, ledger, clock } = world();
    const lease = await until(ledger.takeLease(APP, run('one'), undefined));
    expect(lease).toMatchObject({
      runId: 'one',
      executionArn: run('one').executionArn,
      activate: 'dr',
      token: 1,
    });
    expect(lease.expiresAt).toBeLessThanOrEqual(clock.now() + LEASE_SECONDS * 1000);
    expect(lease.expiresAt).toBeGreaterThanOrEqual(START + LEASE_SECONDS * 1000);
    expect(await until(ledger.lease(APP))).toEqual(lease);
  });

  test('is taken over from the holder that was seen, with a higher token', async () => {
    const { run: until, ledger } = world();
    const seen = await until(ledger.takeLease(APP, run('one'), undefined));
    expect(await until(ledger.takeLease(APP, run('two'), seen))).toMatchObject({ runId: 'two', token: 2 });
  });

  test.each<[string, (first: Lease) => Lease | undefined]>([
    ['saw none', () => undefined],
    ['saw the one before', first => first],
  ])('is not taken by a run that %s: WriteConflict', async (_, seenBy) => {
    const { run: until, failure, ledger } = world();
    const first = await until(ledger.takeLease(APP, run('one'), undefined));
    await until(ledger.takeLease(APP, run('two'), first));
    const error = await failure(ledger.takeLease(APP, run('three'), seenBy(first)));
    expect(error).toMatchObject({ name: 'WriteConflict', message: expect.stringContaining('Run two') });
    expect(await until(ledger.lease(APP))).toMatchObject({ runId: 'two', token: 2 });
  });

  test('is not taken when another run takes it between the look and the writing', async () => {
    const { failure, run: until, hooks, ledger, others } = world();
    hooks.beforePut = () => {
      delete hooks.beforePut;
      return others.takeLease(APP, run('quicker'), undefined);
    };
    expect((await failure(ledger.takeLease(APP, run('one'), undefined))).name).toBe('WriteConflict');
    expect(await until(ledger.lease(APP))).toMatchObject({ runId: 'quicker', token: 1 });
  });

  test('goes to one of many runs that want it at the same instant', async () => {
    const { run: until, ledger } = world();
    const tries = ['one', 'two', 'three', 'four', 'five'].map(id =>
      ledger.takeLease(APP, run(id), undefined),
    );
    const results = await until(Promise.allSettled(tries));
    const winners = results.flatMap(each => (each.status === 'fulfilled' ? [each.value.runId] : []));
    expect(winners).toHaveLength(1);
    expect(await until(ledger.lease(APP))).toMatchObject({ runId: winners[0] });
    for (const each of results) {
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ name: 'WriteConflict' });
    }
  });

  test('is taken again by its own run when the answer was lost', async () => {
    const { run: until, failure, hooks, db, ledger } = world();
    hooks.beforePut = async () => {
      delete hooks.beforePut;
      db.endpoint.loseReplies(1);
    };
    expect((await failure(ledger.takeLease(APP, run('one'), undefined))).name).toBe('AwsUnavailable');
    expect(await until(ledger.takeLease(APP, run('one'), undefined))).toMatchObject({
      runId: 'one',
      token: 2,
    });
  });

  test('is renewed by its holder, with the same token', async () => {
    const { run: until, clock, ledger } = world();
    const before = await until(ledger.takeLease(APP, run('one'), undefined));
    await clock.advance(600_000);
    await until(ledger.renewLease(APP, 'one'));
    const after = await until(ledger.lease(APP));
    expect(after).toEqual({ ...before, expiresAt: expect.any(Number) });
    expect(after?.expiresAt).toBeGreaterThanOrEqual(before.expiresAt + 600_000);
  });

  test('is lost to whoever does not hold it', async () => {
    const { run: until, failure, ledger } = world();
    expect(await failure(ledger.renewLease(APP, 'one'))).toMatchObject({
      name: 'LeaseLost',
      message: expect.stringContaining('nobody holds it'),
    });
    await until(ledger.takeLease(APP, run('two'), undefined));
    expect(await failure(ledger.renewLease(APP, 'one'))).toMatchObject({
      name: 'LeaseLost',
      message: expect.stringContaining('run two holds it'),
    });
    expect(await until(ledger.lease(APP))).toMatchObject({ runId: 'two' });
  });

  test('once released is free, and the next holder has a higher token', async () => {
    const { run: until, failure, ledger } = world();
    await until(ledger.takeLease(APP, run('one'), undefined));
    await until(ledger.releaseLease(APP, 'one'));
    expect(await until(ledger.lease(APP))).toBeUndefined();
    expect((await failure(ledger.renewLease(APP, 'one'))).name).toBe('LeaseLost');
    expect(await until(ledger.takeLease(APP, run('two'), undefined))).toMatchObject({ token: 2 });
  });

  test('is not released by another run', async () => {
    const { run: until, ledger, actions } = world();
    await until(ledger.takeLease(APP, run('one'), undefined));
    const before = actions().length;
    await until(ledger.releaseLease(APP, 'two'));
    expect(await until(ledger.lease(APP))).toMatchObject({ runId: 'one' });
    expect(actions().slice(before)).toEqual(['GetItem', 'GetItem']);
  });

  test('that nobody ever had is released without a trace', async () => {
    const { run: until, ledger, actions } = world();
    await until(ledger.releaseLease(APP, 'one'));
    expect(actions()).toEqual(['GetItem']);
  });

  test("is each app's own", async () => {
    const { run: until, ledger } = world();
    await until(ledger.takeLease('a', run('one'), undefined));
    expect(await until(ledger.takeLease('b', run('two'), undefined))).toMatchObject({ token: 1 });
  });

  test('goes on counting for 90 days after its end', async () => {
    const { run: until, db, clock, ledger } = world();
    await until(ledger.takeLease(APP, run('one'), undefined));
    await until(ledger.releaseLease(APP, 'one'));
    await clock.advance(89 * 86_400_000);
    db.table.expireNow();
    expect(await until(ledger.takeLease(APP, run('two'), undefined))).toMatchObject({ token: 2 });
  });
});

describe('the record of a run', () => {
  test('is kept, and changed on what stands there', async () => {
    const { run: until, ledger } = world();
    await until(ledger.changeRun('one', now => now ?? record('one')));
    await until(
      ledger.changeRun('one', now => ({ ...(now ?? record('one')), joined: (now?.joined ?? 0) + 1 })),
    );
    expect(await until(ledger.run('one'))).toEqual({ ...record('one'), joined: 1 });
    expect(await until(ledger.run('two'))).toBeUndefined();
  });

  test('is in the list of runs once, the newest first, as many as asked for', async () => {
    const { run: until, ledger } = world();
    // Not in the order of their ids, nor of their writing.
    const starts: [string, number][] = [
      ['b', START + 2_000],
      ['c', START + 1_000],
      ['a', START + 3_000],
    ];
    for (const [id, at] of starts) await until(ledger.changeRun(id, now => now ?? record(id, at)));
    await until(ledger.changeRun('c', now => ({ ...(now ?? record('c')), joined: 1 })));
    const listed = async (limit: number) =>
      (await until(ledger.recentRuns(limit))).map(({ run: { id } }) => id);
    expect(await listed(10)).toEqual(['a', 'b', 'c']);
    expect(await listed(2)).toEqual(['a', 'b']);
  });

  test('goes after 400 days', async () => {
    const { run: until, db, clock, ledger } = world();
    await until(ledger.changeRun('one', () => record('one')));
    await clock.advance(401 * 86_400_000);
    expect(db.table.expireNow()).toBe(2);
    expect(await until(ledger.recentRuns(10))).toEqual([]);
  });

  // The write went through, its answer did not: the step is asked again, finds the record and does not list it.
  test('is in the list also when the answer to its first writing was lost', async () => {
    const { run: until, failure, hooks, db, ledger } = world();
    hooks.beforePut = async () => {
      delete hooks.beforePut;
      db.endpoint.loseReplies(1);
    };
    const write = () => ledger.changeRun('one', now => now ?? record('one'));
    expect((await failure(write())).name).toBe('AwsUnavailable');
    await until(write());
    expect(await until(ledger.recentRuns(10))).toHaveLength(1);
  });

  // DynamoDB: "The AttributeValue for a key attribute cannot contain an empty string value. Key: sk".
  test('is listed by a question that DynamoDB answers: no empty sort key', async () => {
    const { run: until, db, clock } = world();
    const asked: QueryCommand[] = [];
    const send = (command: QueryCommand, options: object) => {
      asked.push(command);
      return db.send(command, options);
    };
    const documents = new Documents({ send } as typeof db, TABLE, clock);
    await until(new DynamoLedger(documents, clock).recentRuns(10));
    const values = asked.flatMap(({ input }) => Object.values(input.ExpressionAttributeValues ?? {}));
    expect(values).not.toContainEqual({ S: '' });
  });
});

describe('the parts of apps in a run', () => {
  test("are each app's own, and all of a run come together", async () => {
    const { run: until, ledger } = world();
    for (const app of ['shop', 'identity']) {
      await until(ledger.changeAppRun('one', app, now => now ?? appRun(app)));
    }
    await until(ledger.changeAppRun('two', 'shop', now => now ?? appRun('shop')));
    await until(ledger.changeRun('one', () => record('one')));
    await until(
      ledger.changeAppRun('one', 'shop', now => ({ ...(now ?? appRun('shop')), needsApproval: true })),
    );
    expect(await until(ledger.appRuns('one'))).toEqual([
      appRun('identity'),
      { ...appRun('shop'), needsApproval: true },
    ]);
    expect(await until(ledger.appRun('two', 'shop'))).toEqual(appRun('shop'));
    expect(await until(ledger.appRun('two', 'identity'))).toBeUndefined();
  });
});

describe('what the ledger remembers', () => {
  test('is a pause until it is lifted', async () => {
    const { run: until, ledger } = world();
    const pause = { by: 'ana', reason: 'maintenance', at: START };
    expect(await until(ledger.pause())).toBeUndefined();
    await until(ledger.setPause(pause));
    expect(await until(ledger.pause())).toEqual(pause);
    await until(ledger.setPause(undefined));
    expect(await until(ledger.pause())).toBeUndefined();
  });

  test('is the activation of an app', async () => {
    const { run: until, ledger } = world();
    const open = { id: '20260301030000', activate: 'dr' as const, openedAt: START };
    expect(await until(ledger.activation(APP))).toBeUndefined();
    await until(ledger.changeActivation(APP, () => open));
    await until(ledger.changeActivation(APP, now => ({ ...(now ?? open), closedAt: START + 1 })));
    expect(await until(ledger.activation(APP))).toEqual({ ...open, closedAt: START + 1 });
  });

  test('is what each site of an app was last seen to have', async () => {
    const { run: until, ledger } = world();
    const seen = { at: START, replicas: { 'Deployment shop/web': 3 } };
    await until(ledger.saveSeen(APP, 'primary', seen));
    expect(await until(ledger.seen(APP, 'primary'))).toEqual(seen);
    expect(await until(ledger.seen(APP, 'dr'))).toBeUndefined();
  });

  test('is a debt for each site, the latest of its kind', async () => {
    const { run: until, ledger } = world();
    const debt = {
      app: APP,
      runId: 'one',
      activationId: '20260329030000',
      site: 'primary' as const,
      what: 'fence' as const,
      since: START,
      why: 'lost',
    };
    await until(ledger.saveDebt(debt));
    await until(ledger.saveDebt({ ...debt, why: 'still lost' }));
    await until(ledger.saveDebt({ ...debt, site: 'dr' }));
    await until(ledger.saveDebt({ ...debt, app: 'another' }));
    expect(await until(ledger.debts(APP))).toEqual([
      { ...debt, site: 'dr' },
      { ...debt, why: 'still lost' },
    ]);
    expect((await until(ledger.debts())).map(({ app }) => app).sort()).toEqual([APP, APP, 'another'].sort());
  });

  test('forgets a debt that is settled, and settles none that is not there', async () => {
    const { run: until, ledger } = world();
    const debt = {
      app: APP,
      runId: 'one',
      activationId: '20260329030000',
      site: 'primary' as const,
      what: 'fence' as const,
      since: START,
      why: 'lost',
    };
    await until(ledger.settleDebt(APP, 'primary'));
    await until(ledger.saveDebt(debt));
    await until(ledger.settleDebt(APP, 'dr'));
    expect(await until(ledger.debts())).toEqual([debt]);
    await until(ledger.settleDebt(APP, 'primary'));
    expect(await until(ledger.debts())).toEqual([]);
  });

  test('is when on-call was told of a refusal, and how the last peace was', async () => {
    const { run: until, ledger } = world();
    expect(await until(ledger.refusalToldAt())).toBeUndefined();
    expect(await until(ledger.peace())).toBeUndefined();
    await until(ledger.saveRefusalTold(START));
    await until(ledger.savePeace({ at: START, errors: { [APP]: ['no node'] } }));
    expect(await until(ledger.refusalToldAt())).toBe(START);
    expect(await until(ledger.peace())).toEqual({ at: START, errors: { [APP]: ['no node'] } });
  });
});
