import { type Change, GetChangeCommand, GetHostedZoneCommand } from '@aws-sdk/client-route-53';
import { cname, drop, make, world, ZONE } from './zone';

describe('the name servers', () => {
  test('each takes a change over at its own moment between PENDING and INSYNC', async () => {
    const { run, change, zone, target, clock, route53 } = world({ insyncAfterMs: 15_000 });
    const { ChangeInfo } = await run(change(drop, make));
    const changedAt = new Map<string, number>();
    while (changedAt.size < 4) {
      for (const server of zone.servers) {
        if (!changedAt.has(server) && target(server) === 'dr.levlabs.link.')
          changedAt.set(server, clock.now());
      }
      await clock.advance(100);
    }
    expect(new Set(changedAt.values()).size).toBeGreaterThan(1);
    const insync = await run(route53.send(new GetChangeCommand({ Id: ChangeInfo?.Id })));
    expect(insync.ChangeInfo?.Status).toBe('PENDING');
    await clock.advance(15_000);
    const later = await run(route53.send(new GetChangeCommand({ Id: ChangeInfo?.Id })));
    expect(later.ChangeInfo?.Status).toBe('INSYNC');
  });

  test('the same seed gives the same moments, another seed others', async () => {
    const moments = async (seed: string) => {
      const { run, change, zone, target, clock } = world({ seed });
      await run(change(drop, make));
      const seen: number[] = [];
      for (let step = 0; step < 200; step++) {
        await clock.advance(100);
        seen.push(zone.servers.filter(server => target(server) === 'dr.levlabs.link.').length);
      }
      return seen;
    };
    expect(await moments('one')).toEqual(await moments('one'));
    expect(await moments('one')).not.toEqual(await moments('two'));
  });

  test('each hears of a health check within five seconds, at its own moment', async () => {
    let unhealthySince = Number.POSITIVE_INFINITY;
    const { zone, target, clock } = world({ healthy: (_, at) => at < unhealthySince });
    const pair = (site: string, Failover: 'PRIMARY' | 'SECONDARY', more = {}) =>
      cname('pair.levlabs.link', `${site}.levlabs.link`, { SetIdentifier: site, Failover, ...more });
    zone.seed(pair('primary', 'PRIMARY', { HealthCheckId: 'check' }), pair('dr', 'SECONDARY'));
    const at = (server: string) => {
      const answer = zone.ask(server, 'pair.levlabs.link', 'CNAME');
      return answer?.kind === 'records' ? answer.records[0]?.value : undefined;
    };
    expect(target(zone.servers[0] ?? '')).toBe('primary.levlabs.link.');
    unhealthySince = clock.now();
    const heard = new Map<string, number>();
    for (let ms = 0; ms <= 5000; ms += 100) {
      for (const server of zone.servers)
        if (!heard.has(server) && at(server) === 'dr.levlabs.link.') heard.set(server, ms);
      await clock.advance(100);
    }
    expect(heard.size).toBe(4);
    expect(new Set(heard.values()).size).toBeGreaterThan(1);
  });

  test('one that lags learns of changes and of health checks so much later', async () => {
    let unhealthySince = Number.POSITIVE_INFINITY;
    const { run, change, zone, target, clock } = world({ healthy: (_, at) => at < unhealthySince });
    const [first = '', second = ''] = zone.servers;
    zone.lag(second, 90_000);
    await run(change(drop, make));
    unhealthySince = clock.now();
    await clock.advance(15_000);
    expect([target(first), target(second)]).toEqual(['dr.levlabs.link.', 'primary.levlabs.link.']);
    await clock.advance(74_000);
    expect(target(second)).toBe('primary.levlabs.link.');
    await clock.advance(20_000);
    expect(target(second)).toBe('dr.levlabs.link.');
  });

  test('they never go back to an older change', async () => {
    const { run, change, zone, target, clock } = world({ insyncAfterMs: 15_000 });
    await run(change(drop, make));
    await clock.advance(2000);
    const back: Change = {
      Action: 'UPSERT',
      ResourceRecordSet: cname('main.levlabs.link', 'third.levlabs.link'),
    };
    await run(change(back));
    const seen = new Map(zone.servers.map(server => [server, [] as (string | undefined)[]]));
    for (let step = 0; step < 200; step++) {
      await clock.advance(100);
      for (const server of zone.servers) seen.get(server)?.push(target(server));
    }
    // A server may still take the first change over when the second one is made.
    expect([...seen.values()].flat()).toContain('dr.levlabs.link.');
    for (const targets of seen.values()) {
      expect(targets.at(-1)).toBe('third.levlabs.link.');
      expect(targets.lastIndexOf('dr.levlabs.link.')).toBeLessThan(targets.indexOf('third.levlabs.link.'));
    }
  });

  test('they go on while the control plane hangs', async () => {
    const { failure, route53, zone, target, clock } = world();
    route53.controlPlane = 'hang';
    const controller = new AbortController();
    clock.after(3000, () => controller.abort());
    const began = clock.now();
    const call = route53.send(new GetHostedZoneCommand({ Id: ZONE }), { abortSignal: controller.signal });
    expect((await failure(call)).name).toBe('AbortError');
    expect(clock.now() - began).toBe(3000);
    expect(target(zone.servers[0] ?? '')).toBe('primary.levlabs.link.');
  });

  test('a silenced server says nothing, the others go on', () => {
    const { zone, target } = world();
    const [first = '', second = ''] = zone.servers;
    zone.silence(first);
    expect([target(first), target(second)]).toEqual([undefined, 'primary.levlabs.link.']);
  });

  test('a name that is not there is answered with the negative TTL of the SOA', () => {
    const { zone } = world();
    expect(zone.ask(zone.servers[0] ?? '', 'gone.levlabs.link', 'A')).toEqual({
      kind: 'no-such-name',
      negativeTtl: 900,
    });
  });

  test('an alias answers with the addresses of its target', () => {
    const { zone } = world({ aliasAddresses: () => ['192.0.2.7'] });
    zone.seed({
      Name: 'primary.levlabs.link',
      Type: 'A',
      AliasTarget: { HostedZoneId: 'ZELB', DNSName: 'lb.elb.amazonaws.com', EvaluateTargetHealth: false },
    });
    expect(zone.ask(zone.servers[0] ?? '', 'primary.levlabs.link', 'A')).toEqual({
      kind: 'records',
      records: [{ name: 'primary.levlabs.link.', type: 'A', ttl: 60, value: '192.0.2.7' }],
    });
  });

  test.each([
    [true, true, 'primary.'],
    [false, true, 'dr.'],
    [false, false, 'primary.'],
  ])(
    'failover records with primary healthy %s, secondary healthy %s answer %s',
    (first, second, expected) => {
      const { zone } = world({ healthy: check => (check === 'hc-primary' ? first : second) });
      const name = 'app.levlabs.link';
      zone.seed(
        cname(name, 'primary', { SetIdentifier: 'p', Failover: 'PRIMARY', HealthCheckId: 'hc-primary' }),
        cname(name, 'dr', { SetIdentifier: 's', Failover: 'SECONDARY', HealthCheckId: 'hc-secondary' }),
      );
      expect(zone.ask(zone.servers[0] ?? '', name, 'CNAME')).toMatchObject({
        records: [{ value: expected }],
      });
    },
  );

  test('weighted records answer by their weights, and weight 0 only when nothing else is healthy', () => {
    const healthy = { big: true };
    const { zone } = world({ healthy: () => healthy.big });
    const name = 'app.levlabs.link';
    zone.seed(
      cname(name, 'big', { SetIdentifier: 'big', Weight: 90, HealthCheckId: 'hc' }),
      cname(name, 'small', { SetIdentifier: 'small', Weight: 10, HealthCheckId: 'hc' }),
      cname(name, 'zero', { SetIdentifier: 'zero', Weight: 0 }),
    );
    const counts = () => {
      const values = Array.from({ length: 1000 }, () => {
        const answer = zone.ask(zone.servers[0] ?? '', name, 'CNAME');
        return answer?.kind === 'records' ? answer.records[0]?.value : undefined;
      });
      return (value: string) => values.filter(one => one === value).length;
    };
    const among = counts();
    expect(among('big.')).toBeGreaterThan(850);
    expect(among('small.')).toBeGreaterThan(50);
    expect(among('zero.')).toBe(0);
    healthy.big = false;
    expect(counts()('zero.')).toBe(1000);
  });

  test('a wildcard answers for the names that it covers', () => {
    const { zone } = world();
    zone.seed(cname('*.apps.levlabs.link', 'x.'));
    const answer = zone.ask(zone.servers[0] ?? '', 'one.apps.levlabs.link', 'A');
    expect(answer).toMatchObject({ records: [{ name: 'one.apps.levlabs.link.', value: 'x.' }] });
  });
});
