import type { Clock } from '../../../core/clock';
import type { Scope } from './definition';
import { AslError, Cancelled } from './errors';
import { Frame } from './frame';
import type { HistoryEvent } from './history';
import type { Json } from './json';
import type { Limits } from './limits';
import type { RunScope } from './parallel';
import type { Query } from './query';
import type { Tokens } from './tokens';
import { VariableBudget, Variables } from './variables';
import type { Timers } from './watch';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** How an execution ended. AWS gives no error and no cause with TIMED_OUT; history has States.Timeout. */
export type ExecutionResult =
  | { status: 'SUCCEEDED'; output: Json }
  | {
      status: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
      error: string | undefined;
      cause: string | undefined;
    };

export interface InvokeMeta {
  executionArn: string;
  executionName: string;
  stateName: string;
  /** 1 for the first attempt, counted over all retriers of the state's visit. */
  attempt: number;
  /** With `….waitForTaskToken` only. */
  taskToken?: string;
  /** Aborted when the result no longer counts: the task expired, or its flow of control was stopped. */
  signal: AbortSignal;
}

export type Invoke = (resource: string, args: unknown, meta: InvokeMeta) => Promise<unknown>;

/** What executions share with their state machine. */
export interface Host {
  readonly clock: Clock & Timers;
  readonly query: Query;
  readonly tokens: Tokens;
  readonly limits: Limits;
  readonly random: () => number;
  readonly invoke: Invoke;
  readonly region: string;
  readonly roleArn: string;
  readonly runScope: RunScope;
  readonly onEvent: (event: HistoryEvent, execution: Execution) => void;
  readonly onExecutionStatus: (execution: Execution, status: ExecutionStatus) => void;
  /** A new Map Run of `execution`: names its child executions and knows them by their ARNs. */
  newMapRun(execution: Execution, label: string | undefined): MapRun;
}

export interface MapRun {
  arn: string;
  start(scope: Scope, input: Json): Execution;
}

export interface ExecutionIdentity {
  arn: string;
  name: string;
  stateMachineArn: string;
  stateMachineName: string;
}

/** One run of a state machine, or of a distributed Map's item. Started by what creates it. */
export class Execution {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  /** Settles when the execution has closed. Rejects only for a fault of the interpreter or of its callbacks. */
  readonly result: Promise<ExecutionResult>;
  readonly history: HistoryEvent[] = [];
  /** Child executions of all its Map Runs, in the order in which they were started. */
  readonly children: Execution[] = [];
  status: ExecutionStatus = 'RUNNING';
  /** Milliseconds since the epoch; undefined while it runs. */
  stopTime: number | undefined;
  /** How it ended; undefined while it runs. */
  outcome: ExecutionResult | undefined;

  /** Everything below serves the flows of control within. */
  readonly budget: VariableBudget;
  private readonly root: Frame;
  private cancelTimer = () => {
    // no timer is set yet
  };
  private resolve: (result: ExecutionResult) => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;

  constructor(
    private readonly host: Host,
    identity: ExecutionIdentity,
    readonly input: Json,
    /** Milliseconds since the epoch. */
    readonly startTime: number,
  ) {
    this.arn = identity.arn;
    this.name = identity.name;
    this.stateMachineArn = identity.stateMachineArn;
    this.stateMachineName = identity.stateMachineName;
    this.result = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.budget = new VariableBudget(host.limits);
    this.root = new Frame(this, new Variables(this.budget));
  }

  get clock() {
    return this.host.clock;
  }
  get query() {
    return this.host.query;
  }
  get tokens() {
    return this.host.tokens;
  }
  get limits() {
    return this.host.limits;
  }
  get random() {
    return this.host.random;
  }
  get invoke() {
    return this.host.invoke;
  }
  get region() {
    return this.host.region;
  }
  get roleArn() {
    return this.host.roleArn;
  }

  /** Begins to run `scope`. For the machine and its Map Runs. */
  begin(scope: Scope, timeoutSeconds: number | undefined): void {
    const seconds = Math.min(timeoutSeconds ?? Number.POSITIVE_INFINITY, this.host.limits.executionSeconds);
    this.cancelTimer = this.clock.after(seconds * 1000, () => this.timeOut());
    this.record('ExecutionStarted', 0, { input: this.input, roleArn: this.roleArn });
    this.host.onExecutionStatus(this, 'RUNNING');
    void this.run(scope);
  }

  /** Stops it where it stands; what is in flight is abandoned. Does nothing when it has closed already. */
  abort(error?: string, cause?: string): void {
    const failure = new AslError(error, cause);
    this.close({ status: 'ABORTED', error, cause }, 'ExecutionAborted', 0, failure.details);
  }

  newMapRun(label: string | undefined): MapRun {
    return this.host.newMapRun(this, label);
  }

  /**
   * Adds an event to the history.
   * @throws Cancelled when the execution has closed, or closes because the history is full
   */
  record(type: string, previousEventId: number, details: { [key: string]: Json }): HistoryEvent {
    if (this.status !== 'RUNNING') throw new Cancelled('the execution has closed');
    const { historyEvents } = this.host.limits;
    // Event 25,000 is the ExecutionFailed itself (measured on AWS, floci-io/floci issue 2734).
    if (this.history.length >= historyEvents - 1) {
      this.fail(
        new AslError(
          'States.Runtime',
          `The execution reached the maximum number of history events (${historyEvents}).`,
        ),
        previousEventId,
      );
      throw new Cancelled('the history is full');
    }
    return this.append(type, previousEventId, details);
  }

  private async run(scope: Scope): Promise<void> {
    // StartExecution returns before the first state is entered.
    await Promise.resolve();
    try {
      const output = await this.host.runScope(this.root, scope, this.input);
      this.close({ status: 'SUCCEEDED', output }, 'ExecutionSucceeded', this.root.previousEventId, {
        output,
      });
    } catch (error) {
      if (error instanceof AslError) this.fail(error, this.root.previousEventId);
      else if (!(error instanceof Cancelled) || this.status === 'RUNNING') this.crash(error);
    }
  }

  private fail(error: AslError, previousEventId: number): void {
    const result = { status: 'FAILED', error: error.error, cause: error.causeText } as const;
    this.close(result, 'ExecutionFailed', previousEventId, error.details);
  }

  private timeOut(): void {
    this.close({ status: 'TIMED_OUT', error: undefined, cause: undefined }, 'ExecutionTimedOut', 0, {
      error: 'States.Timeout',
    });
  }

  private close(
    result: ExecutionResult,
    type: string,
    previousEventId: number,
    details: { [key: string]: Json },
  ): void {
    if (this.status !== 'RUNNING') return;
    this.status = result.status;
    this.stopTime = this.clock.now();
    this.outcome = result;
    this.halt();
    this.append(type, previousEventId, details);
    this.host.onExecutionStatus(this, result.status);
    this.resolve(result);
  }

  /** A fault of the interpreter or of a callback is nobody's business result: whoever awaits the result gets it. */
  private crash(error: unknown): void {
    if (this.status === 'RUNNING') this.status = 'FAILED';
    this.stopTime ??= this.clock.now();
    this.halt();
    this.reject(error);
  }

  private halt(): void {
    this.cancelTimer();
    this.root.cancel();
  }

  private append(type: string, previousEventId: number, details: { [key: string]: Json }): HistoryEvent {
    const event = {
      id: this.history.length + 1,
      previousEventId,
      timestamp: this.clock.now(),
      type,
      details,
    };
    this.history.push(event);
    this.host.onEvent(event, this);
    return event;
  }
}
