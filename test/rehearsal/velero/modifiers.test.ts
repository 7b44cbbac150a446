import type { KubeObject } from '../../../rehearsal/embedded/kubernetes/object';
import { type Fields, UnsupportedByFake } from '../../../rehearsal/embedded/velero/json';
import { applyModifiers } from '../../../rehearsal/embedded/velero/modifiers';
import { readModifiers } from '../../../rehearsal/embedded/velero/modifiers-file';
import { syncedBackup } from './world';

function deployment(spec: Fields = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'shop', name: 'web', labels: { app: 'web', tier: 'front' } },
    spec: { replicas: 3, ...spec },
  };
}

function modified(rules: string, object = deployment(), resource = 'deployments.apps') {
  const metadata = { namespace: 'velero', name: 'modifiers' };
  const data = { rules: `version: v1\nresourceModifierRules:\n${rules}` };
  return applyModifiers(
    readModifiers({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }),
    object,
    resource,
  );
}

const toZero = 'patches: [{operation: replace, path: /spec/replicas, value: "0"}]';

describe('the conditions of a resource modifier', () => {
  const replicas = (conditions: string, resource?: string) =>
    (modified(`- {conditions: ${conditions}, ${toZero}}`, deployment(), resource).object.spec as Fields)
      .replicas;

  it.each([
    ['{groupResource: deployments.apps}', 0],
    ['{groupResource: deployments}', 3],
    ['{groupResource: "*"}', 3], // a star stops at the dot before the group
    ['{groupResource: "*.apps"}', 0],
    ['{groupResource: "**"}', 0],
    ['{groupResource: "{deployments,statefulsets}.apps"}', 0],
    ['{groupResource: deployments.apps, namespaces: [other]}', 3],
    ['{groupResource: deployments.apps, namespaces: [other, shop]}', 0],
    ['{groupResource: deployments.apps, resourceNameRegex: "^we"}', 0],
    ['{groupResource: deployments.apps, resourceNameRegex: "^eb"}', 3],
    ['{groupResource: deployments.apps, labelSelector: {matchLabels: {tier: front}}}', 0],
    [
      '{groupResource: deployments.apps, labelSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}}',
      3,
    ],
    ['{groupResource: deployments.apps, matches: [{path: /spec/replicas, value: "3"}]}', 0],
    ['{groupResource: deployments.apps, matches: [{path: /spec/replicas, value: "2"}]}', 3],
    ['{groupResource: deployments.apps, matches: [{path: /spec/not/there, value: "2"}]}', 3],
  ])('%s', (conditions, expected) => {
    expect(replicas(conditions)).toBe(expected);
  });

  it('look at the object as it was before the first rule', () => {
    const isThree = '{groupResource: deployments.apps, matches: [{path: /spec/replicas, value: "3"}]}';
    const { object } = modified(`
- {conditions: ${isThree}, ${toZero}}
- {conditions: ${isThree}, patches: [{operation: add, path: /spec/paused, value: "true"}]}
`);
    expect(object.spec).toEqual({ replicas: 0, paused: true });
  });
});

