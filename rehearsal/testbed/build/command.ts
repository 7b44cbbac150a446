import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { BuildStopped, CommandFailed } from './errors';
import { hasCode } from './system-error';

export interface Command {
  file: string;
  args: readonly string[];
  cwd?: string;
  /** Laid over the environment of this process. */
  env?: Readonly<Record<string, string>>;
  /** A file that the output is appended to. */
  log?: string;
  signal?: AbortSignal;
}

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts programs; the one door between the build and the machine's tools. */
export type Run = (command: Command) => Promise<Finished>;

/** How long a program has to end by itself after it was asked to. */
const GRACE_MS = 5000;

/** @throws CommandFailed unless it ends with 0 */
export async function mustRun(run: Run, command: Command): Promise<string> {
  const { code, stdout, stderr } = await run(command);
  if (code !== 0) throw new CommandFailed([command.file, ...command.args].join(' '), code, stderr || stdout);
  return stdout;
}

/** Runs a program in a process group of its own, so that stopping it stops its children (the compilers) too. */
export const run: Run = async ({ file, args, cwd, env, log, signal }) => {
  if (signal?.aborted) throw new BuildStopped();
  const child = spawn(file, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output = { stdout: '', stderr: '' };
  const sink = log === undefined ? undefined : createWriteStream(log, { flags: 'a' });
  sink?.write(`$ ${[file, ...args].join(' ')}\n`);
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      sink?.write(text);
    });

  let killer: NodeJS.Timeout | undefined;
  const stop = () => {
    signalGroup(child.pid, 'SIGTERM');
    killer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MS);
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (signal?.aborted) throw new BuildStopped();
    return { code, ...output };
  } finally {
    clearTimeout(killer);
    signal?.removeEventListener('abort', stop);
    if (sink) await closed(sink);
  }
};

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // Gone already.
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

async function closed(sink: WriteStream): Promise<void> {
  sink.end();
  await once(sink, 'close');
}
