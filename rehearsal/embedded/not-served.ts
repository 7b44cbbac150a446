import { clientProblem } from '../../core/verification';
import type { Night } from './cloud/night';

/**
 * Asks for every main name once before the night begins. An app that is not served on a quiet day tells nothing about a
 * night, and its owner should know first.
 * @returns a sentence for each app that a customer would not get
 */
export async function notServed(night: Night): Promise<string[]> {
  const { config, internet, clusters, clock } = night;
  const notes: string[] = [];
  for (const app of config.apps) {
    const { endpoint } = app;
    const site = night.mainAt(app)[0];
    const address = site && clusters[site].loadBalancer.addresses[0];
    if (!endpoint || !address) continue;
    const result = await internet.exchange({
      from: 'customers',
      address,
      port: 443,
      serverName: endpoint.main,
      host: endpoint.main,
      path: endpoint.health.path,
      deadlineMs: 3000,
      verify: true,
    });
    const problem = clientProblem(result, endpoint, clock.now());
    if (problem) notes.push(`${app.name} is not served on ${site} even before the night begins: ${problem}`);
  }
  return notes;
}
