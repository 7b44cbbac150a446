import { chooseBackup } from '../../core/backup';
import type { BackupObject } from '../../core/kubernetes';
import { app, data, NOW } from './builders';

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
});
