import type { Activation } from './admission';
import type { App, Config, Data, Endpoint, SiteName } from './config';
import { siteOf } from './flip';
import { type IngressObject, type Metadata, RESTORE_LABEL, type RestoreObject } from './kubernetes';
import { digest, shortName } from './names';
import { restoreObject, UNDER_WAY } from './restore';
import type { Change } from './workloads';

// A drill restores into namespaces of its own, which stand empty between drills. It has names, a lease and an activation
// of its own, so that a real run never meets it.

/** On a Restore of a drill: a real one does not wait behind it. */
export const DRILL_LABEL = 'lifeboat.dev/drill';

/**
 * The scratch namespace that stands for one of the app's. Two configurations, or two long names, never share one.
 * @example drill-sample-app-3f2a91c0
 */
export function scratchNamespace(config: Pick<Config, 'name'>, namespace: string): string {
  return `drill-${shortName(namespace)}-${digest(`${config.name}/${namespace}`)}`;
}

export type Mapping = Readonly<Record<string, string>>;

/** From each of the app's namespaces to its scratch one. */
export function mappingOf(config: Pick<Config, 'name'>, app: Pick<App, 'namespaces'>): Mapping {
  return Object.fromEntries(
    app.namespaces.map(namespace => [namespace, scratchNamespace(config, namespace)]),
  );
}

/**
 * What a drill brings: what an app needs to run, and nothing that an operator would act upon. A custom resource could
 * order a certificate, a bucket or a DNS record in earnest.
 */
const BROUGHT = [
  'persistentvolumes',
  'persistentvolumeclaims',
  'serviceaccounts',
  'secrets',
  'configmaps',
  'pods',
  'services',
  'deployments.apps',
  'statefulsets.apps',
  'horizontalpodautoscalers.autoscaling',
];

/** One Restore per drill. */
export function drillName(app: App, activation: Pick<Activation, 'id'>): string {
  return `drill-${shortName(app.name)}-${activation.id}`;
}

export function drillRestore(app: App, data: Data, mapping: Mapping, name: string, backup: string) {
  const restore = restoreObject(app, data, name, backup);
  const { metadata, spec } = restore as { metadata: Metadata; spec: Record<string, unknown> };
  return {
    ...restore,
    metadata: { ...metadata, labels: { ...metadata.labels, [DRILL_LABEL]: app.name } },
    spec: {
      ...spec,
      includedResources: BROUGHT,
      excludedResources: data.leaveOut.filter(resource => !BROUGHT.includes(resource)),
      namespaceMapping: mapping,
    },
  };
}

/** The modifiers of a real restore, and what keeps a drill from being seen outside. */
export function drillRules(app: App): object[] {
  const rule = (groupResource: string, patch: object, more: object = {}) => ({
    conditions: { groupResource, namespaces: app.namespaces, ...more },
    mergePatches: [{ patchData: JSON.stringify(patch) }],
  });
  return [
    rule('services', { metadata: { annotations: HIDDEN } }),
    // It would get a load balancer of its own. What belongs to one is not valid without it.
    rule(
      'services',
      {
        spec: {
          type: 'ClusterIP',
          externalTrafficPolicy: null,
          allocateLoadBalancerNodePorts: null,
          loadBalancerClass: null,
          loadBalancerSourceRanges: null,
          healthCheckNodePort: null,
        },
      },
      { matches: [{ path: '/spec/type', value: 'LoadBalancer' }] },
    ),
    // When there is no room for both, the scheduler takes it from the drill.
    ...['deployments.apps', 'statefulsets.apps'].map(kind =>
      rule(kind, { spec: { template: { spec: { priorityClassName: DRILL_PRIORITY } } } }),
    ),
  ];
}

export const DRILL_PRIORITY = 'lifeboat-drill';

/** external-dns passes over what names another controller; its 0.22 has another prefix. */
const HIDDEN = {
  'external-dns.alpha.kubernetes.io/controller': 'none',
  'external-dns.kubernetes.io/controller': 'none',
};

/** Restores of drills that Velero is at: a real one would wait behind them. */
export function drillsUnderWay(restores: readonly RestoreObject[]): string[] {
  return restores
    .filter(
      ({ metadata, status }) => metadata.labels?.[DRILL_LABEL] && UNDER_WAY.includes(status?.phase || 'New'),
    )
    .map(({ metadata }) => metadata.name);
}

