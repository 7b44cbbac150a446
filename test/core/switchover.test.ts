import type {
  BackupObject,
  ClaimObject,
  PodObject,
  ScheduleObject,
  VolumeBackupObject,
} from '../../core/kubernetes';
import {
  lastBackup,
  lastBackupSeconds,
  needsReaders,
  notReading,
  otherSiteFindings,
  readerPod,
  stillWriting,
  withoutData,
  withVolume,
} from '../../core/switchover';
import { app, data, deployment } from './builders';

function pod(
  name: string,
  changes: { claims?: string[]; phase?: string; reader?: boolean; going?: boolean } = {},
): PodObject {
  const { claims = [], phase = 'Running', reader = false, going = false } = changes;
  return {
    metadata: {
      name,
      namespace: 'shop',
      ...(reader ? { labels: { 'lifeboat.dev/reader': 'a1' } } : {}),
      ...(going ? { deletionTimestamp: '2026-03-29T03:00:00Z' } : {}),
    },
    spec: {
      volumes: claims.map(claimName => ({ name: claimName, persistentVolumeClaim: { claimName } })),
    },
    status: { phase },
  };
}

function claim(name: string, volumeName: string | undefined = `pv-${name}`): ClaimObject {
  return { metadata: { name, namespace: 'shop' }, spec: volumeName ? { volumeName } : {} };
}

const schedule: ScheduleObject = {
  metadata: { name: 'shop', namespace: 'velero', labels: { team: 'blue' } },
  spec: {
    paused: true,
    template: { includedNamespaces: ['shop'], storageLocation: 'primary', defaultVolumesToFsBackup: true },
  },
};

describe('who could still write', () => {
  it.each([
    ['a pod that runs with a volume', pod('web', { claims: ['disk'] }), ['shop/web (disk)']],
    ['one that has not started', pod('web', { claims: ['disk'], phase: 'Pending' }), ['shop/web (disk)']],
    ['one that is on its way out', pod('web', { claims: ['disk'], going: true }), ['shop/web (disk)']],
    ['not one without a volume', pod('web'), []],
    ['not one that has ended well', pod('job', { claims: ['disk'], phase: 'Succeeded' }), []],
    ['not one that has failed', pod('job', { claims: ['disk'], phase: 'Failed' }), []],
    ['not a reader', pod('reader', { claims: ['disk'], reader: true }), []],
  ])('is %s', (_what, one, expected) => {
    expect(stillWriting([one])).toEqual(expected);
  });
});

describe('the last backup', () => {
  it('is what the Schedule would have made, and counts as one of its backups', () => {
    expect(lastBackup(app({ data }), schedule, 'lifeboat-shop-1')).toEqual({
      apiVersion: 'velero.io/v1',
      kind: 'Backup',
      metadata: {
        name: 'lifeboat-shop-1',
        namespace: 'velero',
        labels: { team: 'blue', 'velero.io/schedule-name': 'shop', 'lifeboat.dev/app': 'shop' },
      },
      spec: { includedNamespaces: ['shop'], storageLocation: 'primary', defaultVolumesToFsBackup: true },
    });
  });

  it("takes the template's own labels where it has some, as Velero does", () => {
    const own = {
      ...schedule,
      spec: { template: { ...schedule.spec?.template, metadata: { labels: { a: 'b' } } } },
    };
    expect(lastBackup(app({ data }), own, 'x')).toMatchObject({
      metadata: { labels: { a: 'b', 'velero.io/schedule-name': 'shop', 'lifeboat.dev/app': 'shop' } },
    });
    expect(lastBackup(app({ data }), own, 'x').spec as object).not.toHaveProperty('metadata');
  });

  it('has as long as a restore, and six hours at most', () => {
    expect(lastBackupSeconds(data)).toBe(1200);
    expect(lastBackupSeconds({ ...data, deadlineSeconds: 86_400 })).toBe(21_600);
  });
});

