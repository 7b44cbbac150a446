import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { types } from '../../../rehearsal/embedded/kubernetes/kinds';
import { loadManifests } from '../../../rehearsal/embedded/kubernetes/manifest-loader';
import { ManifestsInvalid, readManifests } from '../../../rehearsal/embedded/kubernetes/manifests';
import { Store } from '../../../rehearsal/embedded/kubernetes/store';
import { VirtualClock } from '../../../rehearsal/embedded/virtual-clock';
import { START } from './fixtures';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'manifests-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function read(files: Record<string, string>) {
  write(files);
  return readManifests(folder);
}

function load(
  files: Record<string, string>,
  options: { namespace?: string } = {},
): { store: Store; notes: string[] } {
  const { manifests } = read(files);
  const store = new Store(new VirtualClock(START));
  store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  return { store, notes: loadManifests(store, manifests, options) };
}

const map = (name: string, more = '') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${more}}\n`;

describe('reading a folder of manifests', () => {
  test('takes .yaml, .yml and .json files of all depths in order of their names, and nothing else', () => {
    const { manifests } = read({
      'b/two.yml': map('two'),
      'a.yaml': map('one'),
      'c.json': '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "three"}}',
      'README.md': 'not: [a manifest',
    });
    expect(manifests.map(({ object, origin }) => [object.metadata.name, origin])).toEqual([
      ['one', 'a.yaml, document 1'],
      ['two', 'b/two.yml, document 1'],
      ['three', 'c.json, document 1'],
    ]);
  });

  test('takes many documents, and passes over empty ones, comments and null as helm template prints them', () => {
    const { manifests } = read({
      'a.yaml': `---\n# Source: chart/templates/off.yaml\n---\n${map('one')}---\nnull\n---\n# Source: x\n${map('two')}---\n`,
    });
    expect(manifests.map(each => [each.object.metadata.name, each.origin])).toEqual([
      ['one', 'a.yaml, document 2'],
      ['two', 'a.yaml, document 4'],
    ]);
  });

  test('takes List documents, and typed lists whose items name no kind', () => {
    const { manifests } = read({
      'a.yaml':
        'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: one}}\n',
      'b.json': '{"apiVersion": "v1", "kind": "SecretList", "items": [{"metadata": {"name": "two"}}]}',
    });
    expect(
      manifests.map(({ object }) => `${object.apiVersion} ${object.kind} ${object.metadata.name}`),
    ).toEqual(['v1 ConfigMap one', 'v1 Secret two']);
  });

  test('names file, document and fault of everything that is wrong, at once', () => {
    write({
      'a.yaml': `${map('one')}---\nkind: ConfigMap\nmetadata: {name: two}\n---\napiVersion: v1\nkind: Pod\n`,
      'b.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Values.name }}}\ndata: {a: b\n',
      'c.json': '{"apiVersion": ',
      'd.yaml': 'apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: old}\n',
      'e.yaml': 'apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {}}]\n',
      'f.yaml': 'apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: old}\n',
    });
    let problems: unknown;
    try {
      readManifests(folder);
    } catch (error) {
      problems = error instanceof ManifestsInvalid ? error.problems : error;
    }
    expect(problems).toEqual([
      { file: 'a.yaml', document: 2, problem: 'no apiVersion' },
      { file: 'a.yaml', document: 3, problem: 'Pod without metadata' },
      {
        file: 'b.yaml',
        document: 1,
        problem: expect.stringMatching(/^not YAML: .*print it with `helm template` first$/),
      },
      { file: 'c.json', document: 1, problem: expect.stringMatching(/^not JSON: /) },
      { file: 'd.yaml', document: 1, problem: expect.stringContaining('not served') },
      { file: 'e.yaml', document: 1, problem: 'items[0]: ConfigMap without metadata.name' },
      { file: 'f.yaml', document: 1, problem: 'CronJob is not served as batch/v1beta1, but as batch/v1' },
    ]);
  });

  test('reads YAML as kubectl does: yes is true, a date and 12:30 are text', () => {
    const { manifests } = read({
      'a.yaml': `${map('one')}data: {a: yes, b: 2024-05-06, c: 12:30, d: "yes"}\n`,
    });
    expect(manifests[0]?.object.data).toEqual({ a: true, b: '2024-05-06', c: '12:30', d: 'yes' });
  });

  test('leaves out kustomizations and Helm tests, and says so', () => {
    const { manifests, notes } = read({
      'kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\nmetadata: {name: k}\n',
      'test.yaml': map('t', ', annotations: {helm.sh/hook: test}'),
    });
    expect(manifests).toEqual([]);
    expect(notes).toEqual([
      expect.stringContaining('kustomization.yaml, document 1: left out'),
      expect.stringContaining('runs only in `helm test`'),
    ]);
  });
});

