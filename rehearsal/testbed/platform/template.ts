import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A manifest of the platform asks for a value that nobody gave. */
export class ValueMissing extends Error {
  override name = 'ValueMissing';
}

/** The text of a manifest beside this file, with `${NAME}` replaced. */
export function manifest(file: string, values: Record<string, string>): string {
  return readFileSync(join(__dirname, file), 'utf8').replace(/\$\{([A-Z_]+)\}/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined)
      throw new ValueMissing(`${file} asks for ${name}; there are ${Object.keys(values).join(', ')}.`);
    return value;
  });
}
