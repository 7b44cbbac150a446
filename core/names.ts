/** A name that fits into others: a long one is cut, and keeps a digest of the whole, since two must never become one. */
export function shortName(name: string): string {
  if (name.length <= 30) return name;
  return `${name.slice(0, 21)}-${digest(name)}`;
}

/** FNV-1a, 32 bits, as 8 hex digits: enough to tell some hundred names apart, and core/ has no crypto. */
export function digest(text: string): string {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return value.toString(16).padStart(8, '0');
}
