import { createHash } from 'node:crypto';

/** Where the functions that are not pure get their values from, so that a run repeats. */
export interface Sources {
  /** Milliseconds since the epoch. */
  now: () => number;
  /** A number in [0, 1). */
  random: () => number;
}

const HASHES: Record<string, string> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** A version 4 UUID from a source of numbers in [0, 1). */
export function uuid(random: () => number): string {
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, mark => {
    const nibble = Math.floor(random() * 16);
    return (mark === 'x' ? nibble : (nibble % 4) + 8).toString(16);
  });
}

/** mulberry32: one seed, one number. AWS does not publish its generator, so seeded values differ from AWS's. */
function seeded(seed: number): number {
  let t = (Math.trunc(seed) + 0x6d2b79f5) | 0;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}

/** AWS rounds arguments that are no integers towards zero. */
function integer(value: unknown, name: string): number {
  if (typeof value !== 'number') throw new Error(`the ${name} must be a number`);
  return Math.trunc(value);
}

function partition(array: unknown, size: unknown): unknown {
  if (array === undefined || size === undefined) return undefined;
  const items = Array.isArray(array) ? array : [array];
  const step = integer(size, 'chunk size of $partition');
  if (step <= 0 || items.length === 0) return undefined;
  const chunks: unknown[] = [];
  for (let i = 0; i < items.length; i += step) chunks.push(items.slice(i, i + step));
  return chunks;
}

function range(start: unknown, end: unknown, delta: unknown): unknown {
  if (start === undefined || end === undefined || delta === undefined) return undefined;
  const from = integer(start, 'start of $range');
  const to = integer(end, 'end of $range');
  const step = integer(delta, 'step of $range');
  if (step === 0 || (to - from) * step < 0) return undefined;
  const values: number[] = [];
  for (let value = from; step > 0 ? value <= to : value >= to; value += step) values.push(value);
  // AWS hands back a range of one as the bare number, like a JSONata sequence of one.
  return values.length === 1 ? values[0] : values;
}

function hash(text: unknown, algorithm: unknown): unknown {
  if (text === undefined || algorithm === undefined) return undefined;
  const name = typeof algorithm === 'string' ? HASHES[algorithm] : undefined;
  if (!name) throw new Error(`$hash knows ${Object.keys(HASHES).join(', ')}, not ${String(algorithm)}`);
  if (typeof text !== 'string') throw new Error('the first argument of $hash must be a string');
  return createHash(name).update(text, 'utf8').digest('hex');
}

function parse(text: unknown): unknown {
  if (text === undefined) return undefined;
  if (typeof text !== 'string') throw new Error('the argument of $parse must be a string');
  return JSON.parse(text);
}

/** Fisher-Yates on the seeded source; JSONata's own draws from Math.random. */
function shuffle(array: unknown, random: () => number): unknown {
  if (array === undefined) return undefined;
  const items = Array.isArray(array) ? [...array] : [array];
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j], items[i]];
  }
  return items;
}

/**
 * The functions that Step Functions adds to JSONata, and JSONata's own that would read the machine's clock or
 * Math.random. `$eval` is bound to nothing: "use $parse instead of $eval".
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export function functionBindings(
  sources: Sources,
  format: (ms: number, picture: string, zone: unknown) => Promise<unknown>,
): Record<string, unknown> {
  const now = (picture?: unknown, zone?: unknown) =>
    typeof picture === 'string'
      ? format(sources.now(), picture, zone)
      : new Date(sources.now()).toISOString();
  return {
    partition,
    range,
    hash,
    parse,
    random: (seed?: unknown) =>
      seed === undefined ? sources.random() : seeded(integer(seed, 'seed of $random')),
    uuid: () => uuid(sources.random),
    shuffle: (array: unknown) => shuffle(array, sources.random),
    now,
    millis: () => sources.now(),
    eval: undefined,
  };
}
