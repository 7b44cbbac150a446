import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

export interface CageOptions {
  /** A TypeScript file whose process is the first one in the cage. */
  entry: string;
  args: readonly string[];
  /** What the processes in the cage say. */
  log: string;
  /** Whether the cage goes on when this process ends. */
  outlives: boolean;
}

/**
 * Starts a process in namespaces of its own: network, mounts, processes. Everything that it starts is in them too, so
 * that nothing is left when it ends, however it ends: the kernel kills the rest and takes the mounts, devices and
 * addresses away. An IPC channel leads out.
 */
export function enterCage({ entry, args, log, outlives }: CageOptions): ChildProcess {
  // Without it, a kill -9 of this process would leave the cage behind.
  const leash = outlives ? [] : ['setpriv', '--pdeathsig', 'KILL', '--'];
  const cage = [
    ...['unshare', '--net', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child'],
    ...['--mount-proc', '--'],
  ];
  const command = [...leash, ...cage, process.execPath, '--import', 'tsx', entry, ...args];
  const output = openSync(log, 'a');
  try {
    return spawn(command[0] ?? 'unshare', command.slice(1), {
      // Ctrl-C in a terminal reaches the whole group: the cage is told by us, in order, instead.
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
    });
  } finally {
    closeSync(output);
  }
}
