import type { FunctionName } from '../../../core/phases';

/** What Lambda says of a process that was killed. */
class ExitError extends Error {
  override name = 'Runtime.ExitError';
}

/** The process that carries out one invocation. A dead one neither hears an answer nor makes another call. */
export class Process {
  private end: (error: ExitError) => void = () => undefined;
  readonly killed = new Promise<never>((_resolve, reject) => {
    this.end = reject;
  });
  private dead = false;

  constructor(
    readonly step: FunctionName,
    private readonly onAnswer: (process: Process, action: string) => void,
  ) {
    // Nobody may be waiting for it any more: the kill of a process that has answered is no failure.
    this.killed.catch(() => undefined);
  }

  kill(): void {
    this.dead = true;
    this.end(new ExitError('Error: Runtime exited with error: signal: killed'));
  }

  async call<T>(action: string, send: () => Promise<T>): Promise<T> {
    if (this.dead) return never();
    const answer = await send();
    this.onAnswer(this, action);
    return this.dead ? never() : answer;
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
