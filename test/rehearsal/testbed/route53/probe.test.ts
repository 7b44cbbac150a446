import { once } from 'node:events';
import { createServer as createPlain, type RequestListener, type Server } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Probe } from '../../../../rehearsal/embedded/aws/health-checkers';
import { probe } from '../../../../rehearsal/testbed/route53/probe';
import { makeIdentity } from '../../../lambdas/adapters/certificates';

const LOOPBACK = '127.0.0.1';
const servers: Server[] = [];

async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const plain = (answer: RequestListener) => listening(createPlain(answer));

const asked = (port: number, more: Partial<Probe> = {}): Probe => ({
  region: 'us-east-1',
  name: 'shop.orders.test',
  port,
  path: '/healthz',
  serverName: undefined,
  tls: false,
  deadlineMs: 6000,
  ...more,
});

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

test('asks the address by the name, as Route 53 does', async () => {
  const port = await plain(({ url, method, headers }, response) => {
    response.writeHead(201).end(JSON.stringify([method, url, headers.host, headers['user-agent']]));
  });
  expect(await probe(asked(port), LOOPBACK)).toEqual({
    ok: true,
    status: 201,
    body: '["GET","/healthz","shop.orders.test","Amazon-Route53-Health-Check-Service"]',
  });
});

test.each([302, 404, 503])('gives the status %d as it stands', async status => {
  const port = await plain((_, response) => response.writeHead(status, { location: '/' }).end('no'));
  expect(await probe(asked(port), LOOPBACK)).toEqual({ ok: true, status, body: 'no' });
});

test.each([
  ['the name, with SNI', 'shop.orders.test', 'shop.orders.test'],
  ['no name, without', undefined, false],
])('takes a certificate of another name that has expired, and says %s', async (_, serverName, told) => {
  const day = 86_400_000;
  const { key, cert } = makeIdentity({
    names: ['another.test'],
    validFrom: new Date(Date.now() - 2 * day),
    validTo: new Date(Date.now() - day),
  });
  const names: unknown[] = [];
  const secure = createSecure({ key, cert }, (request, response) => {
    names.push((request.socket as TLSSocket & { servername?: string | false }).servername);
    response.end('well');
  });
  const port = await listening(secure);
  const result = await probe(asked(port, { tls: true, serverName }), LOOPBACK);
  expect(result).toEqual({ ok: true, status: 200, body: 'well' });
  expect(names).toEqual([told]);
});

test('fails where nobody listens', async () => {
  const server = createPlain();
  const port = await listening(server);
  server.close();
  await once(server, 'close');
  servers.length = 0;
  expect(await probe(asked(port), LOOPBACK)).toEqual({
    ok: false,
    detail: expect.stringContaining('ECONNREFUSED') as string,
  });
});

test('fails where no TLS is spoken', async () => {
  const port = await plain((_, response) => response.end('well'));
  expect(await probe(asked(port, { tls: true }), LOOPBACK)).toMatchObject({ ok: false });
});

test.each<[string, RequestListener]>([
  ['no answer comes', () => undefined],
  ['the answer does not end', (_, response) => void response.writeHead(200).write('half')],
])('fails when %s before the deadline', async (_, answer) => {
  const port = await plain(answer);
  // The timer of AbortSignal.timeout is out of reach of Jest's clock.
  expect(await probe(asked(port, { deadlineMs: 100 }), LOOPBACK)).toEqual({
    ok: false,
    detail: expect.stringMatching(/abort/) as string,
  });
});

test('fails when the connection breaks in the middle of the answer', async () => {
  const port = await plain((_, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half', () => response.destroy());
  });
  expect(await probe(asked(port), LOOPBACK)).toMatchObject({ ok: false });
});

test('keeps what Route 53 searches of a long body, and not all of it', async () => {
  const port = await plain((_, response) =>
    response.end(`${'x'.repeat(5113)}healthy${'x'.repeat(4_000_000)}`),
  );
  const result = await probe(asked(port), LOOPBACK);
  const body = result.ok ? result.body : '';
  expect(body.slice(0, 5120)).toMatch(/^x{5113}healthy$/);
  expect(body.length).toBeLessThan(1_000_000);
});
