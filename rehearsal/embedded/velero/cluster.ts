import type { KubeObject, ObjectStore, ResourceType } from '../kubernetes/object';
import { type Fields, fields } from './json';

/** Short names that kubectl and Velero's discovery know (API discovery of Kubernetes 1.35). */
const shortNames: Record<string, string> = {
  cj: 'cronjobs',
  cm: 'configmaps',
  crd: 'customresourcedefinitions',
  crds: 'customresourcedefinitions',
  deploy: 'deployments',
  ds: 'daemonsets',
  ep: 'endpoints',
  hpa: 'horizontalpodautoscalers',
  ing: 'ingresses',
  netpol: 'networkpolicies',
  no: 'nodes',
  ns: 'namespaces',
  pdb: 'poddisruptionbudgets',
  po: 'pods',
  pv: 'persistentvolumes',
  pvc: 'persistentvolumeclaims',
  rs: 'replicasets',
  sa: 'serviceaccounts',
  sc: 'storageclasses',
  sts: 'statefulsets',
  svc: 'services',
};

export const ownKinds = [
  'Backup',
  'BackupStorageLocation',
  'DeleteBackupRequest',
  'DownloadRequest',
  'PodVolumeBackup',
  'PodVolumeRestore',
  'Restore',
  'Schedule',
];

/** `deployments.apps`, `pods`: how Velero names a resource everywhere. */
export function groupResource(type: ResourceType): string {
  return type.group === '' ? type.resource : `${type.resource}.${type.group}`;
}

/** One cluster's objects as Velero's server reads and writes them. */
export class Cluster {
  constructor(
    readonly store: ObjectStore,
    readonly namespace: string,
  ) {}

  /** One type for each resource, in the version that discovery prefers: Velero backs up no other. */
  types(): ResourceType[] {
    const preferred = new Map<string, ResourceType>();
    for (const type of this.store.types()) {
      const other = preferred.get(groupResource(type));
      if (!other || versionRank(type.version) > versionRank(other.version))
        preferred.set(groupResource(type), type);
    }
    return [...preferred.values()];
  }

  /** The RESTMapper of pkg/discovery/helper.go: plural, singular or short name, alone or with (a part of) the group. */
  resourceFor(name: string): ResourceType | undefined {
    const [first = '', ...group] = name.toLowerCase().split('.');
    const resource = shortNames[first] ?? first;
    const candidates = this.types().filter(
      type => type.resource === resource || type.kind.toLowerCase() === resource,
    );
    const wanted = group.join('.');
    if (wanted === '') return candidates.find(type => type.group === '') ?? candidates[0];
    return (
      candidates.find(type => type.group === wanted) ?? candidates.find(type => type.group.startsWith(wanted))
    );
  }

  /** A name from an include or exclude list, written out in full; as it is when nothing has that name. */
  qualified(name: string): string {
    const type = name === '*' ? undefined : this.resourceFor(name);
    return type ? groupResource(type) : name;
  }

  get(apiVersion: string, kind: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.store.get(this.store.typeOf(apiVersion, kind), namespace, name);
  }

  list(apiVersion: string, kind: string, namespace?: string): KubeObject[] {
    return byName(this.store.list(this.store.typeOf(apiVersion, kind), namespace));
  }

  /** An object of velero.io in Velero's own namespace. */
  own(kind: string, name: string): KubeObject | undefined {
    return this.get('velero.io/v1', kind, this.namespace, name);
  }

  owned(kind: string): KubeObject[] {
    return this.list('velero.io/v1', kind, this.namespace);
  }

  /** Reads an own object, lets `change` edit it, and writes it back: Velero's kinds have no status subresource. */
  edit(
    kind: string,
    name: string,
    change: (object: KubeObject, status: Fields) => void,
  ): KubeObject | undefined {
    const object = this.own(kind, name);
    if (!object) return undefined;
    const status = fields(object.status);
    object.status = status;
    change(object, status);
    return this.store.update(object);
  }

  /** Deletes an own object when it is there. */
  remove(kind: string, name: string): void {
    if (this.own(kind, name))
      this.store.delete(this.store.typeOf('velero.io/v1', kind), this.namespace, name);
  }

  /** Whether all kinds of velero.io are known. */
  isInstalled(): boolean {
    const known = new Set(
      this.store
        .types()
        .filter(({ group }) => group === 'velero.io')
        .map(({ kind }) => kind),
    );
    return ownKinds.every(kind => known.has(kind));
  }

  /** Whether the server runs: somebody installed it and did not scale it to 0. */
  serverInstalled(): boolean {
    const deployment = this.get('apps/v1', 'Deployment', this.namespace, 'velero');
    return deployment !== undefined && fields(deployment.spec).replicas !== 0;
  }
}

/** v2 before v1 before v1beta1 before v1alpha1 (apimachinery version.CompareKubeAwareVersionStrings) */
function versionRank(version: string): number {
  const [, major = '0', stage, minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  const stageRank = stage === undefined ? 2 : stage === 'beta' ? 1 : 0;
  return stageRank * 1e6 + Number(major) * 1e3 + Number(minor);
}

/** Lists of the API server come by namespace and name. */
export function byName(objects: KubeObject[]): KubeObject[] {
  const key = (object: KubeObject) => `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
  return [...objects].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
