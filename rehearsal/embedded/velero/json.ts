import { createHash } from 'node:crypto';
import {
  type Json as Fields,
  record as fields,
  isRecord as isFields,
  list,
  at as valueAt,
} from '../kubernetes/json';

export { type Fields, fields, isFields, list, valueAt as at };

/** A field, a value or an API object that real Velero knows and this fake does not: never ignored in silence. */
export class UnsupportedByFake extends Error {
  override name = 'UnsupportedByFake';
  constructor(what: string) {
    super(`the fake Velero does not support ${what}`);
  }
}

export function texts(value: unknown): string[] {
  return list(value).filter((entry): entry is string => typeof entry === 'string');
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function textMap(value: unknown): Record<string, string> {
  const entries = Object.entries(fields(value));
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

export function set(object: Fields, value: unknown, ...path: [string, ...string[]]): void {
  const [name, ...rest] = path;
  const [next, ...further] = rest;
  if (next === undefined) {
    object[name] = value;
    return;
  }
  const child = fields(object[name]);
  object[name] = child;
  set(child, value, next, ...further);
}

export function drop(object: Fields, ...path: string[]): void {
  const name = path.at(-1);
  const parent = valueAt(object, ...path.slice(0, -1));
  if (name !== undefined && isFields(parent)) delete parent[name];
}

/** Deep equality in which nothing, null, {} and [] are one, like equality.Semantic of apimachinery. */
export function same(a: unknown, b: unknown): boolean {
  if (isEmpty(a) && isEmpty(b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((entry, index) => same(entry, b[index]));
  }
  if (isFields(a) && isFields(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].every(key => same(a[key], b[key]));
  }
  return a === b;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isFields(value) && Object.values(value).every(isEmpty);
}

/** metav1.Time in JSON: UTC, whole seconds. */
export function stamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** A name as a label value: at most 63 characters, the end replaced by a digest (pkg/label/label.go). */
export function labelValue(name: string): string {
  if (name.length <= 63) return name;
  return name.slice(0, 57) + createHash('sha256').update(name).digest('hex').slice(0, 6);
}

/** A Go duration such as 1h30m or 90s, in milliseconds; undefined when it is none. */
export function duration(value: unknown): number | undefined {
  if (value === '0') return 0;
  if (typeof value !== 'string' || !/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(value)) return undefined;
  const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  let total = 0;
  for (const [, number, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(number) * (units[unit ?? ''] ?? 0);
  }
  return total;
}

export function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
