/** Where the fakes get their uids and name suffixes from: the same seed gives the same night. */
export interface Random {
  /** A number in [0, below). */
  below(limit: number): number;
}

/** The letters of Kubernetes' generated names: no vowels, so that no words come out (apimachinery util/rand). */
const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** mulberry32: small, seedable, and good enough for names. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    below(limit) {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
    },
  };
}

/** Kubernetes' five-letter suffix of generated names. */
export function nameSuffix(random: Random, length = 5): string {
  let suffix = '';
  for (let at = 0; at < length; at++) suffix += SUFFIX_LETTERS[random.below(SUFFIX_LETTERS.length)];
  return suffix;
}

/** A version 4 UUID. */
export function uuid(random: Random): string {
  let hex = '';
  for (let at = 0; at < 32; at++) {
    const digit = random.below(16);
    hex += (at === 12 ? 4 : at === 16 ? 8 + (digit % 4) : digit).toString(16);
  }
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** FNV-1a. For hashes that must be the same in both clusters, such as a ReplicaSet's pod-template-hash. */
export function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash ^= text.charCodeAt(at);
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return hash;
}

/** A hash in the letters of generated names, as the Deployment controller writes it. */
export function hashLetters(text: string): string {
  return [...String(stableHash(text))].map(digit => SUFFIX_LETTERS[Number(digit) + 3]).join('');
}
