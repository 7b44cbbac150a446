/** `npx tsx lib/config/write-schema.ts` rewrites the committed JSON Schema after a change of schema.ts. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { SCHEMA_FILE, schemaText } from './json-schema';

writeFileSync(path.join(__dirname, '../..', SCHEMA_FILE), schemaText());
