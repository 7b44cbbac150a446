import type { App, Config, Data, SiteName } from '../core/config';
import type { FunctionName } from '../core/phases';
import { IMAGE_NAMES } from '../core/restore';

export type RbacRule =
  | { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] }
  | { nonResourceURLs: string[]; verbs: string[] };

// A list is a list of a whole namespace, as Kubernetes has no other; what is read or written by name is bound to
// that name wherever the configuration knows it.

const workloads = (...verbs: string[]): RbacRule[] => [
  { apiGroups: ['apps'], resources: ['deployments', 'statefulsets'], verbs },
  { apiGroups: ['batch'], resources: ['cronjobs'], verbs },
];
const autoscalers = (...verbs: string[]): RbacRule => ({
  apiGroups: ['autoscaling'],
  resources: ['horizontalpodautoscalers'],
  verbs,
});
const core = (resources: string[], ...verbs: string[]): RbacRule => ({ apiGroups: [''], resources, verbs });
const velero = (resources: string[], ...verbs: string[]): RbacRule => ({
  apiGroups: ['velero.io'],
  resources,
  verbs,
});

/** What a step may do to the cluster as a whole, and why no Role is narrow enough to say it. */
export function clusterRules(step: FunctionName, config: Config): { rules: RbacRule[]; why: string } {
  switch (step) {
    case 'assess':
    case 'guard':
      return {
        rules: [{ nonResourceURLs: ['/readyz'], verbs: ['get'] }],
        why: 'Asks whether the API server is ready; a URL that is no resource belongs to no namespace.',
      };
    case 'preflight':
      return {
        rules: [core(['nodes', 'pods'], 'list')],
        why: 'Counts what room the nodes have left: nodes belong to no namespace, and the pods of every one take room.',
      };
    case 'restore':
      // Bound to no names: the cluster gives a volume its name when it makes it.
      return {
        rules: config.apps.some(({ data }) => data) ? [core(['persistentvolumes'], 'patch')] : [],
        why: 'Lets the volumes of old claims outlive them, in case that they hold the last writes; volumes belong to no namespace.',
      };
    default:
      return { rules: [], why: '' };
  }
}

/** What a step may do in a namespace of these apps. */
export function appNamespaceRules(step: FunctionName, apps: readonly App[]): RbacRule[] {
  switch (step) {
    case 'preflight':
      return [
        ...workloads('list'),
        autoscalers('list'),
        // Of apps with a main name only.
        ...(apps.some(({ endpoint }) => endpoint)
          ? [
              { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['list'] },
              core(['services'], 'list'),
            ]
          : []),
      ];
    case 'fence':
      // A switchover waits until nobody writes any more.
      return [...workloads('list', 'patch'), core(['pods'], 'list')];
    case 'backup':
      // Who may create a Pod may read what a Pod may mount there, Secrets too. Of apps with data only.
      return apps.some(({ data }) => data)
        ? [
            ...workloads('list'),
            core(['pods'], 'list', 'create', 'delete'),
            core(['persistentvolumeclaims'], 'list'),
          ]
        : [];
    case 'guard':
      return workloads('list', 'patch');
    case 'restore':
      // A stateless app has nothing to clear the way for.
      return apps.some(({ data }) => data)
        ? [...workloads('list', 'patch'), core(['pods', 'persistentvolumeclaims'], 'list', 'delete')]
        : [];
    case 'scale':
      return [...workloads('list', 'patch'), autoscalers('list', 'patch'), core(['pods'], 'list')];
    case 'drill':
      // Its own Ingress is made after that of main.
      return apps.some(({ data, endpoint }) => data && endpoint)
        ? [{ apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['list'] }]
        : [];
    case 'rollback':
      return [
        ...workloads('list', 'patch'),
        autoscalers('list', 'patch'),
        ...(apps.some(({ data }) => data) ? [core(['pods'], 'list', 'delete')] : []),
      ];
    default:
      return [];
  }
}

/** What a step may do in the namespace of the Velero that moves these data. */
export function veleroNamespaceRules(step: FunctionName, data: readonly Data[], site: SiteName): RbacRule[] {
  switch (step) {
    case 'preflight':
      return [velero(['backups', 'backupstoragelocations'], 'list'), server(), ...schedules(data, 'get')];
    case 'backup':
      return [
        server(),
        velero(['backups'], 'get', 'create'),
        velero(['podvolumebackups'], 'list'),
        ...schedules(data, 'get'),
      ];
    case 'restore':
      return [server(), velero(['backups', 'backupstoragelocations'], 'list'), ...restoring(data, site)];
    case 'drill':
      return [server(), ...restoring(data, site)];
    case 'cleanup':
      return [velero(['restores'], 'list'), velero(['podvolumerestores'], 'list', 'patch')];
    case 'fence':
    case 'guard':
    case 'scale':
    case 'rollback':
      return schedules(data, 'get', 'patch');
    default:
      return [];
  }
}

/**
 * Who may create a Restore may bring in whatever Velero may, which is everything: Velero has no users of its own. That is
 * why these steps have roles and groups of their own. They end the restores of drills that stand in their way.
 */
function restoring(data: readonly Data[], site: SiteName): RbacRule[] {
  return [
    velero(['restores'], 'get', 'list', 'create'),
    velero(['podvolumerestores'], 'list', 'patch'),
    ...configMaps(data, site),
  ];
}

/** What a step may do in a scratch namespace, which holds nothing but what a drill has brought. */
export function scratchNamespaceRules(step: FunctionName): RbacRule[] {
  const ingresses = (...verbs: string[]): RbacRule => ({
    apiGroups: ['networking.k8s.io'],
    resources: ['ingresses'],
    verbs,
  });
  switch (step) {
    case 'drill':
      return [
        ...workloads('list', 'patch'),
        autoscalers('patch'),
        ingresses('create', 'delete'),
        ...emptying(),
      ];
    case 'cleanup':
      return [ingresses('delete'), ...emptying()];
    default:
      return [];
  }
}

function emptying(): RbacRule[] {
  return [
    { apiGroups: ['apps'], resources: ['deployments', 'statefulsets'], verbs: ['list', 'delete'] },
    autoscalers('list', 'delete'),
    core(['services', 'pods', 'persistentvolumeclaims'], 'list', 'delete'),
    core(['secrets', 'configmaps', 'serviceaccounts'], 'deletecollection'),
  ];
}

function server(): RbacRule {
  return { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['velero'], verbs: ['get'] };
}

/** A restore's modifiers are a ConfigMap under the restore's name: created, never read. A name does not bind `create`. */
function configMaps(data: readonly Data[], site: SiteName): RbacRule[] {
  const rewrites = data.some(({ images }) => Object.keys(images[site]).length > 0);
  if (!rewrites) return [core(['configmaps'], 'create')];
  return [
    core(['configmaps'], 'list', 'create'),
    { apiGroups: [''], resources: ['configmaps'], resourceNames: [IMAGE_NAMES], verbs: ['patch'] },
  ];
}

function schedules(data: readonly Data[], ...verbs: string[]): RbacRule[] {
  const names = data.flatMap(({ source }) => ('schedule' in source ? source.schedule : []));
  if (names.length === 0) return [];
  return [
    {
      apiGroups: ['velero.io'],
      resources: ['schedules'],
      resourceNames: [...new Set(names)].sort(),
      verbs,
    },
  ];
}
