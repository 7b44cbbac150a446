import { copyOf } from '../json';
import { type PersistentVolume, type Pod, types, type VolumeClaim } from '../kinds';
import type { KubeObject, WatchEvent } from '../object';
import { type Controller, type ControlPlane, fromKey, isKind, keyOf, writeStatus } from './controller';
import { claimsOf, isFinished, isPod } from './pods';

const CLAIM_FINALIZER = 'kubernetes.io/pvc-protection';
const VOLUME_FINALIZER = 'kubernetes.io/pv-protection';

/** A claim that is to be deleted stays while a Pod uses it. */
export class ClaimProtection implements Controller {
  readonly name = 'claim-protection';

  constructor(private readonly plane: ControlPlane) {}

  keysFor({ object }: WatchEvent): string[] {
    if (isKind(object, types.claim))
      return object.metadata.deletionTimestamp === undefined ? [] : [keyOf(object)];
    return isPod(object) ? claimsOf(object).map(name => `${object.metadata.namespace ?? ''}/${name}`) : [];
  }

  reconcile(key: string): void {
    const { namespace, name } = fromKey(key);
    const claim = this.plane.store.peek<VolumeClaim>(types.claim, namespace, name);
    if (claim?.metadata.deletionTimestamp === undefined) return;
    const used = this.plane.store
      .view<Pod>(types.pod, namespace)
      .some(pod => pod.spec.nodeName && !isFinished(pod) && claimsOf(pod).includes(name));
    if (!used) withoutFinalizer(this.plane, claim, CLAIM_FINALIZER);
  }
}

/** What becomes of a volume: available, bound, and once its claim is gone released, and by its policy deleted. */
export class VolumeReclaimer implements Controller {
  readonly name = 'volume-reclaimer';

  constructor(private readonly plane: ControlPlane) {}

  keysFor({ type, object }: WatchEvent): string[] {
    if (isKind(object, types.volume)) return [keyOf(object)];
    const volume =
      isKind(object, types.claim) && type === 'DELETED' ? (object as VolumeClaim).spec.volumeName : undefined;
    return volume === undefined ? [] : [`/${volume}`];
  }

  reconcile(key: string): void {
    const { name } = fromKey(key);
    const volume = this.plane.store.peek<PersistentVolume>(types.volume, undefined, name);
    if (!volume) return;
    const phase = this.phaseOf(volume);
    if (volume.status?.phase !== phase) writeStatus(this.plane.store, volume, { phase });
    if (volume.metadata.deletionTimestamp !== undefined && phase !== 'Bound') {
      withoutFinalizer(this.plane, volume, VOLUME_FINALIZER);
    } else if (phase === 'Released' && volume.spec.persistentVolumeReclaimPolicy === 'Delete') {
      this.plane.timers.after(this.plane.timing.reclaimMs, () => this.reclaim(name, volume.metadata.uid));
    }
  }

  private phaseOf(volume: PersistentVolume): string {
    const reference = volume.spec.claimRef;
    if (!reference?.uid) return 'Available';
    const claim = this.plane.store.peek<VolumeClaim>(types.claim, reference.namespace, reference.name ?? '');
    return claim?.metadata.uid === reference.uid ? 'Bound' : 'Released';
  }

  private reclaim(name: string, uid: string | undefined): void {
    const volume = this.plane.store.peek<PersistentVolume>(types.volume, undefined, name);
    const policy = volume?.spec.persistentVolumeReclaimPolicy;
    // Somebody may have set Retain in the meantime, to keep the data.
    if (
      volume?.metadata.uid !== uid ||
      policy !== 'Delete' ||
      volume?.metadata.deletionTimestamp !== undefined
    )
      return;
    this.plane.store.delete(types.volume, undefined, name);
  }
}

function withoutFinalizer(plane: ControlPlane, object: KubeObject, finalizer: string): void {
  const finalizers = (object.metadata.finalizers ?? []).filter(each => each !== finalizer);
  plane.store.update({ ...copyOf(object), metadata: { ...copyOf(object.metadata), finalizers } });
}
