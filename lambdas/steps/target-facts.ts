import { chooseBackup } from '../../core/backup';
import type { App, SiteName } from '../../core/config';
import { AwsUnavailable, ClusterUnreachable } from '../../core/errors';
import type { TargetFacts } from '../../core/preflight';
import { type SeenReplicas, scalePlan, workloadsOf } from '../../core/workloads';
import type { Cluster } from '../adapters/kubernetes/cluster';
import type { Deps } from '../runtime/wire';
import { askThrough } from './looking';

/** What the cluster as a whole looks like; gathered once for all apps. */
export interface ClusterFacts {
  cluster: Cluster;
  nodes: TargetFacts['nodes'];
  pods: TargetFacts['pods'];
}

const NOTHING: TargetFacts = {
  nodes: [],
  pods: [],
  workloads: [],
  missingWorkloads: [],
  wanted: {},
  ingresses: [],
  services: [],
};

/** @returns the cluster, or why it does not answer */
export async function clusterFacts(
  deps: Deps,
  site: SiteName,
): Promise<ClusterFacts | { unreachable: string }> {
  try {
    const cluster = await deps.cluster(site);
    const [nodes, pods] = await Promise.all([cluster.nodes(), cluster.everyPod()]);
    return { cluster, nodes, pods };
  } catch (error) {
    if (error instanceof ClusterUnreachable || error instanceof AwsUnavailable)
      return { unreachable: error.message };
    throw error;
  }
}

/** Everything that the preflight of one app wants to know of the site that is to be activated. */
export async function targetFacts(
  deps: Deps,
  app: App,
  site: SiteName,
  known: ClusterFacts | { unreachable: string },
  acceptOldBackup: boolean,
): Promise<TargetFacts> {
  if ('unreachable' in known) return { ...NOTHING, unreachable: known.unreachable };
  const { cluster, nodes, pods } = known;
  const [found, autoscalers, ingresses, services, seen] = await Promise.all([
    cluster.workloads(app.namespaces),
    cluster.autoscalers(app.namespaces),
    app.endpoint ? cluster.ingresses(app.namespaces) : [],
    app.endpoint ? cluster.services(app.namespaces) : [],
    seenThere(deps, app, site),
  ]);
  const { present, missing } = workloadsOf(app, found);
  const { wanted } = scalePlan(app, site, present, autoscalers, seen, '');
  return {
    nodes,
    pods,
    workloads: present,
    missingWorkloads: missing,
    wanted,
    ingresses,
    services,
    ...(await handshake(deps, app, site)),
    ...(await dataFacts(deps, app, cluster, acceptOldBackup)),
  };
}

/** How many replicas the other site was last seen to have. */
export async function seenThere(deps: Deps, app: App, site: SiteName): Promise<SeenReplicas> {
  const other: SiteName = site === 'dr' ? 'primary' : 'dr';
  return (await deps.ledger.seen(app.name, other))?.replicas ?? {};
}

async function handshake(deps: Deps, app: App, site: SiteName): Promise<Pick<TargetFacts, 'handshake'>> {
  if (!app.endpoint) return {};
  const { main, hosts, health } = app.endpoint;
  const host = hosts[site];
  // With SNI main through the site's own name: the way that clients will come after the flip.
  const ask = () => askThrough(deps.network, host, main, health.path);
  const [first] = await ask();
  // A lost packet is no wrong certificate: without one, ask once more.
  const [shown] = first?.certificate ? [first] : await ask();
  return { handshake: shown ?? { ok: false, failure: 'unreachable', detail: `${host} does not resolve` } };
}

async function dataFacts(
  deps: Deps,
  app: App,
  cluster: Cluster,
  acceptOldBackup: boolean,
): Promise<Pick<TargetFacts, 'veleroReady' | 'backup'>> {
  if (!app.data) return {};
  const velero = deps.velero(cluster, app);
  const [veleroReady, backups, locations] = await Promise.all([
    velero.ready(),
    velero.backups(),
    velero.locations(),
  ]);
  const backup = chooseBackup(app, app.data, backups, locations, acceptOldBackup, deps.clock.now());
  return { veleroReady, backup };
}
