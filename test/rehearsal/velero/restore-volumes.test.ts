import { at, type Fields } from '../../../rehearsal/embedded/velero/json';
import { claim, pod, type Site, syncedBackup } from './world';

const fromNightly = { backupName: 'nightly', includedNamespaces: ['shop'] };

function volumeRestores(site: Site): unknown[] {
  return site.all('PodVolumeRestore').map(restore => at(restore, 'status', 'phase'));
}

function errorsOf(site: Site, restore: string): string {
  return JSON.stringify(site.bucket.restore(restore)?.errors);
}

describe('a Restore of volumes from file-system backup', () => {
  it('provisions the claim anew, holds the Pod until its data are there, and is Completed', async () => {
    const { dr, clock } = await syncedBackup();
    dr.restore('r', fromNightly);
    await clock.advance(5_000);
    expect(dr.held).toEqual(new Set(['shop/db-0']));
    expect(dr.phase('Restore', 'r')).toBe('InProgress');
    await clock.advance(30_000);
    expect(dr.held).toEqual(new Set());
    expect(dr.contents.get('shop/data')).toEqual({ content: 'monday', bytes: 50e6 });
    expect(at(dr.get('PersistentVolumeClaim', 'data', 'shop'), 'spec', 'volumeName')).toBe(
      'pvc-dr-shop-data',
    );
    expect(at(dr.get('Pod', 'db-0', 'shop'), 'status', 'phase')).toBe('Running');
    expect(dr.history('Restore', 'r')).toEqual(['undefined', 'InProgress', 'Finalizing', 'Completed']);
    const [restore] = dr.all('PodVolumeRestore');
    expect(dr.history('PodVolumeRestore', restore?.metadata.name ?? '')).toEqual([
      'undefined',
      'Accepted',
      'Prepared',
      'InProgress',
      'Completed',
    ]);
    expect(restore?.metadata.labels).toMatchObject({ 'velero.io/restore-name': 'r' });
  });

  it('gives the Pod the init container restore-wait, once, whatever the backup had', async () => {
    const { dr, clock } = await syncedBackup({}, {}, primary => {
      primary.database('shop', 'monday');
      const restored = primary.get('Pod', 'db-0', 'shop');
      primary.delete('Pod', 'db-0', 'shop');
      const spec = {
        ...(restored?.spec as Fields),
        initContainers: [{ name: 'restore-wait', image: 'old' }],
      };
      primary.create({ ...pod('shop', 'db-0'), spec });
    });
    dr.restore('r', fromNightly);
    await clock.advance(5_000);
    const containers = at(dr.get('Pod', 'db-0', 'shop'), 'spec', 'initContainers');
    expect(containers).toMatchObject([{ name: 'restore-wait', image: 'velero/velero:v1.18.3' }]);
  });

  it('keeps the volumeName of the other cluster when volumes are excluded, so that the claim is Pending for ever', async () => {
    const { dr, clock } = await syncedBackup();
    dr.restore('r', { ...fromNightly, excludedResources: ['pv', 'pods'] });
    await clock.advance(60_000);
    const restored = dr.get('PersistentVolumeClaim', 'data', 'shop');
    expect(at(restored, 'spec', 'volumeName')).toBe('pvc-primary-shop-data');
    expect(at(restored, 'status', 'phase')).toBe('Pending');
  });

  it('keeps it also with includeClusterResources false', async () => {
    const { dr, clock } = await syncedBackup();
    dr.restore('r', { ...fromNightly, includeClusterResources: false, excludedResources: ['pods'] });
    await clock.advance(5_000);
    expect(at(dr.get('PersistentVolumeClaim', 'data', 'shop'), 'spec', 'volumeName')).toBe(
      'pvc-primary-shop-data',
    );
  });

  it('with volumes excluded brings no data, and its Pod waits for them for ever', async () => {
    const { dr, clock } = await syncedBackup();
    dr.namespace('shop');
    dr.create(claim('shop', 'data'));
    dr.restore('r', { ...fromNightly, excludedResources: ['persistentvolumes'] });
    await clock.advance(120_000);
    expect(dr.phase('Restore', 'r')).toBe('Completed');
    expect(volumeRestores(dr)).toEqual([]);
    expect(dr.contents.get('shop/data')).toBeUndefined();
    expect(dr.held).toEqual(new Set(['shop/db-0']));
  });

  it('waits ten minutes for a claim that stays Pending, and is PartiallyFailed then', async () => {
    const { dr, clock } = await syncedBackup();
    dr.restore('r', { ...fromNightly, excludedResources: ['pv', 'pods'] });
    await clock.advance(9 * 60_000);
    expect(dr.phase('Restore', 'r')).toBe('Finalizing');
    await clock.advance(2 * 60_000);
    expect(dr.status('Restore', 'r')).toMatchObject({ phase: 'PartiallyFailed', errors: 1 });
    expect(errorsOf(dr, 'r')).toContain('fail to patch dynamic PV');
  });

  it('restores into a claim that exists, over what is there: files that the backup does not have remain', async () => {
    const { dr, clock } = await syncedBackup();
    dr.namespace('shop');
    dr.create(claim('shop', 'data'));
    dr.contents.set('shop/data', { content: 'old', bytes: 10 });
    await clock.advance(2_000);
    dr.restore('r', fromNightly);
    await clock.advance(60_000);
    expect(dr.status('Restore', 'r')).toMatchObject({ phase: 'Completed', warnings: 1 });
    expect(dr.contents.get('shop/data')?.content).toBe('monday over old');
  });

  it('restores no data when the Pod exists already, and is Completed', async () => {
    const { dr, clock } = await syncedBackup();
    dr.namespace('shop');
    dr.database('shop', 'old');
    await clock.advance(5_000);
    dr.restore('r', fromNightly);
    await clock.advance(60_000);
    expect(dr.status('Restore', 'r')).toMatchObject({ phase: 'Completed', warnings: 2 });
    expect(dr.contents.get('shop/data')?.content).toBe('old');
    expect(volumeRestores(dr)).toEqual([]);
  });

  it('restores no data without Pods', async () => {
    const { dr, clock } = await syncedBackup();
    dr.restore('r', { ...fromNightly, excludedResources: ['pods'] });
    await clock.advance(60_000);
    expect(dr.phase('Restore', 'r')).toBe('Completed');
    expect(at(dr.get('PersistentVolumeClaim', 'data', 'shop'), 'status', 'phase')).toBe('Bound');
    expect(dr.contents.get('shop/data')).toBeUndefined();
  });

  it('fails in part when the Pod is deleted while its data come', async () => {
    const { dr, clock } = await syncedBackup();
    dr.restore('r', fromNightly);
    await clock.advance(5_000);
    expect(volumeRestores(dr)).toEqual(['Accepted']);
    dr.delete('Pod', 'db-0', 'shop');
    await clock.advance(30_000);
    expect(volumeRestores(dr)).toEqual(['Failed']);
    expect(dr.history('Restore', 'r')).toEqual([
      'undefined',
      'InProgress',
      'FinalizingPartiallyFailed',
      'PartiallyFailed',
    ]);
    expect(dr.held).toEqual(new Set()); // a new Pod of that name waits for nothing
  });

  it('hangs for four hours when the Pod is deleted before its init container runs', async () => {
    const { dr, clock } = await syncedBackup();
    const stop = dr.store.watch(({ type, object }) => {
      if (type !== 'ADDED' || object.kind !== 'Pod') return;
      stop();
      clock.after(0, () => dr.delete('Pod', 'db-0', 'shop')); // as a ReplicaSet at 0 that adopts it
    });
    dr.restore('r', fromNightly);
    await clock.advance(3.9 * 3_600_000);
    expect([dr.phase('Restore', 'r'), ...volumeRestores(dr)]).toEqual(['InProgress', undefined]);
    await clock.advance(0.2 * 3_600_000);
    expect(dr.phase('Restore', 'r')).toBe('PartiallyFailed');
    expect(errorsOf(dr, 'r')).toContain('timed out waiting for all PodVolumeRestores');
  });

  it('hangs no longer than its annotation velero.io/pod-volume-timeout says', async () => {
    const { dr, clock } = await syncedBackup();
    dr.restore(
      'r',
      { ...fromNightly, excludedResources: ['nothing'] },
      { 'velero.io/pod-volume-timeout': '1m30s' },
    );
    dr.setNoNodes(true);
    await clock.advance(80_000);
    expect(dr.phase('Restore', 'r')).toBe('InProgress');
    await clock.advance(30_000);
    expect(dr.phase('Restore', 'r')).toBe('PartiallyFailed');
  });

  it('releases a Pod only when all of its volumes are there', async () => {
    const { dr, clock } = await syncedBackup({}, {}, primary => {
      primary.create(claim('shop', 'logs'));
      primary.contents.set('shop/logs', { content: 'lines', bytes: 10e6 });
      primary.create(claim('shop', 'data'));
      primary.contents.set('shop/data', { content: 'monday', bytes: 10e6 });
      const both = pod('shop', 'db-0', { claim: 'data' });
      const spec = both.spec as { volumes: Fields[]; containers: { volumeMounts: Fields[] }[] };
      spec.volumes.push({ name: 'logs', persistentVolumeClaim: { claimName: 'logs' } });
      spec.containers[0]?.volumeMounts.push({ name: 'logs', mountPath: '/logs' });
      primary.create(both);
    });
    dr.restore('r', fromNightly);
    await clock.advance(8_000);
    expect(volumeRestores(dr)).toContain('Completed');
    expect(dr.held.size).toBe(1);
    dr.velero.setFaults({ damagedPack: true });
    await clock.advance(30_000);
    expect(volumeRestores(dr).sort()).toEqual(['Completed', 'Failed']);
    expect(dr.held.size).toBe(1);
  });

  it('begins when the init container runs, not when it still waits for its image', async () => {
    const { dr, clock } = await syncedBackup();
    dr.setNoNodes(true);
    dr.restore('r', fromNightly);
    await clock.advance(5_000);
    const waiting = dr.get('Pod', 'db-0', 'shop');
    if (!waiting) throw new Error('no Pod');
    const state = (state: Fields) => ({ initContainerStatuses: [{ name: 'restore-wait', state }] });
    const placed = dr.store.update({ ...waiting, spec: { ...(waiting.spec as Fields), nodeName: 'node-1' } });
    dr.store.updateStatus({ ...placed, status: state({ waiting: { reason: 'ImagePullBackOff' } }) });
    await clock.advance(60_000);
    expect(volumeRestores(dr)).toEqual([undefined]);
    dr.store.updateStatus({ ...placed, status: state({ running: {} }) });
    await clock.advance(1_000);
    expect(volumeRestores(dr)).toEqual(['Accepted']);
  });

  it('does not wait for a claim that waits for its first consumer', async () => {
    const { dr, clock } = await syncedBackup();
    const labels = { 'velero.io/plugin-config': '', 'velero.io/change-storage-class': 'RestoreItemAction' };
    dr.configMap('classes', { gp3: 'late' }, labels);
    dr.create({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'late' },
      provisioner: 'ebs',
      volumeBindingMode: 'WaitForFirstConsumer',
    });
    dr.restore('r', { ...fromNightly, excludedResources: ['pods'] });
    await clock.advance(10_000);
    expect(dr.phase('Restore', 'r')).toBe('Completed');
    expect(at(dr.get('PersistentVolumeClaim', 'data', 'shop'), 'status', 'phase')).toBe('Pending');
  });

  it('keeps the volumeName, with a warning, when the backup has the claim without its volume', async () => {
    const { dr, clock } = await syncedBackup({}, {}, primary => primary.database('shop', 'monday'), {
      includedNamespaces: ['shop'],
      includedResources: ['persistentvolumeclaims'],
    });
    dr.restore('r', fromNightly);
    await clock.advance(5_000);
    expect(at(dr.get('PersistentVolumeClaim', 'data', 'shop'), 'spec', 'volumeName')).toBe(
      'pvc-primary-shop-data',
    );
    expect(JSON.stringify(dr.bucket.restore('r')?.warnings)).toContain('no such file or directory');
  });

  it('gives the new volume the reclaim policy and the labels of the old one', async () => {
    const { dr, clock } = await syncedBackup({}, {}, primary => {
      primary.database('shop', 'monday');
      primary.clock.after(2_000, () => {
        const volume = primary.get('PersistentVolume', 'pvc-primary-shop-data');
        if (!volume) throw new Error('no volume');
        const spec = { ...(volume.spec as Fields), persistentVolumeReclaimPolicy: 'Retain' };
        primary.store.update({ ...volume, metadata: { ...volume.metadata, labels: { tier: 'gold' } }, spec });
      });
    });
    dr.restore('r', fromNightly);
    await clock.advance(60_000);
    const volume = dr.get('PersistentVolume', 'pvc-dr-shop-data');
    expect(at(volume, 'spec', 'persistentVolumeReclaimPolicy')).toBe('Retain');
    expect(volume?.metadata.labels).toMatchObject({ tier: 'gold' });
  });

  it('keeps the Pod waiting and half of the data on the volume when a pack in the bucket is damaged', async () => {
    const { dr, clock } = await syncedBackup({}, { faults: { damagedPack: true } });
    dr.restore('r', fromNightly);
    await clock.advance(60_000);
    expect(volumeRestores(dr)).toEqual(['Failed']);
    expect(dr.history('Restore', 'r')).toContain('FinalizingPartiallyFailed');
    expect(dr.status('Restore', 'r')).toMatchObject({ phase: 'PartiallyFailed', errors: 1 });
    expect(dr.contents.get('shop/data')?.content).toBe('part of monday');
    expect(dr.held).toEqual(new Set(['shop/db-0']));
  });

  it('fails in part without node-agents', async () => {
    const { dr, clock } = await syncedBackup({}, { faults: { nodeAgentGone: true } });
    dr.restore('r', fromNightly);
    await clock.advance(30_000);
    expect(dr.phase('Restore', 'r')).toBe('PartiallyFailed');
    expect(errorsOf(dr, 'r')).toContain('node agent');
  });

  it('does not wait for a volume that was empty', async () => {
    const { dr, clock } = await syncedBackup({}, {}, primary => primary.database('shop', '', 0));
    dr.restore('r', fromNightly);
    await clock.advance(30_000);
    expect(dr.phase('Restore', 'r')).toBe('Completed');
    expect(at(dr.get('Pod', 'db-0', 'shop'), 'spec', 'initContainers')).toBeUndefined();
  });

  it('works without any label on the Pod, which then belongs to no ReplicaSet', async () => {
    const { dr, clock } = await syncedBackup();
    dr.configMap('modifiers', {
      rules: `
version: v1
resourceModifierRules:
- conditions: { groupResource: pods }
  mergePatches:
  - patchData: '{"metadata":{"labels":null}}'
`,
    });
    dr.restore('r', { ...fromNightly, resourceModifier: { kind: 'ConfigMap', name: 'modifiers' } });
    await clock.advance(60_000);
    expect(dr.phase('Restore', 'r')).toBe('Completed');
    expect(dr.get('Pod', 'db-0', 'shop')?.metadata.labels).toEqual({
      'velero.io/backup-name': 'nightly',
      'velero.io/restore-name': 'r',
    });
    expect(dr.contents.get('shop/data')?.content).toBe('monday');
  });

  it('restores a volume that says Retain and has no data as it was', async () => {
    const { dr, clock } = await syncedBackup(
      {},
      {},
      primary => {
        primary.database('shop', 'monday');
        primary.clock.after(2_000, () => {
          const volume = primary.get('PersistentVolume', 'pvc-primary-shop-data');
          const spec = { ...(volume?.spec as Fields), persistentVolumeReclaimPolicy: 'Retain' };
          if (volume) primary.store.update({ ...volume, spec });
        });
      },
      { includedNamespaces: ['shop'] },
    );
    dr.restore('r', { ...fromNightly, excludedResources: ['pods'] });
    await clock.advance(30_000);
    const volume = dr.get('PersistentVolume', 'pvc-primary-shop-data');
    expect(at(volume, 'spec', 'csi', 'volumeHandle')).toBe('pvc-primary-shop-data');
    expect(at(volume, 'spec', 'claimRef', 'uid')).toBeUndefined();
  });
});