describe('loading manifests', () => {
  test('puts objects without a namespace into default, or where the caller says', () => {
    const files = { 'a.yaml': map('one') };
    expect(load(files).store.get(types.configMap, 'default', 'one')).toBeDefined();
    expect(load(files, { namespace: 'shop' }).store.get(types.configMap, 'shop', 'one')).toBeDefined();
  });

  test('creates the namespaces that are missing', () => {
    const { store } = load({ 'a.yaml': map('one', ', namespace: shop') });
    expect(store.get(types.namespace, undefined, 'shop')?.status).toEqual({ phase: 'Active' });
  });

  test('creates namespaces and CRDs first, wherever they stand', () => {
    const { store, notes } = load({
      'a.yaml': 'apiVersion: demo.io/v1\nkind: Widget\nmetadata: {name: w, namespace: shop}\nspec: {}\n',
      'z.yaml': `apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: a}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: wodgets.demo.io}
spec:
  group: demo.io
  scope: Namespaced
  names: {kind: Widget, plural: wodgets}
  versions: [{name: v1, served: true, storage: true}]
`,
    });
    expect(store.typeOf('demo.io/v1', 'Widget').resource).toBe('wodgets');
    expect(store.get(types.namespace, undefined, 'shop')?.metadata.labels).toMatchObject({ team: 'a' });
    expect(notes).toEqual([]);
  });

  test('guesses a type for a kind that nobody defines, and says so', () => {
    const { store, notes } = load({
      'a.yaml': 'apiVersion: demo.io/v1\nkind: Policy\nmetadata: {name: p}\n',
      'b.yaml': 'apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata: {name: le}\nspec: {}\n',
    });
    expect(store.typeOf('demo.io/v1', 'Policy')).toMatchObject({ resource: 'policies', namespaced: true });
    expect(store.typeOf('cert-manager.io/v1', 'ClusterIssuer')).toMatchObject({
      namespaced: false,
      statusSubresource: true,
    });
    expect(notes).toEqual([
      expect.stringContaining('Policy (demo.io/v1): no CustomResourceDefinition'),
      expect.stringContaining("cert-manager's CRDs"),
    ]);
  });

  test('replaces what the server writes in a `kubectl get -o yaml`', () => {
    const { store } = load({
      'a.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: one
  creationTimestamp: "2020-01-01T00:00:00Z"
  resourceVersion: "99"
  uid: 11111111-1111-1111-1111-111111111111
  managedFields: [{manager: kubectl}]
data: {a: b}
`,
    });
    const found = store.get(types.configMap, 'default', 'one');
    const metadata = found?.metadata;
    expect(metadata).toMatchObject({ creationTimestamp: '2026-03-02T12:00:00Z' });
    expect(metadata).not.toHaveProperty('managedFields');
    expect(metadata?.uid).not.toMatch(/^1111/);
    expect(found?.data).toEqual({ a: 'b' });
  });

  test('leaves out the Pods of a dump whose owner is in it, and rewires the owners of other things', () => {
    const owner = (kind: string, api: string, name: string) =>
      `ownerReferences: [{apiVersion: ${api}, kind: ${kind}, name: ${name}, uid: old, controller: true}]`;
    const { store, notes } = load({
      'a.yaml': `apiVersion: v1
kind: Pod
metadata: {name: web-0, ${owner('StatefulSet', 'apps/v1', 'web')}}
spec: {containers: [{name: a, image: b}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: b}]}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: owned, ${owner('StatefulSet', 'apps/v1', 'web')}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: orphan, ${owner('StatefulSet', 'apps/v1', 'gone')}}
`,
    });
    expect(store.list(types.pod)).toEqual([]);
    const set = store.get(types.statefulSet, 'default', 'web');
    const owned = store.get(types.configMap, 'default', 'owned');
    expect(owned?.metadata.ownerReferences?.[0]?.uid).toBe(set?.metadata.uid);
    expect(store.get(types.configMap, 'default', 'orphan')?.metadata.ownerReferences).toBeUndefined();
    expect(notes).toHaveLength(2);
  });

  test('names every object that the API server would refuse', () => {
    const bad = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
    expect(() => load({ 'a.yaml': bad('Bad_1'), 'b.yaml': bad('Bad_2') })).toThrow(
      /^a\.yaml, document 1: .*Bad_1[\s\S]*\nb\.yaml, document 1: .*Bad_2/,
    );
  });
});