/** A real Restore that began behind a drill's, and for which the drill was ended. */
export function realRestoreAfter(
  restores: readonly RestoreObject[],
  drill: RestoreObject,
): string | undefined {
  const since = drill.metadata.creationTimestamp ?? '';
  return restores.find(
    ({ metadata }) => !metadata.labels?.[DRILL_LABEL] && (metadata.creationTimestamp ?? '') >= since,
  )?.metadata.name;
}

/** An object of a scratch namespace as if it stood in the app's own, for the decisions that know only those. */
export function asInApp<T extends { metadata: Metadata }>(mapping: Mapping, object: T): T {
  const real = Object.entries(mapping).find(([, scratch]) => scratch === object.metadata.namespace)?.[0];
  return real === undefined ? object : { ...object, metadata: { ...object.metadata, namespace: real } };
}

/** A change of an object of the app, for its twin in the scratch namespace. */
export function inScratch(mapping: Mapping, change: Change): Change {
  const namespace = mapping[change.namespace] ?? change.namespace;
  return { ...change, namespace, detail: change.detail.replace(`${change.namespace}/`, `${namespace}/`) };
}

/** A name that nobody resolves: it only stands in requests of the drill and in its Ingress. */
export function drillHost(config: Pick<Config, 'name'>, app: App, { zone }: Endpoint): string {
  return `drill-${digest(`${config.name}/${app.name}`)}.${zone.name}`;
}

export const DRILL_INGRESS = 'lifeboat-drill';

/**
 * The Ingress by which a request finds the app in the scratch namespace, made after the one that listens to main.
 * @param ingresses those of the app's own namespaces
 * @returns undefined when none of them listens to main
 */
export function drillIngress(
  mapping: Mapping,
  { main }: Endpoint,
  host: string,
  ingresses: readonly IngressObject[],
): (Record<string, unknown> & { metadata: Metadata & { namespace: string } }) | undefined {
  for (const { metadata, spec } of ingresses) {
    const rule = spec?.rules?.find(each => each.host === main);
    const namespace = mapping[metadata.namespace ?? ''];
    if (!rule || namespace === undefined) continue;
    return {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: {
        name: DRILL_INGRESS,
        namespace,
        annotations: { ...ofController(metadata.annotations), ...HIDDEN },
      },
      spec: {
        ...(spec?.ingressClassName ? { ingressClassName: spec.ingressClassName } : {}),
        // Without a Secret: it is reached by TLS, with whatever certificate the controller has.
        tls: [{ hosts: [host] }],
        rules: [{ ...rule, host }],
      },
    };
  }
  return undefined;
}

/** What tells the ingress controller how to serve, without what others act upon. */
function ofController(annotations: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).filter(
      ([key]) =>
        !/(^|\.)(external-dns|cert-manager|acme|argocd|argoproj|kubectl)\b/.test(key) &&
        !key.startsWith('lifeboat.dev/') &&
        !key.startsWith('kubectl.kubernetes.io/'),
    ),
  );
}

/** What a real flip would change, as a diff; found by asking, and nothing is written. */
export function dnsDiff(
  endpoint: Endpoint,
  activate: SiteName,
  answers: readonly (string | undefined)[],
): string[] {
  const { main, hosts, ttlSeconds } = endpoint;
  const found = [...new Set(answers.filter(answer => answer !== undefined))];
  if (found.length === 0) return [`${main}: no name server of ${endpoint.zone.name} answers.`];
  const [target = ''] = found;
  if (found.length > 1) return [`${main}: the name servers disagree (${found.join(', ')}).`];
  if (siteOf(endpoint, target) === undefined)
    return [`${main} is ${target || 'no CNAME'}: a flip would refuse to touch it.`];
  return [`- ${main} CNAME ${target}`, `+ ${main} CNAME ${hosts[activate]} (TTL ${ttlSeconds} s)`];
}

/** All that a restore brought carries Velero's label; what Kubernetes made from it goes with it. */
export const BROUGHT_SELECTOR = RESTORE_LABEL;
