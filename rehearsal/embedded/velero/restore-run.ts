import type { KubeObject } from '../kubernetes/object';
import { runActions } from './actions';
import type { StoredBackup, StoredRestore } from './bucket';
import { groupResource } from './cluster';
import { addRestoreLabels, meetExisting, resetMetadataAndStatus } from './existing';
import { at, drop, fields, message, set, text, UnsupportedByFake } from './json';
import { applyModifiers } from './modifiers';
import type { ModifierFile } from './modifiers-file';
import { ensureNamespace } from './namespaces';
import { restorePodVolumes, volumeBackupsOf } from './pod-volume-restore';
import type { RestoreFilter, SelectedItem } from './restore-selection';
import { Results } from './results';
import { generatedName, type Process, pause } from './server';

type Action = 'created' | 'updated' | 'skipped' | 'failed';

/** One pass over a backup's items: restoreContext of pkg/restore/restore.go. */
export class RestoreRun {
  readonly warnings = new Results();
  readonly errors = new Results();
  readonly operations: StoredRestore['operations'] = [];
  readonly createdClaims: StoredRestore['createdClaims'] = [];
  /** Waits that go on beside the items, one for each Pod with data. Each gives its errors. */
  readonly podVolumes: Promise<string[]>[] = [];
  private readonly restored = new Map<string, { exists: boolean; action?: Action }>();
  private readonly toProvision = new Set<string>();

  constructor(
    private readonly process: Process,
    private readonly restore: KubeObject,
    private readonly backup: StoredBackup,
    private readonly podVolumeBackups: KubeObject[],
    private readonly filter: RestoreFilter,
    private readonly modifiers: ModifierFile | undefined,
    private readonly volumesDeadline: number,
  ) {}

  get restoredItems(): number {
    return this.restored.size;
  }

  async restoreSelected(items: readonly SelectedItem[], progress: (total: number) => void): Promise<void> {
    const namespaces = new Set<string>();
    for (const [index, { resource, object, namespace }] of items.entries()) {
      await pause(this.process, this.process.timing.item);
      const target = resource === 'namespaces' ? this.filter.mapped(object.metadata.name) : namespace;
      const source = resource === 'namespaces' ? object.metadata.name : object.metadata.namespace;
      if (target !== undefined && source !== undefined && !namespaces.has(target)) {
        if (!(await this.ensureNamespace(source, target))) continue;
        namespaces.add(target);
      }
      if (resource !== 'namespaces') await this.restoreItem(object, resource, namespace);
      progress(this.restored.size + items.length - index - 1);
    }
  }

  private async ensureNamespace(source: string, target: string): Promise<boolean> {
    try {
      const created = await ensureNamespace(
        this.process,
        this.archived('namespaces', undefined, source),
        target,
      );
      if (created) this.restored.set(`namespaces//${target}`, { exists: true, action: 'created' });
      return true;
    } catch (error) {
      this.notUnsupported(error);
      this.errors.addVelero(message(error));
      return false;
    }
  }

  /** Restores one item, and before it what it needs. Gives whether it exists afterwards. */
  private async restoreItem(
    archived: KubeObject,
    resource: string,
    namespace: string | undefined,
  ): Promise<boolean> {
    if (!this.filter.resources.shouldInclude(resource)) return false;
    const original = structuredClone(archived);
    const source = archived.metadata.namespace;
    if (source !== undefined && namespace !== undefined) {
      if (!this.filter.namespaces.shouldInclude(source)) return false;
      if (!(await this.ensureNamespace(source, namespace))) return false;
    } else if (this.filter.clusterResources === false) return false;
    if (isCompleted(original)) return false;
    const key = `${resource}/${namespace ?? ''}/${original.metadata.name}`;
    const before = this.restored.get(key);
    if (before) return before.exists;
    const item: { exists: boolean; action?: Action } = { exists: false };
    this.restored.set(key, item);
    const problems = this.warnings.count + this.errors.count;
    await this.restoreNew(original, resource, namespace, item);
    item.action ??= this.warnings.count + this.errors.count === problems ? 'skipped' : 'failed';
    return item.exists;
  }

