import { at, list, record, text } from './json';
import type { KubeObject, ResourceType } from './object';

/** `kind plural`, `-` for cluster-scoped, `/s` for a status subresource: as `kubectl api-resources` would say. */
const BUILT_IN: Record<string, string[]> = {
  v1: [
    'Namespace namespaces -/s',
    'Node nodes -/s',
    'PersistentVolume persistentvolumes -/s',
    'PersistentVolumeClaim persistentvolumeclaims /s',
    'Pod pods /s',
    'Service services /s',
    'ReplicationController replicationcontrollers /s',
    'ResourceQuota resourcequotas /s',
    'ConfigMap configmaps',
    'Secret secrets',
    'ServiceAccount serviceaccounts',
    'Endpoints endpoints',
    'Event events',
    'LimitRange limitranges',
    'PodTemplate podtemplates',
  ],
  'apps/v1': [
    'Deployment deployments /s',
    'ReplicaSet replicasets /s',
    'StatefulSet statefulsets /s',
    'DaemonSet daemonsets /s',
    'ControllerRevision controllerrevisions',
  ],
  'batch/v1': ['Job jobs /s', 'CronJob cronjobs /s'],
  // Served beside v2 until today, with targetCPUUtilizationPercentage in place of metrics.
  'autoscaling/v1': ['HorizontalPodAutoscaler horizontalpodautoscalers /s'],
  'autoscaling/v2': ['HorizontalPodAutoscaler horizontalpodautoscalers /s'],
  'networking.k8s.io/v1': [
    'Ingress ingresses /s',
    'IngressClass ingressclasses -',
    'NetworkPolicy networkpolicies',
  ],
  'policy/v1': ['PodDisruptionBudget poddisruptionbudgets /s'],
  'rbac.authorization.k8s.io/v1': [
    'ClusterRole clusterroles -',
    'ClusterRoleBinding clusterrolebindings -',
    'Role roles',
    'RoleBinding rolebindings',
  ],
  'storage.k8s.io/v1': [
    'StorageClass storageclasses -',
    'CSIDriver csidrivers -',
    'CSINode csinodes -',
    'VolumeAttachment volumeattachments -/s',
    'CSIStorageCapacity csistoragecapacities',
  ],
  'coordination.k8s.io/v1': ['Lease leases'],
  'discovery.k8s.io/v1': ['EndpointSlice endpointslices'],
  'scheduling.k8s.io/v1': ['PriorityClass priorityclasses -'],
  'admissionregistration.k8s.io/v1': [
    'MutatingWebhookConfiguration mutatingwebhookconfigurations -',
    'ValidatingWebhookConfiguration validatingwebhookconfigurations -',
  ],
  'apiregistration.k8s.io/v1': ['APIService apiservices -/s'],
  'apiextensions.k8s.io/v1': ['CustomResourceDefinition customresourcedefinitions -/s'],
};

/**
 * CRDs that a cluster can have without a manifest being loaded. Velero's have no status subresource
 * (config/crd/v1/bases of velero 1.18 says `subresources: {}`), cert-manager's all have one.
 */
const WELL_KNOWN: Record<string, Record<string, string[]>> = {
  velero: {
    'velero.io/v1': [
      'Backup backups',
      'BackupRepository backuprepositories',
      'BackupStorageLocation backupstoragelocations',
      'DeleteBackupRequest deletebackuprequests',
      'DownloadRequest downloadrequests',
      'PodVolumeBackup podvolumebackups',
      'PodVolumeRestore podvolumerestores',
      'Restore restores',
      'Schedule schedules',
      'ServerStatusRequest serverstatusrequests',
      'VolumeSnapshotLocation volumesnapshotlocations',
    ],
    'velero.io/v2alpha1': ['DataUpload datauploads', 'DataDownload datadownloads'],
  },
  'cert-manager': {
    'cert-manager.io/v1': [
      'Certificate certificates /s',
      'CertificateRequest certificaterequests /s',
      'Issuer issuers /s',
      'ClusterIssuer clusterissuers -/s',
    ],
    'acme.cert-manager.io/v1': ['Order orders /s', 'Challenge challenges /s'],
  },
};

export type WellKnownCrds = 'velero' | 'cert-manager';

export function groupVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  if (slash === -1) return { group: '', version: apiVersion };
  return { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

export function apiVersionOf(type: ResourceType): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

function parse(apiVersion: string, line: string): ResourceType {
  const [kind = '', resource = '', flags = ''] = line.split(' ');
  return {
    ...groupVersion(apiVersion),
    kind,
    resource,
    namespaced: !flags.includes('-'),
    statusSubresource: flags.includes('/s'),
  };
}

function parseAll(table: Record<string, string[]>): ResourceType[] {
  return Object.entries(table).flatMap(([apiVersion, lines]) => lines.map(line => parse(apiVersion, line)));
}

export const builtInTypes: readonly ResourceType[] = parseAll(BUILT_IN);

const BUILT_IN_GROUPS = new Set(builtInTypes.map(type => type.group));

/** Strategic merge patches, typed list items and so on are for compiled-in kinds only, not for CRDs. */
export function isBuiltIn(type: Pick<ResourceType, 'group'>): boolean {
  return BUILT_IN_GROUPS.has(type.group);
}

/** Which well-known CRDs serve the apiVersion and kind, if any do. */
export function wellKnownFor(apiVersion: string, kind: string): WellKnownCrds | undefined {
  const names: WellKnownCrds[] = ['velero', 'cert-manager'];
  return names.find(name => WELL_KNOWN[name]?.[apiVersion]?.some(line => line.startsWith(`${kind} `)));
}

/** The CustomResourceDefinition objects of Velero or cert-manager, as their installation creates them. */
export function wellKnownCrds(name: WellKnownCrds): KubeObject[] {
  return parseAll(WELL_KNOWN[name] ?? {}).map(crdOf);
}

function crdOf(type: ResourceType): KubeObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${type.resource}.${type.group}` },
    spec: {
      group: type.group,
      scope: type.namespaced ? 'Namespaced' : 'Cluster',
      names: {
        kind: type.kind,
        plural: type.resource,
        singular: type.kind.toLowerCase(),
        listKind: `${type.kind}List`,
      },
      versions: [
        {
          name: type.version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          ...(type.statusSubresource ? { subresources: { status: {} } } : {}),
        },
      ],
    },
  };
}

/** The types that a CustomResourceDefinition serves. */
export function typesOfCrd(crd: KubeObject): ResourceType[] {
  const spec = record(crd.spec);
  return list(spec.versions)
    .map(record)
    .filter(version => version.served !== false)
    .map(version => ({
      group: text(spec.group) ?? '',
      version: text(version.name) ?? '',
      kind: text(at(spec, 'names', 'kind')) ?? '',
      resource: text(at(spec, 'names', 'plural')) ?? '',
      namespaced: spec.scope === 'Namespaced',
      statusSubresource: at(version, 'subresources', 'status') !== undefined,
    }));
}

/**
 * A type for a kind of which only the name is known. The plural follows English, as authors of CRDs do;
 * `Cluster…` is their custom for cluster-scoped kinds.
 */
export function guessedType(apiVersion: string, kind: string): ResourceType {
  const singular = kind.toLowerCase();
  const resource = /(s|x|ch|sh)$/.test(singular)
    ? `${singular}es`
    : singular.endsWith('y')
      ? `${singular.slice(0, -1)}ies`
      : `${singular}s`;
  return {
    ...groupVersion(apiVersion),
    kind,
    resource,
    namespaced: !kind.startsWith('Cluster'),
    statusSubresource: true,
  };
}
