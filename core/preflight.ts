import type { BackupChoice } from './backup';
import type { App, Dependency, SiteName } from './config';
import { spoken } from './duration';
import type { IngressObject, NodeObject, PodObject, ServiceObject, WorkloadObject } from './kubernetes';
import type { WebResult } from './network';
import { freeRoom, neededRoom, readyNodes } from './room';
import { certificateProblem } from './verification';

/** An `error` keeps the app from moving; a `warning` is told and goes along. */
export interface Finding {
  check: CheckName;
  level: 'error' | 'warning';
  detail: string;
}

export type CheckName =
  | 'api'
  | 'nodes'
  | 'room'
  | 'workloads'
  | 'images'
  | 'ingress'
  | 'certificate'
  | 'velero'
  | 'backup'
  | 'other-site'
  | 'dependencies';

/** What was seen of the target. A field is absent when the app has no use for it. */
export interface TargetFacts {
  /** Why the Kubernetes API did not answer; then nothing else of the cluster is known. */
  unreachable?: string;
  nodes: NodeObject[];
  /** Every pod of the cluster, for the room. */
  pods: PodObject[];
  workloads: WorkloadObject[];
  missingWorkloads: string[];
  /** By workload key. */
  wanted: Record<string, number>;
  ingresses: IngressObject[];
  services: ServiceObject[];
  /** A TLS handshake with the target's load balancer, SNI main. */
  handshake?: WebResult;
  /** Whether a Velero server with a Ready pod is there. */
  veleroReady?: boolean;
  backup?: BackupChoice;
}

export interface DependencyFact {
  dependency: Dependency;
  result: WebResult;
}

/**
 * Whether the target is ready for the app.
 * @param leaveRegion the Region of the other site: images from its registry may not be had any more
 * @param now milliseconds since the epoch
 */
export function preflight(
  app: App,
  site: SiteName,
  leaveRegion: string,
  facts: TargetFacts,
  now: number,
): Finding[] {
  if (facts.unreachable) {
    return [error('api', `The Kubernetes API of ${site} does not answer: ${facts.unreachable}.`)];
  }
  return [
    ...nodeFindings(facts),
    ...workloadFindings(app, facts),
    ...imageFindings(app, site, leaveRegion, facts),
    ...ingressFindings(app, site, facts),
    ...certificateFindings(app, facts, now),
    ...dataFindings(app, facts),
  ];
}

/** Whether what lies outside of the cluster works from here. Judged once per run, for all apps. */
export function dependencyFindings(facts: readonly DependencyFact[]): Finding[] {
  return facts.flatMap(({ dependency: { name, url, expectStatus }, result }) => {
    if (!result.ok) return [warning('dependencies', `${name} (${url}) does not answer: ${result.detail}.`)];
    if (result.status === expectStatus) return [];
    return [
      warning('dependencies', `${name} (${url}) answers ${result.status} where ${expectStatus} is expected.`),
    ];
  });
}

function nodeFindings({ nodes, pods, workloads, wanted }: TargetFacts): Finding[] {
  const ready = readyNodes(nodes);
  if (ready.length === 0) return [error('nodes', `None of ${nodes.length} nodes is Ready.`)];
  const free = freeRoom(nodes, pods);
  const needed = neededRoom(workloads, wanted);
  // A warning only: Karpenter or the cluster autoscaler may well bring the nodes when the pods ask for them.
  const short = [
    needed.cpu > free.cpu ? `${needed.cpu.toFixed(1)} cores are needed, ${free.cpu.toFixed(1)} are free` : '',
    needed.memory > free.memory
      ? `${gibibytes(needed.memory)} of memory are needed, ${gibibytes(free.memory)} are free`
      : '',
  ].filter(Boolean);
  return short.length > 0 ? [warning('room', `${short.join('; ')}; the nodes must grow first.`)] : [];
}

function workloadFindings(app: App, { workloads, missingWorkloads }: TargetFacts): Finding[] {
  // With data, Velero may bring what is missing; without, nobody will.
  const level = app.data ? warning : error;
  if (missingWorkloads.length > 0)
    return [level('workloads', `Not in the cluster: ${missingWorkloads.join(', ')}.`)];
  if (workloads.length === 0)
    return [level('workloads', `No workload in namespace ${app.namespaces.join(', ')}.`)];
  return [];
}

