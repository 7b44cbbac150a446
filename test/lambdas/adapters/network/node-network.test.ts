import dns from 'node:dns/promises';
import { NodeNetwork } from '../../../../lambdas/adapters/network/node-network';
import { makeAuthority, makeIdentity, trust } from '../certificates';
import { type DnsAnswer, DnsServer } from '../dns-server';
import { Servers } from '../servers';

const MAIN = 'main.levlabs.link';
const ZONE = 'levlabs.link';
/** The address under which the resolver knows the zone's name server; the test sends it to a port of 127.0.0.1. */
const NS_ADDRESS = '192.0.2.53';
const PATIENT = 5_000;
const SHORT = 200;

const { Resolver } = dns;
const started: DnsServer[] = [];
const servers = new Servers();

async function server(answer: (type: string, name: string) => DnsAnswer): Promise<DnsServer> {
  const made = await DnsServer.start(answer);
  started.push(made);
  return made;
}

/**
 * Sends the resolvers of the adapter to `resolvers` instead of those of this machine, and what they send to an
 * address of `ports` to that port here. Everything else is Node's own resolver: queries over UDP, its deadline, its
 * errors.
 */
function network(resolvers: number[], ports: Record<string, number> = {}): NodeNetwork {
  jest.spyOn(dns, 'Resolver').mockImplementation(options => {
    const resolver = new Resolver(options);
    const setServers = resolver.setServers.bind(resolver);
    setServers(resolvers.map(port => `127.0.0.1:${port}`));
    resolver.setServers = addresses => setServers(addresses.map(address => `127.0.0.1:${ports[address]}`));
    return resolver;
  });
  return new NodeNetwork();
}

async function elapsed<T>(work: Promise<T>): Promise<{ result: T; ms: number }> {
  const began = performance.now();
  const result = await work;
  return { result, ms: performance.now() - began };
}

afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all([servers.close(), ...started.splice(0).map(each => each.close())]);
});

describe('looking up a name', () => {
  test('gives its IPv4 addresses', async () => {
    const resolver = await server((_, name) => ({
      records: ['192.0.2.1', '192.0.2.2'].map(value => ({ name, type: 'A', value })),
    }));
    const result = await network([resolver.port]).lookup(MAIN, PATIENT);
    expect(result).toEqual({ ok: true, addresses: expect.arrayContaining(['192.0.2.1', '192.0.2.2']) });
    expect(resolver.asked).toEqual([`A ${MAIN}`]);
  });

  test('follows the CNAMEs of the answer', async () => {
    const resolver = await server(() => ({
      records: [
        { name: MAIN, type: 'CNAME', value: 'dr.levlabs.link' },
        { name: 'dr.levlabs.link', type: 'CNAME', value: 'lb.us-east-2.elb.amazonaws.com' },
        { name: 'lb.us-east-2.elb.amazonaws.com', type: 'A', value: '192.0.2.7' },
      ],
    }));
    expect(await network([resolver.port]).lookup(MAIN, PATIENT)).toEqual({
      ok: true,
      addresses: ['192.0.2.7'],
    });
  });

  test.each([
    ['a name that does not exist', { rcode: 'NXDOMAIN' }],
    ['a name without an address', { rcode: 'NOERROR' }],
  ] as const)('of %s is a definite no', async (_, answer) => {
    const resolver = await server(() => answer);
    expect(await network([resolver.port]).lookup(MAIN, PATIENT)).toEqual({
      ok: false,
      failure: 'no-such-name',
      detail: expect.stringContaining(MAIN),
    });
  });

  test.each(['SERVFAIL', 'REFUSED'] as const)(
    'that ends with %s says nothing about the name',
    async rcode => {
      const resolver = await server(() => ({ rcode }));
      expect(await network([resolver.port]).lookup(MAIN, PATIENT)).toMatchObject({
        ok: false,
        failure: 'no-answer',
      });
    },
  );

  test('gets no answer from a resolver that is not there', async () => {
    const gone = await DnsServer.start(() => undefined);
    await gone.close();
    expect(await network([gone.port]).lookup(MAIN, SHORT)).toMatchObject({ ok: false, failure: 'no-answer' });
  });

  test('gives up on a silent resolver after one try', async () => {
    const resolver = await server(() => undefined);
    const { result, ms } = await elapsed(network([resolver.port]).lookup(MAIN, SHORT));
    expect(result).toMatchObject({ ok: false, failure: 'no-answer', detail: expect.stringContaining(MAIN) });
    expect(ms).toBeGreaterThanOrEqual(SHORT * 0.5);
    expect(ms).toBeLessThan(SHORT * 4);
    expect(resolver.asked).toHaveLength(1);
  });

  // Node looks after c-ares' timeouts once a timeout, at most once a second: they end up to one look late.
  test('gives up on a silent resolver at the deadline', async () => {
    const resolver = await server(() => undefined);
    const { ms } = await elapsed(network([resolver.port]).lookup(MAIN, SHORT));
    expect(ms).toBeLessThan(SHORT * 1.5);
  });

  // c-ares gives each of its servers the whole timeout, one after the other.
  test('gives up at the deadline also when there are three silent resolvers', async () => {
    const silent = await Promise.all([1, 2, 3].map(() => server(() => undefined)));
    const { ms } = await elapsed(network(silent.map(({ port }) => port)).lookup(MAIN, SHORT));
    expect(ms).toBeLessThan(SHORT * 1.5);
  });

  test('of what is an address already gives that address', async () => {
    const resolver = await server(() => ({ rcode: 'NXDOMAIN' }));
    expect(await network([resolver.port]).lookup('192.0.2.80', PATIENT)).toEqual({
      ok: true,
      addresses: ['192.0.2.80'],
    });
  });
});

