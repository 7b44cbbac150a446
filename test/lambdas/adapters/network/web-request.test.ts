import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import type { WebRequest, WebResult } from '../../../../core/network';
import { webRequest } from '../../../../lambdas/adapters/network/web-request';
import { makeAuthority, makeIdentity, trust } from '../certificates';
import { Servers } from '../servers';

const MAIN = 'main.levlabs.link';
const DAY = 86_400_000;
/** For answers that should come: long enough for any machine. */
const PATIENT = 5_000;
/** For answers that never come. */
const SHORT = 150;

const authority = makeAuthority('Test root');
const good = makeIdentity({ names: [MAIN] }, authority);
const servers = new Servers();

beforeEach(() => trust(authority));
afterEach(async () => {
  jest.restoreAllMocks();
  await servers.close();
});

function request(port: number, more: Partial<WebRequest> = {}): WebRequest {
  return {
    address: '127.0.0.1',
    port,
    serverName: MAIN,
    host: MAIN,
    path: '/healthz',
    deadlineMs: PATIENT,
    ...more,
  };
}

function plain(port: number, more: Partial<WebRequest> = {}): WebRequest {
  const { serverName: _, ...rest } = request(port, more);
  return rest;
}

function failureOf(result: WebResult) {
  if (result.ok) throw new Error(`expected a failure, got ${result.status}`);
  return result;
}

describe('a request over TLS', () => {
  test('gives the status, the body and the certificate of a server that is trusted', async () => {
    const { port } = await servers.https(good, (_, response) => {
      response.writeHead(503, { 'content-type': 'text/plain' }).end('grüß dich');
    });
    expect(await webRequest(request(port))).toEqual({
      ok: true,
      status: 503,
      body: 'grüß dich',
      tookMs: expect.any(Number),
      certificate: {
        names: [MAIN],
        validFrom: expect.any(Number),
        validTo: expect.any(Number),
        issuer: 'CN=Test root',
        trusted: true,
      },
    });
  });

  test('shows the server the SNI, the Host and the path that were asked for, whatever the address is', async () => {
    let seen: unknown;
    const identity = makeIdentity({ names: ['primary.levlabs.link'] }, authority);
    const { port } = await servers.https(identity, ({ socket, headers, url, method }, response) => {
      const { servername } = socket as TLSSocket;
      seen = { servername, host: headers.host, agent: headers['user-agent'], url, method };
      response.end();
    });
    const asked = { serverName: 'primary.levlabs.link', host: MAIN, path: '/healthz?full=1' };
    expect(await webRequest(request(port, asked))).toMatchObject({ ok: true });
    expect(seen).toEqual({
      servername: 'primary.levlabs.link',
      host: MAIN,
      agent: 'lifeboat',
      url: '/healthz?full=1',
      method: 'GET',
    });
  });

  test('says how long the answer took', async () => {
    const { port } = await servers.https(good, (_, response) => {
      setTimeout(() => response.end(), 40);
    });
    const result = await webRequest(request(port));
    expect(result.ok && result.tookMs).toBeGreaterThanOrEqual(39);
    expect(result.ok && result.tookMs).toBeLessThan(PATIENT);
  });

  test('accepts a wildcard that covers the name', async () => {
    const identity = makeIdentity({ names: ['*.levlabs.link'] }, authority);
    const { port } = await servers.https(identity, (_, response) => response.end());
    expect(await webRequest(request(port))).toMatchObject({
      ok: true,
      certificate: { names: ['*.levlabs.link'], trusted: true },
    });
  });

  test('does not follow a redirect', async () => {
    const { port } = await servers.https(good, (_, response) => {
      response.writeHead(302, { location: 'https://login.levlabs.link/' }).end();
    });
    expect(await webRequest(request(port))).toMatchObject({ ok: true, status: 302 });
  });

  test('leaves no connection behind and makes a new one each time', async () => {
    const server = await servers.https(good, (_, response) => response.end('ok'));
    await webRequest(request(server.port));
    await server.allGone();
    await webRequest(request(server.port));
    await server.allGone();
    expect(server.connections()).toBe(2);
  });
});

