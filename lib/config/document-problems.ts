/** What can be wrong with YAML before its fields have a meaning: syntax, keys that stand twice, aliases, tags. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { type Path, show } from './problem';

/** A problem of the text itself, before any field has a meaning. */
export interface TextProblem {
  offset: number;
  path: Path;
  message: string;
}

export interface YamlProblems {
  problems: TextProblem[];
  /** False when the document has no certain value, so that further messages would be guesses. */
  readable: boolean;
}

/** @param lineOf the line, from 1, of an offset */
export function findYamlProblems(document: Document, lineOf: (offset: number) => number): YamlProblems {
  const problems: TextProblem[] = [];
  for (const { pos, message } of document.errors) {
    problems.push({ offset: pos[0], path: [], message: `YAML cannot be read here: ${message}` });
  }
  for (const { pos, message } of document.warnings) {
    problems.push({ offset: pos[0], path: [], message: `${message}; write the value without a tag` });
  }
  const walk = new Walk(document, lineOf);
  walk.node(document.contents, [], []);
  problems.push(...walk.problems);
  return { problems, readable: document.errors.length === 0 && !walk.broken };
}

/** @param key a key of a map; the parser turns `<<` into a symbol of that name */
export function isMergeKey(key: unknown): boolean {
  if (!isScalar(key)) return false;
  return key.value === '<<' || (typeof key.value === 'symbol' && key.value.description === '<<');
}

/** Visits every node where it is written; what an alias names is visited at its anchor. */
class Walk {
  readonly problems: TextProblem[] = [];
  /** Set by what the parser's own toJS() would throw on, or never return from. */
  broken = false;

  constructor(
    private readonly document: Document,
    private readonly lineOf: (offset: number) => number,
  ) {}

  node(node: unknown, path: Path, parents: readonly unknown[]): void {
    if (isAlias(node)) {
      const target = node.resolve(this.document);
      const name = `*${node.source}`;
      if (target === undefined) {
        this.fail(node, path, `${name} names no anchor; set &${node.source} on an earlier value`);
      } else if (parents.includes(target)) {
        this.fail(node, path, `${name} stands inside of the value that it names; write the value out`);
      }
    } else if (isMap(node)) {
      this.keys(node.items, path);
      for (const pair of node.items) this.pair(pair, path, [...parents, node]);
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) this.node(item, [...path, index], [...parents, node]);
    }
  }

  private pair({ key, value }: Pair, path: Path, parents: readonly unknown[]): void {
    if (isMergeKey(key)) {
      this.merge(value, path, parents);
      return;
    }
    // Also not nothing (`: x`) or bytes (!!binary).
    if (!isScalar(key) || typeof key.value === 'object') {
      this.fail(key, path, 'a key must be a plain word');
      return;
    }
    this.node(value, [...path, String(key.value)], parents);
  }

  private merge(value: unknown, path: Path, parents: readonly unknown[]): void {
    for (const source of isSeq(value) ? value.items : [value]) {
      this.node(source, path, parents);
      const target = isAlias(source) ? source.resolve(this.document) : source;
      const unknownAlias = isAlias(source) && target === undefined;
      if (!isMap(target) && !unknownAlias)
        this.fail(source, path, '<< takes a map, or *name of one, or a list of these');
    }
  }

  private keys(pairs: readonly Pair[], path: Path): void {
    const first = new Map<string, number>();
    for (const { key } of pairs) {
      if (!isScalar(key) || isMergeKey(key)) continue;
      const name = String(key.value);
      const offset = key.range?.[0] ?? 0;
      const earlier = first.get(name);
      if (earlier === undefined) {
        first.set(name, offset);
      } else {
        const message = `the key ${show(name)} stands twice, first on line ${this.lineOf(earlier)}; keep one`;
        this.problems.push({ offset, path: [...path, name], message });
      }
    }
  }

  private fail(node: unknown, path: Path, message: string): void {
    this.broken = true;
    this.problems.push({ offset: (node as Node | null)?.range?.[0] ?? 0, path, message });
  }
}
