import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Job, Outcome } from './job';
import { Sandbox } from './sandbox';

export interface LambdaHostOptions {
  address: string;
  port: number;
  /** `http://address:port` of the front door: where the functions find AWS. */
  endpoint: string;
  /** Given to every function besides its own variables, as NODE_EXTRA_CA_CERTS. */
  extraVariables?: Record<string, string>;
  /** Called with each invocation that ended. */
  onInvocation?: (job: Job, outcome: Outcome) => void;
}

/** Idle processes that are kept: each holds some 60 MB. */
const MAX_IDLE = 8;

/** A function has no process that could be killed. */
export class NotRunning extends Error {
  override name = 'NotRunning';
}

/** Runs functions, each concurrent invocation in a process of its own; a free process is used again. */
export class LambdaHost {
  private readonly sandboxes = new Set<Sandbox>();
  private readonly byAccessKey = new Map<string, Pick<Job, 'region' | 'name' | 'variables'>>();
  private server: Server | undefined;

  constructor(private readonly options: LambdaHostOptions) {}

  async start(): Promise<void> {
    const server = createServer({ requestTimeout: 0 }, (request, response) => {
      bodyOf(request)
        .then(body => this.invoke(JSON.parse(body) as Job))
        .then(
          outcome =>
            response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(outcome)),
          (error: unknown) => response.writeHead(500).end(String(error)),
        );
    });
    server.keepAliveTimeout = 60_000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.options.port, this.options.address, resolve);
    });
    this.server = server;
  }

  get url(): string {
    const address = this.server?.address();
    const port = typeof address === 'object' && address ? address.port : this.options.port;
    return `http://${this.options.address}:${port}`;
  }

  async stop(): Promise<void> {
    for (const sandbox of this.sandboxes) sandbox.kill();
    const { server } = this;
    if (!server) return;
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }

  /** Runs a function as its deployment says. Never rejects for what the function does. */
  async invoke(job: Job): Promise<Outcome> {
    const { region, name, variables, credentials } = job;
    this.byAccessKey.set(credentials.accessKeyId, { region, name, variables });
    const free = [...this.sandboxes].find(
      sandbox =>
        !sandbox.busy && !sandbox.ended && sandbox.job.arn === job.arn && sandbox.job.folder === job.folder,
    );
    const sandbox = free ?? this.open(job);
    const outcome = await sandbox.invoke(job);
    this.retire(sandbox);
    this.options.onInvocation?.(job, outcome);
    return outcome;
  }

  /** The process ids of a function: those at work, or all of them. */
  running(region: string, name: string, { busy = true } = {}): number[] {
    return this.of(region, name)
      .filter(sandbox => sandbox.busy || !busy)
      .flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** The function whose credentials have this access key. */
  functionOf(accessKey: string): Pick<Job, 'region' | 'name' | 'variables'> | undefined {
    return this.byAccessKey.get(accessKey);
  }

  /** Ends a function's processes that are at work, by SIGKILL. @throws NotRunning */
  kill(region: string, name: string): void {
    const busy = this.of(region, name).filter(sandbox => sandbox.busy);
    if (busy.length === 0) {
      throw new NotRunning(`${name} in ${region} is not at work; expected was an invocation under way.`);
    }
    for (const sandbox of busy) sandbox.kill();
  }

  /** A Region is lost: its processes are gone, and nobody hears of it in time. */
  killRegion(region: string): void {
    for (const sandbox of this.sandboxes) {
      if (sandbox.job.region === region) sandbox.kill();
    }
  }

  /** Keeps the processes that were used last, and ends those that have been idle for longest. */
  private retire(used: Sandbox): void {
    // A set keeps the order of insertion. A process that has died is in it no more.
    if (this.sandboxes.delete(used)) this.sandboxes.add(used);
    const idle = [...this.sandboxes].filter(sandbox => !sandbox.busy);
    for (const sandbox of idle.slice(0, -MAX_IDLE)) sandbox.kill();
  }

  private of(region: string, name: string): Sandbox[] {
    return [...this.sandboxes].filter(({ job }) => job.region === region && job.name === name);
  }

  private open(job: Job): Sandbox {
    const sandbox: Sandbox = new Sandbox(job, this.variables(job), () => this.sandboxes.delete(sandbox));
    this.sandboxes.add(sandbox);
    return sandbox;
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
  private variables({ variables, region, name, folder, handler, memoryMb, logGroup, credentials }: Job) {
    const { endpoint, extraVariables = {} } = this.options;
    return {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
      ...extraVariables,
      ...variables,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
      AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      LAMBDA_TASK_ROOT: folder,
      _HANDLER: handler,
    };
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
