import type { KubeObject } from '../kubernetes/object';
import type { Content } from './bucket';
import { at, type Fields, fields, list, message, stamp, text } from './json';
import { generatedName, type Process, pause, until } from './server';
import { afterRestore, podVolumes } from './volumes';
import { background, Worker } from './worker';

export const initContainer = 'restore-wait';
const finalPhases = ['Completed', 'Failed', 'Canceled'];

type Kind = 'PodVolumeBackup' | 'PodVolumeRestore';

/**
 * The node-agents of one cluster: they move bytes for PodVolumeBackups and PodVolumeRestores
 * (pkg/controller/pod_volume_{backup,restore}_controller.go), one volume at a time on each node.
 */
export class NodeAgents {
  private readonly nodes = new Map<string, Promise<void>>();
  private readonly started = new Set<string>();
  private readonly queue: Worker;

  constructor(private readonly process: Process) {
    this.queue = new Worker(process.clock, process.timing.reconcile, process.signal, key =>
      this.reconcile(key),
    );
    // What the node-agents were moving when their nodes went down cannot be taken up again.
    for (const kind of ['PodVolumeBackup', 'PodVolumeRestore'] as const) {
      for (const { metadata, status } of process.cluster.owned(kind)) {
        const phase = text(fields(status).phase);
        if (phase !== undefined && phase !== 'New' && !finalPhases.includes(phase)) {
          this.finish(kind, metadata.name, 'Canceled', 'the node-agent was restarted');
        } else this.notice(kind, metadata.name);
      }
    }
  }

  notice(kind: Kind, name: string): void {
    if (!this.process.faults.nodeAgentGone) this.queue.add(`${kind}/${name}`);
  }

  private reconcile(key: string): void {
    const [kind, name = ''] = key.split('/') as [Kind, string];
    const object = this.process.cluster.own(kind, name);
    const phase = at(object, 'status', 'phase');
    if (!object || (phase !== undefined && phase !== 'New')) return;
    if (at(object, 'spec', 'cancel') === true) {
      this.finish(kind, name, 'Canceled');
      return;
    }
    if (this.started.has(key)) return;
    this.started.add(key);
    const task = kind === 'PodVolumeBackup' ? this.backUp(object) : this.restore(object);
    background(this.process.clock, task);
  }

  private async backUp(backup: KubeObject): Promise<void> {
    const { process } = this;
    const { name } = backup.metadata;
    const { namespace, claim } = target(process, backup);
    this.phase('PodVolumeBackup', name, { phase: 'Accepted', acceptedTimestamp: stamp(process.clock.now()) });
    await this.onNode(text(at(backup, 'spec', 'node')) ?? '', async () => {
      await pause(process, process.timing.prepareBackup);
      if (this.isOver('PodVolumeBackup', name)) return;
      this.phase('PodVolumeBackup', name, {
        phase: 'InProgress',
        startTimestamp: stamp(process.clock.now()),
      });
      const found = claim === undefined ? undefined : process.volumes.read(namespace, claim);
      await pause(process, ((found?.bytes ?? 0) / process.timing.backupBytesPerSecond) * 1_000);
      if (this.isOver('PodVolumeBackup', name)) return;
      this.store(name, found);
    });
  }

  private store(name: string, found: Content | undefined): void {
    try {
      // An empty volume has no snapshot, and a restore does not wait for it (getVolumeBackupInfoForPod).
      const snapshotID = found && found.bytes > 0 ? this.process.bucket.addSnapshot(found) : undefined;
      const bytes = found?.bytes ?? 0;
      this.phase('PodVolumeBackup', name, {
        phase: 'Completed',
        completionTimestamp: stamp(this.process.clock.now()),
        progress: { totalBytes: bytes, bytesDone: bytes },
        ...(snapshotID ? { snapshotID } : { message: 'volume was empty so no snapshot was taken' }),
      });
    } catch (error) {
      this.finish('PodVolumeBackup', name, 'Failed', `data path backup failed: ${message(error)}`);
    }
  }

