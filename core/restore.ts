import type { Activation } from './admission';
import type { App, Data, SiteName } from './config';
import { spoken } from './duration';
import { ANNOTATIONS, CARRIER_LABEL, type RestoreObject } from './kubernetes';
import { shortName } from './names';

/**
 * What a failover must not carry over: names and certificates belong to a cluster, and Jobs or events of the lost
 * one would start work before its data is there. ReplicaSets come with their Deployments.
 */
export const NEVER_RESTORED = [
  'ingresses.networking.k8s.io',
  'certificates.cert-manager.io',
  'certificaterequests.cert-manager.io',
  'orders.acme.cert-manager.io',
  'challenges.acme.cert-manager.io',
  'jobs.batch',
  'replicasets.apps',
  'endpoints',
  'endpointslices.discovery.k8s.io',
  'events',
  'events.events.k8s.io',
];

/** One name per app and activation, so that a second run finds the restore of the first. */
export function restoreName(app: App, activation: Pick<Activation, 'id'>): string {
  // Velero puts the name into a label: at most 63 characters.
  return `lifeboat-${shortName(app.name)}-${activation.id}`;
}

/** The Restore object. */
export function restoreObject(app: App, data: Data, name: string, backup: string): Record<string, unknown> {
  return {
    apiVersion: 'velero.io/v1',
    kind: 'Restore',
    metadata: {
      name,
      namespace: data.veleroNamespace,
      labels: { 'lifeboat.dev/app': app.name },
      // Without it Velero waits four hours for a Pod that never starts; before our own deadline it must say so itself.
      annotations: { 'velero.io/pod-volume-timeout': `${Math.floor(data.deadlineSeconds * 0.9)}s` },
    },
    spec: {
      backupName: backup,
      includedNamespaces: app.namespaces,
      excludedResources: [...NEVER_RESTORED, ...data.leaveOut],
      // TLS Secrets that cert-manager keeps carry this label since its 1.9; each site has its own. Others that are
      // there already are left alone, since an existing object is never overwritten.
      labelSelector: {
        matchExpressions: [{ key: 'controller.cert-manager.io/fao', operator: 'DoesNotExist' }],
      },
      restorePVs: true,
      existingResourcePolicy: 'none',
      itemOperationTimeout: `${data.deadlineSeconds}s`,
      resourceModifier: { kind: 'configmap', name },
    },
  };
}

/** The resource modifiers of the restore, as the ConfigMap that Velero reads them from. */
export function modifiersConfigMap(
  app: App,
  data: Data,
  activate: SiteName,
  name: string,
  veleroImage: string,
  more: readonly object[] = [],
): Record<string, unknown> {
  const own = modifierRules(data, activate, name, veleroImage).map(
    ({ groupResource, matches, mergePatches }) => ({
      conditions: { groupResource, namespaces: app.namespaces, ...(matches ? { matches } : {}) },
      mergePatches: mergePatches.map(patch => ({ patchData: JSON.stringify(patch) })),
    }),
  );
  const rules = [...own, ...more];
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: data.veleroNamespace, labels: { 'lifeboat.dev/app': app.name } },
    // Exactly one entry, or Velero refuses it. JSON is YAML.
    data: { 'modifiers.yaml': JSON.stringify({ version: 'v1', resourceModifierRules: rules }) },
  };
}

interface ModifierRule {
  groupResource: string;
  matches?: { path: string; value: string }[];
  mergePatches: Record<string, unknown>[];
}

/**
 * Merge patches throughout: a JSON patch that removes what is not there is an error of the restore.
 */
function modifierRules(data: Data, activate: SiteName, name: string, veleroImage: string): ModifierRule[] {
  const labels = data.labels[activate];
  return [
    // A claim that still names the other cluster's volume waits for it for ever.
    { groupResource: 'persistentvolumeclaims', mergePatches: [{ spec: { volumeName: null } }] },
    ...Object.entries(data.storageClasses[activate]).map(([from, to]) => ({
      groupResource: 'persistentvolumeclaims',
      matches: [{ path: '/spec/storageClassName', value: from }],
      mergePatches: [{ spec: { storageClassName: to } }],
    })),
    carrierRule(name, veleroImage),
    // At rest until the data is there; Scale wakes them. What Lifeboat marked on the other site speaks of that site.
    { groupResource: 'deployments.apps', mergePatches: [{ metadata: UNMARKED, spec: { replicas: 0 } }] },
    { groupResource: 'statefulsets.apps', mergePatches: [{ metadata: UNMARKED, spec: { replicas: 0 } }] },
    { groupResource: 'cronjobs.batch', mergePatches: [{ metadata: UNMARKED, spec: { suspend: true } }] },
    ...(Object.keys(labels).length > 0
      ? LABELLED.map(groupResource => ({ groupResource, mergePatches: [{ metadata: { labels } }] }))
      : []),
  ];
}

const UNMARKED = {
  annotations: Object.fromEntries(Object.values(ANNOTATIONS).map(mark => [mark, null])),
};

const LABELLED = [
  'persistentvolumeclaims',
  'configmaps',
  'secrets',
  'services',
  'serviceaccounts',
  'deployments.apps',
  'statefulsets.apps',
  'cronjobs.batch',
  'horizontalpodautoscalers.autoscaling',
];

