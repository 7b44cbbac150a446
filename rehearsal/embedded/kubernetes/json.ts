export type Json = Record<string, unknown>;

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object; something else, or nothing, is an empty one. */
export function record(value: unknown): Json {
  return isRecord(value) ? value : {};
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function numeric(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** The value at a path, or undefined when the path leads nowhere. */
export function at(value: unknown, ...path: string[]): unknown {
  let here = value;
  for (const key of path) here = record(here)[key];
  return here;
}

/** A deep copy of JSON that can be changed, also of a frozen one. A key with `undefined` is no key. */
export function copyOf<T>(value: T): T {
  return copyJson(value) as T;
}

/** By hand: structuredClone takes 9 µs for a Pod where this takes 1.3, and copies are most of what the store does. */
function copyJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyJson);
  if (typeof value !== 'object' || value === null) return value;
  const copy: Json = {};
  for (const [key, inner] of Object.entries(value)) {
    if (inner !== undefined) copy[key] = copyJson(inner);
  }
  return copy;
}

/** Equal as JSON: the order of keys does not matter, a key with `undefined` is no key. */
export function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => sameJson(item, right[index]));
  }
  if (!isRecord(left) || !isRecord(right)) return false;
  for (const key of Object.keys(left)) {
    if (left[key] !== undefined && !sameJson(left[key], right[key])) return false;
  }
  return Object.keys(right).every(key => right[key] === undefined || left[key] !== undefined);
}

/** Text that is equal for equal JSON: keys in order. For hashes. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? 'null';
  const keys = Object.keys(value).sort();
  const present = keys.filter(key => value[key] !== undefined);
  return `{${present.map(key => `${JSON.stringify(key)}:${canonicalJson(value[key])}`).join(',')}}`;
}

/** Freezes all the way down, so that nobody changes what the store holds behind its back. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