  /**
   * New until the Pod's init container runs: a Pod that never gets so far, because its claim is Pending or because it
   * is deleted before, keeps the PodVolumeRestore in New (shouldProcess), and the Restore waits for its timeout.
   */
  private async restore(restore: KubeObject): Promise<void> {
    const { process } = this;
    const { name } = restore.metadata;
    const pod = await until(process, undefined, () => {
      if (this.isOver('PodVolumeRestore', name)) return 'over' as const;
      const found = target(process, restore).pod;
      return found && initContainerRuns(found) ? found : undefined;
    });
    if (pod === undefined || pod === 'over') return;
    const node = text(at(pod, 'spec', 'nodeName')) ?? '';
    const now = stamp(process.clock.now());
    this.phase('PodVolumeRestore', name, { phase: 'Accepted', acceptedTimestamp: now, node });
    await this.onNode(node, async () => {
      await pause(process, process.timing.prepareRestore * 0.8);
      if (this.isOver('PodVolumeRestore', name)) return;
      if (!target(process, restore).pod)
        return this.lostPod(name, 'error to expose PVR: error getting client pod');
      this.phase('PodVolumeRestore', name, { phase: 'Prepared' });
      await pause(process, process.timing.prepareRestore * 0.2);
      await this.transfer(restore);
    });
  }

  private async transfer(restore: KubeObject): Promise<void> {
    const { process } = this;
    const { name } = restore.metadata;
    if (this.isOver('PodVolumeRestore', name)) return;
    const totalBytes = Number(at(restore, 'spec', 'snapshotSize') ?? 0);
    this.phase('PodVolumeRestore', name, {
      phase: 'InProgress',
      startTimestamp: stamp(process.clock.now()),
      progress: { totalBytes, bytesDone: 0 },
    });
    const whole = (totalBytes / process.timing.restoreBytesPerSecond) * 1_000;
    const { faults } = process;
    if (faults.dataMoverKilled) {
      faults.dataMoverKilled = false;
      await pause(process, whole / 2 + process.timing.lastWords);
      return this.finish('PodVolumeRestore', name, 'Failed', KILLED);
    }
    await pause(process, faults.damagedPack ? whole / 2 : whole);
    if (faults.nodeAgentKilled) {
      // Since 1.17 the bytes are moved by a Pod of its own: it goes on alone, and the node-agent that comes back finds
      // it by the PodVolumeRestore (AttemptPVRResume of pod_volume_restore_controller.go).
      faults.nodeAgentKilled = false;
      await pause(process, process.timing.restartNodeAgent);
    }
    if (this.isOver('PodVolumeRestore', name)) return;
    const { pod, namespace, claim } = target(process, restore);
    if (!pod)
      return this.lostPod(name, 'data path restore failed: Failed to copy snapshot data to the target');
    let snapshot: Content | undefined;
    try {
      snapshot = process.bucket.snapshot(text(at(restore, 'spec', 'snapshotID')) ?? '');
    } catch (error) {
      return this.finish('PodVolumeRestore', name, 'Failed', `data path restore failed: ${message(error)}`);
    }
    if (!snapshot) {
      const text = 'data path restore failed: Unable to load snapshot: snapshot not found';
      return this.finish('PodVolumeRestore', name, 'Failed', text);
    }
    const complete = !process.faults.damagedPack;
    if (claim !== undefined) {
      const after = afterRestore(process.volumes.read(namespace, claim), snapshot, complete);
      process.volumes.write(namespace, claim, after.content, after.bytes);
    }
    if (!complete) {
      return this.finish('PodVolumeRestore', name, 'Failed', damaged(name));
    }
    this.phase('PodVolumeRestore', name, {
      phase: 'Completed',
      completionTimestamp: stamp(process.clock.now()),
      progress: { totalBytes, bytesDone: totalBytes },
    });
    this.releaseWhenDone(pod);
  }

  /** restore-wait ends when every volume has its done file: one failed volume, and the Pod waits for ever. */
  private releaseWhenDone(pod: KubeObject): void {
    const { uid, namespace = '', name } = pod.metadata;
    const restores = this.process.cluster
      .owned('PodVolumeRestore')
      .filter(restore => restore.metadata.labels?.['velero.io/pod-uid'] === uid);
    if (restores.every(restore => at(restore, 'status', 'phase') === 'Completed')) {
      this.process.pods.release(namespace, name);
    }
  }

