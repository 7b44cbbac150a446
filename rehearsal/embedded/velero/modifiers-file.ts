import { parse } from 'yaml';
import type { KubeObject } from '../kubernetes/object';
import { isFields, message, textMap } from './json';

/** internal/resourcemodifiers/resource_modifiers.go, json_patch.go, json_merge_patch.go */
export interface ModifierRule {
  conditions: {
    namespaces?: string[];
    groupResource?: string;
    resourceNameRegex?: string;
    labelSelector?: unknown;
    matches?: { path?: string; value?: string }[];
  };
  patches?: { operation?: string; from?: string; path?: string; value?: string }[];
  mergePatches?: { patchData?: string }[];
  strategicPatches?: { patchData?: string }[];
}

export interface ModifierFile {
  version?: string;
  resourceModifierRules?: ModifierRule[];
}

/** What a field may hold. A number or a boolean where text belongs becomes text, as sigs.k8s.io/yaml does it. */
type Shape = 'text' | 'texts by name' | { list: Shape } | { fields: Record<string, Shape> };

const expression: Shape = { fields: { key: 'text', operator: 'text', values: { list: 'text' } } };
const conditions: Shape = {
  fields: {
    namespaces: { list: 'text' },
    groupResource: 'text',
    resourceNameRegex: 'text',
    labelSelector: { fields: { matchLabels: 'texts by name', matchExpressions: { list: expression } } },
    matches: { list: { fields: { path: 'text', value: 'text' } } },
  },
};
const patchData: Shape = { list: { fields: { patchData: 'text' } } };
const rule: Shape = {
  fields: {
    conditions,
    patches: { list: { fields: { operation: 'text', from: 'text', path: 'text', value: 'text' } } },
    mergePatches: patchData,
    strategicPatches: patchData,
  },
};
const file: Shape = { fields: { version: 'text', resourceModifierRules: { list: rule } } };

/**
 * Reads the one entry of a resource modifier ConfigMap, strictly: an unknown field, a repeated key or a wrong type
 * is an error. YAML 1.1, as in Velero: an unquoted `yes` or `on` is a boolean.
 * @throws Error with the text that ends in the restore's validationErrors
 */
export function readModifiers(configMap: KubeObject): ModifierFile {
  const entries = Object.values(textMap(configMap.data));
  const [yaml] = entries;
  if (yaml === undefined || entries.length !== 1) {
    const { namespace, name } = configMap.metadata;
    throw new Error(`illegal resource modifiers ${namespace}/${name} configmap`);
  }
  try {
    return decode(parse(yaml, { version: '1.1' }), file, '') as ModifierFile;
  } catch (error) {
    throw new Error(`failed to decode yaml data into resource modifiers, err: ${message(error)}`);
  }
}

function decode(value: unknown, shape: Shape, path: string): unknown {
  if (value === null || value === undefined) return undefined;
  if (shape === 'text') return decodeText(value, path);
  if (shape === 'texts by name' || 'fields' in shape) return decodeFields(value, shape, path);
  if (!Array.isArray(value)) throw new Error(mismatch(value, path, 'list'));
  return value.map(entry => decode(entry, shape.list, path) ?? (shape.list === 'text' ? '' : {}));
}

function decodeText(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(mismatch(value, path, 'string'));
}

function decodeFields(
  value: unknown,
  shape: 'texts by name' | { fields: Record<string, Shape> },
  path: string,
) {
  if (!isFields(value)) throw new Error(mismatch(value, path, 'struct'));
  const result: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    const inner = shape === 'texts by name' ? 'text' : shape.fields[key];
    if (inner === undefined)
      throw new Error(`error unmarshaling JSON: while decoding JSON: json: unknown field "${key}"`);
    const decoded = decode(entry, inner, path === '' ? key : `${path}.${key}`);
    if (decoded !== undefined) result[key] = decoded;
  }
  return result;
}

function mismatch(value: unknown, path: string, wanted: string): string {
  const found = Array.isArray(value) ? 'array' : typeof value;
  return `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${found} into Go struct field ${path} of type ${wanted}`;
}

/** resource_modifiers_validator.go. @throws Error with the validator's text */
export function validateModifiers(modifiers: ModifierFile): void {
  if (modifiers.version?.toLowerCase() !== 'v1') {
    throw new Error(`unsupported resource modifier version ${modifiers.version ?? ''}`);
  }
  const rules = modifiers.resourceModifierRules ?? [];
  if (rules.length === 0) throw new Error('resource modifier rules cannot be empty');
  for (const rule of rules) validateRule(rule);
}

const operations = ['add', 'remove', 'replace', 'test', 'move', 'copy'];

function validateRule(rule: ModifierRule): void {
  if (!rule.conditions?.groupResource) throw new Error('groupkResource cannot be empty'); // the misspelling is Velero's
  const kinds = [rule.patches, rule.mergePatches, rule.strategicPatches].filter(patches => patches?.length);
  if (kinds.length > 1) {
    throw new Error('only one of patches, mergePatches, strategicPatches can be specified');
  }
  for (const { operation, path } of rule.patches ?? []) {
    if (!operation) throw new Error('operation cannot be empty');
    if (!operations.includes(operation.toLowerCase())) throw new Error(`unsupported operation ${operation}`);
    if (!path) throw new Error('path cannot be empty');
  }
}
