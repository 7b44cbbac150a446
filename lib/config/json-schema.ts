/** The published JSON Schema of lifeboat.yaml, for editors. */
import { z } from 'zod';
import { schema } from './schema';

/** Where it is committed, from the top of the repository. */
export const SCHEMA_FILE = 'schema/lifeboat.schema.json';

/**
 * Draft-07: yaml-language-server, which editors use, reads "JSON Schema 7 and below"
 * (its README; 2020-12 is asked for in its issue 856), and nothing here needs more.
 * The $id is a URN since the file is used by path and has no address of its own yet.
 */
export function jsonSchema(): Record<string, unknown> {
  const { $schema, title, description, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-07',
    io: 'input',
  });
  return { $schema, $id: 'urn:lifeboat:schema:lifeboat.yaml:1', title, description, ...rest };
}

const SCALAR = String.raw`(?:"(?:[^"\\]|\\.)*"|-?\d+)`;
const LIST_OF_SCALARS = new RegExp(String.raw`\[\s+(${SCALAR}(?:,\s+${SCALAR})*)\s+\]`, 'g');

/** @returns the committed file's whole content: lists of words on one line, as the formatter wants them. */
export function schemaText(): string {
  const long = JSON.stringify(jsonSchema(), null, 2);
  return `${long.replace(LIST_OF_SCALARS, list => list.replace(/\n\s*/g, ' ').replace('[ ', '[').replace(/ \]$/, ']'))}\n`;
}