/**
 * File-system backups come back through Pods: Velero gives the restored Pod an init container that waits for its
 * volumes. With its labels on, the Pod would be adopted by the standby's Deployment of 0 replicas and killed in the
 * middle; with its containers in, the app would run before it is its turn. So the Pod comes without either: it
 * carries the volumes in, and is deleted when the restore is done.
 */
function carrierRule(name: string, veleroImage: string): ModifierRule {
  return {
    groupResource: 'pods',
    mergePatches: [
      { metadata: { labels: null } },
      {
        metadata: { labels: { [CARRIER_LABEL]: name } },
        spec: {
          restartPolicy: 'Never',
          // Rules about where pods of the app may stand speak of labels that the carrier does not have.
          affinity: null,
          topologySpreadConstraints: null,
          containers: [
            { name: 'carrier', image: veleroImage, command: ['/velero', 'version', '--client-only'] },
          ],
        },
      },
    ],
  };
}

/** The ConfigMap of Velero's own image-name action: resource modifiers cannot replace a prefix. One per cluster. */
export const IMAGE_NAMES = 'lifeboat-image-names';
export const IMAGE_NAMES_SELECTOR = 'velero.io/plugin-config,velero.io/change-image-name=RestoreItemAction';

/** @param rewrites registry prefixes of every app: Velero takes one such ConfigMap per cluster */
export function imageNamesConfigMap(
  veleroNamespace: string,
  rewrites: Record<string, string>,
): Record<string, unknown> {
  const rows = Object.entries(rewrites).sort(([a], [b]) => a.localeCompare(b));
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: IMAGE_NAMES,
      namespace: veleroNamespace,
      labels: { 'velero.io/plugin-config': '', 'velero.io/change-image-name': 'RestoreItemAction' },
    },
    data: Object.fromEntries(rows.map(([from, to], index) => [`rewrite${index}`, `${from},${to}`])),
  };
}

// Velero 1.18, pkg/apis/velero/v1/restore_types.go.
export const UNDER_WAY = [
  'New',
  'InProgress',
  'WaitingForPluginOperations',
  'WaitingForPluginOperationsPartiallyFailed',
  'Finalizing',
  'FinalizingPartiallyFailed',
];
const FAILED = ['FailedValidation', 'PartiallyFailed', 'Failed'];

export type RestoreState =
  | { word: 'under-way'; detail: string }
  | { word: 'done'; detail: string }
  | { word: 'failed'; detail: string };

/** Success is exactly `Completed`; `PartiallyFailed` only where the configuration says so. */
export function judgeRestore(
  { metadata, status }: RestoreObject,
  policy: Data['partiallyFailed'],
): RestoreState {
  const phase = status?.phase || 'New';
  const counts = `${status?.warnings ?? 0} warnings, ${status?.errors ?? 0} errors`;
  if (phase === 'Completed')
    return { word: 'done', detail: `Restore ${metadata.name} is Completed (${counts}).` };
  if (phase === 'PartiallyFailed' && policy === 'accept') {
    return {
      word: 'done',
      detail: `Restore ${metadata.name} is PartiallyFailed (${counts}), which the configuration accepts.`,
    };
  }
  if (FAILED.includes(phase)) {
    const why = [status?.failureReason, ...(status?.validationErrors ?? [])].filter(Boolean).join('; ');
    return {
      word: 'failed',
      detail: `Restore ${metadata.name} is ${phase} (${counts})${why ? `: ${why}` : ''}.`,
    };
  }
  const { itemsRestored = 0, totalItems } = status?.progress ?? {};
  const items = totalItems === undefined ? '' : `, ${itemsRestored} of ${totalItems} items`;
  const unknown = UNDER_WAY.includes(phase) ? '' : ' (a phase that Velero 1.18 does not have)';
  return { word: 'under-way', detail: `Restore ${metadata.name} is ${phase}${unknown}${items}.` };
}

/**
 * Since when a restore's deadline counts. Velero restores one after the other: the time in the queue behind others is
 * not this restore's, as long as the queue moves.
 * @param phaseStartedAt when the run asked for it, in ms since the epoch
 * @returns ms since the epoch; undefined while it waits behind others
 */
export function restoreClock(
  restore: RestoreObject,
  others: readonly RestoreObject[],
  phaseStartedAt: number,
): number | undefined {
  const started = Date.parse(restore.status?.startTimestamp ?? '');
  if (!Number.isNaN(started)) return Math.max(started, phaseStartedAt);
  const ahead = others.some(
    ({ metadata, status }) =>
      metadata.name !== restore.metadata.name &&
      UNDER_WAY.includes(status?.phase ?? '') &&
      status?.phase !== 'New',
  );
  return ahead ? undefined : phaseStartedAt;
}

export function overdue(startedAt: number, deadlineSeconds: number, now: number): string | undefined {
  const elapsed = (now - startedAt) / 1000;
  if (elapsed <= deadlineSeconds) return undefined;
  return `not done after ${spoken(elapsed)}, the deadline is ${spoken(deadlineSeconds)}`;
}
