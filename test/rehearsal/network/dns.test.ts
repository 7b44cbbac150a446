import { Resolver } from '../../../rehearsal/embedded/network/dns';
import { DR, PRIMARY, world } from './world';

function resolving() {
  const all = world();
  const resolver = new Resolver({ clock: all.clock, tree: all.tree, seed: 'resolver' });
  const lookup = (name: string, deadlineMs = 5000) => all.run(resolver.lookup(name, deadlineMs));
  return { ...all, resolver, lookup };
}

test('a name is followed along its CNAME and alias to the load balancer', async () => {
  const { lookup } = resolving();
  expect(await lookup('main.levlabs.link')).toEqual({ ok: true, addresses: [PRIMARY] });
});

test('a CNAME to a load balancer outside of the zone is followed too', async () => {
  const { lookup, zone, cname } = resolving();
  zone.seed(cname('other.levlabs.link', 'dr-lb.us-east-2.elb.amazonaws.com'));
  expect(await lookup('other.levlabs.link')).toEqual({ ok: true, addresses: [DR] });
});

test('an answer is kept for its TTL and not longer', async () => {
  const { lookup, zone, cname, clock } = resolving();
  await lookup('main.levlabs.link');
  zone.seed(cname('main.levlabs.link', 'dr.levlabs.link'));
  await clock.advance(9000);
  expect(await lookup('main.levlabs.link')).toEqual({ ok: true, addresses: [PRIMARY] });
  await clock.advance(1100);
  expect(await lookup('main.levlabs.link')).toEqual({ ok: true, addresses: [DR] });
});

test('every client has a cache of its own', async () => {
  const { lookup, zone, cname, clock, tree, run } = resolving();
  await lookup('main.levlabs.link');
  zone.seed(cname('main.levlabs.link', 'dr.levlabs.link'));
  const other = new Resolver({ clock, tree, seed: 'other' });
  expect(await run(other.lookup('main.levlabs.link', 5000))).toEqual({ ok: true, addresses: [DR] });
  expect(await lookup('main.levlabs.link')).toEqual({ ok: true, addresses: [PRIMARY] });
});

test('that a name is not there is remembered for the negative TTL of the zone, 15 minutes', async () => {
  const { lookup, zone, cname, clock } = resolving();
  expect(await lookup('new.levlabs.link')).toEqual({
    ok: false,
    failure: 'no-such-name',
    detail: 'queryA ENOTFOUND new.levlabs.link',
  });
  zone.seed(cname('new.levlabs.link', 'dr.levlabs.link'));
  await clock.advance(899_000);
  expect(await lookup('new.levlabs.link')).toMatchObject({ failure: 'no-such-name' });
  await clock.advance(2000);
  expect(await lookup('new.levlabs.link')).toEqual({ ok: true, addresses: [DR] });
});

test('a resolver without a cache asks every time', async () => {
  const { zone, cname, clock, tree, run } = world();
  const resolver = new Resolver({ clock, tree, seed: 'x', cache: false });
  await run(resolver.lookup('main.levlabs.link', 5000));
  zone.seed(cname('main.levlabs.link', 'dr.levlabs.link'));
  expect(await run(resolver.lookup('main.levlabs.link', 5000))).toEqual({ ok: true, addresses: [DR] });
});

test('a silent name server costs a second, then the next one is asked', async () => {
  const { lookup, zone, clock } = resolving();
  for (const server of zone.servers.slice(1)) zone.silence(server);
  const began = clock.now();
  expect(await lookup('primary.levlabs.link')).toEqual({ ok: true, addresses: [PRIMARY] });
  expect(clock.now() - began).toBeLessThan(4000);
});

test('when all name servers are silent there is no answer, at the deadline', async () => {
  const { lookup, zone, clock } = resolving();
  for (const server of zone.servers) zone.silence(server);
  const began = clock.now();
  expect(await lookup('main.levlabs.link', 2500)).toMatchObject({ ok: false, failure: 'no-answer' });
  expect(clock.now() - began).toBe(2500);
});

test('a silent resolver gives no answer, at the deadline', async () => {
  const { lookup, resolver, clock } = resolving();
  resolver.state = 'silent';
  const began = clock.now();
  expect(await lookup('main.levlabs.link', 700)).toMatchObject({ failure: 'no-answer' });
  expect(clock.now() - began).toBe(700);
});

test('a circle of CNAMEs is no answer', async () => {
  const { lookup, zone, cname } = resolving();
  zone.seed(cname('a.levlabs.link', 'b.levlabs.link'), cname('b.levlabs.link', 'a.levlabs.link'));
  expect(await lookup('a.levlabs.link')).toMatchObject({ failure: 'no-answer' });
});
