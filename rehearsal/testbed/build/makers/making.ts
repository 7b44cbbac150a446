import { type Command, mustRun, type Run } from '../command';
import { BuildStopped, DownloadFailed } from '../errors';
import type { Identity } from '../key';
import type { CachePaths } from '../paths';
import type { Toolchain } from '../toolchain';

/** What a maker of parts works with. */
export interface Making {
  run: Run;
  paths: CachePaths;
  toolchain: Toolchain;
  /** rehearsal/testbed of the checkout. */
  sources: string;
  identity: Identity;
  /** Where the output of the part's commands goes. */
  log: string;
  signal: AbortSignal;
  /** Folder of a part that is finished. */
  folderOf(name: string): Promise<string>;
}

/** Makes a part's files in `folder`, which is to lie at `final`. @returns versions of what is inside */
export type Make<P> = (
  part: P,
  making: Making,
  folder: string,
  final: string,
) => Promise<Record<string, string>>;

const ATTEMPTS = 3;

/** Runs a command that only downloads. Proxies and mirrors refuse now and then, so that it has three attempts. */
export async function download(
  what: string,
  { run, log, signal }: Pick<Making, 'run' | 'log' | 'signal'>,
  command: Command,
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await mustRun(run, { ...command, log, signal });
    } catch (error) {
      if (error instanceof BuildStopped || !(error instanceof Error)) throw error;
      if (attempt === ATTEMPTS) throw new DownloadFailed(what, ATTEMPTS, error);
    }
  }
}

/** People go on working on the machine while it builds. */
export function niced(command: Command): Command {
  return { ...command, file: 'nice', args: ['-n', '5', command.file, ...command.args] };
}