  private async restoreNew(
    original: KubeObject,
    resource: string,
    namespace: string | undefined,
    item: { exists: boolean; action?: Action },
  ): Promise<void> {
    if (resource === 'pods' && original.metadata.annotations?.['kubernetes.io/config.mirror']) return;
    let object = structuredClone(original);
    if (resource === 'persistentvolumes' && !this.volumeIsRestored(object)) return;
    resetMetadataAndStatus(object);
    const claim = this.dataMover(object, original, namespace);
    try {
      const volumesWithData = resource === 'pods' ? this.volumesWithData(object, original) : [];
      const { additional, skip } = runActions(this.process, {
        object,
        original,
        restore: this.restore,
        volumesWithData,
      });
      if (skip) return;
      for (const needed of additional) await this.restoreNeeded(needed);
    } catch (error) {
      this.notUnsupported(error);
      const id = [resource, namespace, original.metadata.name].filter(part => part !== undefined).join('/');
      this.errors.add(namespace, `error preparing ${id}: ${message(error)}`);
      return;
    }
    if (resource === 'persistentvolumeclaims') this.resetClaim(object);
    if (this.modifiers) {
      const modified = applyModifiers(this.modifiers, object, resource);
      object = modified.object;
      for (const error of modified.errors) this.errors.add(namespace, error);
    }
    if (namespace !== undefined) object.metadata.namespace = namespace;
    addRestoreLabels(object, this.restore.metadata.name, this.backup.metadata.metadata.name);
    const created = this.create(object, resource, item);
    if (!created) return;
    if (claim) this.operations.push(claim);
    if (resource === 'persistentvolumeclaims' && namespace !== undefined) {
      this.createdClaims.push({ namespace, name: created.metadata.name });
    }
    if (resource === 'pods') this.restoreVolumes(created, original);
  }

  private async restoreNeeded({
    resource,
    namespace,
    name,
  }: {
    resource: string;
    namespace: string | undefined;
    name: string;
  }) {
    const needed = this.archived(resource, namespace, name);
    if (!needed) {
      const path = [
        'resources',
        resource,
        namespace ? `namespaces/${namespace}` : 'cluster',
        `${name}.json`,
      ].join('/');
      this.warnings.add(namespace, `stat ${path}: no such file or directory`);
      return;
    }
    await this.restoreItem(needed, resource, this.filter.mapped(namespace));
  }

  /**
   * A PersistentVolume whose data lie in the backup is not restored: its claim gets an empty volume of this cluster.
   * So is one without data that says Delete. Only one without data that says Retain is restored as it was, with a
   * handle that means nothing in another Region.
   */
  private volumeIsRestored(volume: KubeObject): boolean {
    const name = volume.metadata.name;
    const hasData = this.backup.volumes.some(info => info.pv === name);
    if (hasData || at(volume, 'spec', 'persistentVolumeReclaimPolicy') === 'Delete') {
      this.toProvision.add(name);
      return false;
    }
    const claimed = text(at(volume, 'spec', 'claimRef', 'namespace'));
    const mapped = this.filter.mapped(claimed);
    if (mapped !== claimed) set(volume, mapped, 'spec', 'claimRef', 'namespace');
    resetBinding(volume);
    return true;
  }

  /** Only a claim whose PersistentVolume came by here and is to be provisioned anew loses its volumeName. */
  private resetClaim(claim: KubeObject): void {
    const volume = text(at(claim, 'spec', 'volumeName'));
    if (volume === undefined) return;
    resetBinding(claim);
    if (this.toProvision.has(volume)) drop(claim, 'spec', 'volumeName');
  }

