import type { CallLog } from '../calls';
import type { NightClock } from '../virtual-clock';
import { FakeLimit, onlyKnown } from './fake-limit';
import { seeded, uuid } from './random';

/** What an SDK command is to a fake: its class's name says the action. */
export interface SdkCommand {
  input: object;
}

export interface SendOptions {
  abortSignal?: AbortSignal;
}

/** `hang`: no answer, ever, also to what was under way. `refuse`: the TCP connection is refused. */
export type EndpointState = 'up' | 'hang' | 'refuse';

/** What every fake needs. */
export interface FakeSetting {
  clock: NightClock;
  log: CallLog;
  region: string;
  /** Milliseconds of virtual time that a call takes. */
  latencyMs?: number;
}

export interface Action {
  /** What the call is about, for the log: a table, a zone, an execution. */
  resource: string;
  run: () => object | Promise<object>;
}

/** What the SDK writes into every answer and error. The fakes do not retry; see aws.md. */
export interface Metadata {
  httpStatusCode: number;
  requestId: string;
  attempts: number;
  totalRetryDelay: number;
}

/**
 * The network side of one AWS service in one Region: latency, outages, throttling, and the log of calls.
 * What the service then does is the fake's part.
 */
export class Endpoint {
  state: EndpointState = 'up';
  private throttles = 0;
  private lostReplies = 0;
  private readonly random;

  constructor(
    private readonly service: string,
    private readonly setting: FakeSetting,
    private readonly throttled: (metadata: Metadata) => Error,
  ) {
    this.random = seeded(`${service} ${setting.region}`);
  }

  get region(): string {
    return this.setting.region;
  }

  /** The next `calls` calls are answered with the service's throttling error, and do nothing. */
  throttle(calls: number): void {
    this.throttles += calls;
  }

  /** The next `calls` calls are carried out and their answers are lost: the caller sees a call that hangs. */
  loseReplies(calls: number): void {
    this.lostReplies += calls;
  }

  /** A property that can stand for `send` of a client. `act` looks at the command and says what to do. */
  sender<Send>(act: (command: SdkCommand, name: string) => Action): Send {
    const send = (command: SdkCommand, options: SendOptions = {}) => this.call(command, options, act);
    return send as unknown as Send;
  }

  metadata(httpStatusCode: number): Metadata {
    return { httpStatusCode, requestId: uuid(this.random), attempts: 1, totalRetryDelay: 0 };
  }

  private call(command: SdkCommand, options: SendOptions, act: (c: SdkCommand, name: string) => Action) {
    const name = command.constructor.name.replace(/Command$/, '');
    let action: Action | undefined;
    let limit: unknown;
    try {
      if (typeof options !== 'object') throw new FakeLimit(`${this.service}: send with a callback`);
      onlyKnown(`${this.service} ${name} options`, options, ['abortSignal']);
      action = act(command, name);
    } catch (error) {
      limit = error;
    }
    const entry = {
      service: this.service,
      action: name,
      region: this.setting.region,
      resource: action?.resource ?? '',
    };
    return this.setting.log.record(entry, async () => {
      if (!action) throw limit;
      return this.exchange(action, options.abortSignal);
    });
  }

  private async exchange(action: Action, signal: AbortSignal | undefined): Promise<object> {
    if (signal?.aborted) throw aborted(signal);
    await this.travel(signal);
    if (this.throttles > 0) {
      this.throttles -= 1;
      throw this.throttled(this.metadata(400));
    }
    const answer = await action.run();
    if (this.lostReplies > 0) {
      this.lostReplies -= 1;
      await never(signal);
    }
    await this.travel(signal);
    return { ...answer, $metadata: this.metadata(200) };
  }

  /** Half of a round trip. An outage that begins meanwhile catches what is under way. */
  private async travel(signal: AbortSignal | undefined): Promise<void> {
    await this.outage(signal);
    try {
      await this.setting.clock.sleep((this.setting.latencyMs ?? 8) / 2, signal);
    } catch (reason) {
      if (signal?.aborted) throw aborted(signal);
      throw reason;
    }
    await this.outage(signal);
  }

  private async outage(signal: AbortSignal | undefined): Promise<void> {
    if (this.state === 'hang') await never(signal);
    if (this.state === 'refuse') throw refused(this.service, this.setting.region);
  }
}

/** Waits for the signal alone. Without a signal it waits for good, as a socket without a timeout does. */
function never(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(aborted(signal));
    signal?.addEventListener('abort', () => reject(aborted(signal)), { once: true });
  });
}

/** As @smithy/node-http-handler builds it (dist-es/build-abort-error.js). */
function aborted(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  const byError = reason instanceof Error || reason === undefined;
  const error = new Error(byError ? 'Request aborted' : String(reason));
  error.name = 'AbortError';
  if (reason instanceof Error) error.cause = reason;
  return error;
}

/** As Node's net module reports a refused connection. */
function refused(service: string, region: string): Error {
  const host = `${service}.${region}.amazonaws.com`;
  const error = new Error(`connect ECONNREFUSED ${host}:443`);
  return Object.assign(error, { code: 'ECONNREFUSED', syscall: 'connect', address: host, port: 443 });
}
