import type { App, Config } from '../core/config';
import { BadUsage } from './errors';
import type { Outside } from './outside';

/** Whoever was asked did not type the name. */
export class NotConfirmed extends Error {
  override name = 'NotConfirmed';
}

/** The word that confirms: the app's name, or the configuration's when it is about several. */
export function wordFor(config: Config, apps: readonly App[]): string {
  const [only, ...more] = apps;
  return only && more.length === 0 ? only.name : config.name;
}

/** @throws BadUsage when nobody can be asked; before anything is looked up, so that a script learns it at once */
export function canBeAsked({ ask }: Outside, yes: boolean, command: string): void {
  if (yes || ask) return;
  throw new BadUsage(
    `${command} asks for confirmation, and there is no terminal to ask at. Add --yes to go without.`,
  );
}

/**
 * Lets whoever types confirm.
 * @param nothing what is so when they do not
 * @throws NotConfirmed
 */
export async function confirm({ ask }: Outside, word: string, nothing: string): Promise<void> {
  const answer = await ask?.(`Type "${word}" to confirm: `);
  if (answer?.trim() === word) return;
  const typed = answer === undefined || answer.trim() === '' ? '' : `"${answer.trim()}" is not "${word}". `;
  throw new NotConfirmed(`${typed}${nothing}`);
}
