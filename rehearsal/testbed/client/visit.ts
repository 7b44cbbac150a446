import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { FailureKind, ShownCertificate, Visit } from './journal';
import { type CachingResolver, NameUnknown } from './resolver';

export interface Shop {
  main: string;
  /** PEM of the authority that the customer trusts. */
  authority: string;
  timeoutMs: number;
  port?: number;
}

type Outcome = Pick<Visit, 'status' | 'site' | 'certificate' | 'failure'>;

/** Places one order over a new connection, and says what became of it. Never throws: a failure is a result. */
export async function visit(shop: Shop, resolver: CachingResolver, number: number): Promise<Visit> {
  const at = Date.now();
  const done = (outcome: Outcome & { address?: string; cname?: string }): Visit => ({
    at,
    ms: Date.now() - at,
    number,
    ok: outcome.failure === undefined,
    ...outcome,
  });
  try {
    const resolved = await resolver.resolve();
    return done({ ...resolved, ...(await order(shop, resolved.address, number)) });
  } catch (error) {
    if (!(error instanceof NameUnknown)) throw error;
    return done({ failure: { kind: 'dns', detail: error.message } });
  }
}

function order(shop: Shop, address: string, number: number): Promise<Outcome> {
  return new Promise(resolve => {
    let certificate: ShownCertificate | undefined;
    const shown = () => (certificate ? { certificate } : {});
    const failed = (kind: FailureKind, detail: string, seen: Outcome = {}) =>
      resolve({ ...seen, ...shown(), failure: { kind, detail } });
    const body = JSON.stringify({ number });
    const asked = request({
      host: address,
      port: shop.port ?? 443,
      path: '/orders',
      method: 'POST',
      servername: shop.main,
      ca: shop.authority,
      agent: false,
      headers: { host: shop.main, 'content-type': 'application/json', 'content-length': body.length },
      signal: AbortSignal.timeout(shop.timeoutMs),
    });
    asked.once('socket', socket => {
      socket.once('secureConnect', () => {
        certificate = describe(socket as TLSSocket);
      });
    });
    asked.once('error', (error: NodeJS.ErrnoException) => failed(kindOf(error), error.message));
    asked.once('response', response => {
      const site = response.headers['x-site'];
      const seen: Outcome = {
        ...(response.statusCode === undefined ? {} : { status: response.statusCode }),
        ...(typeof site === 'string' ? { site } : {}),
      };
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('error', (error: NodeJS.ErrnoException) => failed(kindOf(error), error.message, seen));
      response.once('end', () => {
        const good = seen.status === 200 || seen.status === 201;
        if (good && taken(text) === number) return resolve({ ...seen, ...shown() });
        failed('answer', `HTTP ${seen.status}: ${text.slice(0, 200)}`, seen);
      });
    });
    asked.end(body);
  });
}

function taken(text: string): number | undefined {
  try {
    return (JSON.parse(text) as { number?: number }).number;
  } catch {
    // No JSON is no acknowledgement; the caller writes the text down.
    return undefined;
  }
}

function kindOf(error: NodeJS.ErrnoException): FailureKind {
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'timeout';
  const code = error.code ?? '';
  if (/^(ERR_TLS|CERT|DEPTH|SELF_SIGNED|UNABLE_TO|ERR_SSL|EPROTO)/.test(code)) return 'tls';
  return 'connection';
}

function describe(socket: TLSSocket): ShownCertificate {
  const shown = socket.getPeerCertificate();
  const names = (shown.subjectaltname ?? '').split(', ').map(name => name.replace(/^DNS:/, ''));
  return { serial: shown.serialNumber, names, issuer: String(shown.issuer.CN), notAfter: shown.valid_to };
}
