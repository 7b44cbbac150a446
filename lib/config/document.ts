/** The YAML text of a configuration: its plain value, and the position of everything in it. */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type YAMLMap,
} from 'yaml';
import { findYamlProblems, isMergeKey, type TextProblem } from './document-problems';
import type { Path } from './problem';

export interface Position {
  line: number;
  column: number;
}

export interface ParsedText {
  problems: { at: Position; path: Path; message: string }[];
  /** Undefined when the text is too broken to say what it holds: guesses would lead to misleading messages. */
  value: unknown;
  /** Where the value stands, or its key; for what is not there, the nearest parent that is. */
  locate: (path: Path, part: 'key' | 'value') => Position;
}

/** Never throws for what the text holds. */
export function parseText(text: string): ParsedText {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false, // positions are ours to print
    uniqueKeys: false, // reported by findYamlProblems, with the place of the first
    merge: true, // `<<`, as the editors' language server reads it
  });
  const documents = Array.isArray(parsed) ? parsed : [];
  const [first, second] = documents;
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const locate: ParsedText['locate'] = (path, part) =>
    position(first === undefined ? 0 : offsetOf(first, path, part));
  const finish = (found: TextProblem[], value: unknown): ParsedText => ({
    problems: found.map(({ offset, path, message }) => ({ at: position(offset), path, message })),
    value,
    locate,
  });

  if (
    first === undefined ||
    (first.contents === null && first.errors.length === 0) ||
    isNull(first.contents)
  ) {
    const message = 'the file is empty; start from a copy of examples/levlabs/lifeboat.yaml';
    return finish([{ offset: 0, path: [], message }], undefined);
  }
  const { problems, readable } = findYamlProblems(first, offset => position(offset).line);
  if (second !== undefined) {
    const message = 'a second document starts here; one file holds one configuration, so remove this part';
    problems.push({ offset: second.range[0], path: [], message });
  }
  if (!readable) return finish(problems, undefined);
  try {
    return finish(problems, first.toJS());
  } catch (error) {
    // The parser's guard against aliases that multiply ("billion laughs").
    if (!(error instanceof ReferenceError)) throw error;
    problems.push({
      offset: 0,
      path: [],
      message: `the aliases (*name) cannot be followed: ${error.message}`,
    });
    return finish(problems, undefined);
  }
}

function isNull(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}

function offsetOf(document: Document, path: Path, part: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    const container = isAlias(node) ? node.resolve(document) : node;
    const found = isMap(container) ? pairOf(document, container, String(step)) : undefined;
    const next: unknown = found === undefined ? elementOf(container, step) : found.value;
    const last = index === path.length - 1;
    // A key without a value has no position for it: the key stands in.
    const at =
      (last && part === 'key' ? startOf(found?.key) : undefined) ?? startOf(next) ?? startOf(found?.key);
    if (at === undefined) return offset;
    offset = at;
    node = next;
  }
  return offset;
}

function elementOf(container: unknown, step: string | number): unknown {
  return isSeq(container) && typeof step === 'number' ? container.items[step] : undefined;
}

/** The last of two equal keys is the one that counts; a key of the map itself counts before a merged one. */
function pairOf(document: Document, map: YAMLMap, key: string): Pair | undefined {
  const own = map.items.findLast(
    pair => isScalar(pair.key) && !isMergeKey(pair.key) && String(pair.key.value) === key,
  );
  if (own !== undefined) return own;
  for (const pair of map.items.filter(({ key: merge }) => isMergeKey(merge))) {
    const sources = isSeq(pair.value) ? pair.value.items : [pair.value];
    for (const source of sources) {
      const merged = isAlias(source) ? (source as Alias).resolve(document) : source;
      const found = isMap(merged) ? pairOf(document, merged, key) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