function imageFindings(
  app: App,
  site: SiteName,
  leaveRegion: string,
  { workloads, pods }: TargetFacts,
): Finding[] {
  const rewritten = Object.keys(app.data?.images[site] ?? {});
  const lost = new Set(
    workloads.flatMap(imagesOf).filter(image => {
      const registry = image.split('/')[0] ?? '';
      return registry.includes(`.${leaveRegion}.`) && !rewritten.some(prefix => image.includes(prefix));
    }),
  );
  const stuck = pods
    .filter(({ metadata }) => app.namespaces.includes(metadata.namespace ?? ''))
    .flatMap(pullProblem);
  return [
    ...[...lost].map(image => warning('images', `${image} comes from the registry of ${leaveRegion}.`)),
    ...stuck.map(detail => warning('images', detail)),
  ];
}

function imagesOf({ spec }: WorkloadObject): string[] {
  const pod = spec.template?.spec ?? spec.jobTemplate?.spec?.template?.spec;
  return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])].flatMap(({ image }) => image ?? []);
}

function pullProblem({ metadata, status }: PodObject): string[] {
  const waiting = status?.containerStatuses?.map(({ state }) => state?.waiting).find(isPullProblem);
  return waiting
    ? [`Pod ${metadata.namespace}/${metadata.name}: ${waiting.reason} ${waiting.message ?? ''}`.trim()]
    : [];
}

function isPullProblem(waiting: { reason?: string } | undefined): boolean {
  return waiting?.reason === 'ErrImagePull' || waiting?.reason === 'ImagePullBackOff';
}

function ingressFindings(app: App, site: SiteName, { ingresses, services }: TargetFacts): Finding[] {
  if (!app.endpoint) return [];
  const { main, hosts } = app.endpoint;
  const known = new Set(services.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  const mainBackends = backends(ingresses, main);
  const siteBackends = backends(ingresses, hosts[site]);
  if (mainBackends.size === 0) return [error('ingress', `No Ingress of ${site} listens to ${main}.`)];
  const dangling = [...mainBackends].filter(backend => !known.has(backend));
  if (dangling.length > 0)
    return [
      error(
        'ingress',
        `The Ingress for ${main} leads to Service ${dangling.join(', ')}, which is not there.`,
      ),
    ];
  if (siteBackends.size === 0)
    return [warning('ingress', `No Ingress of ${site} listens to ${hosts[site]}.`)];
  const differ = [...mainBackends].some(backend => !siteBackends.has(backend));
  return differ
    ? [warning('ingress', `The Ingresses for ${main} and ${hosts[site]} lead to different Services.`)]
    : [];
}

/** `namespace/service` of every backend of a host. */
function backends(ingresses: readonly IngressObject[], host: string): Set<string> {
  return new Set(
    ingresses.flatMap(({ metadata, spec }) =>
      (spec?.rules ?? [])
        .filter(rule => rule.host === host)
        .flatMap(rule => rule.http?.paths ?? [])
        .flatMap(({ backend }) =>
          backend?.service ? [`${metadata.namespace}/${backend.service.name}`] : [],
        ),
    ),
  );
}

function certificateFindings(app: App, { handshake }: TargetFacts, now: number): Finding[] {
  if (!app.endpoint || !handshake) return [];
  const { certificate } = handshake;
  if (!certificate) {
    return [
      error(
        'certificate',
        `No TLS handshake with the load balancer: ${handshake.ok ? 'it answered without TLS' : handshake.detail}.`,
      ),
    ];
  }
  const problem = certificateProblem(certificate, app.endpoint.main, now);
  if (problem)
    return [
      error(
        'certificate',
        `A client of ${app.endpoint.main} would be shown a wrong certificate: ${problem}.`,
      ),
    ];
  const leftSeconds = (certificate.validTo - now) / 1000;
  if (leftSeconds > 14 * 86_400) return [];
  return [
    warning('certificate', `The certificate for ${app.endpoint.main} expires in ${spoken(leftSeconds)}.`),
  ];
}

function dataFindings(app: App, { veleroReady, backup }: TargetFacts): Finding[] {
  if (!app.data) return [];
  if (!veleroReady)
    return [error('velero', `No Velero server is ready in namespace ${app.data.veleroNamespace}.`)];
  return backup?.ok === false ? [error('backup', backup.reason)] : [];
}

function error(check: CheckName, detail: string): Finding {
  return { check, level: 'error', detail };
}

function warning(check: CheckName, detail: string): Finding {
  return { check, level: 'warning', detail };
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
