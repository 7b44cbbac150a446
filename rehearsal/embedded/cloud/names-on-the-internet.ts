import type { Config, SiteName } from '../../../core/config';
import type { HealthExpectation } from '../../../core/health';
import type { Certificate } from '../../../core/network';
import type { FakeRoute53 } from '../aws/route53';
import type { HostedZone } from '../aws/route53/hosted-zone';
import type { FakeCluster } from '../kubernetes/cluster';
import type { DnsTree } from '../network/dns-tree';
import type { Host, HostAnswer, HostRequest, Internet } from '../network/internet';

/** The zone id of load balancers, for alias records; any will do. */
const ALIAS_ZONE = 'Z35SXDOTRQ7X7K';
const YEAR_MS = 365 * 86_400_000;

/** Creates the zones of the configuration with what stands in them on a quiet day: site names by external-dns, main by Lifeboat. */
export function seedZones(
  config: Config,
  active: SiteName,
  clusters: Record<SiteName, FakeCluster>,
  route53: FakeRoute53,
  tree: DnsTree,
): Map<string, HostedZone> {
  const zones = new Map<string, HostedZone>();
  for (const { endpoint } of config.apps) {
    if (!endpoint) continue;
    const zone = zones.get(endpoint.zone.id) ?? route53.addZone(endpoint.zone.id, endpoint.zone.name);
    zones.set(endpoint.zone.id, zone);
    for (const site of ['primary', 'dr'] as const) {
      zone.seed({
        Name: endpoint.hosts[site],
        Type: 'A',
        AliasTarget: {
          HostedZoneId: ALIAS_ZONE,
          DNSName: clusters[site].loadBalancer.hostname,
          EvaluateTargetHealth: false,
        },
      });
    }
    // The failover pair of the other switch comes with the global stack.
    if (config.switch !== 'cname') continue;
    zone.seed({
      Name: endpoint.main,
      Type: 'CNAME',
      TTL: endpoint.ttlSeconds,
      ResourceRecords: [{ Value: endpoint.hosts[active] }],
    });
  }
  for (const zone of zones.values()) tree.addZone(zone);
  return zones;
}

/** The load balancer of a cluster: TLS by SNI, then whatever the ingress controller makes of Host and path. */
export function addLoadBalancer(
  config: Config,
  cluster: FakeCluster,
  internet: Internet,
  tree: DnsTree,
): void {
  tree.setAddresses(cluster.loadBalancer.hostname, [...cluster.loadBalancer.addresses]);
  const host: Host = { region: cluster.region, accept: request => answer(config, cluster, request) };
  for (const address of cluster.loadBalancer.addresses) internet.hosts.set(address, host);
}

function answer(config: Config, cluster: FakeCluster, { serverName, host, path }: HostRequest): HostAnswer {
  if (cluster.state === 'lost') return { ok: false, failure: 'hang' };
  const certificate = serverName === undefined ? undefined : cluster.certificateFor(serverName);
  const shown = certificate ? { certificate } : {};
  const route = cluster.route(host, path);
  if (!route) return { ok: true, status: 404, body: 'no such host', ...shown };
  if (route.pods.length === 0) return { ok: true, status: 503, body: 'no endpoint', ...shown };
  if (route.broken) return { ok: true, status: 500, body: 'broken', ...shown };
  return { ok: true, ...healthyAnswer(config, host, path), ...shown };
}

/** An app whose Pods are Ready answers what its configuration calls healthy, on the path of the configuration. */
function healthyAnswer(config: Config, host: string, path: string): { status: number; body: string } {
  const app = config.apps.find(
    ({ endpoint }) => endpoint && [endpoint.main, ...Object.values(endpoint.hosts)].includes(host),
  );
  const health: HealthExpectation | undefined = app?.endpoint?.health;
  if (!health || path !== health.path) return { status: 200, body: 'ok' };
  return { status: health.status, body: health.body ?? 'ok' };
}

/** What `dependencies` and `guard.canaries` name: each answers as expected, from no Region that can be lost. */
export function addDependencies(
  config: Config,
  zones: ReadonlyMap<string, HostedZone>,
  internet: Internet,
  tree: DnsTree,
): void {
  const now = internet.clock.now();
  const outside = [
    ...config.dependencies.map(({ url, expectStatus }) => ({ url, expectStatus })),
    ...config.guard.canaries.map(url => ({ url, expectStatus: 200 })),
  ];
  for (const [index, { url, expectStatus }] of outside.entries()) {
    const { hostname } = new URL(url);
    const address = `203.0.113.${index + 1}`;
    const certificate: Certificate = {
      names: [hostname],
      validFrom: now - YEAR_MS,
      validTo: now + YEAR_MS,
      issuer: 'CN=Rehearsal CA',
      trusted: true,
    };
    const zone = [...zones.values()].find(({ zone: name }) => `${hostname}.`.endsWith(`.${name}`));
    if (zone) zone.seed({ Name: hostname, Type: 'A', TTL: 60, ResourceRecords: [{ Value: address }] });
    else tree.setAddresses(hostname, [address]);
    internet.hosts.set(address, {
      region: 'elsewhere',
      accept: () => ({ ok: true, status: expectStatus, body: '', certificate }),
    });
  }
}
