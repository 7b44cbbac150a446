/**
 * A configuration as far as it is valid. Rules over several fields run on it even when other fields are wrong,
 * so that one look shows every problem: what is invalid by itself is undefined here, but its key is still there.
 */
import type { Path } from './problem';
import type { RawInput } from './schema';

/** Anything may be absent (not written) or undefined (written and invalid). */
export type Draft<T> = T extends readonly (infer Element)[]
  ? (Draft<Element> | undefined)[]
  : T extends object
    ? { [Key in keyof T]?: Draft<T[Key]> | undefined }
    : T;

export type DraftConfig = Draft<RawInput>;
export type DraftApp = Draft<RawInput['apps'][number]>;

export interface Finding {
  path: Path;
  /** Whether the key or its value is at fault. */
  part: 'key' | 'value';
  message: string;
  /** For an unknown key: the known one that was probably meant. */
  meant?: string;
}

export type Rule = (config: DraftConfig) => Finding[];

/** @returns a copy of the value in which what the findings blame is undefined. */
export function draftOf(value: unknown, findings: readonly Finding[]): DraftConfig {
  const copy: unknown = structuredClone(value);
  for (const { path } of findings) blank(copy, path);
  if (!isContainer(copy) || findings.some(({ path }) => path.length === 0)) return {};
  // What the schema does not accept was blanked above, so what is left has the schema's types.
  return copy as DraftConfig;
}

function blank(root: unknown, path: Path): void {
  const last = path.at(-1);
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((at, step) => (isContainer(at) ? at[step] : undefined), root);
  // A missing field stays absent: only what is written can be invalid.
  if (last === undefined || !isContainer(parent) || !Object.hasOwn(parent, last)) return;
  // Not by assignment, which a key named __proto__ would turn into something else.
  Object.defineProperty(parent, last, { value: undefined });
}

function isContainer(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The apps that can be read, with the path to each. */
export function appsOf(config: DraftConfig): { app: DraftApp; path: Path }[] {
  return (config.apps ?? []).flatMap((app, index) =>
    app === undefined ? [] : [{ app, path: ['apps', index] }],
  );
}

/** Every entry after the first of the same value. @param key undefined for an entry that does not count */
export function repeats<Entry>(
  entries: readonly Entry[],
  key: (entry: Entry) => string | undefined,
): { entry: Entry; first: Entry }[] {
  const seen = new Map<string, Entry>();
  return entries.flatMap(entry => {
    const name = key(entry);
    if (name === undefined) return [];
    const first = seen.get(name);
    if (first !== undefined) return [{ entry, first }];
    seen.set(name, entry);
    return [];
  });
}

export function found(path: Path, message: string, part: Finding['part'] = 'value'): Finding {
  return { path, part, message };
}
