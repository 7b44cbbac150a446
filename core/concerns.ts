/** Something that on-call should know before the day on which it hurts. */
export interface Concern {
  text: string;
  /** When it was first seen, in ms since the epoch. */
  since: number;
  told: boolean;
}

/** By key: `certificate dr sample-app`. */
export type Concerns = Record<string, Concern>;

/** What a look said of each thing that it looked at: a text, or that it is well, or that nobody could say. */
export type Seen = Record<string, { text: string } | 'well' | 'unknown'>;

/** What may pass by itself is told when it is still there at the next look, a minute later. */
const PATIENCE_MS = 45_000;
/** What does not pass by itself. */
const AT_ONCE = ['certificate'];

/**
 * Each concern is told once when it comes and once when it goes. What is not looked at any more is forgotten.
 * @returns `next` is the same object as `before` when nothing changed
 */
export function changedConcerns(
  before: Concerns,
  seen: Seen,
  now: number,
): { next: Concerns; worse: string[]; well: string[] } {
  const next: Concerns = {};
  const worse: string[] = [];
  const well: string[] = [];
  for (const [key, word] of Object.entries(seen)) {
    const known = before[key];
    if (word === 'unknown') {
      if (known) next[key] = known;
    } else if (word === 'well') {
      if (known?.told) well.push(known.text);
    } else {
      const since = known?.since ?? now;
      const told = known?.told || now - since >= patienceOf(key);
      if (told && !known?.told) worse.push(word.text);
      next[key] = { text: word.text, since, told };
    }
  }
  return { next: JSON.stringify(next) === JSON.stringify(before) ? before : next, worse, well };
}

function patienceOf(key: string): number {
  return AT_ONCE.some(kind => key.startsWith(kind)) ? 0 : PATIENCE_MS;
}
