import { ConfigInvalid, loadConfig } from '../../lib/config';
import { configFile, readArguments } from '../arguments';
import type { ExitCode } from '../errors';
import type { Output } from '../output';

export async function validate(args: string[], output: Output): Promise<ExitCode> {
  const { json, text } = readArguments(args, {}, { least: 0, most: 0 });
  const file = configFile(text('config'));
  try {
    const config = loadConfig(file);
    if (json) output.json({ file, valid: true, problems: [], config });
    else
      output.say(
        `${file} is right: ${config.apps.length} apps, ${config.sites.primary.region} and ${config.sites.dr.region}.`,
      );
    return 0;
  } catch (error) {
    if (!json || !(error instanceof ConfigInvalid)) throw error;
    output.json({ file, valid: false, problems: error.problems });
    return 2;
  }
}
