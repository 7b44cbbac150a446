import type { Json } from './json';

export interface Problem {
  /** Where in the definition, as in `States.Admit.Retry[0].Foo`. Empty for the whole. */
  path: string;
  message: string;
}

/** CreateStateMachine would refuse this definition. `problems` holds all of them. */
export class InvalidDefinition extends Error {
  override name = 'InvalidDefinition';

  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('\n'));
  }
}

/** An error that one of Step Functions' API calls answers; `name` is the code AWS uses. */
export class ApiError extends Error {
  constructor(
    override readonly name:
      | 'ExecutionAlreadyExists'
      | 'ExecutionDoesNotExist'
      | 'InvalidExecutionInput'
      | 'InvalidName'
      | 'InvalidOutput'
      | 'InvalidToken'
      | 'TaskDoesNotExist'
      | 'TaskTimedOut',
    message: string,
  ) {
    super(message);
  }
}

/** Which of a task's limits ran out, if one did: both report States.Timeout, and ErrorEquals can tell them apart. */
export type ErrorKind = 'plain' | 'timeout' | 'heartbeat';

/** A failure inside an execution: what Retry and Catch see. */
export class AslError extends Error {
  override name = 'AslError';

  constructor(
    /** The Error Name. Undefined where AWS has none: a Fail state without Error, SendTaskFailure without error. */
    readonly error: string | undefined,
    readonly causeText: string | undefined,
    readonly kind: ErrorKind = 'plain',
    /** A Parallel's branch failed with it: States.BranchFailed matches it too. */
    readonly fromBranch = false,
  ) {
    super(`${error ?? '(no error name)'}: ${causeText ?? '(no cause)'}`);
  }

  /**
   * "States.Runtime errors are not retriable, and will always cause the execution to fail."
   * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
   */
  get terminal(): boolean {
    return this.error === 'States.Runtime';
  }

  /** `$states.errorOutput`. AWS writes Cause "" for a timeout and null for a failure that was given no name. */
  get output(): { [key: string]: Json } {
    return { Error: this.error ?? null, Cause: this.causeText ?? (this.error === undefined ? null : '') };
  }

  /** The details of a history event: members without a value are left out, as AWS leaves them out. */
  get details(): { [key: string]: Json } {
    return {
      ...(this.error === undefined ? {} : { error: this.error }),
      ...(this.causeText === undefined ? {} : { cause: this.causeText }),
    };
  }

  asBranchFailure(): AslError {
    return new AslError(this.error, this.causeText, this.kind, true);
  }
}

/** Unwinds a flow of control that has been stopped from outside. It is no failure: nobody may catch it. */
export class Cancelled extends Error {
  override name = 'Cancelled';
}