describe('a certificate that a client would refuse', () => {
  async function resultWith(identity: ReturnType<typeof makeIdentity>) {
    const { port } = await servers.https(identity, (_, response) => response.end());
    return failureOf(await webRequest(request(port)));
  }

  test('is shown with its problem when the server signed it for itself', async () => {
    expect(await resultWith(makeIdentity({ names: [MAIN, 'dr.levlabs.link'] }))).toMatchObject({
      failure: 'tls',
      detail: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT'),
      certificate: {
        names: [MAIN, 'dr.levlabs.link'],
        issuer: `CN=${MAIN}`,
        trusted: false,
        problem: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT'),
      },
    });
  });

  test('is shown with its problem when nobody knows who issued it', async () => {
    expect(await resultWith(makeIdentity({ names: [MAIN] }, makeAuthority('Stranger')))).toMatchObject({
      failure: 'tls',
      certificate: {
        trusted: false,
        issuer: 'CN=Stranger',
        problem: expect.stringContaining('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
      },
    });
  });

  test('is shown with the day on which it expired', async () => {
    const validTo = new Date(Math.floor(Date.now() / 1000) * 1000 - DAY);
    const validFrom = new Date(validTo.getTime() - 90 * DAY);
    const identity = makeIdentity({ names: [MAIN], validFrom, validTo }, authority);
    expect(await resultWith(identity)).toMatchObject({
      failure: 'tls',
      certificate: {
        validFrom: validFrom.getTime(),
        validTo: validTo.getTime(),
        trusted: false,
        problem: expect.stringContaining('CERT_HAS_EXPIRED'),
      },
    });
  });

  test('is shown with its problem while it is not valid yet', async () => {
    const validFrom = new Date(Date.now() + DAY);
    const identity = makeIdentity(
      { names: [MAIN], validFrom, validTo: new Date(validFrom.getTime() + DAY) },
      authority,
    );
    expect(await resultWith(identity)).toMatchObject({
      failure: 'tls',
      certificate: { trusted: false, problem: expect.stringContaining('CERT_NOT_YET_VALID') },
    });
  });

  test('counts as trusted, and still as a failure, when only its name is wrong', async () => {
    const identity = makeIdentity({ names: ['dr.levlabs.link'] }, authority);
    expect(await resultWith(identity)).toMatchObject({
      failure: 'tls',
      certificate: {
        names: ['dr.levlabs.link'],
        trusted: true,
        problem: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
      },
    });
  });

  test('closes the connection', async () => {
    const server = await servers.https(makeIdentity({ names: [MAIN] }), () => undefined);
    await webRequest(request(server.port));
    await server.allGone();
    expect(server.connections()).toBe(1);
  });

  // The report names the code alone: "ERR_TLS_CERT_ALTNAME_INVALID" tells nobody at 03:00 which name was wanted.
  test('names the name that it is not for', async () => {
    const identity = makeIdentity({ names: ['dr.levlabs.link'] }, authority);
    expect((await resultWith(identity)).detail).toContain(MAIN);
  });
});

describe('a server that does not answer', () => {
  test('is unreachable when the connection is refused', async () => {
    const port = await servers.nobody();
    expect(await webRequest(request(port))).toEqual({
      ok: false,
      failure: 'unreachable',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('is unreachable when it hangs up in the middle of the handshake', async () => {
    const { port } = await servers.tcp(socket => socket.once('data', () => socket.destroy()));
    expect(failureOf(await webRequest(request(port)))).toMatchObject({ failure: 'unreachable' });
  });

  test('times out at the deadline when it accepts and says nothing', async () => {
    const server = await servers.tcp(socket => socket.resume());
    const began = performance.now();
    expect(await webRequest(request(server.port, { deadlineMs: SHORT }))).toEqual({
      ok: false,
      failure: 'timeout',
      detail: `no answer within ${SHORT} ms`,
    });
    expect(performance.now() - began).toBeGreaterThanOrEqual(SHORT - 5);
    await server.allGone();
  });

  test('times out with its certificate when it is silent after the handshake', async () => {
    const server = await servers.tls(good, socket => socket.resume());
    expect(await webRequest(request(server.port, { deadlineMs: SHORT }))).toMatchObject({
      ok: false,
      failure: 'timeout',
      certificate: { names: [MAIN], trusted: true },
    });
    await server.allGone();
  });

  test('times out at the deadline also when its body only drips', async () => {
    const server = await servers.https(good, (_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(drip));
    });
    const began = performance.now();
    expect(failureOf(await webRequest(request(server.port, { deadlineMs: SHORT })))).toMatchObject({
      failure: 'timeout',
      detail: `no answer within ${SHORT} ms`,
    });
    expect(performance.now() - began).toBeGreaterThanOrEqual(SHORT - 5);
    await server.allGone();
  });
});

describe('a server that answers badly', () => {
  test('is a failure of TLS when it speaks plain HTTP', async () => {
    const { port } = await servers.http((_, response) => response.end());
    const result = failureOf(await webRequest(request(port)));
    expect(result.failure).toBe('tls');
    expect(result.certificate).toBeUndefined();
  });

  test('is a failure of HTTP when it hangs up before its status', async () => {
    const { port } = await servers.tls(good, socket => socket.once('data', () => socket.destroy()));
    expect(failureOf(await webRequest(request(port)))).toMatchObject({
      failure: 'http',
      certificate: { trusted: true },
    });
  });

  test('is a failure of HTTP when it hangs up in the middle of its body', async () => {
    const { port } = await servers.tls(good, socket =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')),
    );
    expect(failureOf(await webRequest(request(port)))).toMatchObject({ failure: 'http' });
  });

  test('is a failure of HTTP when what it says is no HTTP', async () => {
    const { port } = await servers.tls(good, socket =>
      socket.once('data', () => socket.end('220 smtp.levlabs.link ESMTP\r\n')),
    );
    expect(failureOf(await webRequest(request(port)))).toMatchObject({ failure: 'http' });
  });
});

describe('a plain HTTP request', () => {
  test('needs no certificate and shows none', async () => {
    let host: string | undefined;
    const { port } = await servers.http(({ headers }, response) => {
      host = headers.host;
      response.writeHead(401).end('who are you?');
    });
    expect(await webRequest(plain(port, { host: 'registry.levlabs.link' }))).toEqual({
      ok: true,
      status: 401,
      body: 'who are you?',
      tookMs: expect.any(Number),
    });
    expect(host).toBe('registry.levlabs.link');
  });

  test('to a server that speaks no HTTP is a failure of HTTP', async () => {
    const { port } = await servers.tcp(socket => socket.once('data', () => socket.end('hello\r\n\r\n')));
    expect(failureOf(await webRequest(plain(port)))).toMatchObject({ failure: 'http' });
  });

  test('times out at a silent server', async () => {
    const server = await servers.tcp(socket => socket.resume());
    expect(failureOf(await webRequest(plain(server.port, { deadlineMs: SHORT })))).toMatchObject({
      failure: 'timeout',
    });
    await server.allGone();
  });

  test('to a server that hangs up in the middle of its body is a failure of HTTP', async () => {
    const { port } = await servers.tcp(socket =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')),
    );
    expect(failureOf(await webRequest(plain(port)))).toMatchObject({ failure: 'http' });
  });
});

describe('a body that is a download', () => {
  test('is cut after its first 64 KiB, and the connection is closed', async () => {
    const piece = Buffer.alloc(16 * 1024, 'x');
    let stopped: Promise<unknown> | undefined;
    const server = await servers.https(good, (_, response) => {
      stopped = once(response, 'close');
      const more = () => {
        while (!response.destroyed && response.write(piece));
        response.once('drain', more);
      };
      more();
    });
    const result = await webRequest(request(server.port));
    expect(result).toMatchObject({ ok: true, status: 200 });
    const { length } = result.ok ? result.body : '';
    expect(length).toBeGreaterThanOrEqual(64 * 1024);
    expect(length).toBeLessThan(128 * 1024);
    await stopped;
    await server.allGone();
  });

  test('of a little less than 64 KiB comes whole', async () => {
    const { port } = await servers.https(good, (_, response) => response.end('x'.repeat(64 * 1024 - 1)));
    const result = await webRequest(request(port));
    expect(result.ok && result.body).toHaveLength(64 * 1024 - 1);
  });
});
