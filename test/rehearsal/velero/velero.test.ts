import { at } from '../../../rehearsal/embedded/velero/json';
import { syncedBackup } from './world';

const fromNightly = { backupName: 'nightly', includedNamespaces: ['shop'] };

describe('Velero', () => {
  it('runs one Restore at a time: one that is stuck stops every later one, and its own deletion', async () => {
    const { dr, clock } = await syncedBackup();
    dr.velero.setFaults({ restoreStuck: true });
    dr.restore('stuck', fromNightly);
    await clock.advance(5_000);
    dr.velero.setFaults({ restoreStuck: false });
    dr.restore('later', fromNightly);
    dr.delete('Restore', 'stuck');
    await clock.advance(24 * 3_600_000);
    expect(dr.phase('Restore', 'stuck')).toBe('InProgress');
    expect(dr.get('Restore', 'later')?.status).toBeUndefined();
  });

  it('that is started again marks what was InProgress as Failed, and goes on with the rest', async () => {
    const { dr, clock } = await syncedBackup({}, { faults: { restoreStuck: true } });
    dr.restore('stuck', fromNightly);
    dr.restore('later', fromNightly);
    await clock.advance(5_000);
    dr.velero.setFaults({ serverGone: true, restoreStuck: false });
    await clock.advance(60_000);
    dr.velero.setFaults({ serverGone: false });
    expect(dr.status('Restore', 'stuck')).toMatchObject({
      phase: 'Failed',
      failureReason:
        'found a restore with status "InProgress" during the server starting, mark it as "Failed"',
    });
    await clock.advance(60_000);
    expect(dr.phase('Restore', 'later')).toBe('Completed');
  });

  it('processes nothing while its server is gone', async () => {
    const { dr, clock } = await syncedBackup({}, { faults: { serverGone: true } });
    dr.restore('r', fromNightly);
    await clock.advance(3_600_000);
    expect(dr.get('Restore', 'r')?.status).toBeUndefined();
    expect(dr.get('Backup', 'nightly')).toBeUndefined();
  });

  it('without its server still moves the bytes that node-agents have begun to move', async () => {
    const { dr, clock } = await syncedBackup();
    dr.restore('r', fromNightly);
    await clock.advance(5_000);
    dr.velero.setFaults({ serverGone: true });
    await clock.advance(60_000);
    expect(dr.contents.get('shop/data')?.content).toBe('monday');
    expect(dr.held).toEqual(new Set());
    expect(dr.phase('Restore', 'r')).toBe('InProgress');
    dr.velero.setFaults({ serverGone: false });
    expect(dr.phase('Restore', 'r')).toBe('Failed');
  });

  it('that is started again cancels the volumes that were on their way', async () => {
    const { dr, clock } = await syncedBackup();
    dr.restore('r', fromNightly);
    await clock.advance(5_000);
    dr.velero.setFaults({ serverGone: true });
    dr.velero.setFaults({ serverGone: false });
    await clock.advance(30_000);
    expect(dr.all('PodVolumeRestore').map(restore => at(restore, 'status', 'phase'))).toEqual(['Canceled']);
    expect(dr.contents.get('shop/data')).toBeUndefined();
  });

  it('stops with its Region in the middle, and leaves a Pod that waits for ever', async () => {
    const { dr, clock } = await syncedBackup();
    dr.restore('r', fromNightly);
    await clock.advance(5_000);
    dr.velero.lose();
    await clock.advance(3_600_000);
    expect(dr.phase('Restore', 'r')).toBe('InProgress');
    expect(dr.contents.get('shop/data')).toBeUndefined();
    dr.velero.restore();
    await clock.advance(60_000);
    expect(dr.phase('Restore', 'r')).toBe('Failed');
    expect(dr.all('PodVolumeRestore').map(restore => at(restore, 'status', 'phase'))).toEqual(['Canceled']);
    expect(dr.held).toEqual(new Set(['shop/db-0']));
  });

  it('that lost its Region during a backup leaves nothing in the bucket, and a Failed Backup when it is back', async () => {
    const { primary, dr, clock, bucket } = await syncedBackup();
    primary.backup('cut', { includedNamespaces: ['shop'], defaultVolumesToFsBackup: true });
    await clock.advance(5_000);
    expect(primary.phase('Backup', 'cut')).toBe('InProgress');
    primary.velero.lose();
    await clock.advance(130_000);
    expect(bucket.list()).toEqual(['nightly']);
    expect(dr.get('Backup', 'cut')).toBeUndefined();
    primary.velero.restore();
    expect(primary.phase('Backup', 'cut')).toBe('Failed');
    primary.backup('again', { includedNamespaces: ['shop'] });
    await clock.advance(30_000);
    expect(primary.phase('Backup', 'again')).toBe('Completed');
  });

  it('ends a Restore that was Finalizing when its Region went', async () => {
    const { dr, clock } = await syncedBackup({}, { timing: { finalize: 10_000 } }, site =>
      site.configMap('a', {}, {}, 'shop'),
    );
    dr.restore('r', fromNightly);
    await clock.advance(5_000);
    expect(dr.phase('Restore', 'r')).toBe('Finalizing');
    dr.velero.lose();
    await clock.advance(60_000);
    expect(dr.phase('Restore', 'r')).toBe('Finalizing');
    dr.velero.restore();
    await clock.advance(15_000);
    expect(dr.phase('Restore', 'r')).toBe('Completed');
  });

  it('does the same in every run', async () => {
    const run = async () => {
      const { dr, clock } = await syncedBackup();
      dr.restore('r', fromNightly);
      await clock.advance(60_000);
      return [dr.phases, dr.all('PodVolumeRestore'), dr.all('Restore')];
    };
    expect(await run()).toEqual(await run());
  });
});
