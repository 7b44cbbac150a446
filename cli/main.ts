import { ConfigInvalid, ConfigMissing } from '../lib/config';
import { abort } from './commands/abort';
import { approve, deny } from './commands/answer';
import { pause, resume } from './commands/pause';
import { rbac } from './commands/rbac';
import { rehearse } from './commands/rehearse';
import { run } from './commands/run';
import { runs } from './commands/runs';
import { activate, drill, failback, failover, switchover } from './commands/start';
import { status } from './commands/status';
import { switchOver } from './commands/switch';
import { testbed } from './commands/testbed';
import { validate } from './commands/validate';
import { BadUsage, type ExitCode } from './errors';
import { type Output, processOutput } from './output';
import { type Outside, productionOutside } from './outside';
import { Style } from './render/style';
import { exitOf, Trouble } from './trouble';
import { USAGE, usageOf } from './usage';

type Command = (args: string[], output: Output, outside: Outside) => Promise<ExitCode>;

const COMMANDS: Record<string, Command> = {
  rehearse,
  validate,
  rbac,
  status,
  failover,
  failback,
  switchover,
  drill,
  activate,
  approve,
  deny,
  abort,
  pause,
  resume,
  runs,
  run,
  switch: switchOver,
  testbed,
};

/** @returns the exit code */
export async function main(
  args: string[],
  output: Output = processOutput(),
  outside: Outside = productionOutside(),
): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    output.say(USAGE);
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS[name];
  if (!command) {
    output.say(`There is no command "${name}".\n\n${USAGE}`);
    return 2;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    output.say(usageOf(name));
    return 0;
  }
  try {
    return await command(rest, output, outside);
  } catch (error) {
    return failed(name, error, output);
  }
}

/** Errors that are the user's to mend are told in a sentence; anything else is a bug, and shows where. */
function failed(name: string, error: unknown, output: Output): ExitCode {
  if (error instanceof BadUsage) {
    output.say(`${error.message}\n\n${usageOf(name)}`);
    return 2;
  }
  if (error instanceof ConfigInvalid || error instanceof ConfigMissing) {
    output.say(error.message);
    return 2;
  }
  if (error instanceof Trouble) {
    for (const line of new Style(output).wrap(error.message, 0)) output.say(line);
    return exitOf([error]);
  }
  if (error instanceof Error && USERS.includes(error.name)) {
    output.say(error.message);
    return 2;
  }
  if (error instanceof Error && ANSWERS_NO.includes(error.name)) {
    for (const line of new Style(output).wrap(error.message, 0)) output.say(line);
    return 1;
  }
  throw error;
}

/** What keeps the test bed from being held. */
const HOLDERS = ['CannotHoldBed', 'PartsMissing', 'BedTaken'];
const USERS = [
  'ScenarioInvalid',
  'ManifestsInvalid',
  'ManifestRefused',
  'CannotAct',
  'ManifestsMissing',
  ...HOLDERS,
];
const ANSWERS_NO = ['BedFailed', 'BedStopped', 'NotConfirmed', 'RecordChanged', 'Unanswerable'];
