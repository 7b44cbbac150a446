import { execFile } from 'node:child_process';
import type { RequestListener } from 'node:http';
import { globalAgent } from 'node:https';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { HttpsTransport } from '../../../../lambdas/adapters/kubernetes/https-transport';
import { type KubernetesRequest, TransportFailed } from '../../../../lambdas/adapters/kubernetes/transport';
import { makeAuthority, makeIdentity, trust } from '../certificates';
import { type LocalServer, Servers } from '../servers';

const PATIENT = 5_000;
const SHORT = 150;

const authority = makeAuthority('Cluster CA');
const identity = makeIdentity({ names: ['kubernetes'], addresses: ['127.0.0.1'] }, authority);
const servers = new Servers();
const transport = new HttpsTransport();

afterEach(async () => {
  jest.restoreAllMocks();
  // Connections are kept for the next request: those to a server that is going are of no use.
  globalAgent.destroy();
  await servers.close();
});

function exchange(port: number, more: Partial<KubernetesRequest> = {}, ca = authority.cert) {
  const access = { endpoint: `https://127.0.0.1:${port}`, certificateAuthority: ca, token: 'k8s-aws-v1.abc' };
  return transport.exchange(access, { method: 'GET', path: '/readyz', deadlineMs: PATIENT, ...more });
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  const error: unknown = await promise.then(
    value => new Error(`expected a failure, got ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof TransportFailed) return error;
  throw error;
}

interface Seen {
  method: string | undefined;
  url: string | undefined;
  headers: Record<string, unknown>;
  body: string;
}

/** An API server that keeps what it was asked and answers with JSON. */
async function apiServer(answer: unknown, status = 200): Promise<{ server: LocalServer; seen: Seen[] }> {
  const seen: Seen[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  };
  return { server: await servers.https(identity, listener), seen };
}

describe('a request', () => {
  test('carries the token, and asks for JSON', async () => {
    const { server, seen } = await apiServer({});
    await exchange(server.port);
    expect(seen).toMatchObject([
      {
        method: 'GET',
        url: '/readyz',
        headers: { authorization: 'Bearer k8s-aws-v1.abc', accept: 'application/json' },
        body: '',
      },
    ]);
    expect(seen[0]?.headers).not.toHaveProperty('content-type');
  });

  test('has its query escaped', async () => {
    const { server, seen } = await apiServer({});
    await exchange(server.port, {
      path: '/api/v1/pods',
      query: { labelSelector: 'app=web,tier in (a, b)', limit: '500', continue: 'a+b/c==' },
    });
    const url = new URL(seen[0]?.url ?? '', 'https://any');
    expect(url.pathname).toBe('/api/v1/pods');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      labelSelector: 'app=web,tier in (a, b)',
      limit: '500',
      continue: 'a+b/c==',
    });
  });

  test('sends a body as JSON, its length in bytes', async () => {
    const { server, seen } = await apiServer({}, 201);
    const body = { metadata: { name: 'web' }, data: { text: 'für ünsere' } };
    expect(await exchange(server.port, { method: 'POST', path: '/api/v1/configmaps', body })).toMatchObject({
      status: 201,
    });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual(body);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(JSON.stringify(body))),
      },
    });
  });

  test('sends a patch under the content type that it was given', async () => {
    const { server, seen } = await apiServer({});
    const contentType = 'application/merge-patch+json';
    await exchange(server.port, { method: 'PATCH', contentType, body: { spec: { replicas: 2 } } });
    expect(seen).toMatchObject([
      { method: 'PATCH', headers: { 'content-type': contentType }, body: '{"spec":{"replicas":2}}' },
    ]);
  });

  test('deletes without a body', async () => {
    const { server, seen } = await apiServer({});
    await exchange(server.port, { method: 'DELETE' });
    expect(seen).toMatchObject([{ method: 'DELETE', body: '' }]);
  });
});

describe('an answer', () => {
  test('is parsed when it is JSON, whatever its status is', async () => {
    const { server } = await apiServer({ kind: 'Status', code: 404 }, 404);
    expect(await exchange(server.port)).toEqual({ status: 404, body: { kind: 'Status', code: 404 } });
  });

  test('is its text when it is not JSON', async () => {
    const { port } = await servers.https(identity, (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('ok');
    });
    expect(await exchange(port)).toEqual({ status: 200, body: 'ok' });
  });

  test('is its text when it says nothing of its kind', async () => {
    const { port } = await servers.https(identity, (_, response) => response.writeHead(502).end('{"a":1}'));
    expect(await exchange(port)).toEqual({ status: 502, body: '{"a":1}' });
  });

  test('may be a list of many megabytes, its characters whole', async () => {
    const items = Array.from({ length: 20_000 }, (_, index) => ({
      metadata: { name: `pod-${index}`, annotations: { note: 'ä€😀'.repeat(20) } },
    }));
    const { server } = await apiServer({ items });
    const { body } = await exchange(server.port);
    expect(body).toEqual({ items });
  });

  // JSON.parse throws inside of the `end` listener: nobody catches it, and the process ends. So this one asks from a
  // process of its own.
  test('that says JSON and is none is a failed transport', async () => {
    const { port } = await servers.https(identity, (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('<html>502 Bad Gateway</html>');
    });
    const access = {
      endpoint: `https://127.0.0.1:${port}`,
      certificateAuthority: authority.cert,
      token: 't',
    };
    const request = { method: 'GET', path: '/readyz', deadlineMs: PATIENT };
    const script = `
      const { HttpsTransport } = require('./lambdas/adapters/kubernetes/https-transport.ts');
      new HttpsTransport().exchange(${JSON.stringify(access)}, ${JSON.stringify(request)}).then(
        () => process.exit(2),
        error => process.stdout.write(error.name, () => process.exit(0)),
      );`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-r', 'tsx/cjs', '-e', script], {
      cwd: resolve(__dirname, '../../../..'),
    });
    expect(stdout).toBe('TransportFailed');
  });
});

