import type { Fields } from '../../../rehearsal/embedded/velero/json';
import { syncedBackup } from './world';

const rule = (text: string) => `version: v1\nresourceModifierRules:\n- ${text}\n`;

async function validationErrors(spec: Fields, modifiers: Record<string, string> = {}): Promise<unknown> {
  const { dr, clock } = await syncedBackup({}, {}, () => undefined);
  dr.configMap('modifiers', modifiers);
  dr.restore('r', spec);
  await clock.advance(2_000);
  expect(dr.phase('Restore', 'r')).toBe('FailedValidation');
  expect(dr.status('Restore', 'r').startTimestamp).toBeUndefined();
  return dr.status('Restore', 'r').validationErrors;
}

describe('a Restore is refused', () => {
  it.each<[string, Fields, string]>([
    [
      'of an unknown backup',
      { backupName: 'none' },
      `Error retrieving backup: can't find backup velero/none`,
    ],
    [
      'of a backup and a schedule',
      { backupName: 'nightly', scheduleName: 'shop' },
      'Either a backup or schedule',
    ],
    ['of neither', {}, 'Either a backup or schedule'],
    ['of a schedule without backups', { scheduleName: 'shop' }, 'No backups found for schedule'],
    [
      'with an item that is included and excluded',
      { backupName: 'nightly', includedResources: ['pods'], excludedResources: ['pods'] },
      'excludes list cannot contain an item in the includes list: pods',
    ],
    [
      'with excluded namespaces *',
      { backupName: 'nightly', excludedNamespaces: ['*'] },
      "excludes list cannot contain '*'",
    ],
    [
      'with resources that never travel',
      { backupName: 'nightly', includedResources: ['nodes'] },
      'nodes are non-restorable resources',
    ],
    [
      'with both kinds of label selectors',
      { backupName: 'nightly', labelSelector: {}, orLabelSelectors: [{}] },
      'only one can be specified',
    ],
    [
      'with a policy that does not exist',
      { backupName: 'nightly', existingResourcePolicy: 'replace' },
      'Invalid ExistingResourcePolicy',
    ],
    [
      'with modifiers that are not there',
      { backupName: 'nightly', resourceModifier: { kind: 'ConfigMap', name: 'none' } },
      'failed to get resource modifiers configmap velero/none',
    ],
  ])('%s', async (_, spec, text) => {
    expect(await validationErrors(spec)).toEqual(expect.arrayContaining([expect.stringContaining(text)]));
  });

  it.each<[string, Record<string, string>, string]>([
    ['two entries', { a: '', b: '' }, 'illegal resource modifiers'],
    [
      'an unknown field',
      { a: rule('{conditions: {groupResource: pods}, patch: []}') },
      'unknown field "patch"',
    ],
    [
      'a wrong type',
      { a: rule('{conditions: {groupResource: pods}, patches: {}}') },
      'cannot unmarshal object',
    ],
    [
      'another version',
      { a: 'version: v2\nresourceModifierRules: []' },
      'unsupported resource modifier version v2',
    ],
    ['no rules', { a: 'version: v1' }, 'resource modifier rules cannot be empty'],
    ['no resource', { a: rule('{conditions: {}, mergePatches: []}') }, 'groupkResource cannot be empty'],
    [
      'two kinds of patches',
      {
        a: rule(
          `{conditions: {groupResource: pods}, patches: [{operation: add, path: /a}], mergePatches: [{patchData: '{}'}]}`,
        ),
      },
      'only one of patches',
    ],
    [
      'an unknown operation',
      { a: rule('{conditions: {groupResource: pods}, patches: [{operation: put, path: /a}]}') },
      'unsupported operation put',
    ],
    [
      'a patch without a path',
      { a: rule('{conditions: {groupResource: pods}, patches: [{operation: add}]}') },
      'path cannot be empty',
    ],
  ])('with modifiers that have %s', async (_, data, text) => {
    const spec = { backupName: 'nightly', resourceModifier: { kind: 'ConfigMap', name: 'modifiers' } };
    expect(await validationErrors(spec, data)).toEqual([expect.stringContaining(text)]);
  });

  it('while the location of its backup is not Available', async () => {
    const { dr, clock, bucket } = await syncedBackup({}, {}, () => undefined);
    bucket.reachable = false;
    await clock.advance(80_000);
    dr.restore('r', { backupName: 'nightly' });
    await clock.advance(2_000);
    expect(dr.status('Restore', 'r').validationErrors).toEqual([
      expect.stringContaining('default is unavailable'),
    ]);
  });
});

