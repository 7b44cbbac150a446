/**
 * The globs of github.com/gobwas/glob, which Velero uses for resources and namespaces: `*` stops at a separator
 * and `**` does not, `?` is one character, `[a-z]` and `[!a-z]` are classes, `{a,b}` are alternatives.
 * @throws SyntaxError
 */
export function glob(pattern: string, separator = ''): RegExp {
  return new RegExp(`^${source(pattern, separator)}$`, 's');
}

/** `**`, a class, alternatives, an escaped character, or any single one. */
const token = /\*\*|\[[^\]]+\]|\{[^{}]*\}|\\.|[\s\S]/g;

function source(pattern: string, separator: string): string {
  const any = separator === '' ? '.' : `[^${literal(separator)}]`;
  const wild: Record<string, string> = { '**': '.*', '*': `${any}*`, '?': any };
  const parts = (pattern.match(token) ?? []).map(part => {
    if (part === '[' || part === '{') throw new SyntaxError(`unclosed ${part} in glob ${pattern}`);
    if (part.startsWith('[')) return `[${part.slice(1, -1).replace(/^!/, '^')}]`;
    if (part.startsWith('{')) {
      const alternatives = part.slice(1, -1).split(',');
      return `(?:${alternatives.map(each => source(each, separator)).join('|')})`;
    }
    return wild[part] ?? literal(part.length > 1 ? part.slice(1) : part);
  });
  return parts.join('');
}

function literal(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
