import type { Network, WebResult } from '../../core/network';
import type { DependencyFact } from '../../core/preflight';
import type { Deps } from '../runtime/wire';

const DEADLINE_MS = 3000;

/** Asks everything that must work from this Region, all at once. */
export function askDependencies(deps: Deps): Promise<DependencyFact[]> {
  return Promise.all(
    deps.config.dependencies.map(async dependency => ({
      dependency,
      result: await askUrl(deps.network, dependency.url),
    })),
  );
}

/** One request to the first address of a URL's host. */
export async function askUrl(network: Network, url: string): Promise<WebResult> {
  const { protocol, hostname, port, pathname, search } = new URL(url);
  const found = await network.lookup(hostname, DEADLINE_MS);
  const address = found.ok ? found.addresses[0] : undefined;
  if (!address) {
    return {
      ok: false,
      failure: 'unreachable',
      detail: found.ok ? `${hostname} has no address` : found.detail,
    };
  }
  return network.request({
    address,
    port: port ? Number(port) : protocol === 'https:' ? 443 : 80,
    host: hostname,
    path: pathname + search,
    deadlineMs: DEADLINE_MS,
    ...(protocol === 'https:' ? { serverName: hostname } : {}),
  });
}
