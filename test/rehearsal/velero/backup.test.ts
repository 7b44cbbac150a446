import { at } from '../../../rehearsal/embedded/velero/json';
import { pod, Site, start, syncedBackup, twoSites, workload } from './world';

describe('a Backup', () => {
  it('goes from the queue to Completed and says when it began, ended and expires', async () => {
    const { primary } = await syncedBackup();
    expect(primary.history('Backup', 'nightly')).toEqual([
      'undefined',
      'Queued',
      'ReadyToStart',
      'InProgress',
      'Finalizing',
      'Completed',
    ]);
    const status = primary.status('Backup', 'nightly');
    expect(Date.parse(String(status.startTimestamp))).toBeGreaterThan(start);
    expect(Date.parse(String(status.completionTimestamp))).toBeGreaterThan(
      Date.parse(String(status.startTimestamp)),
    );
    expect(Date.parse(String(status.expiration)) - start).toBeGreaterThan(29 * 86_400_000);
    expect(status.progress).toEqual({ totalItems: 4, itemsBackedUp: 4 }); // namespace, Pod, claim, volume
  });

  it('takes about as long as it did with real nodes: 50 MB in 14 s, 500 MB in 18 s', async () => {
    const seconds = async (bytes: number) => {
      const { primary } = await syncedBackup({}, {}, site => site.database('shop', 'monday', bytes));
      const { startTimestamp, completionTimestamp } = primary.status('Backup', 'nightly');
      return (Date.parse(String(completionTimestamp)) - Date.parse(String(startTimestamp))) / 1_000;
    };
    expect(await seconds(50e6)).toBeCloseTo(14, 0);
    expect(await seconds(500e6)).toBeCloseTo(18, 0);
  });

  it('takes what is in its namespaces, and the volumes of their claims, and nothing else of the cluster', async () => {
    const { bucket } = await syncedBackup({}, {}, primary => {
      primary.database('shop', 'monday');
      primary.namespace('other');
      primary.configMap('not-mine', {}, {}, 'other');
    });
    const kinds = bucket.get('nightly')?.items.map(({ object }) => `${object.kind}/${object.metadata.name}`);
    expect(kinds?.sort()).toEqual([
      'Namespace/shop',
      'PersistentVolume/pvc-primary-shop-data',
      'PersistentVolumeClaim/data',
      'Pod/db-0',
    ]);
  });

  it('leaves out excluded resources and what its label selector does not match', async () => {
    const { bucket, primary, clock } = await syncedBackup({}, {}, site => {
      site.configMap('kept', {}, { tier: 'front' }, 'shop');
      site.configMap('dropped', {}, { tier: 'back' }, 'shop');
      site.create({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'kept', namespace: 'shop', labels: { tier: 'front' } },
      });
    });
    primary.backup('chosen', {
      includedNamespaces: ['shop'],
      excludedResources: ['secret'],
      labelSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['front'] }] },
    });
    await clock.advance(30_000);
    const names = bucket.get('chosen')?.items.map(({ object }) => `${object.kind}/${object.metadata.name}`);
    expect(names).toEqual(['ConfigMap/kept', 'Namespace/shop']);
  });

  it('leaves out what is labelled to be excluded', async () => {
    const { bucket } = await syncedBackup({}, {}, site =>
      site.configMap('private', {}, { 'velero.io/exclude-from-backup': 'true' }, 'shop'),
    );
    expect(bucket.get('nightly')?.items.map(({ object }) => object.kind)).toEqual(['Namespace']);
  });

  it('is refused by a location that is read-only', async () => {
    const { primary, clock } = await twoSites({ accessMode: 'ReadOnly' });
    primary.backup('refused');
    await clock.advance(5_000);
    expect(primary.status('Backup', 'refused')).toMatchObject({
      phase: 'FailedValidation',
      validationErrors: [expect.stringContaining('read-only mode')],
    });
  });

  it('is refused while the bucket cannot be reached', async () => {
    const { primary, clock, bucket } = await twoSites();
    bucket.reachable = false;
    await clock.advance(80_000);
    expect(primary.phase('BackupStorageLocation', 'default')).toBe('Unavailable');
    primary.backup('refused');
    await clock.advance(5_000);
    expect(primary.phase('Backup', 'refused')).toBe('FailedValidation');
  });

  it('fails when the bucket went away and its location does not know yet', async () => {
    const { primary, clock, bucket } = await twoSites();
    primary.backup('failed');
    bucket.reachable = false;
    await clock.advance(20_000);
    expect(primary.status('Backup', 'failed')).toMatchObject({
      phase: 'Failed',
      failureReason: expect.stringContaining('timeout'),
    });
  });

  it('is refused when its filters contradict each other', async () => {
    const { primary, clock } = await twoSites();
    primary.backup('refused', { includedResources: ['pods'], includedClusterScopedResources: ['nodes'] });
    primary.backup('refused-too', { includedNamespaces: ['a'], excludedNamespaces: ['a'] });
    await clock.advance(5_000);
    expect(primary.phase('Backup', 'refused')).toBe('FailedValidation');
    expect(primary.phase('Backup', 'refused-too')).toBe('FailedValidation');
  });

  it('with a field that the fake does not know ends the test, not in silence', async () => {
    const { primary, clock } = await twoSites();
    primary.backup('strange', { resourcePolicy: { kind: 'configmap', name: 'policy' } });
    await expect(clock.advance(5_000)).rejects.toThrow('does not support spec.resourcePolicy of a Backup');
  });

  it('waits in the queue while another one runs', async () => {
    const { primary, clock } = await twoSites();
    primary.namespace('shop');
    primary.database('shop', 'monday');
    await clock.advance(5_000);
    primary.backup('first', { includedNamespaces: ['shop'], defaultVolumesToFsBackup: true });
    primary.backup('second', { includedNamespaces: ['shop'] });
    await clock.advance(5_000);
    expect([primary.phase('Backup', 'first'), primary.phase('Backup', 'second')]).toEqual([
      'InProgress',
      'Queued',
    ]);
    await clock.advance(30_000);
    expect([primary.phase('Backup', 'first'), primary.phase('Backup', 'second')]).toEqual([
      'Completed',
      'Completed',
    ]);
  });

  it('of a workload at 0 replicas has no data of its claims, and is Completed without a warning', async () => {
    const { primary, bucket } = await syncedBackup({}, {}, site => {
      site.database('shop', 'monday');
      site.create(workload('Deployment', 'shop', 'db', 0));
      site.clock.after(2_000, () => site.delete('Pod', 'db-0', 'shop'));
    });
    expect(primary.status('Backup', 'nightly')).toMatchObject({ phase: 'Completed' });
    expect(primary.status('Backup', 'nightly').warnings).toBeUndefined();
    expect(bucket.get('nightly')).toMatchObject({ podVolumeBackups: [], volumes: [] });
  });

  it('skips the volumes of a Pod that does not run, with a warning', async () => {
    const { primary } = await syncedBackup({}, {}, site => {
      site.create(pod('shop', 'pending', { claim: 'nowhere' }));
    });
    expect(primary.status('Backup', 'nightly')).toMatchObject({ phase: 'Completed', warnings: 1 });
  });

  it('reads a volume that two Pods share only once, and not one that an annotation excludes', async () => {
    const { bucket } = await syncedBackup({}, {}, site => {
      site.database('shop', 'monday');
      site.create(pod('shop', 'db-1', { claim: 'data' }));
      const quiet = pod('shop', 'quiet', { claim: 'data' });
      quiet.metadata.annotations = { 'backup.velero.io/backup-volumes-excludes': 'data' };
      site.create(quiet);
    });
    expect(bucket.get('nightly')?.podVolumeBackups).toHaveLength(1);
  });

  it('without defaultVolumesToFsBackup reads the volumes that a Pod names', async () => {
    const { bucket } = await syncedBackup(
      {},
      {},
      site => {
        site.database('shop', 'monday');
        const named = pod('shop', 'named', { claim: 'data' });
        named.metadata.annotations = { 'backup.velero.io/backup-volumes': 'data' };
        site.create(named);
      },
      { includedNamespaces: ['shop'] },
    );
    const [backup] = bucket.get('nightly')?.podVolumeBackups ?? [];
    expect(at(backup, 'spec', 'pod', 'name')).toBe('named');
    expect(bucket.get('nightly')?.podVolumeBackups).toHaveLength(1);
  });

  it('fails when the bucket already has one of that name', async () => {
    const { dr, bucket, clock } = await syncedBackup();
    dr.delete('Backup', 'nightly');
    dr.backup('nightly');
    await clock.advance(10_000);
    expect(dr.status('Backup', 'nightly')).toMatchObject({
      failureReason: 'backup already exists in object storage',
    });
    expect(bucket.get('nightly')?.items).toHaveLength(4);
  });

  it('with the data mover needs no Pod, and waits for its operations', async () => {
    const { primary, bucket } = await syncedBackup(
      {},
      {},
      site => {
        site.database('shop', 'monday');
        site.clock.after(2_000, () => site.delete('Pod', 'db-0', 'shop'));
      },
      { includedNamespaces: ['shop'], snapshotMoveData: true },
    );
    expect(primary.history('Backup', 'nightly')).toContain('WaitingForPluginOperations');
    expect(bucket.get('nightly')?.moved).toMatchObject([{ namespace: 'shop', claim: 'data' }]);
  });

  it('stays as it is while no server runs: no Deployment, or one at 0 replicas', async () => {
    const { clock, bucket } = await twoSites();
    const site = new Site('bare', clock, bucket, { install: false });
    site.namespace('velero');
    site.backup('ignored');
    site.create({ ...workload('Deployment', 'velero', 'velero', 0) });
    await clock.advance(60_000);
    expect(site.get('Backup', 'ignored')?.status).toBeUndefined();
    const deployment = site.get('Deployment', 'velero');
    if (deployment)
      site.store.update({ ...deployment, spec: { ...(deployment.spec as object), replicas: 1 } });
    await clock.advance(60_000);
    expect(site.phase('Backup', 'ignored')).toBe('Completed');
  });
});