describe('a Restore of volumes from the data mover', () => {
  const moved = { includedNamespaces: ['shop'], snapshotMoveData: true };
  const prepared = (primary: Site) => {
    primary.database('shop', 'monday');
    primary.clock.after(2_000, () => primary.delete('Pod', 'db-0', 'shop'));
  };

  it('needs no Pod, and waits in WaitingForPluginOperations', async () => {
    const { dr, clock } = await syncedBackup({}, {}, prepared, moved);
    dr.restore('r', fromNightly);
    await clock.advance(60_000);
    expect(dr.history('Restore', 'r')).toEqual([
      'undefined',
      'InProgress',
      'WaitingForPluginOperations',
      'Finalizing',
      'Completed',
    ]);
    expect(at(dr.get('PersistentVolumeClaim', 'data', 'shop'), 'status', 'phase')).toBe('Bound');
    expect(dr.contents.get('shop/data')?.content).toBe('monday');
  });

  it('restores nothing into a claim that exists, and is Completed', async () => {
    const { dr, clock } = await syncedBackup({}, {}, prepared, moved);
    dr.namespace('shop');
    dr.create(claim('shop', 'data'));
    dr.contents.set('shop/data', { content: 'old', bytes: 10 });
    await clock.advance(2_000);
    dr.restore('r', fromNightly);
    await clock.advance(60_000);
    expect(dr.status('Restore', 'r')).toMatchObject({ phase: 'Completed', warnings: 1 });
    expect(dr.contents.get('shop/data')?.content).toBe('old');
  });

  it('fails in part when a pack in the bucket is damaged', async () => {
    const { dr, clock } = await syncedBackup({}, { faults: { damagedPack: true } }, prepared, moved);
    dr.restore('r', fromNightly);
    await clock.advance(60_000);
    expect(dr.status('Restore', 'r')).toMatchObject({
      phase: 'PartiallyFailed',
      restoreItemOperationsFailed: 1,
    });
  });
});
