import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseAllDocuments, type Tags } from 'yaml';
import { isRecord, text } from './json';
import type { KubeObject } from './object';
import { builtInTypes, groupVersion, isBuiltIn } from './resource-types';

/** One object and where it was written down. */
export interface Manifest {
  object: KubeObject;
  /** `dr/web.yaml, document 2`. */
  origin: string;
}

export interface ManifestProblem {
  file: string;
  /** Counted from 1, empty documents too. */
  document: number;
  problem: string;
}

/** Everything that is wrong in a folder of manifests, at once. */
export class ManifestsInvalid extends Error {
  override name = 'ManifestsInvalid';

  constructor(readonly problems: readonly ManifestProblem[]) {
    super(
      problems.map(({ file, document, problem }) => `${file}, document ${document}: ${problem}`).join('\n'),
    );
  }
}

/**
 * Reads every .yaml, .yml and .json file under a folder, in order of their names: hand-written manifests, what
 * `kubectl get -o yaml` prints and what `helm template` prints.
 * @throws ManifestsInvalid
 */
export function readManifests(folder: string): { manifests: Manifest[]; notes: string[] } {
  const problems: ManifestProblem[] = [];
  const notes: string[] = [];
  const manifests = filesUnder(folder).flatMap(file => {
    const shown = relative(folder, file);
    return documentsOf(shown, readFileSync(file, 'utf8'), problems).flatMap(({ value, document }) => {
      const where = { file: shown, document };
      return objectsOf(value, undefined, problem => problems.push({ ...where, problem })).flatMap(object => {
        const origin = `${shown}, document ${document}`;
        const why = leftOut(object);
        if (why === undefined) return [{ object, origin }];
        notes.push(`${origin}: left out, ${why}`);
        return [];
      });
    });
  });
  if (problems.length > 0) throw new ManifestsInvalid(problems);
  return { manifests, notes };
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesUnder(path);
      return /\.(ya?ml|json)$/i.test(entry.name) ? [path] : [];
    });
}

/**
 * YAML 1.1, as kubectl's parser (sigs.k8s.io/yaml on go-yaml 2) reads it: `on` and `yes` are true. Unlike the
 * standard, that parser leaves dates and `12:30` as text.
 */
function kubectlTags(tags: Tags): Tags {
  return tags.filter(
    tag => typeof tag === 'string' || (!tag.tag.endsWith(':timestamp') && tag.format !== 'TIME'),
  );
}

interface Document {
  value: unknown;
  document: number;
}

function documentsOf(file: string, source: string, problems: ManifestProblem[]): Document[] {
  if (/\.json$/i.test(file)) return jsonDocument(file, source, problems);
  const parsed = parseAllDocuments(source, { version: '1.1', customTags: kubectlTags });
  if (!Array.isArray(parsed)) return [];
  return parsed.flatMap((each, index) => {
    const document = index + 1;
    const [error] = each.errors;
    if (!error) return [{ value: each.toJS({ maxAliasCount: 1000 }) as unknown, document }];
    const template = /\{\{/.test(source)
      ? '; it looks like a template: print it with `helm template` first'
      : '';
    problems.push({ file, document, problem: `not YAML: ${error.message.split('\n')[0]}${template}` });
    return [];
  });
}

function jsonDocument(file: string, source: string, problems: ManifestProblem[]): Document[] {
  try {
    return [{ value: JSON.parse(source) as unknown, document: 1 }];
  } catch (error) {
    problems.push({
      file,
      document: 1,
      problem: `not JSON: ${error instanceof Error ? error.message : error}`,
    });
    return [];
  }
}

type Complain = (problem: string) => void;

interface ListedAs {
  apiVersion: unknown;
  kind: string;
}

/** The objects in one document: none in an empty one, many in a List. */
function objectsOf(value: unknown, listed: ListedAs | undefined, complain: Complain): KubeObject[] {
  if (value === null || value === undefined) return [];
  if (!isRecord(value)) {
    complain('not an object with apiVersion, kind and metadata');
    return [];
  }
  // Items of a typed list, such as DeploymentList, come without apiVersion and kind.
  const apiVersion = value.apiVersion ?? listed?.apiVersion;
  const kind = value.kind ?? listed?.kind;
  if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(value.items)) {
    const inside = kind === 'List' ? undefined : { apiVersion, kind: kind.slice(0, -'List'.length) };
    return value.items.flatMap((item, index) =>
      objectsOf(item, inside, problem => complain(`items[${index}]: ${problem}`)),
    );
  }
  const problem = problemOf(value, apiVersion, kind);
  if (problem !== undefined) {
    complain(problem);
    return [];
  }
  return [{ ...value, apiVersion, kind } as KubeObject];
}

function problemOf(value: Record<string, unknown>, apiVersion: unknown, kind: unknown): string | undefined {
  if (typeof apiVersion !== 'string' || apiVersion === '') return 'no apiVersion';
  if (typeof kind !== 'string' || kind === '') return 'no kind';
  if (kind === 'Kustomization' && apiVersion.startsWith('kustomize.config.k8s.io/')) return undefined;
  const { metadata } = value;
  if (!isRecord(metadata)) return `${kind} without metadata`;
  const name = text(metadata.name) ?? text(metadata.generateName);
  if (name === undefined || name === '') return `${kind} without metadata.name`;
  if (metadata.namespace !== undefined && metadata.namespace !== null && !text(metadata.namespace)) {
    return `${kind} ${name}: metadata.namespace is not text`;
  }
  return servedProblem(apiVersion, kind);
}

/** A version that current Kubernetes does not serve any more, such as extensions/v1beta1, works nowhere. */
function servedProblem(apiVersion: string, kind: string): string | undefined {
  const { group, version } = groupVersion(apiVersion);
  const ofKind = builtInTypes.filter(type => type.group === group && type.kind === kind);
  if (group === 'extensions') return `${apiVersion} is not served by any supported version of Kubernetes`;
  if (!isBuiltIn({ group }) || ofKind.some(type => type.version === version)) return undefined;
  const served = ofKind.map(type => (group === '' ? type.version : `${group}/${type.version}`));
  return served.length === 0
    ? `no kind "${kind}" in ${apiVersion}`
    : `${kind} is not served as ${apiVersion}, but as ${served.join(' and ')}`;
}

/** Why an object in a folder is none of the cluster's objects. */
function leftOut(object: KubeObject): string | undefined {
  if (object.kind === 'Kustomization' && object.apiVersion.startsWith('kustomize.config.k8s.io/')) {
    return 'a kustomization is built, not applied: print it with `kubectl kustomize` if its result is wanted';
  }
  const hooks = (object.metadata.annotations?.['helm.sh/hook'] ?? '').split(',');
  return hooks.some(hook => hook.trim() === 'test' || hook.trim() === 'test-success')
    ? `${object.kind} ${object.metadata.name} runs only in \`helm test\``
    : undefined;
}
