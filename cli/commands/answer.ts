import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { runCommand } from '../../core/commands';
import { awsCall } from '../../lambdas/adapters/aws/call';
import { loadConfig } from '../../lib/config';
import { configFile, readArguments } from '../arguments';
import type { Deployment } from '../deployment';
import { type ExitCode, Unanswerable } from '../errors';
import type { Output } from '../output';
import type { Outside } from '../outside';
import { findRun } from '../run-view';
import { inRegion } from '../trouble';

const OPTIONS = { by: { type: 'string' } } as const;
const DEADLINE_MS = 5000;

export function approve(args: string[], output: Output, outside: Outside): Promise<ExitCode> {
  return answer(args, output, outside, true);
}

export function deny(args: string[], output: Output, outside: Outside): Promise<ExitCode> {
  return answer(args, output, outside, false);
}

async function answer(
  args: string[],
  output: Output,
  outside: Outside,
  approved: boolean,
): Promise<ExitCode> {
  const { words, json, text } = readArguments(args, OPTIONS, { least: 1, most: 1 });
  const [run = ''] = words;
  const by = text('by') ?? outside.user;
  const { deployment, view } = await findRun(loadConfig(configFile(text('config'))), outside, run);
  const { taskToken, answer: given } = view.record ?? {};
  if (!taskToken || given) {
    const why = given ? `was answered by ${given.by} already` : 'does not ask for approval';
    throw new Unanswerable(`Run ${run} ${why}. Look at it: ${runCommand(run)}`);
  }
  await inRegion(deployment.region, () => send(deployment, taskToken, { approved, by }, run, outside));
  if (json) output.json({ run, approved, by });
  else output.say(`Run ${run} is told: ${approved ? 'approved' : 'denied'} by ${by}.`);
  return 0;
}

async function send(
  { sfn, region }: Deployment,
  taskToken: string,
  output: { approved: boolean; by: string },
  run: string,
  { clock }: Outside,
): Promise<void> {
  try {
    await awsCall(clock, `Step Functions SendTaskSuccess in ${region}`, DEADLINE_MS, abort =>
      sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }), abort),
    );
  } catch (error) {
    if (error instanceof Error && ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'].includes(error.name)) {
      throw new Unanswerable(
        `Run ${run} does not wait for the answer any more. Look at it: ${runCommand(run)}`,
      );
    }
    throw error;
  }
}
