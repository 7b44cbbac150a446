import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import type { Probe, ProbeResult } from '../../embedded/aws/health-checkers';

const BODY = 5120;

/**
 * One request of a health checker to an address. The certificate is not looked at: "HTTPS health checks don't validate
 * SSL/TLS certificates" (Route 53's Developer Guide, how it determines whether an endpoint is healthy).
 */
export function probe(asked: Probe, address: string): Promise<ProbeResult> {
  return new Promise(resolve => {
    const options = {
      host: address,
      port: asked.port,
      path: asked.path,
      headers: { host: asked.name, 'user-agent': 'Amazon-Route53-Health-Check-Service' },
      agent: false,
      signal: AbortSignal.timeout(asked.deadlineMs),
    };
    const request = asked.tls
      ? secure({ ...options, rejectUnauthorized: false, servername: asked.serverName ?? '' })
      : plain(options);
    request.once('error', error => resolve({ ok: false, detail: error.message }));
    request.once('response', response => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        if (body.length < BODY) body += text;
      });
      response.once('error', error => resolve({ ok: false, detail: error.message }));
      response.once('end', () => resolve({ ok: true, status: response.statusCode ?? 0, body }));
    });
    request.end();
  });
}