describe('the name servers of a zone', () => {
  test('are those of its NS records', async () => {
    const names = ['ns-1.awsdns-01.org', 'ns-2.awsdns-02.com'];
    const resolver = await server((_, name) => ({
      records: names.map(value => ({ name, type: 'NS', value })),
    }));
    const found = await network([resolver.port]).nameservers(ZONE, PATIENT);
    expect([...found].sort()).toEqual(names);
    expect(resolver.asked).toEqual([`NS ${ZONE}`]);
  });

  test.each([
    ['the zone does not exist', { rcode: 'NXDOMAIN' }],
    ['the resolver fails', { rcode: 'SERVFAIL' }],
    ['the resolver is silent', undefined],
  ] as const)('are none when %s', async (_, answer) => {
    const resolver = await server(() => answer);
    expect(await network([resolver.port]).nameservers(ZONE, SHORT)).toEqual([]);
  });
});

describe('asking one authoritative server', () => {
  const ns = 'ns-1.awsdns-01.org';
  const resolverThatKnows = () =>
    server((type, name) =>
      type === 'A' && name === ns ? { records: [{ name, type, value: NS_ADDRESS }] } : { rcode: 'REFUSED' },
    );

  async function ask(answer: (type: string, name: string) => DnsAnswer, deadlineMs = PATIENT) {
    const [resolver, authority] = await Promise.all([resolverThatKnows(), server(answer)]);
    const asking = network([resolver.port], { [NS_ADDRESS]: authority.port });
    const { result, ms } = await elapsed(asking.authoritativeCname(ns, MAIN, deadlineMs));
    return { result, ms, resolver, authority };
  }

  test('gives the CNAME that stands there, and asks nobody else for it', async () => {
    const { result, resolver, authority } = await ask((_, name) => ({
      records: [{ name, type: 'CNAME', value: 'dr.levlabs.link' }],
    }));
    expect(result).toEqual({ ok: true, target: 'dr.levlabs.link' });
    expect(authority.asked).toEqual([`CNAME ${MAIN}`]);
    expect(resolver.asked).toEqual([`A ${ns}`]);
  });

  test.each(['NXDOMAIN', 'NOERROR'] as const)('that has no CNAME (%s) is an answer', async rcode => {
    expect((await ask(() => ({ rcode }))).result).toEqual({ ok: true, target: undefined });
  });

  test.each(['SERVFAIL', 'REFUSED'] as const)('that answers %s is no answer', async rcode => {
    expect((await ask(() => ({ rcode }))).result).toEqual({
      ok: false,
      failure: 'no-answer',
      detail: expect.stringContaining(ns),
    });
  });

  test('that is silent is no answer after one try', async () => {
    const { result, ms, authority } = await ask(() => undefined, SHORT);
    expect(result).toMatchObject({ ok: false, failure: 'no-answer' });
    expect(ms).toBeLessThan(SHORT * 4);
    expect(authority.asked).toHaveLength(1);
  });

  test('that is silent ends at the deadline', async () => {
    expect((await ask(() => undefined, SHORT)).ms).toBeLessThan(SHORT * 1.25);
  });

  test('whose address nobody knows is no answer, also when its name does not exist', async () => {
    const resolver = await server(() => ({ rcode: 'NXDOMAIN' }));
    expect(await network([resolver.port]).authoritativeCname(ns, MAIN, PATIENT)).toEqual({
      ok: false,
      failure: 'no-answer',
      detail: expect.stringContaining(ns),
    });
  });

  test('is no answer when the resolver is silent, and nobody else is asked', async () => {
    const resolver = await server(() => undefined);
    expect(await network([resolver.port]).authoritativeCname(ns, MAIN, SHORT)).toMatchObject({
      ok: false,
      failure: 'no-answer',
    });
    expect(resolver.asked).toEqual([`A ${ns}`]);
  });
});

test('a request goes over the network', async () => {
  const authority = makeAuthority('Test root');
  trust(authority);
  const { port } = await servers.https(makeIdentity({ names: [MAIN] }, authority), (_, response) =>
    response.end('ok'),
  );
  const request = {
    address: '127.0.0.1',
    port,
    serverName: MAIN,
    host: MAIN,
    path: '/',
    deadlineMs: PATIENT,
  };
  expect(await new NodeNetwork().request(request)).toMatchObject({ ok: true, status: 200, body: 'ok' });
});