describe('a Restore that is valid', () => {
  it('of a schedule takes its newest Completed backup that this cluster knows', async () => {
    const { primary, dr, clock, bucket } = await syncedBackup({}, {}, () => undefined);
    for (const name of ['shop-1', 'shop-2', 'shop-3']) {
      const labels = { 'velero.io/schedule-name': 'shop' };
      primary.create({
        apiVersion: 'velero.io/v1',
        kind: 'Backup',
        metadata: { name, namespace: 'velero', labels },
        spec: {},
      });
      await clock.advance(10_000);
    }
    const failed = bucket.get('shop-3');
    if (!failed) throw new Error('no backup');
    failed.metadata.status = { ...(failed.metadata.status as object), phase: 'PartiallyFailed' };
    bucket.put('shop-3', failed);
    await clock.advance(60_000);
    dr.restore('r', { scheduleName: 'shop' });
    await clock.advance(2_000);
    expect(dr.get('Restore', 'r')?.spec).toMatchObject({ backupName: 'shop-2', scheduleName: 'shop' });
  });

  it('says in its spec what is never restored, and has a finalizer', async () => {
    const { dr, clock } = await syncedBackup({}, {}, () => undefined);
    dr.restore('r', { backupName: 'nightly', excludedResources: ['pods'] });
    await clock.advance(10_000);
    expect(dr.get('Restore', 'r')?.spec).toMatchObject({
      excludedResources: expect.arrayContaining(['pods', 'nodes', 'backups.velero.io']),
    });
    dr.delete('Restore', 'r');
    expect(dr.get('Restore', 'r')).toBeDefined();
    await clock.advance(2_000);
    expect(dr.get('Restore', 'r')).toBeUndefined();
  });

  it('ignores modifiers of another kind than ConfigMap', async () => {
    const { dr, clock } = await syncedBackup({}, {}, () => undefined);
    dr.restore('r', { backupName: 'nightly', resourceModifier: { kind: 'Secret', name: 'none' } });
    await clock.advance(10_000);
    expect(dr.phase('Restore', 'r')).toBe('Completed');
  });

  it('fails when its backup is not in the bucket', async () => {
    const { dr, clock, bucket } = await syncedBackup({}, {}, () => undefined);
    bucket.delete('nightly');
    dr.restore('r', { backupName: 'nightly' });
    await clock.advance(10_000);
    expect(dr.status('Restore', 'r')).toMatchObject({
      phase: 'Failed',
      failureReason: expect.stringContaining('error downloading backup'),
    });
  });

  it('with a label selector that cannot be read fails in part', async () => {
    const { dr, clock } = await syncedBackup({}, {}, () => undefined);
    const labelSelector = { matchExpressions: [{ key: 'a', operator: 'Like', values: [] }] };
    dr.restore('r', { backupName: 'nightly', labelSelector });
    await clock.advance(10_000);
    expect(dr.status('Restore', 'r')).toMatchObject({ phase: 'PartiallyFailed', errors: 1 });
  });

  it('with a field that the fake does not know ends the test, not in silence', async () => {
    const { dr, clock } = await syncedBackup({}, {}, () => undefined);
    dr.restore('r', { backupName: 'nightly', restoreStatus: { includedResources: ['pods'] } });
    await expect(clock.advance(5_000)).rejects.toThrow('does not support spec.restoreStatus of a Restore');
  });
});
