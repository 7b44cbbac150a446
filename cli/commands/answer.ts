import { userInfo } from 'node:os';
import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { loadConfig } from '../../lib/config';
import { configFile, readArguments } from '../arguments';
import { openDeployment, whatAnswers } from '../deployment';
import type { ExitCode } from '../errors';
import type { Output } from '../output';

const OPTIONS = { by: { type: 'string' } } as const;

/** The run waits for no answer: it never asked, it was answered, or its time is up. */
export class Unanswerable extends Error {
  override name = 'Unanswerable';
}

export function approve(args: string[], output: Output, open = openDeployment): Promise<ExitCode> {
  return answer(args, output, true, open);
}

export function deny(args: string[], output: Output, open = openDeployment): Promise<ExitCode> {
  return answer(args, output, false, open);
}

async function answer(
  args: string[],
  output: Output,
  approved: boolean,
  open: typeof openDeployment,
): Promise<ExitCode> {
  const { words, json, text } = readArguments(args, OPTIONS, { least: 1, most: 1 });
  const [run = ''] = words;
  const by = text('by') ?? userInfo().username;
  const { deployments, silent } = await whatAnswers(loadConfig(configFile(text('config'))), open);
  for (const { ledger, sfn } of deployments) {
    const record = await ledger.run(run).catch((error: unknown) => {
      // The other Region may know it: this one's silence is told in the end.
      silent.push(error instanceof Error ? error.message : String(error));
      return undefined;
    });
    if (!record) continue;
    if (!record.taskToken || record.answer) {
      const why = record.answer ? `was answered by ${record.answer.by} already` : 'does not ask for approval';
      throw new Unanswerable(`Run ${run} ${why}. Look at it: npx lifeboat status ${run}`);
    }
    await send(sfn, record.taskToken, { approved, by }, run);
    if (json) output.json({ run, approved, by });
    else output.say(`Run ${run} is told: ${approved ? 'approved' : 'denied'} by ${by}.`);
    return 0;
  }
  throw new Unanswerable([`No ledger that answers knows run ${run}.`, ...silent].join(' '));
}

async function send(
  sfn: Awaited<ReturnType<typeof openDeployment>>['sfn'],
  taskToken: string,
  output: { approved: boolean; by: string },
  run: string,
): Promise<void> {
  try {
    await sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }));
  } catch (error) {
    if (error instanceof Error && ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'].includes(error.name)) {
      throw new Unanswerable(
        `Run ${run} does not wait for the answer any more. Look at it: npx lifeboat status ${run}`,
      );
    }
    throw error;
  }
}
