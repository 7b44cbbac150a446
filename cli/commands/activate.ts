import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { consoleLink } from '../../core/messages';
import { parseRequest } from '../../core/request';
import { loadConfig } from '../../lib/config';
import { configFile, readArguments, readSite } from '../arguments';
import { openDeployment } from '../deployment';
import { BadUsage, type ExitCode } from '../errors';
import type { Output } from '../output';

const OPTIONS = {
  app: { type: 'string', multiple: true },
  reason: { type: 'string' },
  'accept-old-backup': { type: 'boolean' },
} as const;

/** Starts the run in the Region of the site that is activated; it needs nothing of the other one. */
export async function activate(args: string[], output: Output, open = openDeployment): Promise<ExitCode> {
  const { words, json, text, texts, flag } = readArguments(args, OPTIONS, { least: 1, most: 1 });
  const site = readSite(words[0], 'The site to activate');
  const config = loadConfig(configFile(text('config')));
  const apps = texts('app');
  const input = {
    activate: site,
    reason: text('reason') ?? 'started by hand with npx lifeboat activate',
    ...(apps.length > 0 ? { apps } : {}),
    ...(flag('accept-old-backup') ? { acceptOldBackup: true } : {}),
  };
  checkRequest(input, config, site);
  const { sfn, stateMachineArn, region } = await open(config, site);
  const { executionArn = '' } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
  );
  const run = executionArn.split(':').at(-1) ?? '';
  if (json) output.json({ run, executionArn, site, region, input });
  else {
    output.say(`Run ${run} has started in ${region}.`);
    output.say(consoleLink(executionArn, region));
    output.say(`To watch: npx lifeboat status ${run}`);
  }
  return 0;
}

/** What the workflow would refuse is refused here, before anything starts. */
function checkRequest(input: object, config: ReturnType<typeof loadConfig>, site: 'primary' | 'dr'): void {
  try {
    parseRequest(input, config, site);
  } catch (error) {
    if (error instanceof Error && error.name === 'BadRequest') throw new BadUsage(error.message);
    throw error;
  }
}
