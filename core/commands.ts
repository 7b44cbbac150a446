import type { Run } from './run';

// The commands that messages tell people to type. They stand here once, so that all messages use the same words.

/** What a person types to ask for the same again, for all apps or for one. */
export function startCommand({ activate, mode }: Pick<Run, 'activate' | 'mode'>, app?: string): string {
  const verb = mode === 'failover' ? (activate === 'dr' ? 'failover' : 'failback') : `${mode} ${activate}`;
  return `npx lifeboat ${verb}${app === undefined ? '' : ` --app ${app}`}`;
}

/** Shows one run: how far it is, how it ended. */
export function runCommand(id: string): string {
  return `npx lifeboat run ${id}`;
}

/** Shows how everything is. */
export const STATUS_COMMAND = 'npx lifeboat status';