  private lostPod(name: string, text: string): void {
    this.finish('PodVolumeRestore', name, 'Failed', text);
  }

  /** Node-agents move one volume at a time on each node (loadConcurrency is 1 by default). */
  private async onNode(node: string, task: () => Promise<void>): Promise<void> {
    const before = this.nodes.get(node) ?? Promise.resolve();
    const mine = before.then(task);
    this.nodes.set(node, mine);
    await mine;
  }

  private isOver(kind: Kind, name: string): boolean {
    const object = this.process.cluster.own(kind, name);
    if (!object) return true;
    if (at(object, 'spec', 'cancel') === true) this.finish(kind, name, 'Canceled');
    return finalPhases.includes(String(at(this.process.cluster.own(kind, name), 'status', 'phase')));
  }

  private finish(kind: Kind, name: string, phase: 'Failed' | 'Canceled', text?: string): void {
    if (finalPhases.includes(String(at(this.process.cluster.own(kind, name), 'status', 'phase')))) return;
    const completionTimestamp = stamp(this.process.clock.now());
    this.phase(kind, name, { phase, completionTimestamp, ...(text && { message: text }) });
  }

  private phase(kind: Kind, name: string, status: Fields): void {
    this.process.cluster.edit(kind, name, (_, current) => Object.assign(current, status));
  }
}

/** The Pod of a PodVolumeBackup or PodVolumeRestore, if it is still that one, and the claim behind the volume. */
function target(process: Process, object: KubeObject) {
  const reference = fields(at(object, 'spec', 'pod'));
  const namespace = text(reference.namespace) ?? '';
  const found = process.cluster.get('v1', 'Pod', namespace, text(reference.name) ?? '');
  const pod = found?.metadata.uid === reference.uid ? found : undefined;
  const volume = at(object, 'spec', 'volume');
  const claim = pod && podVolumes(pod).find(({ name }) => name === volume)?.claim;
  return { namespace, pod, claim };
}

/** isInitContainerRunning of the same controller: the kubelet says so in the Pod's status. */
function initContainerRuns(pod: KubeObject): boolean {
  const statuses = list(at(pod, 'status', 'initContainerStatuses'));
  const own = statuses.find(status => fields(status).name === initContainer);
  return at(own, 'state', 'running') !== undefined;
}

/** Creates a PodVolumeBackup or PodVolumeRestore for one volume of a Pod. */
export function createPodVolumeObject(
  process: Process,
  kind: Kind,
  owner: KubeObject,
  labels: Record<string, string>,
  annotations: Record<string, string>,
  spec: Fields,
): KubeObject {
  return process.cluster.store.create({
    apiVersion: 'velero.io/v1',
    kind,
    metadata: {
      namespace: process.cluster.namespace,
      name: generatedName(process, `${owner.metadata.name}-`),
      labels,
      annotations,
      ownerReferences: [
        {
          apiVersion: 'velero.io/v1',
          kind: owner.kind,
          name: owner.metadata.name,
          uid: owner.metadata.uid ?? '',
          controller: true,
        },
      ],
    },
    spec,
    status: {},
  });
}

/** As Velero 1.18.3 says it of a hosting Pod whose process was killed: with it died whoever could have said why. */
const KILLED = 'data path restore failed: ';

/** As Velero 1.18.3 and kopia say it of a pack that was written over. */
function damaged(restore: string): string {
  return (
    `data path restore failed: Failed to run data path service for PVR ${restore}: ` +
    `Data path for PVR ${restore} failed: Failed to run kopia restore: ` +
    'Failed to copy snapshot data to the target: restore error: copy file: error creating file: ' +
    'unable to open snapshot file for /data: unable to open object: failed to open object: ' +
    'unexpected content error: invalid checksum: decrypt: unable to decrypt content: ' +
    'cipher: message authentication failed'
  );
}
