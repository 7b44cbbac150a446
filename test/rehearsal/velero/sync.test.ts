import { at } from '../../../rehearsal/embedded/velero/json';
import { syncedBackup, twoSites } from './world';

describe('the sync of backups', () => {
  it('brings a Backup of the other cluster at the next whole minute of the server, with its volumes and its status', async () => {
    const { primary, dr, clock } = await twoSites();
    primary.namespace('shop');
    primary.database('shop', 'monday');
    await clock.advance(5_000);
    primary.backup('nightly', { includedNamespaces: ['shop'], defaultVolumesToFsBackup: true, ttl: '24h' });
    await clock.advance(50_000);
    expect(primary.phase('Backup', 'nightly')).toBe('Completed');
    expect(dr.get('Backup', 'nightly')).toBeUndefined();
    await clock.advance(5_000);
    expect(dr.status('Backup', 'nightly')).toEqual(primary.status('Backup', 'nightly'));
    expect(dr.get('Backup', 'nightly')?.metadata.labels).toMatchObject({
      'velero.io/storage-location': 'default',
    });
    expect(dr.all('PodVolumeBackup').map(backup => at(backup, 'status', 'phase'))).toEqual(['Completed']);
    expect(dr.history('Backup', 'nightly')).toEqual(['Completed']);
  });

  it('is no faster with a shorter backupSyncPeriod', async () => {
    const { dr, clock } = await twoSites();
    const location = dr.get('BackupStorageLocation', 'default');
    if (location)
      dr.store.update({ ...location, spec: { ...(location.spec as object), backupSyncPeriod: '5s' } });
    const synced = () => dr.status('BackupStorageLocation', 'default').lastSyncedTime;
    await clock.advance(30_000);
    const before = synced();
    await clock.advance(25_000);
    expect(synced()).toBe(before);
    await clock.advance(10_000);
    expect(synced()).not.toBe(before);
  });

  it('stands still while the location is not Available', async () => {
    const { primary, dr, clock, bucket } = await twoSites();
    primary.backup('nightly', { includedNamespaces: ['shop'] });
    await clock.advance(10_000);
    bucket.reachable = false;
    await clock.advance(180_000);
    expect(dr.get('Backup', 'nightly')).toBeUndefined();
    bucket.reachable = true;
    await clock.advance(180_000);
    expect(dr.phase('Backup', 'nightly')).toBe('Completed');
  });

  it('leaves out a Backup that is not finished', async () => {
    const { bucket, clock, dr } = await syncedBackup();
    const stored = bucket.get('nightly');
    if (!stored) throw new Error('no backup');
    stored.metadata.status = { ...(stored.metadata.status as object), phase: 'Finalizing' };
    bucket.put('unfinished', stored);
    await clock.advance(130_000);
    expect(dr.get('Backup', 'unfinished')).toBeUndefined();
  });

  it('takes a Backup away that was deleted from the bucket, and its restores with it where it was deleted', async () => {
    const { primary, dr, clock } = await syncedBackup();
    primary.restore('of-nightly', { backupName: 'nightly' });
    await clock.advance(30_000);
    primary.create({
      apiVersion: 'velero.io/v1',
      kind: 'DeleteBackupRequest',
      metadata: { name: 'nightly-x', namespace: 'velero' },
      spec: { backupName: 'nightly' },
    });
    await clock.advance(5_000);
    expect(primary.get('Backup', 'nightly')).toBeUndefined();
    expect(primary.get('Restore', 'of-nightly')).toBeUndefined();
    expect(dr.phase('Backup', 'nightly')).toBe('Completed');
    await clock.advance(60_000);
    expect(dr.get('Backup', 'nightly')).toBeUndefined();
  });

  it('does not delete what is in progress, unknown, or in a read-only location', async () => {
    const { primary, dr, clock } = await syncedBackup({}, { accessMode: 'ReadOnly' });
    primary.backup('running', { includedNamespaces: ['shop'], defaultVolumesToFsBackup: true });
    await clock.advance(3_000);
    const ask = (site: typeof primary, backupName: string) =>
      site.create({
        apiVersion: 'velero.io/v1',
        kind: 'DeleteBackupRequest',
        metadata: { name: `${backupName}-x`, namespace: 'velero' },
        spec: { backupName },
      });
    ask(primary, 'running');
    ask(primary, 'none');
    ask(dr, 'nightly');
    await clock.advance(2_000);
    const errors = (site: typeof primary, name: string) => site.status('DeleteBackupRequest', name).errors;
    expect(errors(primary, 'running-x')).toEqual(['backup is still in progress']);
    expect(errors(primary, 'none-x')).toEqual(['backup not found']);
    expect(errors(dr, 'nightly-x')).toEqual([expect.stringContaining('read-only mode')]);
  });

  it('deletes what has expired, within an hour', async () => {
    const { primary, dr, clock, bucket } = await syncedBackup({}, {}, () => undefined, { ttl: '1h' });
    expect(bucket.list()).toEqual(['nightly']);
    await clock.advance(2.1 * 3_600_000);
    expect(bucket.list()).toEqual([]);
    expect([primary.get('Backup', 'nightly'), dr.get('Backup', 'nightly')]).toEqual([undefined, undefined]);
  });

  it('keeps what has expired while every location is read-only', async () => {
    const { primary, clock, bucket, dr } = await syncedBackup(
      {},
      { accessMode: 'ReadOnly' },
      () => undefined,
      { ttl: '1h' },
    );
    primary.velero.lose();
    await clock.advance(3 * 3_600_000);
    expect(bucket.list()).toEqual(['nightly']);
    expect(dr.get('Backup', 'nightly')?.metadata.labels).toMatchObject({
      'velero.io/gc-failure': 'BSLReadOnly',
    });
  });
});
