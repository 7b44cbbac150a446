import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { FunctionError, Job, Outcome } from './job';

const RUNTIME = join(__dirname, 'runtime.cjs');

/** What a runtime process sends when a handler is done. */
type Message = { result: unknown } | { error: FunctionError };

/** One process that runs a function, one invocation at a time, as an execution environment of Lambda does. */
export class Sandbox {
  busy = false;
  /** It was killed, though it may be seen to end only later: it is given nothing to do any more. */
  ended = false;
  private readonly child: ChildProcess;
  private log = '';
  private settle: ((outcome: Outcome) => void) | undefined;

  /** @param onExit called once, when the process is gone */
  constructor(
    readonly job: Pick<Job, 'arn' | 'region' | 'name' | 'folder'>,
    variables: Record<string, string>,
    onExit: () => void,
  ) {
    this.child = fork(RUNTIME, [], {
      cwd: job.folder,
      env: variables,
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.log += text;
      });
    }
    this.child.on('message', (message: Message) => this.finish(message));
    const exit = (code: number | null, signal: NodeJS.Signals | null) => {
      this.ended = true;
      onExit();
      this.finish({ error: exitError(code, signal) });
    };
    this.child.once('exit', exit);
    // It could not be started, or died before it was told what to do.
    this.child.once('error', () => exit(null, 'SIGKILL'));
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Runs the handler. A process that runs out of time is ended, as Lambda does. */
  async invoke(job: Job): Promise<Outcome> {
    this.busy = true;
    this.log = '';
    const deadline = Date.now() + job.timeoutMs;
    const timer = setTimeout(() => {
      this.finish({ error: timeoutError(job) });
      this.kill();
    }, job.timeoutMs);
    try {
      return await new Promise<Outcome>(resolve => {
        this.settle = resolve;
        const { event, requestId, arn, memoryMb, logGroup } = job;
        this.child.send({ event, requestId, arn, memoryMb, logGroup, deadline });
      });
    } finally {
      clearTimeout(timer);
      this.busy = false;
    }
  }

  /** SIGKILL: nothing of the function gets to say anything more. */
  kill(): void {
    this.ended = true;
    this.child.kill('SIGKILL');
  }

  private finish(message: Message): void {
    const { settle } = this;
    this.settle = undefined;
    // The pipes may still hold what was written before the answer.
    setImmediate(() => settle?.({ ...message, log: this.log }));
  }
}

/** As Lambda reports a runtime process that has gone. */
function exitError(code: number | null, signal: NodeJS.Signals | null): FunctionError {
  const how = signal === 'SIGKILL' ? 'signal: killed' : signal ? `signal: ${signal}` : `exit status ${code}`;
  return { errorType: 'Runtime.ExitError', errorMessage: `Error: Runtime exited with error: ${how}` };
}

function timeoutError({ timeoutMs }: Job): FunctionError {
  const seconds = (timeoutMs / 1000).toFixed(2);
  return { errorType: 'Sandbox.Timedout', errorMessage: `Error: Task timed out after ${seconds} seconds` };
}
