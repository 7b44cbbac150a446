import type { App, Endpoint, SiteName } from '../../core/config';
import { ClusterUnreachable, LifeboatError } from '../../core/errors';
import { siteOf } from '../../core/flip';
import { unexpected } from '../../core/health';
import type { Certificate, Lookup, Network, WebResult } from '../../core/network';
import type { Sample } from '../../core/verdict';
import { certificateProblem } from '../../core/verification';
import { authoritativeAnswers } from '../adapters/network/authoritative';
import type { Deps } from '../runtime/wire';

const DNS_MS = 2000;
const WEB_MS = 3000;
/** A load balancer may have many addresses; a few tell whether it works. */
const ADDRESSES = 3;

/** One look at an app on a site, and what else was seen on the way. */
export interface SiteLook {
  sample: Sample;
  /** What the site's name leads to. */
  name: Lookup;
  /** What a client of main would be shown there; absent when no handshake came that far. */
  certificate?: Certificate;
}

/**
 * Looks at an app on a site from outside, as a customer of main would be served there: through the addresses of the
 * site's own name, with SNI and Host main.
 */
export async function lookAtSite(
  deps: Deps,
  app: App,
  endpoint: Endpoint,
  site: SiteName,
): Promise<SiteLook> {
  const host = endpoint.hosts[site];
  const name = await deps.network.lookup(host, DNS_MS);
  const at = deps.clock.now();
  if (!name.ok) {
    // No answer from DNS says that we cannot see; a definite "no such name" says that nobody can reach the site.
    const seen = name.failure === 'no-such-name' ? 'bad' : 'unseen';
    return { sample: { at, seen, detail: `DNS for ${host}: ${name.failure}` }, name };
  }
  const results = await Promise.all(
    name.addresses
      .slice(0, ADDRESSES)
      .map(address => ask(deps.network, address, endpoint.main, endpoint.health.path)),
  );
  const until = deps.clock.now();
  const problems = results.map(result => problemOf(result, endpoint, until));
  const where = `https://${endpoint.main} at ${host}`;
  // One address that serves is not an outage; a client's browser tries the others.
  const good = problems.some(text => text === undefined);
  const problem = problems.find(text => text !== undefined) ?? 'no address';
  const certificate = results.flatMap(result => result.certificate ?? [])[0];
  return {
    sample: good
      ? { at, until, seen: 'good', detail: `${where} of ${app.name} answers` }
      : { at, until, seen: 'bad', detail: `${where}: ${problem}` },
    name,
    ...(certificate ? { certificate } : {}),
  };
}

export async function sampleSite(deps: Deps, app: App, endpoint: Endpoint, site: SiteName): Promise<Sample> {
  return (await lookAtSite(deps, app, endpoint, site)).sample;
}

/** Looks at a site's Kubernetes API: the verdict on workers, and a separate signal for everybody else. */
export async function sampleCluster(deps: Deps, site: SiteName): Promise<Sample> {
  const { region, cluster } = deps.config.sites[site];
  const name = `Kubernetes API of ${cluster} in ${region}`;
  try {
    const problem = await (await deps.cluster(site)).api.notReady();
    return {
      at: deps.clock.now(),
      seen: problem ? 'bad' : 'good',
      detail: problem ? `${name}: ${problem}` : `${name} is ready`,
    };
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    // Throttled, forbidden: that is our own trouble and says nothing about the cluster.
    const seen = error instanceof ClusterUnreachable || error.name === 'AwsUnavailable' ? 'bad' : 'unseen';
    return { at: deps.clock.now(), seen, detail: `${name}: ${error.name}` };
  }
}

/** A request to an address as a client of `host` makes it. */
export function ask(network: Network, address: string, host: string, path: string): Promise<WebResult> {
  return network.request({ address, port: 443, serverName: host, host, path, deadlineMs: WEB_MS });
}

/** Requests to the addresses that `via` resolves to, under the name `host`; empty when it resolves to none. */
export async function askThrough(
  network: Network,
  via: string,
  host: string,
  path: string,
): Promise<WebResult[]> {
  return askAs(network, via, { serverName: host, host, path });
}

/** The same, with the name of the handshake and that of the request apart. */
export async function askAs(
  network: Network,
  via: string,
  request: { serverName: string; host: string; path: string },
): Promise<WebResult[]> {
  const found = await network.lookup(via, DNS_MS);
  if (!found.ok) return [];
  return Promise.all(
    found.addresses
      .slice(0, ADDRESSES)
      .map(address => network.request({ address, port: 443, ...request, deadlineMs: WEB_MS })),
  );
}

/** The site that main points to by its authoritative servers; undefined when they disagree or nobody answers. */
export async function mainAt(network: Network, endpoint: Endpoint): Promise<SiteName | undefined> {
  const { sites } = await whereIsMain(network, endpoint);
  return sites.size === 1 ? [...sites][0] : undefined;
}

/**
 * Every site that some authoritative server says main is, while a change spreads more than one; undefined among them is
 * somebody else's name. `known` is false when no server answered: then nothing may be concluded.
 */
export async function whereIsMain(
  network: Network,
  endpoint: Endpoint,
): Promise<{ known: boolean; sites: Set<SiteName | undefined> }> {
  const answers = await authoritativeAnswers(network, endpoint.zone, endpoint.main);
  const answered = answers.filter(answer => answer !== undefined);
  return { known: answered.length > 0, sites: new Set(answered.map(answer => siteOf(endpoint, answer))) };
}

function problemOf(result: WebResult, endpoint: Endpoint, now: number): string | undefined {
  const certificate = result.certificate && certificateProblem(result.certificate, endpoint.main, now);
  if (certificate) return certificate;
  return result.ok ? unexpected(result, endpoint.health) : result.detail;
}
