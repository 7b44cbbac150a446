import { HealthCheckers } from '../../../rehearsal/embedded/aws/health-checkers';
import { Customer } from '../../../rehearsal/embedded/network/client';
import { probeThrough } from '../../../rehearsal/embedded/network/health-probe';
import { DR, PRIMARY, world } from './world';

function visited() {
  const all = world();
  const customer = new Customer({
    internet: all.internet,
    name: 'main.levlabs.link',
    health: { path: '/healthz', status: 200 },
    seed: 'customer',
  });
  const began = all.clock.now();
  /** The log with times in seconds since the beginning. */
  const stop = async () =>
    (await all.run(customer.stop())).map(({ from, to, ...rest }) => ({
      from: (from - began) / 1000,
      to: (to - began) / 1000,
      ...rest,
    }));
  return { ...all, customer, stop };
}

describe('a customer', () => {
  test('sees one good interval while all is well', async () => {
    const { customer, clock, stop } = visited();
    customer.start();
    await clock.advance(60_500);
    expect(await stop()).toEqual([{ from: 0, to: 61, good: true, site: 'us-east-1', detail: 'as expected' }]);
  });

  test('sees the outage from its first second to the other site, the TTL included', async () => {
    const { customer, clock, internet, zone, cname, stop } = visited();
    customer.start();
    await clock.advance(10_500);
    internet.setRegion('us-east-1', 'lost');
    await clock.advance(30_000);
    zone.seed(cname('main.levlabs.link', 'dr.levlabs.link'));
    await clock.advance(30_000);
    const log = await stop();
    expect(log.map(({ good, site }) => [good, site])).toEqual([
      [true, 'us-east-1'],
      [false, 'us-east-1'],
      [true, 'us-east-2'],
    ]);
    expect(log[1]?.from).toBe(11);
    expect(log[1]?.detail).toBe('timeout');
    const back = log[2]?.from ?? 0;
    expect(back).toBeGreaterThan(40);
    expect(back).toBeLessThanOrEqual(52);
  });

  test('sees a planned switch as two good intervals', async () => {
    const { customer, clock, zone, cname, stop } = visited();
    customer.start();
    await clock.advance(5500);
    zone.seed(cname('main.levlabs.link', 'dr.levlabs.link'));
    await clock.advance(20_000);
    const log = await stop();
    expect(log.map(({ good, site }) => [good, site])).toEqual([
      [true, 'us-east-1'],
      [true, 'us-east-2'],
    ]);
    expect(log[0]?.to).toBe(log[1]?.from);
  });

  test('refuses a certificate that does not cover main', async () => {
    const { customer, clock, answers, certificate, stop } = visited();
    answers[PRIMARY] = {
      ok: true,
      status: 200,
      body: '',
      certificate: { ...certificate, names: ['primary.levlabs.link'] },
    };
    customer.start();
    await clock.advance(3500);
    expect(await stop()).toMatchObject([
      { good: false, detail: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID') },
    ]);
  });

  test('does not take every answer for a good one', async () => {
    const { customer, clock, answers, certificate, stop } = visited();
    customer.start();
    await clock.advance(2500);
    answers[PRIMARY] = { ok: true, status: 503, body: '', certificate };
    await clock.advance(2000);
    expect(await stop()).toEqual([
      { from: 0, to: 3, good: true, site: 'us-east-1', detail: 'as expected' },
      { from: 3, to: 5, good: false, site: 'us-east-1', detail: 'HTTP 503 where 200 is expected' },
    ]);
  });

  test('has a bad time when the name is not there', async () => {
    const { clock, internet, run } = visited();
    const health = { path: '/', status: 200 };
    const customer = new Customer({ internet, name: 'none.levlabs.link', health, seed: 'x' });
    customer.start();
    await clock.advance(1500);
    expect(await run(customer.stop())).toMatchObject([
      { good: false, detail: 'queryA ENOTFOUND none.levlabs.link' },
    ]);
  });
});

describe("Route 53's health checkers over this network", () => {
  test('see an outage that names and certificates have no part in', async () => {
    const { clock, seed, internet, answers, certificate } = world();
    const checkers = new HealthCheckers({ clock, seed, probe: probeThrough(internet, seed) });
    checkers.add('hc', { Type: 'HTTPS', FullyQualifiedDomainName: 'dr.levlabs.link', RequestInterval: 10 });
    answers[DR] = { ok: true, status: 200, body: '', certificate: { ...certificate, trusted: false } };
    await clock.advance(60_000);
    expect(checkers.isHealthy('hc')).toBe(true);
    internet.setRegion('us-east-2', 'lost');
    await clock.advance(45_000);
    expect(checkers.isHealthy('hc')).toBe(false);
  });
});
