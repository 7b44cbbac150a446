import { parse } from 'yaml';
import type { KubeObject } from '../kubernetes/object';
import { mergePatch } from '../kubernetes/patch';
import { IncludesExcludes, labelSelector } from './filters';
import { glob } from './glob';
import { type Fields, fields, isFields, message, text, UnsupportedByFake } from './json';
import { applyJsonPatch, type Operation, PatchError } from './json-patch';
import type { ModifierFile, ModifierRule } from './modifiers-file';

/**
 * Applies a restore's resource modifiers to an object (internal/resourcemodifiers/resource_modifiers.go).
 * Every rule is matched against the object as it was before the first rule and applied to what the rules before it
 * made of it. The object still has its namespace of the backup: namespaceMapping comes after. A rule that fails
 * leaves the object as it was and its error in the restore's errors; the object is restored nevertheless.
 */
export function applyModifiers(modifiers: ModifierFile, object: KubeObject, groupResource: string) {
  const errors: string[] = [];
  let result = object;
  for (const rule of modifiers.resourceModifierRules ?? []) {
    try {
      if (ruleMatches(rule, object, groupResource)) result = applyRule(rule, result);
    } catch (error) {
      if (error instanceof UnsupportedByFake) throw error;
      errors.push(message(error));
    }
  }
  return { object: result, errors };
}

function ruleMatches(rule: ModifierRule, object: KubeObject, groupResource: string): boolean {
  const { conditions } = rule;
  const { namespace, name, labels } = object.metadata;
  if (namespace && !new IncludesExcludes(conditions.namespaces ?? [], []).shouldInclude(namespace))
    return false;
  // The separator is a dot: `*` means every resource of the core group, and only `**` means every resource.
  if (!glob(conditions.groupResource ?? '', '.').test(groupResource)) return false;
  if (conditions.resourceNameRegex && !new RegExp(conditions.resourceNameRegex).test(name)) return false;
  if (conditions.labelSelector && !labelSelector(conditions.labelSelector)(labels ?? {})) return false;
  return matchesHold(conditions.matches ?? [], object);
}

function matchesHold(matches: { path?: string; value?: string }[], object: KubeObject): boolean {
  if (matches.some(match => !match.path)) throw new Error('path is required for match rule');
  const tests = matches.map(({ path, value }) => ({
    operation: 'test',
    path: path ?? '',
    value: value ?? '',
  }));
  try {
    applyJsonPatch(object, operationsOf(tests));
    return true;
  } catch (error) {
    if (error instanceof PatchError && error.kind !== 'other') return false;
    throw error;
  }
}

function applyRule(rule: ModifierRule, object: KubeObject): KubeObject {
  if (rule.patches?.length) return patched(rule.patches, object);
  if (rule.mergePatches?.length) {
    let result: unknown = object;
    for (const { patchData } of rule.mergePatches) result = mergePatch(result, mergeData(patchData ?? ''));
    return whole(result);
  }
  if (rule.strategicPatches?.length) throw new UnsupportedByFake('strategicPatches in resource modifiers');
  throw new Error('no patch data found');
}

function patched(patches: NonNullable<ModifierRule['patches']>, object: KubeObject): KubeObject {
  try {
    return whole(applyJsonPatch(object, operationsOf(patches)));
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    if (error.kind === 'test') return object; // a failing test skips the rule and is no error
    throw new Error(`error in applying patch error in applying JSON Patch ${error.message}`);
  }
}

function mergeData(yaml: string): unknown {
  try {
    return parse(yaml, { version: '1.1' });
  } catch (error) {
    throw new Error(`error in applying patch error in converting YAML to JSON ${message(error)}`);
  }
}

function whole(value: unknown): KubeObject {
  const { apiVersion, kind, metadata } = fields(value);
  if (!text(apiVersion) || !text(kind) || !isFields(metadata)) {
    throw new Error(
      "error in applying patch error in unmarshalling modified object Object 'Kind' is missing",
    );
  }
  return value as KubeObject;
}

/**
 * Velero prints each patch into a JSON text without escaping anything (ToString in json_patch.go), so a value with
 * a quote or a line break is not valid JSON. Text that looks like a number, a boolean, null, an object or an array
 * becomes that, unless it stands in quotes of its own.
 */
function operationsOf(
  patches: readonly { operation?: string; from?: string; path?: string; value?: string }[],
) {
  const printed = patches.map(({ operation = '', from = '', path = '', value = '' }) => {
    const { quoted, inner } = quoting(value);
    const shown = quoted ? `"${inner}"` : inner;
    return `{"op": "${operation}", "from": "${from}", "path": "${path}", "value": ${shown}}`;
  });
  try {
    return JSON.parse(`[${printed.join(',')}]`) as (Operation & Fields)[];
  } catch (error) {
    throw new PatchError('other', `error in decoding json patch ${message(error)}`);
  }
}

function quoting(value: string): { quoted: boolean; inner: string } {
  if (value === '') return { quoted: true, inner: '' };
  if (value.startsWith('"') && value.endsWith('"')) return { quoted: true, inner: value.slice(1, -1) };
  const bare =
    value === 'null' ||
    /^(true|false)$/i.test(value) ||
    /^[{[]/.test(value) ||
    /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value);
  return { quoted: !bare, inner: value };
}
