import type { StateType, Template } from './definition';
import { AslError, Cancelled } from './errors';
import type { Execution } from './execution';
import { UNCHAINED } from './history';
import type { Json } from './json';
import { type Bindings, QueryFailure, unexpectedType } from './query';
import { Variables } from './variables';

/** The state that a flow of control is in. */
export interface Current {
  name: string;
  type: StateType;
  input: Json;
  enteredId: number;
  enteredTime: number;
  retryCount: number;
  taskToken?: string;
}

export interface MapItem {
  Index: number;
  Value: Json;
}

/** States that AWS reports as aborted when their flow is stopped from outside. */
const ABORTABLE: readonly StateType[] = ['Task', 'Wait', 'Parallel', 'Map'];

/**
 * One flow of control: the top level of an execution, a branch, or an iteration. It owns its variables and can be
 * stopped; whatever it waits for then rejects with Cancelled, and it can record no more events.
 */
export class Frame {
  current: Current | undefined;
  previousEventId: number;
  private readonly children = new Set<Frame>();
  private readonly controller = new AbortController();

  constructor(
    readonly execution: Execution,
    readonly variables: Variables,
    readonly parent?: Frame,
    readonly mapItem?: MapItem,
  ) {
    this.previousEventId = parent?.previousEventId ?? 0;
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  child(mapItem = this.mapItem): Frame {
    const child = new Frame(
      this.execution,
      new Variables(this.execution.budget, this.variables),
      this,
      mapItem,
    );
    if (this.signal.aborted) child.controller.abort(this.signal.reason);
    this.children.add(child);
    return child;
  }

  /** A child flow has ended, well or not. */
  release(child: Frame): void {
    child.variables.release();
    this.children.delete(child);
  }

  /** Stops this flow and all within it, at once. */
  cancel(): void {
    for (const child of this.children) child.cancel();
    this.controller.abort(new Cancelled('stopped from outside'));
  }

  /** Records the states that `child` was in when it was stopped, innermost first. */
  recordAborted(child: Frame): void {
    for (const inner of child.children) this.recordAborted(inner);
    const type = child.current?.type;
    if (!type || !ABORTABLE.includes(type)) return;
    this.execution.record(`${type}StateAborted`, child.previousEventId, {});
  }

  /** @throws Cancelled when the flow has been stopped. Returns the event's id. */
  record(type: string, details: { [key: string]: Json } = {}): number {
    this.signal.throwIfAborted();
    const { id } = this.execution.record(type, this.previousEventId, details);
    if (!UNCHAINED.has(type)) this.previousEventId = id;
    return id;
  }

  /** Like `promise`, but rejects with Cancelled as soon as the flow is stopped. */
  wait<T>(promise: Promise<T>): Promise<T> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(signal.reason);
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
  }

  async sleep(seconds: number): Promise<void> {
    this.signal.throwIfAborted();
    if (seconds > 0) await this.execution.clock.sleep(seconds * 1000, this.signal);
  }

  /** `$states` and all variables, for evaluations in the current state. */
  bindings(more: { result?: Json; errorOutput?: Json; mapItem?: MapItem } = {}): Bindings {
    const { mapItem, ...readable } = more;
    const input = this.current?.input ?? null;
    return {
      ...this.variables.visible(),
      states: { input, context: this.context(mapItem ?? this.mapItem), ...readable },
    };
  }

  /** @throws AslError States.QueryEvaluationError, recorded as EvaluationFailed. */
  async evaluate(template: Template, field: string, bindings: Bindings): Promise<Json> {
    try {
      return await this.execution.query.evaluate(template, field, bindings);
    } catch (error) {
      throw error instanceof QueryFailure ? this.evaluationFailed(error) : error;
    }
  }

  /**
   * A whole number at least `least`, the only numbers that a state's fields take.
   * @throws AslError States.QueryEvaluationError
   */
  async evaluateInteger(
    template: Template,
    field: string,
    bindings: Bindings,
    least: number,
  ): Promise<number> {
    const value = await this.evaluate(template, field, bindings);
    if (typeof value !== 'number') {
      throw this.evaluationFailed(unexpectedType(template, field, 'number', value));
    }
    if (!Number.isInteger(value) || value < least) {
      throw this.evaluationFailed(
        new QueryFailure(field, `The ${field} field must be an integer of at least ${least}, not ${value}.`),
      );
    }
    return value;
  }

  evaluationFailed(failure: QueryFailure): AslError {
    const cause = this.explain(failure.message);
    const error = 'States.QueryEvaluationError';
    this.record('EvaluationFailed', {
      error,
      cause,
      location: failure.field,
      state: this.current?.name ?? null,
    });
    return new AslError(error, cause);
  }

  /** An error that ends the execution whatever the definition says. */
  runtimeError(message: string): AslError {
    return new AslError('States.Runtime', this.explain(message));
  }

  private explain(message: string): string {
    const { name, enteredId } = this.current ?? { name: '', enteredId: 0 };
    return `An error occurred while executing the state '${name}' (entered at the event id #${enteredId}). ${message}`;
  }

  /**
   * The context object.
   * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
   */
  private context(mapItem: MapItem | undefined): { [key: string]: Json } {
    const { execution, current } = this;
    return {
      Execution: {
        Id: execution.arn,
        Input: execution.input,
        Name: execution.name,
        RoleArn: execution.roleArn,
        StartTime: new Date(execution.startTime).toISOString(),
        RedriveCount: 0,
      },
      StateMachine: { Id: execution.stateMachineArn, Name: execution.stateMachineName },
      State: {
        Name: current?.name ?? null,
        EnteredTime: new Date(current?.enteredTime ?? 0).toISOString(),
        RetryCount: current?.retryCount ?? 0,
      },
      ...(current?.taskToken === undefined ? {} : { Task: { Token: current.taskToken } }),
      ...(mapItem ? { Map: { Item: { Index: mapItem.Index, Value: mapItem.Value } } } : {}),
    };
  }
}
