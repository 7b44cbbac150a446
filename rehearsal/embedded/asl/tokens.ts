import { ApiError, AslError } from './errors';
import { byteLength, type Json, NotJson, overTheWire } from './json';
import type { Limits } from './limits';

/** How a task with a token was answered. Not a rejection: the answer may come before anyone waits for it. */
export type Answer = { output: Json } | { failure: AslError };

interface Entry {
  open: boolean;
  /** Aborted when the flow of control that waits is stopped. */
  signal: AbortSignal;
  answer: (answer: Answer) => void;
  beat: () => void;
}

const PREFIX = 'AQB8';

/** The task tokens that one state machine has given out. */
export class Tokens {
  private readonly entries = new Map<string, Entry>();
  private issued = 0;

  constructor(
    private readonly limits: Limits,
    private readonly random: () => number,
  ) {}

  /** A new token. `answered` resolves when SendTaskSuccess or SendTaskFailure is called with it. */
  issue(
    signal: AbortSignal,
    beat: () => void,
  ): { token: string; answered: Promise<Answer>; close: () => void } {
    const salt = Math.floor(this.random() * 0x1_0000_0000).toString(36);
    const token = PREFIX + Buffer.from(`${++this.issued}:${salt}`).toString('base64url');
    let settle: (answer: Answer) => void = () => undefined;
    const answered = new Promise<Answer>(resolve => {
      settle = resolve;
    });
    const entry: Entry = { open: true, signal, answer: settle, beat };
    this.entries.set(token, entry);
    const close = () => {
      entry.open = false;
    };
    return { token, answered, close };
  }

  /** @throws ApiError InvalidOutput, InvalidToken, TaskDoesNotExist or TaskTimedOut */
  succeed(token: string, output: unknown): void {
    let value: Json;
    try {
      value = overTheWire(output);
    } catch (error) {
      if (!(error instanceof NotJson)) throw error;
      throw new ApiError('InvalidOutput', `Invalid Output: the output ${error.message}`);
    }
    if (byteLength(value) > this.limits.payloadBytes) {
      throw new ApiError('InvalidOutput', `Invalid Output: longer than ${this.limits.payloadBytes} bytes`);
    }
    this.settle(token, { output: value });
  }

  /** @throws ApiError InvalidToken, TaskDoesNotExist or TaskTimedOut */
  fail(token: string, error: string | undefined, cause: string | undefined): void {
    this.settle(token, { failure: new AslError(error, cause) });
  }

  /** @throws ApiError InvalidToken, TaskDoesNotExist or TaskTimedOut */
  heartbeat(token: string): void {
    this.find(token).beat();
  }

  private settle(token: string, answer: Answer): void {
    const entry = this.find(token);
    entry.open = false;
    entry.answer(answer);
  }

  private find(token: string): Entry {
    if (typeof token !== 'string' || !token.startsWith(PREFIX) || token.length > 2048) {
      throw new ApiError('InvalidToken', `Invalid Token: '${token}'`);
    }
    const entry = this.entries.get(token);
    if (!entry) throw new ApiError('TaskDoesNotExist', `Task does not exist: '${token}'`);
    if (!entry.open || entry.signal.aborted) {
      // The one error for both: "The task token has either expired or the task associated with the token has
      // already been closed." https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
      throw new ApiError('TaskTimedOut', 'Task Timed Out: the token has expired or its task has been closed');
    }
    return entry;
  }
}
