import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import type { Certificate, WebRequest } from '../../../core/network';
import { FakeNetwork } from '../../../rehearsal/embedded/network/fake-network';
import { DR, PRIMARY, world, ZONE } from './world';

function networked(region = 'us-east-2') {
  const all = world();
  const network = new FakeNetwork({ internet: all.internet, log: all.log, region, seed: 'net' });
  const request = (more: Partial<WebRequest> = {}) =>
    all.run(
      network.request({
        address: PRIMARY,
        port: 443,
        serverName: 'main.levlabs.link',
        host: 'main.levlabs.link',
        path: '/healthz',
        deadlineMs: 3000,
        ...more,
      }),
    );
  return { ...all, network, request };
}

describe('a request', () => {
  test('is answered with status, body, certificate and the time that it took', async () => {
    const { request, certificate } = networked();
    expect(await request()).toEqual({ ok: true, status: 200, body: 'ok', certificate, tookMs: 242 });
  });

  test('within a Region is faster', async () => {
    const { request } = networked();
    expect(await request({ address: DR })).toMatchObject({ ok: true, tookMs: 10 });
  });

  test('without TLS has no certificate', async () => {
    const { internet, run, log } = networked();
    internet.hosts.set('203.0.113.9', {
      region: 'us-east-2',
      accept: ({ serverName, path }) => ({
        ok: true,
        status: serverName === undefined ? 200 : 500,
        body: path,
      }),
    });
    const network = new FakeNetwork({ internet, log, region: 'us-east-2', seed: 'net' });
    const plain = { address: '203.0.113.9', port: 80, host: 'x', path: '/p', deadlineMs: 1000 };
    expect(await run(network.request(plain))).toEqual({ ok: true, status: 200, body: '/p', tookMs: 6 });
  });

  test('to a name resolves it first', async () => {
    const { request } = networked();
    expect(await request({ address: 'main.levlabs.link' })).toMatchObject({ ok: true, status: 200 });
    expect(await request({ address: 'gone.levlabs.link' })).toMatchObject({ failure: 'unreachable' });
  });

  test('into a lost Region ends at its deadline, and is in the log as a timeout', async () => {
    const { request, internet, clock, log } = networked();
    internet.setRegion('us-east-1', 'lost');
    const began = clock.now();
    expect(await request({ deadlineMs: 2000 })).toMatchObject({ ok: false, failure: 'timeout' });
    expect(clock.now() - began).toBe(2000);
    expect(log.calls.at(-1)).toMatchObject({
      service: 'network',
      action: 'request',
      region: 'us-east-1',
      outcome: 'timeout',
    });
  });

  test.each([100, 200])(
    'that is under way when the Region is lost, after %d ms, ends at its deadline too',
    async ms => {
      const { request, internet, clock } = networked();
      clock.after(ms, () => internet.setRegion('us-east-1', 'lost'));
      const began = clock.now();
      expect(await request({ deadlineMs: 2000 })).toMatchObject({ failure: 'timeout' });
      expect(clock.now() - began).toBe(2000);
    },
  );

  test('to a Region that refuses is unreachable at once', async () => {
    const { request, internet } = networked();
    internet.setRegion('us-east-1', 'refusing');
    expect(await request()).toEqual({
      ok: false,
      failure: 'unreachable',
      detail: `connect ECONNREFUSED ${PRIMARY}:443`,
    });
  });

  test('to an address where nothing stands ends at its deadline', async () => {
    const { request } = networked();
    expect(await request({ address: '203.0.113.200' })).toMatchObject({ failure: 'timeout' });
  });

  test('on a line that is cut ends at its deadline, while others get through', async () => {
    const { request, internet, run, log } = networked('us-east-2');
    internet.cut('us-east-2', 'us-east-1');
    expect(await request()).toMatchObject({ failure: 'timeout' });
    const other = new FakeNetwork({ internet, log, region: 'us-west-2', seed: 'net' });
    const fine = {
      address: PRIMARY,
      port: 443,
      serverName: 'main.levlabs.link',
      host: 'x',
      path: '/',
      deadlineMs: 900,
    };
    expect(await run(other.request(fine))).toMatchObject({ ok: true });
    internet.heal('us-east-2', 'us-east-1');
    expect(await request()).toMatchObject({ ok: true });
  });

  test.each([
    ['refused', 'unreachable'],
    ['hang', 'timeout'],
    ['reset', 'http'],
    ['tls', 'tls'],
  ] as const)('to a host that answers with %s is %s', async (failure, expected) => {
    const { request, answers } = networked();
    answers[PRIMARY] = { ok: false, failure };
    expect(await request()).toMatchObject({ ok: false, failure: expected });
  });

  test('that takes longer than its deadline is a timeout', async () => {
    const { request, answers, certificate } = networked();
    answers[PRIMARY] = { ok: true, status: 200, body: '', certificate, afterMs: 5000 };
    expect(await request()).toMatchObject({ failure: 'timeout' });
  });
});

