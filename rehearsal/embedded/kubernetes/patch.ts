import { BadRequest, Unprocessable } from './errors';
import { copyOf, isRecord, type Json, sameJson } from './json';

/** RFC 7396: null removes, lists are replaced whole. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return copyOf(patch);
  const result: Json = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

const REJECTED = 'the server rejected our request due to an error in our request';

function pointer(path: unknown): string[] {
  if (typeof path !== 'string' || (path !== '' && !path.startsWith('/'))) {
    throw new BadRequest(`error decoding patch: ${JSON.stringify(path)} is not a JSON pointer`);
  }
  return path
    .split('/')
    .slice(1)
    .map(part => part.replace(/~1/g, '/').replace(/~0/g, '~'));
}

function indexIn(target: unknown[], key: string, limit: number): number {
  const index = Number(key);
  if (!/^\d+$/.test(key) || index > limit || target.length < 0) throw new Unprocessable(REJECTED);
  return index;
}

function read(root: unknown, path: string[]): unknown {
  let here = root;
  for (const key of path) {
    if (Array.isArray(here)) here = here[indexIn(here, key, here.length - 1)];
    else if (isRecord(here) && key in here) here = here[key];
    else throw new Unprocessable(REJECTED);
  }
  return here;
}

function put(root: unknown, path: string[], value: unknown, mode: 'add' | 'replace'): unknown {
  const key = path.at(-1);
  if (key === undefined) return value;
  const parent = read(root, path.slice(0, -1));
  if (Array.isArray(parent)) {
    if (mode === 'replace') parent[indexIn(parent, key, parent.length - 1)] = value;
    else if (key === '-') parent.push(value);
    else parent.splice(indexIn(parent, key, parent.length), 0, value);
  } else if (isRecord(parent) && (mode === 'add' || key in parent)) parent[key] = value;
  else throw new Unprocessable(REJECTED);
  return root;
}

function remove(root: unknown, path: string[]): void {
  const key = path.at(-1);
  const parent = read(root, path.slice(0, -1));
  if (key !== undefined && Array.isArray(parent)) parent.splice(indexIn(parent, key, parent.length - 1), 1);
  else if (key !== undefined && isRecord(parent) && key in parent) delete parent[key];
  else throw new Unprocessable(REJECTED);
}

function applyOperation(root: unknown, operation: Json): unknown {
  const path = pointer(operation.path);
  switch (operation.op) {
    case 'add':
    case 'replace':
      return put(root, path, copyOf(operation.value), operation.op);
    case 'remove':
      remove(root, path);
      return root;
    case 'test':
      if (!sameJson(read(root, path), operation.value)) throw new Unprocessable(REJECTED);
      return root;
    case 'copy':
      return put(root, path, copyOf(read(root, pointer(operation.from))), 'add');
    case 'move': {
      const from = pointer(operation.from);
      const value = read(root, from);
      remove(root, from);
      return put(root, path, value, 'add');
    }
    default:
      throw new BadRequest(`error decoding patch: unknown operation ${JSON.stringify(operation.op)}`);
  }
}

/** RFC 6902: all operations or none. @throws BadRequest when it is no patch, Unprocessable when it does not fit */
export function jsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch) || !patch.every(isRecord)) {
    throw new BadRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch',
    );
  }
  return patch.reduce<unknown>(applyOperation, copyOf(target));
}

/** The key by which a strategic merge patch finds the item of a list (patchMergeKey in k8s.io/api). */
const MERGE_KEYS: Record<string, string> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  volumes: 'name',
  env: 'name',
  imagePullSecrets: 'name',
  volumeMounts: 'mountPath',
  conditions: 'type',
  ownerReferences: 'uid',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
};

function mergeKeyOf(field: string, items: readonly Json[]): string | undefined {
  // Containers' ports are merged by containerPort, a Service's by port.
  if (field === 'ports') return items.some(item => 'containerPort' in item) ? 'containerPort' : 'port';
  return MERGE_KEYS[field];
}

function mergeList(field: string, target: unknown, patch: unknown[]): unknown[] {
  const before = Array.isArray(target) ? target : [];
  if (field === 'finalizers') return [...new Set([...before, ...patch])];
  const items = patch.filter(isRecord);
  const key = mergeKeyOf(field, items);
  if (key === undefined || items.length !== patch.length) return copyOf(patch);
  if (items.some(item => item.$patch === 'replace')) return items.filter(item => item.$patch !== 'replace');
  let result: unknown[] = [...before];
  for (const item of items) {
    const same = (each: unknown) => isRecord(each) && each[key] === item[key];
    if (item.$patch === 'delete') result = result.filter(each => !same(each));
    else if (result.some(same))
      result = result.map(each => (same(each) ? strategicMergePatch(each, item) : each));
    else result.push(strategicMergePatch({}, item));
  }
  return result;
}

/** One key of a strategic merge patch. Changes `result`. */
function mergeField(result: Json, key: string, value: unknown): void {
  const primitive = /^\$deleteFromPrimitiveList\/(.+)$/.exec(key)?.[1];
  if (primitive !== undefined) {
    const gone = Array.isArray(value) ? value : [];
    const items = result[primitive];
    result[primitive] = (Array.isArray(items) ? items : []).filter(item => !gone.includes(item));
    return;
  }
  // The order of the result is the only thing that this says, and nothing here depends on it.
  if (key.startsWith('$setElementOrder/')) return;
  if (key.startsWith('$')) throw new BadRequest(`the fake API server does not know ${key}`);
  if (value === null || (isRecord(value) && value.$patch === 'delete')) delete result[key];
  else if (Array.isArray(value)) result[key] = mergeList(key, result[key], value);
  else result[key] = strategicMergePatch(result[key], value);
}

/** The plain part of strategic merge: merge keys, `$patch: delete|replace`, `$deleteFromPrimitiveList`. */
export function strategicMergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return copyOf(patch);
  const { $patch, ...fields } = patch;
  if ($patch === 'replace') return copyOf(fields);
  const result: Json = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(fields)) mergeField(result, key, value);
  return result;
}