describe('the patches of a resource modifier', () => {
  const patched = (patches: string) =>
    modified(`- {conditions: {groupResource: deployments.apps}, patches: ${patches}}`);

  it('make numbers, booleans and objects of text that looks like it, unless it is quoted', () => {
    const { object } = patched(
      `[{operation: add, path: /spec/a, value: "1"}, {operation: add, path: /spec/b, value: '"1"'}, {operation: add, path: /spec/c, value: '{"d": [true]}'}, {operation: add, path: /spec/e, value: f g}]`,
    );
    expect(object.spec).toEqual({ replicas: 3, a: 1, b: '1', c: { d: [true] }, e: 'f g' });
  });

  it('take a number or a boolean of the YAML, too: everything is text there', () => {
    expect(patched('[{operation: replace, path: /spec/replicas, value: 0}]').object.spec).toEqual({
      replicas: 0,
    });
  });

  it('are an error when they remove or replace what is not there, and change nothing then', () => {
    const { object, errors } = patched(
      '[{operation: replace, path: /spec/replicas, value: "0"}, {operation: remove, path: /spec/paused}]',
    );
    expect(errors).toEqual([
      expect.stringContaining('remove operation does not apply: doc is missing key: /spec/paused'),
    ]);
    expect(object.spec).toEqual({ replicas: 3 });
  });

  it('are skipped without an error when a test fails, all of them', () => {
    const { object, errors } = patched(
      '[{operation: replace, path: /spec/replicas, value: "0"}, {operation: test, path: /spec/replicas, value: "7"}]',
    );
    expect({ spec: object.spec, errors }).toEqual({ spec: { replicas: 3 }, errors: [] });
  });

  it('know add, copy and move, and escapes in paths', () => {
    const { object } = patched(
      '[{operation: copy, from: /metadata/labels/tier, path: /metadata/labels/a~1b}, {operation: move, from: /metadata/labels/app, path: /metadata/labels/moved}]',
    );
    expect(object.metadata.labels).toEqual({ tier: 'front', 'a/b': 'front', moved: 'web' });
  });

  it('are an error when a value has a quote in it, since Velero does not escape', () => {
    expect(patched(`[{operation: add, path: /spec/a, value: 'say "hi" now'}]`).errors).toEqual([
      expect.stringContaining('error in decoding json patch'),
    ]);
  });

  it('as merge patches delete with null and replace lists', () => {
    const { object } = modified(`
- conditions: {groupResource: deployments.apps}
  mergePatches:
  - patchData: |
      metadata: {labels: {tier: null, new: label}}
      spec: {replicas: 1}
  - patchData: '{"spec":{"replicas":2}}'
`);
    expect(object.metadata.labels).toEqual({ app: 'web', new: 'label' });
    expect(object.spec).toEqual({ replicas: 2 });
  });

  it('as strategic merge patches are refused by the fake, loudly', () => {
    const rules = `- {conditions: {groupResource: deployments.apps}, strategicPatches: [{patchData: '{}'}]}`;
    expect(() => modified(rules)).toThrow(UnsupportedByFake);
  });

  it('are an error when there are none', () => {
    expect(modified('- {conditions: {groupResource: deployments.apps}}').errors).toEqual([
      'no patch data found',
    ]);
  });

  it('stand in the errors of the restore, which restores the object nevertheless and fails in part', async () => {
    const { dr, clock } = await syncedBackup({}, {}, site =>
      site.configMap('settings', { a: '1' }, {}, 'shop'),
    );
    dr.configMap('modifiers', {
      a: 'version: v1\nresourceModifierRules:\n- {conditions: {groupResource: configmaps}, patches: [{operation: remove, path: /data/b}]}',
    });
    dr.restore('r', { backupName: 'nightly', resourceModifier: { kind: 'ConfigMap', name: 'modifiers' } });
    await clock.advance(10_000);
    expect(dr.status('Restore', 'r')).toMatchObject({ phase: 'PartiallyFailed', errors: 1 });
    expect(dr.get('ConfigMap', 'settings', 'shop')?.data).toEqual({ a: '1' });
  });

  it('see the namespace of the backup, not the one that it is mapped to', async () => {
    const { dr, clock } = await syncedBackup({}, {}, site =>
      site.configMap('settings', { a: '1' }, {}, 'shop'),
    );
    dr.configMap('modifiers', {
      a: 'version: v1\nresourceModifierRules:\n- {conditions: {groupResource: configmaps, namespaces: [shop]}, patches: [{operation: remove, path: /data/a}]}',
    });
    dr.restore('r', {
      backupName: 'nightly',
      namespaceMapping: { shop: 'drill' },
      resourceModifier: { kind: 'configmap', name: 'modifiers' },
    });
    await clock.advance(10_000);
    expect(dr.get('ConfigMap', 'settings', 'drill')?.data).toEqual({});
  });
});
