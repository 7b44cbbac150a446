import type { Zone } from '../../../core/config';
import type { Network } from '../../../core/network';

const DNS_MS = 2000;

/** What each authoritative server of the zone says main is; `undefined` entries gave no answer. */
export async function authoritativeAnswers(
  network: Network,
  zone: Zone,
  main: string,
): Promise<(string | undefined)[]> {
  const servers = await network.nameservers(zone.name, DNS_MS);
  const answers = await Promise.all(servers.map(server => network.authoritativeCname(server, main, DNS_MS)));
  return answers.map(answer => (answer.ok ? (answer.target ?? '') : undefined));
}
