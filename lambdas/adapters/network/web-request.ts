import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { Certificate, WebRequest, WebResult } from '../../../core/network';
import { toCertificate } from './certificate';

/** A health check reads a first piece of the body, not a download. */
const BODY_LIMIT = 64 * 1024;

/**
 * One request. The TLS handshake is completed whatever the certificate is, so that a wrong one can be shown to
 * people; it is judged afterwards, as a browser would.
 */
export function webRequest(request: WebRequest): Promise<WebResult> {
  const startedAt = Date.now();
  return new Promise(resolve => {
    let certificate: Certificate | undefined;
    let connected = false;
    const done = (result: WebResult) => resolve(certificate ? { ...result, certificate } : result);
    const outgoing = open(request);
    outgoing.on('socket', socket => {
      if (request.serverName === undefined) {
        socket.once('connect', () => {
          connected = true;
        });
        return;
      }
      socket.once('secureConnect', () => {
        const tls = socket as TLSSocket;
        connected = true;
        certificate = toCertificate(tls.getPeerX509Certificate(), tls, request.serverName);
        if (certificate?.problem) {
          done({ ok: false, failure: 'tls', detail: certificate.problem });
          outgoing.destroy();
        }
      });
    });
    outgoing.on('response', response => {
      const chunks: Buffer[] = [];
      let size = 0;
      const answer = () => {
        const body = Buffer.concat(chunks).toString('utf8');
        done({ ok: true, status: response.statusCode ?? 0, body, tookMs: Date.now() - startedAt });
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size < BODY_LIMIT) return;
        answer();
        outgoing.destroy();
      });
      response.on('end', answer);
      response.on('error', error => done(failed(error, request, connected)));
    });
    outgoing.on('error', error => done(failed(error, request, connected)));
    outgoing.end();
  });
}

function open({ address, port, serverName, host, path, deadlineMs }: WebRequest): ClientRequest {
  const common = {
    host: address,
    port,
    path,
    method: 'GET',
    // No keep-alive: a pooled connection would prove yesterday's network.
    agent: false as const,
    headers: { host, 'user-agent': 'lifeboat', connection: 'close' },
    signal: AbortSignal.timeout(deadlineMs),
  };
  if (serverName === undefined) return httpRequest(common);
  return httpsRequest({ ...common, servername: serverName, rejectUnauthorized: false });
}

function failed(error: Error, request: WebRequest, handshakeDone: boolean): WebResult {
  const code = (error as { code?: string }).code ?? '';
  if (error.name === 'AbortError' || error.name === 'TimeoutError' || code === 'ABORT_ERR') {
    return { ok: false, failure: 'timeout', detail: `no answer within ${request.deadlineMs} ms` };
  }
  const tls = code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || code === 'EPROTO';
  if (tls) return { ok: false, failure: 'tls', detail: error.message };
  if (code.startsWith('HPE_') || handshakeDone) return { ok: false, failure: 'http', detail: error.message };
  return { ok: false, failure: 'unreachable', detail: error.message };
}
