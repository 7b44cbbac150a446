import { request as httpRequest } from 'node:http';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentity } from '@smithy/types';

export interface AwsRequest {
  service: string;
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  query?: Record<string, string>;
  body?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface AwsAnswer {
  status: number;
  text: string;
  header(name: string): string | undefined;
}

export interface SignedRequestsOptions {
  /** `http://address:port` */
  endpoint: string;
  region: string;
  credentials: AwsCredentialIdentity;
}

/** Signed calls to the few APIs for which the project has no client of the SDK. */
export class SignedRequests {
  constructor(private readonly options: SignedRequestsOptions) {}

  /** Without a time limit of its own: a lost Region never answers, and the caller has a signal. */
  async send({
    service,
    method,
    path,
    query = {},
    body = '',
    headers = {},
    signal,
  }: AwsRequest): Promise<AwsAnswer> {
    const { endpoint, region, credentials } = this.options;
    const { hostname, port, host } = new URL(endpoint);
    const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
    const signed = await signer.sign({
      method,
      protocol: 'http:',
      hostname,
      port: Number(port),
      path,
      query,
      headers: { host, 'content-type': 'application/json', ...headers },
      body,
    });
    const asked = Object.keys(query).length > 0 ? `${path}?${new URLSearchParams(query)}` : path;
    return exchange({ hostname, port, method, path: asked, headers: signed.headers, signal }, body);
  }
}

function exchange(
  {
    signal,
    ...options
  }: {
    hostname: string;
    port: string;
    method: string;
    path: string;
    headers: object;
    signal: AbortSignal | undefined;
  },
  body: string,
): Promise<AwsAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        ...options,
        headers: options.headers as Record<string, string>,
        agent: false,
        ...(signal ? { signal } : {}),
      },
      response => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.once('error', reject);
        response.once('end', () => {
          const header = (name: string) => {
            const value = response.headers[name];
            return Array.isArray(value) ? value.join(', ') : value;
          };
          resolve({ status: response.statusCode ?? 0, text, header });
        });
      },
    );
    request.once('error', reject);
    request.end(body);
  });
}