describe('pods through which Velero reads', () => {
  const withTemplate = (template: object): ScheduleObject => ({ ...schedule, spec: { template } });

  it.each([
    ['files of every volume', { defaultVolumesToFsBackup: true }, true],
    ['files of volumes that are named', {}, true],
    [
      'files, though it could take snapshots',
      { defaultVolumesToFsBackup: true, snapshotMoveData: true },
      true,
    ],
    ['snapshots only', { snapshotMoveData: true }, false],
  ])('are needed for %s: %j → %s', (_what, template, needed) => {
    expect(needsReaders(withTemplate(template))).toBe(needed);
  });

  it('are for claims that have a volume', () => {
    const going = { ...claim('going'), metadata: { name: 'going', deletionTimestamp: 'now' } };
    expect(withVolume([claim('disk'), claim('never', ''), going])).toEqual([claim('disk')]);
  });

  it('mount one claim to read it, do nothing, and may stand where the app may', () => {
    const web = deployment('web', 0, {
      spec: {
        replicas: 0,
        template: {
          spec: {
            volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'disk' } }],
            nodeSelector: { pool: 'blue' },
            tolerations: [{ key: 'blue' }],
          },
        },
      },
    });
    expect(readerPod(claim('disk'), [deployment('other', 0), web], 'velero:1', 'a1')).toMatchObject({
      metadata: {
        name: 'lifeboat-reader-disk',
        namespace: 'shop',
        labels: { 'lifeboat.dev/reader': 'a1' },
        annotations: { 'backup.velero.io/backup-volumes': 'data' },
      },
      spec: {
        nodeSelector: { pool: 'blue' },
        tolerations: [{ key: 'blue' }],
        containers: [
          {
            image: 'velero:1',
            command: ['/velero-restore-helper', 'no-restore-a1'],
            volumeMounts: [{ name: 'data', mountPath: '/restores/data', readOnly: true }],
          },
        ],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'disk' } }],
      },
    });
  });

  it('find the StatefulSet of a claim that its template made, and do without one that nobody uses', () => {
    const db = {
      ...deployment('db', 0, { spec: { template: { spec: { nodeSelector: { pool: 'red' } } } } }),
      kind: 'StatefulSet' as const,
    };
    expect(readerPod(claim('data-db-0'), [db], 'i', 'a')).toMatchObject({
      spec: { nodeSelector: { pool: 'red' } },
    });
    expect(readerPod(claim('data-cache-0'), [db], 'i', 'a').spec).not.toHaveProperty('nodeSelector');
    expect(readerPod(claim('disk'), [], 'i', 'a').spec).not.toHaveProperty('tolerations');
  });

  it('have names of their own, however long those of the claims are', () => {
    const name = (of: string) => (readerPod(claim(of), [], 'i', 'a').metadata as { name: string }).name;
    const [one, two] = [name(`${'x'.repeat(200)}1`), name(`${'x'.repeat(200)}2`)];
    expect(one).not.toBe(two);
    for (const each of [one, two]) expect(each.length).toBeLessThanOrEqual(63);
  });

  it('are waited for until each runs', () => {
    const claims = [claim('a'), claim('b')];
    expect(notReading(claims, [])).toEqual(['shop/a', 'shop/b']);
    const a = pod('ra', { claims: ['a'], reader: true });
    expect(notReading(claims, [a, pod('rb', { claims: ['b'], reader: true, phase: 'Pending' })])).toEqual([
      'shop/b',
    ]);
    expect(notReading(claims, [a, pod('rb', { claims: ['b'], reader: true, going: true })])).toEqual([
      'shop/b',
    ]);
    expect(notReading(claims, [a, pod('rb', { claims: ['b'], reader: true })])).toEqual([]);
  });
});

describe('a backup that calls itself Completed', () => {
  const claims = [claim('a'), claim('b')];
  const readers = [pod('ra', { claims: ['a'], reader: true }), pod('rb', { claims: ['b'], reader: true })];
  const read = (name: string, phase = 'Completed'): VolumeBackupObject => ({
    metadata: { name: `pvb-${name}` },
    spec: { pod: { namespace: 'shop', name }, volume: 'data' },
    status: { phase },
  });
  const backup = (backupItemOperationsCompleted?: number): BackupObject => ({
    metadata: { name: 'x' },
    status: {
      phase: 'Completed',
      ...(backupItemOperationsCompleted === undefined ? {} : { backupItemOperationsCompleted }),
    },
  });

  it.each<[string, VolumeBackupObject[], number | undefined, string[]]>([
    ['has all', [read('ra'), read('rb')], undefined, []],
    ['has none', [], undefined, ['shop/a', 'shop/b']],
    ['lacks one that failed', [read('ra'), read('rb', 'Failed')], undefined, ['shop/b']],
    ['has those that the data mover took', [], 2, []],
    ['lacks some that the data mover did not take', [], 1, ['shop/a', 'shop/b']],
    ['knows no pod of another app', [read('ra'), read('other')], undefined, ['shop/b']],
  ])('%s', (_what, volumes, moved, missing) => {
    expect(withoutData(claims, readers, volumes, backup(moved))).toEqual(missing);
  });
});

describe('the site that is left', () => {
  const shop = app({ data });
  const said = (facts: Parameters<typeof otherSiteFindings>[2], of = shop) =>
    otherSiteFindings(of, 'primary', facts).map(({ level, detail }) => `${level}: ${detail}`);

  it('will do when it answers, and can make a backup', () => {
    expect(said({ veleroReady: true, schedule })).toEqual([]);
    expect(said({}, app())).toEqual([]);
  });

  it.each([
    [
      'does not answer',
      { unreachable: 'no answer' },
      'A switchover needs primary, which does not answer: no answer. If it is lost, fail over.',
    ],
    [
      'has no Velero',
      { veleroReady: false, schedule },
      'No Velero server is ready in namespace velero of primary',
    ],
    ['has no Schedule', { veleroReady: true }, 'primary has no Schedule shop'],
  ])('will not do when it %s', (_what, facts, expected) => {
    expect(said(facts)).toEqual([expect.stringContaining(`error: ${expected}`)]);
  });

  it('will not do when a StatefulSet would throw its claims away at rest', () => {
    const db = (whenScaled?: string) => ({
      ...deployment('db', 1, {
        spec: {
          replicas: 1,
          ...(whenScaled ? { persistentVolumeClaimRetentionPolicy: { whenScaled } } : {}),
        },
      }),
      kind: 'StatefulSet' as const,
    });
    const facts = { veleroReady: true, schedule };
    expect(said({ ...facts, workloads: [db('Retain'), db()] })).toEqual([]);
    expect(said({ ...facts, workloads: [db('Delete')] })).toEqual([
      expect.stringContaining(
        'error: StatefulSet shop/db of primary deletes its claims when it is scaled down',
      ),
    ]);
  });

  it('must answer for a stateless app too', () => {
    expect(said({ unreachable: 'no answer' }, app())).toHaveLength(1);
  });

  it('cannot make a last backup from a single one', () => {
    const fixed = app({ data: { ...data, source: { backup: 'shop-1' } } });
    expect(said({ veleroReady: true }, fixed)).toEqual([expect.stringContaining('names a single Backup')]);
  });
});
