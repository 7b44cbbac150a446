import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { operationOf, type RequestScope, scopeOf } from './request-scope';

/** One call to an AWS API, as its signature and its answer say. */
export interface AwsCall {
  /** Milliseconds since the epoch, when its headers were read. */
  at: number;
  region: string;
  service: string;
  action: string;
  accessKey: string;
  /** The status of the answer, or why there was none. */
  status: number | 'hung' | 'aborted' | 'failed';
}

export type Reachable = 'up' | 'lost';

export interface FrontDoorOptions {
  address: string;
  port: number;
  /** Where the emulator listens. */
  upstream: { address: string; port: number };
  /** Called with each call when it is over, or hangs. */
  onCall?: (call: AwsCall) => void;
}

/** Bodies that are looked into for the operation's name are never larger. */
const FORM_BYTES = 64 * 1024;

/** Called when a call has been carried out and its caller does not know yet; the answer waits for it. */
export type BeforeAnswer = (call: AwsCall) => Promise<void> | undefined;

/**
 * Every AWS API of the bed, at one address. What is for a lost Region, or a lost service, gets no answer at all: the
 * connection stays open, as to a machine whose network is gone.
 */
export class FrontDoor {
  readonly calls: AwsCall[] = [];
  private readonly lostRegions = new Set<string>();
  private readonly lostServices = new Set<string>();
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 256 });
  private readonly holds = new Set<BeforeAnswer>();
  private server: Server | undefined;

  constructor(private readonly options: FrontDoorOptions) {}

  /** @returns what ends it */
  holdAnswers(hold: BeforeAnswer): () => void {
    this.holds.add(hold);
    return () => this.holds.delete(hold);
  }

  async start(): Promise<void> {
    const { address, port } = this.options;
    const server = createServer({ requestTimeout: 0 }, (request, response) => this.answer(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, resolve);
    });
    this.server = server;
  }

  /** The port that it listens on, of use when 0 was asked for. */
  get port(): number {
    const address = this.server?.address();
    return typeof address === 'object' && address ? address.port : this.options.port;
  }

  get endpoint(): string {
    return `http://${this.options.address}:${this.port}`;
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.agent.destroy();
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }

  setRegion(region: string, state: Reachable): void {
    set(this.lostRegions, region, state);
  }

  /** A service's control plane, in every Region, under the name of its credential scope, as `route53`. */
  setService(service: string, state: Reachable): void {
    set(this.lostServices, service, state);
  }

  private lost({ region, service }: RequestScope): boolean {
    return this.lostRegions.has(region) || this.lostServices.has(service);
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://front-door');
    const scope = scopeOf(request.headers, url.searchParams);
    const { method = 'GET' } = request;
    const head: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= FORM_BYTES) head.push(chunk);
    });
    const action = () =>
      operationOf(scope, method, url, request.headers, Buffer.concat(head).toString('latin1'));
    const call: AwsCall = { at: Date.now(), ...scope, action: '', status: 'aborted' };
    this.calls.push(call);
    const over = (status: AwsCall['status']): AwsCall => {
      call.action = action();
      call.status = status;
      this.options.onCall?.(call);
      return call;
    };
    if (url.pathname.startsWith('/_')) {
      // MiniStack's own administration and the bed's: nothing that AWS has.
      response.writeHead(404).end();
      over(404);
      return;
    }
    if (this.lost(scope)) {
      request.once('end', () => over('hung'));
      request.once('error', () => over('hung'));
      return;
    }
    this.forward(request, response, scope, over);
  }

  private forward(
    request: IncomingMessage,
    response: ServerResponse,
    scope: RequestScope,
    over: (status: AwsCall['status']) => AwsCall,
  ): void {
    const { address, port } = this.options.upstream;
    const { url: path, method } = request;
    // The bed's AWS speaks HTTP, so that nobody needs a CA for it; policies that want TLS ask for `aws:SecureTransport`.
    const headers = { ...request.headers, 'x-forwarded-proto': 'https' };
    const upstream = httpRequest(
      { host: address, port, path, method, headers, agent: this.agent },
      answer => {
        // A Region that was lost meanwhile has done what it was asked, and nobody hears of it.
        if (this.lost(scope)) {
          answer.resume();
          over('hung');
          return;
        }
        const call = over(answer.statusCode ?? 0);
        const pass = () => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        };
        const holding = [...this.holds].flatMap(hold => hold(call) ?? []);
        if (holding.length === 0) pass();
        else Promise.all(holding).then(pass, (error: Error) => response.destroy(error));
      },
    );
    upstream.once('error', error => {
      over('failed');
      if (this.lost(scope)) return;
      if (response.headersSent) response.destroy(error);
      else response.writeHead(502, { 'content-type': 'text/plain' }).end(`front door: ${error.message}\n`);
    });
    // The caller gave up. What it asked for may be done all the same.
    response.once('close', () => {
      if (!response.writableFinished) upstream.destroy();
    });
    request.pipe(upstream);
  }
}

function set(lost: Set<string>, name: string, state: Reachable): void {
  if (state === 'lost') lost.add(name);
  else lost.delete(name);
}
