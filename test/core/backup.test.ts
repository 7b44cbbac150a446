import { chooseBackup, judgeBackup } from '../../core/backup';
import type { BackupObject } from '../../core/kubernetes';
import { app, data, NOW, pick, seeded } from './builders';

describe('the choice of a backup', () => {
  const backup = (
    name: string,
    minutesAgo: number,
    changes: { spec?: object; status?: object; metadata?: object } = {},
  ): BackupObject => ({
    metadata: { name, labels: { 'velero.io/schedule-name': 'shop' }, ...changes.metadata },
    spec: { storageLocation: 'default', ...changes.spec },
    status: {
      phase: 'Completed',
      startTimestamp: new Date(NOW - minutesAgo * 60_000).toISOString(),
      ...changes.status,
    },
  });
  const available = [{ metadata: { name: 'default' }, status: { phase: 'Available' } }];
  const choose = (
    backups: BackupObject[],
    changes: Partial<typeof data> = {},
    accept = false,
    locations: Parameters<typeof chooseBackup>[3] = available,
  ) => chooseBackup(app(), { ...data, ...changes }, backups, locations, accept, NOW);

  it('takes the newest usable one, whatever the order', () => {
    const backups = [
      backup('old', 60),
      backup('new', 5),
      backup('failed', 1, { status: { phase: 'Failed' } }),
    ];
    expect(choose(backups)).toEqual({ ok: true, name: 'new', takenAt: NOW - 300_000, ageSeconds: 300 });
  });
  it('refuses one beyond the RPO, to the second, unless a person accepts it', () => {
    expect(choose([backup('b', 90)]).ok).toBe(true);
    const late = choose([backup('b', 90.1)]);
    expect(late).toMatchObject({ ok: false, cause: 'stale' });
    expect(late.ok ? '' : late.reason).toContain('at most 90 min are allowed');
    expect(choose([backup('b', 900)], {}, true).ok).toBe(true);
  });
  it.each<[string, Parameters<typeof backup>[2], string]>([
    ['another phase', { status: { phase: 'InProgress' } }, 'b is InProgress'],
    ['no phase', { status: { phase: undefined } }, 'b is New'],
    ['a partial failure', { status: { phase: 'PartiallyFailed' } }, 'b is PartiallyFailed'],
    ['no start', { status: { startTimestamp: undefined } }, 'b has no start time'],
    ['expiry', { status: { expiration: new Date(NOW).toISOString() } }, 'b has expired'],
    ['deletion', { metadata: { deletionTimestamp: 'now' } }, 'b is being deleted'],
    ['a missing namespace', { spec: { includedNamespaces: ['other'] } }, 'b lacks namespace shop'],
    ['another location', { spec: { storageLocation: 'x' } }, 'b lies in x, which is not there'],
    ['no location', { spec: { storageLocation: undefined } }, 'b lies in no location, which is not there'],
  ])('does not take one with %s', (_name, changes, why) => {
    const choice = choose([backup('b', 5, changes)]);
    expect(choice).toMatchObject({ ok: false, cause: 'none' });
    expect(choice.ok ? '' : choice.reason).toContain(why);
  });
  it('takes one of all namespaces, one not expired yet, and a partial failure where that is accepted', () => {
    expect(choose([backup('b', 5, { spec: { includedNamespaces: ['*'] } })]).ok).toBe(true);
    expect(choose([backup('b', 5, { spec: { includedNamespaces: ['shop', 'x'] } })]).ok).toBe(true);
    expect(choose([backup('b', 5, { status: { expiration: new Date(NOW + 1).toISOString() } })]).ok).toBe(
      true,
    );
    expect(
      choose([backup('b', 5, { status: { phase: 'PartiallyFailed' } })], { partiallyFailed: 'accept' }).ok,
    ).toBe(true);
  });
  it('does not take what lies in a location that is not Available', () => {
    const gone = [{ metadata: { name: 'default' }, status: { phase: 'Unavailable' } }];
    expect(choose([backup('b', 5)], {}, false, gone)).toMatchObject({
      cause: 'none',
      reason: expect.stringContaining('which is Unavailable'),
    });
  });
  it("takes only the other site's backups where it can tell them by a read-only location", () => {
    const locations = [
      ...available,
      { metadata: { name: 'theirs' }, spec: { accessMode: 'ReadOnly' }, status: { phase: 'Available' } },
    ];
    const mine = backup('mine', 1);
    const theirs = backup('theirs', 30, { spec: { storageLocation: 'theirs' } });
    expect(choose([mine, theirs], {}, false, locations)).toMatchObject({ name: 'theirs' });
  });
  it('looks for the one that is named, and says when there is none', () => {
    expect(choose([backup('a', 1), backup('b', 5)], { source: { backup: 'b' } })).toMatchObject({
      name: 'b',
    });
    expect(choose([], { source: { backup: 'b' } })).toMatchObject({
      reason: 'Backup b is not in the cluster.',
    });
    expect(choose([])).toMatchObject({ reason: 'A backup of schedule shop is not in the cluster.' });
  });

  it.each([
    [5400, true],
    [5400.001, false],
    [5401, false],
    [0, true],
    [-60, true],
  ])('with a maxAge of 90 min, takes one of %d s ago: %s', (seconds, ok) => {
    expect(choose([backup('b', seconds / 60)]).ok).toBe(ok);
  });
  it('says how old the newest one is, and not how old the others are', () => {
    expect(choose([backup('old', 600), backup('new', 120)])).toEqual({
      ok: false,
      cause: 'stale',
      reason: 'The newest usable backup, new, is 2 h old; at most 90 min are allowed.',
    });
  });
  it('takes an old one that a person accepts, but none that is not usable', () => {
    expect(choose([backup('b', 900)], {}, true)).toMatchObject({ ok: true, name: 'b', ageSeconds: 54_000 });
    expect(choose([backup('b', 5, { status: { phase: 'Failed' } })], {}, true)).toMatchObject({
      cause: 'none',
    });
  });
  it('tells why the three newest by name are not usable', () => {
    const failed = ['shop-1', 'shop-4', 'shop-2', 'shop-3'].map(name =>
      backup(name, 5, { status: { phase: 'Failed' } }),
    );
    expect(choose(failed)).toMatchObject({
      reason:
        'A backup of schedule shop is not usable: shop-4 is Failed; shop-3 is Failed; shop-2 is Failed.',
    });
    expect(
      choose([backup('b', 5, { status: { phase: 'Failed' } })], { source: { backup: 'b' } }),
    ).toMatchObject({
      reason: 'Backup b is not usable: b is Failed.',
    });
  });
  it('asks for every namespace of the app', () => {
    const of = (...includedNamespaces: string[]) =>
      chooseBackup(
        app({ namespaces: ['shop', 'shop-db', 'shop-mq'] }),
        data,
        [backup('b', 5, { spec: { includedNamespaces } })],
        available,
        false,
        NOW,
      );
    expect(of('shop')).toMatchObject({
      reason: expect.stringContaining('b lacks namespace shop-db, shop-mq.'),
    });
    expect(of('shop-mq', 'shop-db', 'shop').ok).toBe(true);
    expect(of().ok).toBe(true);
  });
  it('takes nothing of another schedule, nothing without labels, nothing without a status', () => {
    const plain = { metadata: { name: 'b' }, spec: { storageLocation: 'default' } };
    expect(choose([plain])).toMatchObject({ reason: 'A backup of schedule shop is not in the cluster.' });
    expect(choose([plain], { source: { backup: 'b' } })).toMatchObject({
      reason: 'Backup b is not usable: b is New.',
    });
    expect(
      choose([backup('b', 5, { metadata: { labels: { 'velero.io/schedule-name': 'wiki' } } })]),
    ).toMatchObject({ cause: 'none' });
    const bare = {
      metadata: { name: 'b' },
      status: { phase: 'Completed', startTimestamp: new Date(NOW).toISOString() },
    };
    expect(choose([bare], { source: { backup: 'b' } })).toMatchObject({
      reason: 'Backup b is not usable: b lies in no location, which is not there.',
    });
  });
  it('chooses the same one in any order, the newest of those that are usable', () => {
    const random = seeded(43);
    for (let round = 0; round < 300; round++) {
      const some = Array.from({ length: 1 + Math.floor(random() * 6) }, (_, index) => ({
        minutes: Math.floor(random() * 80),
        phase: pick(random, 'Completed', 'Completed', 'Failed', 'PartiallyFailed'),
        index,
      }));
      const backups = some.map(({ minutes, phase, index }) =>
        backup(`b-${index}`, minutes, { status: { phase } }),
      );
      const good = some.filter(({ phase }) => phase === 'Completed').map(({ minutes }) => minutes);
      for (const order of [backups, backups.toReversed()]) {
        const choice = choose(order);
        expect(choice.ok).toBe(good.length > 0);
        if (choice.ok) expect(choice.ageSeconds).toBe(Math.min(...good) * 60);
      }
    }
  });
});

