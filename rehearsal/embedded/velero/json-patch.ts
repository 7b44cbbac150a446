import { type Fields, isFields, list, same, set } from './json';

/**
 * JSON Patch as github.com/evanphx/json-patch/v5 does it with default options: a missing path fails, negative array
 * indices count from the end. Velero tells the failures apart, which is why the API server's own is not used here.
 */
export interface Operation {
  op: string;
  path: string;
  from?: string;
  value?: unknown;
}

/** `kind` is the Go error that callers tell apart: ErrTestFailed, ErrMissing, anything else. */
export class PatchError extends Error {
  override name = 'PatchError';
  constructor(
    readonly kind: 'test' | 'missing' | 'other',
    text: string,
  ) {
    super(text);
  }
}

/** The patched copy. All or nothing. @throws PatchError */
export function applyJsonPatch(document: Fields, operations: readonly Operation[]): Fields {
  const copy = structuredClone(document);
  for (const operation of operations) applyOne(copy, operation);
  return copy;
}

function applyOne(document: Fields, { op, path, from = '', value }: Operation): void {
  switch (op) {
    case 'add':
      add(document, path, structuredClone(value), op);
      break;
    case 'remove':
      remove(document, path, op);
      break;
    case 'replace':
      read(document, path, op);
      replace(document, path, structuredClone(value));
      break;
    case 'test':
      test(document, path, value);
      break;
    case 'move':
      add(document, path, remove(document, from, op), op);
      break;
    case 'copy':
      add(document, path, structuredClone(read(document, from, op)), op);
      break;
    default:
      throw new PatchError('other', `Unexpected kind: ${op}`);
  }
}

type Container = Fields | unknown[];

function locate(document: Fields, path: string): { parent: Container | undefined; key: string } {
  const names = path
    .split('/')
    .slice(1)
    .map(name => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  const key = names.pop() ?? '';
  let parent: unknown = document;
  for (const name of names) {
    if (isFields(parent)) parent = parent[name];
    else if (Array.isArray(parent)) parent = parent[position(parent, name, parent.length - 1)];
    else return { parent: undefined, key };
  }
  return { parent: isFields(parent) || Array.isArray(parent) ? parent : undefined, key };
}

function parentOf(document: Fields, path: string, op: string): { parent: Container; key: string } {
  const { parent, key } = locate(document, path);
  if (!parent) {
    const text = `${op} operation does not apply: doc is missing path: "${path}": missing value`;
    throw new PatchError('missing', text);
  }
  return { parent, key };
}

function position(array: unknown[], name: string, last: number): number {
  const index = /^-?\d+$/.test(name) ? Number(name) : Number.NaN;
  const positive = index < 0 ? array.length + index : index;
  if (!(positive >= 0 && positive <= last)) {
    throw new PatchError('other', `Unable to access invalid index: ${name}: invalid index referenced`);
  }
  return positive;
}

function read(document: Fields, path: string, op: string): unknown {
  const { parent, key } = parentOf(document, path, op);
  if (Array.isArray(parent)) return parent[position(parent, key, parent.length - 1)];
  if (!(key in parent)) {
    throw new PatchError(
      'missing',
      `${op} operation does not apply: doc is missing key: ${path}: missing value`,
    );
  }
  return parent[key];
}

function add(document: Fields, path: string, value: unknown, op: string): void {
  const { parent, key } = parentOf(document, path, op);
  if (Array.isArray(parent)) {
    parent.splice(key === '-' ? parent.length : position(parent, key, parent.length), 0, value);
  } else parent[key] = value;
}

function replace(document: Fields, path: string, value: unknown): void {
  const { parent, key } = parentOf(document, path, 'replace');
  if (Array.isArray(parent)) parent[position(parent, key, parent.length - 1)] = value;
  else parent[key] = value;
}

function remove(document: Fields, path: string, op: string): unknown {
  const value = read(document, path, op);
  const { parent, key } = parentOf(document, path, op);
  if (Array.isArray(parent)) parent.splice(position(parent, key, parent.length - 1), 1);
  else delete parent[key];
  return value;
}

function test(document: Fields, path: string, expected: unknown): void {
  const { parent, key } = parentOf(document, path, 'test');
  const found = Array.isArray(parent) ? parent[position(parent, key, parent.length - 1)] : parent[key];
  const equal = found === undefined || found === null ? expected === null : strictlySame(found, expected);
  if (!equal) throw new PatchError('test', `testing value ${path} failed: test failed`);
}

/** JSON equality: unlike `same`, {} and [] and null differ. */
function strictlySame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((entry, index) => strictlySame(entry, b[index]))
    );
  }
  if (isFields(a) && isFields(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length && keys.every(key => key in b && strictlySame(a[key], b[key]))
    );
  }
  return a === b;
}

/** The merge patch that turns `from` into `to`; undefined when they are equal. */
export function createMergePatch(from: Fields, to: Fields): Fields | undefined {
  const patch: Fields = {};
  for (const key of Object.keys(from)) if (!(key in to)) patch[key] = null;
  for (const [key, value] of Object.entries(to)) {
    const before = from[key];
    if (same(before, value) && key in from) continue;
    if (isFields(before) && isFields(value)) {
      const inner = createMergePatch(before, value);
      if (inner) set(patch, inner, key);
    } else patch[key] = structuredClone(Array.isArray(value) ? list(value) : value);
  }
  return Object.keys(patch).length > 0 ? patch : undefined;
}
