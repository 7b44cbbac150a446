/** zod's issues as findings: messages come from the fields, save for unknown keys, whose neighbours are needed. */
import { z } from 'zod';
import type { Finding } from './draft';
import { listed, type Path, show } from './problem';

import { schema } from './schema';
import { nearest } from './suggest';

/** One problem for each issue, and one for each unknown key. */
export function explain(issue: z.core.$ZodIssue): Finding[] {
  const path = plain(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(path);
    return issue.keys.map(key => unknownKey(path, key, known));
  }
  if (issue.code === 'invalid_key') {
    return [{ path, part: 'key', message: issue.issues[0]?.message ?? issue.message }];
  }
  return [{ path, part: 'value', message: issue.message }];
}

function unknownKey(parent: Path, key: string, known: readonly string[]): Finding {
  const meant = nearest(key, known);
  const place = { path: [...parent, key], part: 'key' as const };
  if (meant !== undefined)
    return { ...place, message: `${show(key)} is not known here; did you mean ${meant}?`, meant };
  return { ...place, message: `${show(key)} is not known here; known are ${listed(known, 'and')}` };
}

/** YAML has no symbols, so neither have the paths. */
function plain(path: readonly PropertyKey[]): Path {
  return path.map(step => (typeof step === 'symbol' ? String(step) : step));
}

/** Walks the schema along the path of a value. */
function knownKeys(path: Path): string[] {
  let at: unknown = schema;
  for (const step of path) {
    const container = unwrap(at);
    if (container instanceof z.ZodObject) at = container.shape[step];
    else if (container instanceof z.ZodArray) at = container.element;
    else if (container instanceof z.ZodRecord) at = container.valueType;
  }
  const found = unwrap(at);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function unwrap(wrapped: unknown): unknown {
  let inner = wrapped;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) inner = inner.unwrap();
  return inner;
}