describe('what became of a last backup', () => {
  const made = (status: object) => ({ metadata: { name: 'b' }, status });
  const times = { startTimestamp: '2026-03-29T03:00:00Z', completionTimestamp: '2026-03-29T03:01:00Z' };

  it.each([
    'New',
    'Queued',
    'ReadyToStart',
    'InProgress',
    'WaitingForPluginOperations',
    'Finalizing',
    'FinalizingPartiallyFailed',
    '',
  ])('is open while it is %j', phase => {
    expect(judgeBackup(made({ phase }), 'accept').word).toBe('under-way');
  });

  it('is open while it has no status', () => {
    expect(judgeBackup({ metadata: { name: 'b' } }, 'refuse')).toEqual({
      word: 'under-way',
      detail: 'Backup b is New.',
    });
  });

  it('is done when it is Completed, with the times of its start and end', () => {
    expect(judgeBackup(made({ phase: 'Completed', ...times }), 'refuse')).toEqual({
      word: 'done',
      detail: 'Backup b is Completed (0 warnings, 0 errors).',
      takenAt: Date.parse(times.startTimestamp),
      endedAt: Date.parse(times.completionTimestamp),
    });
  });

  it('is done when it is PartiallyFailed where that is accepted, and nowhere else', () => {
    const partly = made({ phase: 'PartiallyFailed', errors: 2, ...times });
    expect(judgeBackup(partly, 'accept')).toMatchObject({
      word: 'done',
      detail: 'Backup b is PartiallyFailed (0 warnings, 2 errors), which the configuration accepts.',
    });
    expect(judgeBackup(partly, 'refuse')).toEqual({
      word: 'failed',
      detail: 'Backup b is PartiallyFailed (0 warnings, 2 errors).',
    });
  });

  it.each(['Failed', 'FailedValidation', 'Deleting'])('has failed when it is %s, with the reasons', phase => {
    const status = { phase, failureReason: 'no bucket', validationErrors: ['no such location'] };
    expect(judgeBackup(made(status), 'accept')).toEqual({
      word: 'failed',
      detail: `Backup b is ${phase} (0 warnings, 0 errors): no bucket; no such location.`,
    });
  });
});
