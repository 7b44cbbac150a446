import { Agent, request as httpsRequest } from 'node:https';
import {
  type ClusterAccess,
  type KubernetesRequest,
  type KubernetesResponse,
  type KubernetesTransport,
  TransportFailed,
} from './transport';

/** Kubernetes over Node's HTTPS: an API client of a few kilobytes instead of one of 1.5 MB. */
export class HttpsTransport implements KubernetesTransport {
  /** Keeps connections within a step; a sandbox that was frozen in between finds them closed, see `exchange`. */
  private readonly agent = new Agent({ keepAlive: true });

  exchange(cluster: ClusterAccess, request: KubernetesRequest): Promise<KubernetesResponse> {
    return this.once(cluster, request, this.agent);
  }

  private once(
    cluster: ClusterAccess,
    request: KubernetesRequest,
    agent: Agent | false,
  ): Promise<KubernetesResponse> {
    const url = new URL(cluster.endpoint + request.path);
    for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    return new Promise((resolve, reject) => {
      const late = AbortSignal.timeout(request.deadlineMs);
      let answered = false;
      const fail = (error: Error) => {
        // The other end had closed a kept connection: that says nothing about the API server. Every request of ours
        // may be sent twice.
        if (outgoing.reusedSocket && !answered && !late.aborted) {
          this.once(cluster, request, false).then(resolve, reject);
          return;
        }
        const why = late.aborted ? `no answer within ${request.deadlineMs} ms` : error.message;
        reject(new TransportFailed(`${request.method} ${request.path}: ${why}`));
      };
      const outgoing = httpsRequest(
        url,
        {
          method: request.method,
          ca: cluster.certificateAuthority,
          // From the connection on: a socket timeout alone would let a slow drip of bytes go on for ever.
          signal: late,
          agent,
          headers: {
            authorization: `Bearer ${cluster.token}`,
            accept: 'application/json',
            ...(body
              ? {
                  'content-type': request.contentType ?? 'application/json',
                  'content-length': Buffer.byteLength(body),
                }
              : {}),
          },
        },
        incoming => {
          answered = true;
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', fail);
          incoming.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            try {
              const body = parsed(text, incoming.headers['content-type']);
              resolve({ status: incoming.statusCode ?? 0, body });
            } catch (error) {
              fail(error as Error);
            }
          });
        },
      );
      outgoing.on('error', fail);
      outgoing.end(body);
    });
  }
}

function parsed(text: string, contentType: string | undefined): unknown {
  return contentType?.includes('json') ? JSON.parse(text) : text;
}
