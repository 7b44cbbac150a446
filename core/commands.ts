import type { Run } from './run';

/** What a person types to ask for the same again. */
export function startCommand({ activate, mode }: Pick<Run, 'activate' | 'mode'>, app: string): string {
  const verb = mode === 'failover' ? 'activate' : mode;
  return `npx lifeboat ${verb} ${activate} --app ${app}`;
}
