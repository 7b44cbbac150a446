import type { Endpoint } from '../../../core/config';
import { DEADLINES } from '../../../core/deadlines';
import { drillHost, drillIngress } from '../../../core/drill';
import { VerificationFailed } from '../../../core/errors';
import { overdue } from '../../../core/restore';
import { clientProblem } from '../../../core/verification';
import { askAs } from '../looking';
import type { DrillContext } from './step';

/**
 * Through the target's load balancer, as clients will come: the handshake is for main and shows the certificate that
 * they will be shown; the request in it is for a name of the drill's own, and finds the app in the scratch namespace.
 */
export async function verifyPart(context: DrillContext): Promise<string | undefined> {
  const { deps, app, input, startedAt } = context;
  if (!app.endpoint) return undefined;
  const problem = await problemOf(context, app.endpoint);
  if (!problem) return undefined;
  const late = overdue(startedAt, DEADLINES.verify, deps.clock.now());
  const detail = `${app.name} in the drill, asked through ${app.endpoint.hosts[input.run.activate]}: ${problem}.`;
  if (late) throw new VerificationFailed(`${detail} It is ${late}.`);
  return detail;
}

async function problemOf(context: DrillContext, endpoint: Endpoint): Promise<string | undefined> {
  const { deps, app, input, cluster, mapping } = context;
  const { hosts, main, health } = endpoint;
  const host = drillHost(deps.config, app, endpoint);
  const ingress = drillIngress(mapping, endpoint, host, await cluster.ingresses(app.namespaces));
  if (!ingress) return `no Ingress of ${input.run.activate} listens to ${main}`;
  await cluster.createIngress(ingress);
  const via = hosts[input.run.activate];
  const results = await askAs(deps.network, via, { serverName: main, host, path: health.path });
  if (results.length === 0) return `${via} does not resolve`;
  return results.map(result => clientProblem(result, endpoint, deps.clock.now())).find(Boolean);
}
