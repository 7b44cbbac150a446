import { userInfo } from 'node:os';
import type { Pause } from '../../core/admission';
import { loadConfig } from '../../lib/config';
import { configFile, readArguments } from '../arguments';
import { openDeployment, whatAnswers } from '../deployment';
import type { ExitCode } from '../errors';
import type { Output } from '../output';

const OPTIONS = { reason: { type: 'string' } } as const;

export async function pause(args: string[], output: Output, open = openDeployment): Promise<ExitCode> {
  const { text } = readArguments(args, OPTIONS, { least: 0, most: 0 });
  const reason = text('reason') ?? 'no reason was given';
  return set(args, output, { by: userInfo().username, reason, at: Date.now() }, open);
}

export function resume(args: string[], output: Output, open = openDeployment): Promise<ExitCode> {
  return set(args, output, undefined, open);
}

/** Both Regions are told; one that does not answer is named, since it would act on its own when it comes back. */
async function set(
  args: string[],
  output: Output,
  value: Pause | undefined,
  open: typeof openDeployment,
): Promise<ExitCode> {
  const { json, text } = readArguments(args, value ? OPTIONS : {}, { least: 0, most: 0 });
  const { deployments, silent } = await whatAnswers(loadConfig(configFile(text('config'))), open);
  const told: string[] = [];
  for (const { ledger, region } of deployments) {
    try {
      await ledger.setPause(value);
      told.push(region);
    } catch (error) {
      silent.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (json) output.json({ paused: value !== undefined, told, silent });
  else {
    if (told.length > 0) output.say(`${value ? 'Paused' : 'Not paused any more'} in ${told.join(' and ')}.`);
    for (const line of silent) output.say(`Not told: ${line}`);
  }
  return silent.length === 0 ? 0 : 1;
}