  /** pkg/restore/actions/csi/pvc_action.go: no Pod needed, and nothing at all for a claim that exists already. */
  private dataMover(object: KubeObject, original: KubeObject, namespace: string | undefined) {
    if (object.kind !== 'PersistentVolumeClaim' || namespace === undefined) return undefined;
    const { name, namespace: source } = original.metadata;
    const moved = this.backup.moved.find(volume => volume.namespace === source && volume.claim === name);
    if (!moved || this.process.cluster.get('v1', 'PersistentVolumeClaim', namespace, name)) return undefined;
    if (at(this.restore, 'spec', 'restorePVs') === false) {
      drop(object, 'spec', 'volumeName');
      return undefined;
    }
    drop(object, 'spec', 'volumeName');
    const label = generatedName(this.process, `${namespace}.${name}.`);
    set(object, label, 'spec', 'selector', 'matchLabels', 'velero.io/dynamic-pv-restore');
    return { namespace, claim: name, snapshot: moved.snapshot, state: 'open' as const };
  }

  private create(object: KubeObject, resource: string, item: { exists: boolean; action?: Action }) {
    const { cluster, pods } = this.process;
    const { namespace, name } = object.metadata;
    const type = cluster.store.typeOf(object.apiVersion, object.kind);
    const found = cluster.store.get(type, namespace, name);
    if (found) {
      item.exists = true;
      const policy = text(at(this.restore, 'spec', 'existingResourcePolicy'));
      if (meetExisting(this.process, found, object, policy, this.warnings)) item.action = 'updated';
      return undefined;
    }
    const held = resource === 'pods' && waits(object);
    try {
      if (held) pods.hold(namespace ?? '', name);
      const created = cluster.store.create(object);
      item.exists = true;
      item.action = 'created';
      return created;
    } catch (error) {
      if (held) pods.release(namespace ?? '', name);
      const id = [groupResource(type), namespace, name].filter(part => part !== undefined).join('/');
      this.errors.add(namespace, `error restoring ${id}: ${message(error)}`);
      return undefined;
    }
  }

  private volumesWithData(pod: KubeObject, original: KubeObject): string[] {
    return volumeBackupsOf(this.podVolumeBackups, pod, original.metadata.namespace).map(
      ({ volume }) => volume,
    );
  }

  /** Nothing is awaited when this restore excludes claims or volumes, though the Pod waits for its data (see actions.ts). */
  private restoreVolumes(pod: KubeObject, original: KubeObject): void {
    const { resources } = this.filter;
    if (!resources.shouldInclude('persistentvolumeclaims') || !resources.shouldInclude('persistentvolumes'))
      return;
    const backups = volumeBackupsOf(this.podVolumeBackups, pod, original.metadata.namespace);
    if (backups.length === 0) return;
    const location = text(at(this.backup.metadata, 'spec', 'storageLocation')) ?? '';
    const wait = restorePodVolumes(this.process, {
      restore: this.restore,
      pod,
      backups,
      location,
      sourceNamespace: original.metadata.namespace ?? '',
      deadline: this.volumesDeadline,
    });
    wait.catch(() => undefined); // awaited, and its failure met, where all are collected
    this.podVolumes.push(wait);
  }

  private archived(resource: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.backup.items.find(
      ({ type, object: { metadata } }) =>
        groupResource(type) === resource && metadata.namespace === namespace && metadata.name === name,
    )?.object;
  }

  private notUnsupported(error: unknown): void {
    if (error instanceof UnsupportedByFake || this.process.signal.aborted) throw error;
  }
}

function waits(pod: KubeObject): boolean {
  const containers = fields(pod.spec).initContainers;
  return Array.isArray(containers) && containers.some(container => fields(container).name === 'restore-wait');
}

/** resetVolumeBindingInfo of restore.go */
function resetBinding(object: KubeObject): void {
  drop(object, 'spec', 'claimRef', 'uid');
  drop(object, 'spec', 'claimRef', 'resourceVersion');
  drop(object, 'metadata', 'annotations', 'pv.kubernetes.io/bind-completed');
  drop(object, 'metadata', 'annotations', 'pv.kubernetes.io/bound-by-controller');
}

/** isCompleted of restore.go: a Pod or Job that has done its work is not restored. */
function isCompleted(object: KubeObject): boolean {
  if (object.kind === 'Pod') return ['Failed', 'Succeeded'].includes(String(at(object, 'status', 'phase')));
  return object.kind === 'Job' && text(at(object, 'status', 'completionTime')) !== undefined;
}
