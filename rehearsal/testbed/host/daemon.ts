import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** A process of the bed ended, or never did what it is for. */
export class DaemonFailed extends Error {
  override name = 'DaemonFailed';
}

export interface DaemonOptions {
  name: string;
  command: readonly string[];
  /** Receives stdout and stderr; appended to, so that a Region that boots again keeps its past. */
  log: string;
  env?: Record<string, string>;
  cwd?: string;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** One long-running process of the bed, in a process group of its own, with its output in a file. */
export class Daemon {
  readonly name: string;
  readonly log: string;
  readonly exited: Promise<Exit>;
  private exit: Exit | undefined;

  private constructor(
    options: DaemonOptions,
    private readonly child: ChildProcess,
  ) {
    this.name = options.name;
    this.log = options.log;
    this.exited = new Promise(resolve => {
      const end = (code: number | null, signal: NodeJS.Signals | null) => {
        this.exit = { code, signal };
        resolve(this.exit);
      };
      child.once('exit', end);
      child.once('error', () => end(null, null));
    });
  }

  static start(options: DaemonOptions): Daemon {
    const [program, ...args] = options.command;
    if (program === undefined) throw new DaemonFailed(`${options.name} has no command.`);
    const log = openSync(options.log, 'a');
    try {
      const child = spawn(program, args, {
        // A group of its own: nsenter stands before the program, and a signal must reach both.
        detached: true,
        stdio: ['ignore', log, log],
        env: options.env ?? process.env,
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      });
      return new Daemon(options, child);
    } finally {
      closeSync(log);
    }
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get running(): boolean {
    return this.exit === undefined;
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.running || this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch (error) {
      // Gone between the look and the signal.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Asks it to leave, and insists after `graceMs`. */
  async stop(graceMs = 5000): Promise<void> {
    this.signal('SIGTERM');
    const patience = new AbortController();
    await Promise.race([
      this.exited.then(() => patience.abort()),
      wait(graceMs, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    this.signal('SIGKILL');
    await this.exited;
  }

  /**
   * Asks again and again until the answer is yes.
   * @throws DaemonFailed when the process ends first, or does not get ready in time
   */
  async ready(isReady: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (Date.now() < deadline) {
      if (!this.running)
        throw new DaemonFailed(`${this.name} ended before it was ready. ${this.lastWords()}`);
      if (await isReady()) return;
      await wait(100);
    }
    throw new DaemonFailed(`${this.name} was not ready after ${timeoutMs / 1000} s. ${this.lastWords()}`);
  }

  lastWords(): string {
    const lines = readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-8);
    return `The end of ${this.log}:\n${lines.join('\n')}`;
  }
}
