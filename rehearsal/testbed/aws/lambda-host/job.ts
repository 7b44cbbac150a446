/** One invocation, as the emulator hands it over. */
export interface Job {
  /** Of the function, without a version. */
  arn: string;
  region: string;
  name: string;
  /** The unpacked deployment package. */
  folder: string;
  /** `index.handler` */
  handler: string;
  timeoutMs: number;
  memoryMb: number;
  /** The deployed environment. */
  variables: Record<string, string>;
  logGroup: string;
  /** Of the function's role; a new process keeps those it began with. */
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
  event: unknown;
  requestId: string;
}

/** The payload of an invocation that failed. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

export type Outcome = ({ result: unknown } | { error: FunctionError }) & { log: string };
