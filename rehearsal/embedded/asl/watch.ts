import { AslError } from './errors';

/** A clock that the interpreter may wait with; the rehearsal's VirtualClock is one. */
export interface Timers {
  /** Calls `fire` after `ms`. Returns a function that cancels it. */
  after(ms: number, fire: () => void): () => void;
}

/**
 * The two limits of one attempt of a task. AWS reports both as States.Timeout without a cause.
 * (localstack/localstack, tests/.../timeouts/test_heartbeats.snapshot.json, recorded on AWS)
 */
export class Watch {
  /** Rejects when the task has taken too long, or has been silent for too long. */
  readonly expired: Promise<never>;
  private readonly controller = new AbortController();
  private reject: (error: AslError) => void = () => undefined;
  private cancelTimeout = () => {
    // nothing is started yet
  };
  private cancelHeartbeat = this.cancelTimeout;
  private heartbeat: number | undefined;

  constructor(private readonly timers: Timers) {
    this.expired = new Promise((_, reject) => {
      this.reject = reject;
    });
  }

  /** Aborted when the task has expired: what it called need not go on. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Both in seconds. */
  start(timeout: number, heartbeat: number | undefined): void {
    this.cancelTimeout = this.timers.after(timeout * 1000, () => this.expire('timeout'));
    this.heartbeat = heartbeat;
    this.beat();
  }

  /** A sign of life: the heartbeat's time starts anew. */
  beat(): void {
    this.cancelHeartbeat();
    if (this.heartbeat === undefined) return;
    this.cancelHeartbeat = this.timers.after(this.heartbeat * 1000, () => this.expire('heartbeat'));
  }

  stop(): void {
    this.cancelTimeout();
    this.cancelHeartbeat();
    this.heartbeat = undefined;
  }

  private expire(kind: 'timeout' | 'heartbeat') {
    this.stop();
    const error = new AslError('States.Timeout', undefined, kind);
    this.controller.abort(error);
    this.reject(error);
  }
}