describe('the certificate authority of the cluster', () => {
  test('is the only one that counts: another one is a failed transport', async () => {
    const { server, seen } = await apiServer({});
    const error = await failure(exchange(server.port, {}, makeAuthority('Another CA').cert));
    expect(error.message).toMatch(/^GET \/readyz: .*certificate/);
    expect(seen).toEqual([]);
  });

  test('stands instead of the public ones: what a browser would trust is not enough', async () => {
    const publicRoot = makeAuthority('Public root');
    trust(publicRoot);
    let asked = false;
    const { port } = await servers.https(makeIdentity({ addresses: ['127.0.0.1'] }, publicRoot), () => {
      asked = true;
    });
    await failure(exchange(port));
    expect(asked).toBe(false);
  });

  test('must have issued the certificate for the address that is asked', async () => {
    const { port } = await servers.https(makeIdentity({ names: ['elsewhere'] }, authority), () => undefined);
    expect((await failure(exchange(port))).message).toMatch(/altnames|IP/);
  });

  test('does not help a server whose certificate has expired', async () => {
    const validFrom = new Date(Date.now() - 2 * 86_400_000);
    const validTo = new Date(Date.now() - 86_400_000);
    const expired = makeIdentity({ addresses: ['127.0.0.1'], validFrom, validTo }, authority);
    const { port } = await servers.https(expired, () => undefined);
    expect((await failure(exchange(port))).message).toContain('expired');
  });
});

describe('no answer', () => {
  test('from a port where nobody listens is a failed transport', async () => {
    const error = await failure(exchange(await servers.nobody()));
    expect(error.name).toBe('TransportFailed');
    expect(error.message).toMatch(/^GET \/readyz: .*ECONNREFUSED/);
  });

  test.each([
    ['before the handshake', () => servers.tcp(socket => socket.resume())],
    ['before the answer', () => servers.https(identity, request => request.resume())],
    [
      'in the middle of its answer',
      () =>
        servers.https(identity, (_, response) => {
          response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
          response.write('{"items": [');
        }),
    ],
    [
      'for long between the bytes of its answer',
      () =>
        servers.https(identity, (_, response) => {
          response.writeHead(200, { 'content-type': 'application/json' });
          const drip = setInterval(() => response.write(' '), 10);
          response.on('close', () => clearInterval(drip));
        }),
    ],
  ])(
    'from a server that is silent %s fails at the deadline, and the connection is closed',
    async (_, start) => {
      const server = await start();
      const began = performance.now();
      await failure(exchange(server.port, { deadlineMs: SHORT }));
      const ms = performance.now() - began;
      expect(ms).toBeGreaterThanOrEqual(SHORT - 5);
      expect(ms).toBeLessThan(PATIENT / 2);
      await server.allGone();
    },
  );

  test('within the deadline says how long it was waited for', async () => {
    const { port } = await servers.tcp(socket => socket.resume());
    expect((await failure(exchange(port, { deadlineMs: SHORT }))).message).toContain(`${SHORT} ms`);
  });

  test.each([
    ['before its answer', (): RequestListener => request => request.socket.destroy()],
    [
      'in the middle of its answer',
      (): RequestListener => (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
        response.write('{"items": [', () => response.destroy());
      },
    ],
  ])('from a server that resets the connection %s is a failed transport', async (_, listener) => {
    const { port } = await servers.https(identity, listener());
    expect((await failure(exchange(port))).message).toMatch(/^GET \/readyz: /);
  });

  // A Lambda that was frozen wakes up with connections that the other end has closed: https.globalAgent hands one
  // of them out, and a cluster in perfect health looks unreachable.
  test('on a connection that was kept from earlier is no verdict: a new one is tried', async () => {
    const used = new Set<unknown>();
    const { port } = await servers.https(identity, ({ socket }, response) => {
      if (used.has(socket)) return socket.destroy();
      used.add(socket);
      response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
    });
    await exchange(port);
    expect(await exchange(port)).toEqual({ status: 200, body: 'ok' });
  });
});
