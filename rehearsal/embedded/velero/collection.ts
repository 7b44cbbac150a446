import type { KubeObject } from '../kubernetes/object';
import type { ArchivedItem } from './bucket';
import { byName, type Cluster, groupResource } from './cluster';
import { hasSelector, IncludesExcludes, selectorOf } from './filters';
import { at, drop, fields, text, texts } from './json';
import { podVolumes } from './volumes';

/** volumesnapshots are made by Velero itself; it does not collect them (autoExclude… of backup_controller.go) */
const neverCollected = [
  'volumesnapshots.snapshot.storage.k8s.io',
  'volumesnapshotcontents.snapshot.storage.k8s.io',
];

/**
 * What goes into a backup: pkg/backup/item_collector.go and itemInclusionChecks of item_backupper.go. A Pod brings its
 * claims, a bound claim its PersistentVolume, past label selectors and past "only what is in these namespaces".
 */
export class Collection {
  readonly resources: IncludesExcludes;
  private readonly namespaces: IncludesExcludes;
  private readonly clusterResources: unknown;
  private readonly selects: (labels: Record<string, string>) => boolean;
  private readonly selective: boolean;
  private readonly items = new Map<string, ArchivedItem>();

  constructor(
    private readonly cluster: Cluster,
    private readonly backup: KubeObject,
  ) {
    const spec = fields(backup.spec);
    const qualified = (names: unknown) => texts(names).map(name => cluster.qualified(name));
    const excluded = [...qualified(spec.excludedResources), ...neverCollected];
    this.resources = new IncludesExcludes(qualified(spec.includedResources), excluded);
    this.namespaces = new IncludesExcludes(texts(spec.includedNamespaces), texts(spec.excludedNamespaces));
    this.clusterResources = spec.includeClusterResources;
    this.selects = selectorOf(spec);
    this.selective = hasSelector(spec);
  }

  collect(): ArchivedItem[] {
    for (const type of this.cluster.types()) {
      const resource = groupResource(type);
      if (resource === 'namespaces' || !this.resources.shouldInclude(resource)) continue;
      if (!type.namespaced && !this.clusterScopedIncluded()) continue;
      for (const object of byName(this.cluster.store.list(type))) {
        if (this.selects(object.metadata.labels ?? {})) this.add(object);
      }
    }
    this.addNamespaces();
    return [...this.items.values()];
  }

  private clusterScopedIncluded(): boolean {
    if (this.clusterResources === false) return false;
    return this.clusterResources === true || this.namespaces.includesEverything();
  }

  /** Those that the filter names, or whose labels are selected, or that hold a selected item (nsTracker). */
  private addNamespaces(): void {
    const holding = new Set([...this.items.values()].map(({ object }) => object.metadata.namespace));
    if (!this.resources.shouldInclude('namespaces')) return;
    for (const namespace of this.cluster.list('v1', 'Namespace')) {
      const { name, labels } = namespace.metadata;
      const named =
        this.namespaces.shouldInclude(name) && !(this.selective && this.namespaces.includesEverything());
      const selected = this.selective && this.selects(labels ?? {});
      if (named || selected || holding.has(name)) this.add(namespace);
    }
  }

  private add(object: KubeObject): void {
    const type = this.cluster.store.typeOf(object.apiVersion, object.kind);
    const resource = groupResource(type);
    const { namespace, name } = object.metadata;
    const key = `${resource}/${namespace ?? ''}/${name}`;
    if (this.items.has(key) || !this.isIncluded(object, resource)) return;
    const archived = structuredClone(object);
    this.items.set(key, { type, object: archived });
    if (resource === 'pods') {
      for (const { claim } of podVolumes(object)) {
        const found = claim && this.cluster.get('v1', 'PersistentVolumeClaim', namespace, claim);
        if (found) this.add(found);
      }
    }
    if (resource === 'persistentvolumeclaims') this.addVolume(archived);
  }

  private isIncluded(object: KubeObject, resource: string): boolean {
    const { namespace, labels, deletionTimestamp } = object.metadata;
    if (labels?.['velero.io/exclude-from-backup'] === 'true' || deletionTimestamp !== undefined) return false;
    if (namespace !== undefined) {
      return this.namespaces.shouldInclude(namespace) && this.resources.shouldInclude(resource);
    }
    if (resource === 'namespaces') return true;
    if (this.resources.excluded(resource) || this.clusterResources === false) return false;
    return this.clusterResources === true || this.resources.shouldInclude(resource);
  }

  /** pkg/backup/actions/backup_pv_action.go: and what an earlier restore left on the claim is taken off. */
  private addVolume(claim: KubeObject): void {
    const volume = text(at(claim, 'spec', 'volumeName'));
    if (at(claim, 'status', 'phase') !== 'Bound' || volume === undefined) return;
    drop(claim, 'spec', 'dataSource');
    drop(claim, 'spec', 'dataSourceRef');
    if (at(claim, 'spec', 'storageClassName') !== '') drop(claim, 'spec', 'selector');
    drop(claim, 'metadata', 'labels', 'velero.io/restore-name');
    drop(claim, 'metadata', 'labels', 'velero.io/volume-snapshot-name');
    if (claim.metadata.labels?.['velero.io/backup-name'] !== this.backup.metadata.name) {
      drop(claim, 'metadata', 'labels', 'velero.io/backup-name');
    }
    const found = this.cluster.get('v1', 'PersistentVolume', undefined, volume);
    if (found) this.add(found);
  }
}
