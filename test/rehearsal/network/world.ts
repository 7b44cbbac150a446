import type { Certificate } from '../../../core/network';
import { FakeRoute53 } from '../../../rehearsal/embedded/aws/route53';
import { DnsTree } from '../../../rehearsal/embedded/network/dns-tree';
import { type HostAnswer, Internet } from '../../../rehearsal/embedded/network/internet';
import { setting } from '../aws/setting';

export const ZONE = 'Z0123456789ABCDEFGHIJ';
export const PRIMARY = '192.0.2.1';
export const DR = '198.51.100.1';

/** Two sites behind load balancers, and main as a CNAME to the first. */
export function world() {
  const { clock, log, seed, run } = setting();
  const tree = new DnsTree();
  const route53 = new FakeRoute53({
    clock,
    log,
    seed,
    aliasAddresses: name => tree.addressesOf(name),
  });
  const zone = route53.addZone(ZONE, 'levlabs.link');
  tree.addZone(zone);
  tree.setAddresses('primary-lb.us-east-1.elb.amazonaws.com', [PRIMARY]);
  tree.setAddresses('dr-lb.us-east-2.elb.amazonaws.com', [DR]);
  const alias = (Name: string, DNSName: string) => ({
    Name,
    Type: 'A' as const,
    AliasTarget: { HostedZoneId: 'ZELB', DNSName, EvaluateTargetHealth: false },
  });
  const cname = (Name: string, Value: string, TTL = 10) => ({
    Name,
    Type: 'CNAME' as const,
    TTL,
    ResourceRecords: [{ Value }],
  });
  zone.seed(
    alias('primary.levlabs.link', 'primary-lb.us-east-1.elb.amazonaws.com'),
    alias('dr.levlabs.link', 'dr-lb.us-east-2.elb.amazonaws.com'),
    cname('main.levlabs.link', 'primary.levlabs.link'),
  );
  const certificate: Certificate = {
    names: ['primary.levlabs.link', 'dr.levlabs.link', 'main.levlabs.link'],
    validFrom: clock.now() - 86_400_000,
    validTo: clock.now() + 86_400_000,
    issuer: "Let's Encrypt",
    trusted: true,
  };
  const answers: Record<string, HostAnswer> = {
    [PRIMARY]: { ok: true, status: 200, body: 'ok', certificate },
    [DR]: { ok: true, status: 200, body: 'ok', certificate },
  };
  const internet = new Internet({ clock, tree });
  const host = (region: string, address: string) =>
    internet.hosts.set(address, {
      region,
      accept: () => answers[address] ?? { ok: false, failure: 'refused' },
    });
  host('us-east-1', PRIMARY);
  host('us-east-2', DR);
  return { clock, log, seed, run, tree, route53, zone, cname, certificate, answers, internet };
}