describe('a certificate', () => {
  const day = 86_400_000;
  test.each([
    [
      'of another name',
      () => ({ names: ['dr.levlabs.link'] }),
      "ERR_TLS_CERT_ALTNAME_INVALID: Hostname/IP does not match certificate's altnames: Host: main.levlabs.link. is not in the cert's altnames: DNS:dr.levlabs.link",
    ],
    [
      'that has expired',
      (now: number) => ({ validTo: now - day }),
      'CERT_HAS_EXPIRED: certificate has expired',
    ],
    [
      'that is not valid yet',
      (now: number) => ({ validFrom: now + day }),
      'CERT_NOT_YET_VALID: certificate is not yet valid',
    ],
    [
      'that nobody signed',
      () => ({ trusted: false }),
      'DEPTH_ZERO_SELF_SIGNED_CERT: self-signed certificate',
    ],
  ])('%s fails the request, and is read all the same', async (_, wrong, detail) => {
    const { request, answers, certificate, clock } = networked();
    const bad: Certificate = { ...certificate, ...wrong(clock.now()) };
    answers[PRIMARY] = { ok: true, status: 200, body: 'ok', certificate: bad };
    expect(await request()).toEqual({ ok: false, failure: 'tls', detail, certificate: bad });
  });

  test('with a wildcard covers one label', async () => {
    const { request, answers, certificate } = networked();
    const wildcard = { ...certificate, names: ['*.levlabs.link'] };
    answers[PRIMARY] = { ok: true, status: 200, body: 'ok', certificate: wildcard };
    expect(await request()).toMatchObject({ ok: true });
    expect(await request({ serverName: 'a.main.levlabs.link' })).toMatchObject({ failure: 'tls' });
  });
});

describe('the authoritative servers', () => {
  test('are the four of the zone', async () => {
    const { network, run, zone } = networked();
    expect([...(await run(network.nameservers('levlabs.link', 1000)))].sort()).toEqual(
      [...zone.servers].sort(),
    );
  });

  test('tell the CNAME that each of them has', async () => {
    const { network, run, route53, zone, clock } = networked();
    const batch = {
      Changes: [
        {
          Action: 'UPSERT' as const,
          ResourceRecordSet: {
            Name: 'main.levlabs.link',
            Type: 'CNAME' as const,
            TTL: 10,
            ResourceRecords: [{ Value: 'dr.levlabs.link' }],
          },
        },
      ],
    };
    const targets = async () => {
      const all = zone.servers.map(server => network.authoritativeCname(server, 'main.levlabs.link', 1000));
      return (await run(Promise.all(all))).map(cname => (cname.ok ? cname.target : cname.failure));
    };
    expect(new Set(await targets())).toEqual(new Set(['primary.levlabs.link']));
    await run(route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: ZONE, ChangeBatch: batch })));
    const seen = new Set<string>();
    for (let second = 0; second < 15; second++) {
      seen.add([...new Set(await targets())].sort().join(' and '));
      await clock.advance(1000);
    }
    expect(seen).toContain('dr.levlabs.link and primary.levlabs.link');
    expect(new Set(await targets())).toEqual(new Set(['dr.levlabs.link']));
  });

  test('tell that there is none, and a silent one nothing', async () => {
    const { network, run, zone } = networked();
    const [first = ''] = zone.servers;
    expect(await run(network.authoritativeCname(first, 'none.levlabs.link', 1000))).toEqual({ ok: true });
    zone.silence(first);
    expect(await run(network.authoritativeCname(first, 'main.levlabs.link', 1000))).toMatchObject({
      ok: false,
      failure: 'no-answer',
    });
  });
});

test('a machine in a lost Region reaches nothing', async () => {
  const { network, request, internet, run, zone } = networked('us-east-2');
  internet.setRegion('us-east-2', 'lost');
  expect(await run(network.lookup('main.levlabs.link', 500))).toMatchObject({ failure: 'no-answer' });
  expect(await run(network.nameservers('levlabs.link', 500))).toEqual([]);
  const asked = network.authoritativeCname(zone.servers[0] ?? '', 'main.levlabs.link', 500);
  expect(await run(asked)).toMatchObject({ failure: 'no-answer' });
  expect(await request()).toMatchObject({ failure: 'timeout' });
});
