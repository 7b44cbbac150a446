import type { KubeObject } from '../kubernetes/object';
import type { ArchivedItem } from './bucket';
import { byName, type Cluster, groupResource } from './cluster';
import { IncludesExcludes, selectorOf } from './filters';
import { fields, textMap, texts } from './json';

/** defaultRestorePriorities of pkg/cmd/server/config/config.go */
const first = [
  'customresourcedefinitions',
  'namespaces',
  'storageclasses',
  'volumesnapshotclass.snapshot.storage.k8s.io',
  'volumesnapshotcontents.snapshot.storage.k8s.io',
  'volumesnapshots.snapshot.storage.k8s.io',
  'datauploads.velero.io',
  'persistentvolumes',
  'persistentvolumeclaims',
  'clusterroles',
  'roles',
  'serviceaccounts',
  'clusterrolebindings',
  'rolebindings',
  'secrets',
  'configmaps',
  'limitranges',
  'priorityclasses',
  'pods',
  'replicasets.apps',
  'clusterclasses.cluster.x-k8s.io',
  'endpoints',
  'services',
];
const last = [
  'clusterbootstraps.run.tanzu.vmware.com',
  'clusters.cluster.x-k8s.io',
  'clusterresourcesets.addons.cluster.x-k8s.io',
  'apps.kappctrl.k14s.io',
  'packageinstalls.packaging.carvel.dev',
];

export interface SelectedItem {
  resource: string;
  object: KubeObject;
  /** After namespaceMapping; undefined for what belongs to the cluster. */
  namespace: string | undefined;
}

/** What a restore's spec includes. Items that others need are asked about one by one, past the label selectors. */
export class RestoreFilter {
  readonly resources: IncludesExcludes;
  readonly namespaces: IncludesExcludes;
  readonly clusterResources: boolean | undefined;
  readonly mapping: Record<string, string>;
  private readonly selects: (labels: Record<string, string>) => boolean;

  /** @throws Error when a label selector is invalid: Velero notices that only when the restore runs. */
  constructor(
    private readonly cluster: Cluster,
    spec: unknown,
  ) {
    const {
      includedResources,
      excludedResources,
      includedNamespaces,
      excludedNamespaces,
      includeClusterResources,
      namespaceMapping,
    } = fields(spec);
    const qualified = (names: unknown) => texts(names).map(name => cluster.qualified(name));
    this.resources = new IncludesExcludes(qualified(includedResources), qualified(excludedResources));
    this.namespaces = new IncludesExcludes(texts(includedNamespaces), texts(excludedNamespaces));
    this.clusterResources =
      typeof includeClusterResources === 'boolean' ? includeClusterResources : undefined;
    this.mapping = textMap(namespaceMapping);
    this.selects = selectorOf(spec);
  }

  mapped(namespace: string | undefined): string | undefined {
    return namespace === undefined ? undefined : (this.mapping[namespace] ?? namespace);
  }

  /** getOrderedResourceCollection of pkg/restore/restore.go: selected items, CustomResourceDefinitions first. */
  select(items: readonly ArchivedItem[]): SelectedItem[] {
    const byResource = new Map<string, KubeObject[]>();
    for (const { type, object } of items) {
      byResource.set(groupResource(type), [...(byResource.get(groupResource(type)) ?? []), object]);
    }
    const selected: SelectedItem[] = [];
    for (const resource of this.order([...byResource.keys()])) {
      if (!this.resources.shouldInclude(resource)) continue;
      for (const object of byName(byResource.get(resource) ?? [])) {
        if (!this.isSelected(object)) continue;
        selected.push({ resource, object, namespace: this.mapped(object.metadata.namespace) });
      }
    }
    return selected;
  }

  private order(inBackup: string[]): string[] {
    const qualified = (names: string[]) => names.map(name => this.cluster.qualified(name));
    const early = qualified(first);
    const late = qualified(last);
    const rest = inBackup.filter(name => !early.includes(name) && !late.includes(name)).sort();
    return [...new Set([...early, ...rest, ...late])];
  }

  private isSelected({ metadata }: KubeObject): boolean {
    if (metadata.namespace !== undefined) {
      if (!this.namespaces.shouldInclude(metadata.namespace)) return false;
    } else {
      if (this.clusterResources === false) return false;
      if (this.clusterResources === undefined && !this.namespaces.includesEverything()) return false;
    }
    return this.selects(metadata.labels ?? {});
  }
}
