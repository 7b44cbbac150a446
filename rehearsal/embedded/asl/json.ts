/** A JSON text's value. Everything that flows between states is one of these, and is treated as immutable. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** A value has no JSON form. The message is worded as Step Functions words it. */
export class NotJson extends Error {
  override name = 'NotJson';
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A deep copy as plain JSON. JSONata's results carry marks (`sequence`, null prototypes) and may be functions or
 * hold NaN, so nothing of them may go on unchecked.
 * @throws NotJson
 */
export function toJson(value: unknown): Json {
  if (value === undefined) throw new NotJson('returned nothing (undefined).');
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new NotJson(`returned a number that JSON cannot hold: ${value}.`);
    return value;
  }
  if (Array.isArray(value)) return value.map(toJson);
  if (!isObject(value) || '_jsonata_lambda' in value || '_jsonata_function' in value) {
    throw new NotJson('returned an unsupported result type.');
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toJson(member)]));
}

/**
 * What arrives when `value` crosses a network as JSON: undefined members are left out, dates become strings.
 * @throws NotJson when there is nothing to send (undefined, a function) or it cannot be written (a cycle, a bigint).
 */
export function overTheWire(value: unknown): Json {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new NotJson(`cannot be written as JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (text === undefined) throw new NotJson('is undefined, which JSON cannot hold');
  return JSON.parse(text) as Json;
}

/** Bytes of the UTF-8 JSON text: what Step Functions' payload quotas count. */
export function byteLength(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value), 'utf8');
}

/** The type names that Step Functions uses in its causes. */
export function typeName(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Equal as JSON values: the order of an object's members does not count. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, i) => sameJson(item, b[i] as Json))
    );
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(key => Object.hasOwn(b, key) && sameJson(a[key] as Json, b[key] as Json))
  );
}
