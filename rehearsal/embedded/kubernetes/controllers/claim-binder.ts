import { copyOf } from '../json';
import { type PersistentVolume, type StorageClass, types, type VolumeClaim } from '../kinds';
import { selects } from '../labels';
import type { WatchEvent } from '../object';
import { quantity } from '../quantity';
import { type Controller, type ControlPlane, fromKey, isKind, keyOf, writeStatus } from './controller';

const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

/** Binds claims to volumes: to the one that they name, to one that fits, or to a new one of their StorageClass. */
export class ClaimBinder implements Controller {
  readonly name = 'claim-binder';
  private readonly provisioning = new Set<string>();

  constructor(private readonly plane: ControlPlane) {}

  keysFor({ object }: WatchEvent): string[] {
    if (isKind(object, types.claim)) return [keyOf(object)];
    if (!isKind(object, types.volume) && !isKind(object, types.storageClass)) return [];
    const { namespace, name } = (object as PersistentVolume).spec?.claimRef ?? {};
    const referred = name === undefined ? [] : [`${namespace}/${name}`];
    const pending = this.plane.store
      .view<VolumeClaim>(types.claim)
      .filter(claim => claim.status?.phase !== 'Bound')
      .map(keyOf);
    return [...new Set([...referred, ...pending])];
  }

  reset(): void {
    this.provisioning.clear();
  }

  reconcile(key: string): void {
    const { namespace, name } = fromKey(key);
    const claim = this.plane.store.peek<VolumeClaim>(types.claim, namespace, name);
    if (!claim || claim.metadata.deletionTimestamp !== undefined) return;
    if (claim.status?.phase === 'Bound') this.checkBound(claim);
    else if (claim.spec.volumeName) this.bindNamed(claim, claim.spec.volumeName);
    else this.bindAny(claim);
  }

  /** A claim whose volume was deleted under it is lost for good. */
  private checkBound(claim: VolumeClaim): void {
    if (this.plane.store.peek(types.volume, undefined, claim.spec.volumeName ?? '')) return;
    writeStatus(this.plane.store, claim, { phase: 'Lost' });
  }

  /** A name of the other cluster's volume, as a plain restore leaves it, waits for ever. */
  private bindNamed(claim: VolumeClaim, volumeName: string): void {
    const volume = this.plane.store.peek<PersistentVolume>(types.volume, undefined, volumeName);
    if (volume) {
      if (belongsTo(volume, claim) || isFree(volume)) this.bind(claim, volume);
    } else if (this.plane.steady) this.bind(claim, this.createVolume(claim, volumeName, undefined));
  }

  private bindAny(claim: VolumeClaim): void {
    const volumes = this.plane.store.view<PersistentVolume>(types.volume);
    const fitting =
      volumes.find(volume => belongsTo(volume, claim)) ?? volumes.find(volume => fits(volume, claim));
    if (fitting) {
      this.bind(claim, fitting);
      return;
    }
    const { storageClassName, selector } = claim.spec;
    // No volume is made for a claim with a selector: Velero's data movers use that to keep one unbound.
    if (!storageClassName || selector) return;
    const found = this.plane.store.peek<StorageClass>(types.storageClass, undefined, storageClassName);
    if (found ? this.mayProvision(claim, found) : this.plane.steady) this.provision(claim, found);
  }

  private mayProvision(claim: VolumeClaim, storageClass: StorageClass): boolean {
    if (storageClass.provisioner === NO_PROVISIONER) return false;
    const immediate = storageClass.volumeBindingMode !== 'WaitForFirstConsumer';
    return immediate || claim.metadata.annotations?.[SELECTED_NODE] !== undefined;
  }

  private provision(claim: VolumeClaim, storageClass: StorageClass | undefined): void {
    const { uid = '', namespace, name } = claim.metadata;
    if (this.provisioning.has(uid)) return;
    this.provisioning.add(uid);
    this.plane.timers.after(this.plane.timing.provisionMs, () => {
      this.provisioning.delete(uid);
      const still = this.plane.store.peek<VolumeClaim>(types.claim, namespace, name);
      if (still?.metadata.uid !== uid || still.metadata.deletionTimestamp !== undefined) return;
      if (still.status?.phase !== 'Bound')
        this.bind(still, this.createVolume(still, `pvc-${uid}`, storageClass));
    });
  }

  private createVolume(
    claim: VolumeClaim,
    name: string,
    storageClass: StorageClass | undefined,
  ): PersistentVolume {
    const driver = storageClass?.provisioner ?? 'ebs.csi.aws.com';
    const { storageClassName, accessModes, volumeMode } = claim.spec;
    this.plane.store.create({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': driver } },
      spec: {
        accessModes: [...(accessModes ?? [])],
        capacity: { storage: claim.spec.resources?.requests?.storage ?? '1Gi' },
        ...(storageClassName ? { storageClassName } : {}),
        volumeMode: volumeMode ?? 'Filesystem',
        persistentVolumeReclaimPolicy: storageClass?.reclaimPolicy ?? 'Delete',
        claimRef: {
          kind: 'PersistentVolumeClaim',
          apiVersion: 'v1',
          namespace: claim.metadata.namespace,
          name: claim.metadata.name,
          uid: claim.metadata.uid,
        },
        csi: {
          driver,
          volumeHandle: `vol-${(claim.metadata.uid ?? name).replace(/-/g, '').slice(0, 17)}`,
          fsType: 'ext4',
        },
      },
    });
    const created = this.plane.store.peek<PersistentVolume>(types.volume, undefined, name);
    if (!created) throw new Error(`the volume ${name} is gone in the moment of its creation`);
    return created;
  }

  private bind(claim: VolumeClaim, volume: PersistentVolume): void {
    const { store } = this.plane;
    const { namespace, name, uid } = claim.metadata;
    const claimRef = { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid };
    store.update({ ...copyOf(volume), spec: { ...copyOf(volume.spec), claimRef } });
    store.updateStatus({ ...volume, status: { phase: 'Bound' } });
    const annotations = { ...claim.metadata.annotations, 'pv.kubernetes.io/bind-completed': 'yes' };
    store.update({
      ...copyOf(claim),
      metadata: { ...copyOf(claim.metadata), annotations },
      spec: { ...copyOf(claim.spec), volumeName: volume.metadata.name },
    });
    const { capacity = {}, accessModes = [] } = volume.spec;
    writeStatus(store, claim, { phase: 'Bound', accessModes: [...accessModes], capacity: { ...capacity } });
  }
}

/** Bound to this claim, or reserved for one of its name. */
function belongsTo(volume: PersistentVolume, claim: VolumeClaim): boolean {
  const reference = volume.spec.claimRef;
  if (reference?.name !== claim.metadata.name || reference.namespace !== claim.metadata.namespace)
    return false;
  return reference.uid === undefined || reference.uid === claim.metadata.uid;
}

function isFree(volume: PersistentVolume): boolean {
  return volume.spec.claimRef === undefined && volume.metadata.deletionTimestamp === undefined;
}

function fits(volume: PersistentVolume, claim: VolumeClaim): boolean {
  const enough =
    (quantity(volume.spec.capacity?.storage) ?? 0) >=
    (quantity(claim.spec.resources?.requests?.storage) ?? 0);
  return (
    isFree(volume) &&
    enough &&
    (volume.spec.storageClassName ?? '') === (claim.spec.storageClassName ?? '') &&
    (claim.spec.accessModes ?? []).every(mode => volume.spec.accessModes?.includes(mode)) &&
    (claim.spec.selector === undefined || selects(claim.spec.selector, volume.metadata.labels))
  );
}
