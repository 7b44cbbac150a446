import { nameSuffix, type Random } from '../kubernetes/random';
import type { VirtualClock } from '../virtual-clock';
import type { Bucket } from './bucket';
import type { Cluster } from './cluster';
import type { Volumes } from './volumes';
import { unlessStopped } from './worker';

/** Milliseconds, and bytes for each second. Fitted to the trial with real nodes (50 MB and 500 MB). */
export interface Timing {
  /** Before a controller takes up an object. */
  reconcile: number;
  /** For each object that is read into a backup or created by a restore. */
  item: number;
  /** Sending a backup's archive to the bucket, or fetching it. */
  archive: number;
  /** From Accepted until bytes move: the node-agent's hosting pod starts and opens the repository. */
  prepareBackup: number;
  prepareRestore: number;
  backupBytesPerSecond: number;
  restoreBytesPerSecond: number;
  finalize: number;
  /** For the last events of a hosting Pod that has failed (eventWaitTimeout of pkg/datapath/micro_service_watcher.go). */
  lastWords: number;
  /** From the death of a node-agent until its successor has looked what it was at. */
  restartNodeAgent: number;
  /** `--fs-backup-timeout`: until a restore gives up waiting for its volumes. */
  podVolumeTimeout: number;
}

export const trialTiming: Timing = {
  reconcile: 100,
  item: 30,
  archive: 1_200,
  prepareBackup: 11_000,
  prepareRestore: 3_500,
  backupBytesPerSecond: 110e6,
  restoreBytesPerSecond: 75e6,
  finalize: 1_000,
  lastWords: 60_000,
  restartNodeAgent: 5_000,
  podVolumeTimeout: 4 * 3_600_000,
};

export interface Faults {
  /** A restore that has begun stays InProgress for ever, and with it every restore after it waits in New. */
  restoreStuck: boolean;
  /** The data of volumes cannot be read from the bucket in full: a PodVolumeRestore fails in the middle. */
  damagedPack: boolean;
  /** The node-agent is killed in the middle of the next PodVolumeRestore, and started again by the kubelet. */
  nodeAgentKilled: boolean;
  /** The process in the hosting Pod is killed in the middle of the next PodVolumeRestore. */
  dataMoverKilled: boolean;
  /** The server's Pod does not run. Node-agents go on with what they have. */
  serverGone: boolean;
  /** No node-agent runs: file-system backups and restores fail. */
  nodeAgentGone: boolean;
}

export const noFaults: Faults = {
  restoreStuck: false,
  damagedPack: false,
  nodeAgentKilled: false,
  dataMoverKilled: false,
  serverGone: false,
  nodeAgentGone: false,
};

/** Keeps the container of a Pod from starting, as its init container `restore-wait` does. */
export interface PodGate {
  hold(namespace: string, name: string): void;
  release(namespace: string, name: string): void;
}

/** What every controller of one run of a process works with. A new run begins when the process starts again. */
export interface Process {
  /** The cluster's name. */
  name: string;
  cluster: Cluster;
  clock: VirtualClock;
  bucket: Bucket;
  volumes: Volumes;
  pods: PodGate;
  /** For the ends of generated names. */
  random: Random;
  timing: Timing;
  faults: Faults;
  /** Aborts with Stopped when the process ends. */
  signal: AbortSignal;
}

export function pause(process: Process, milliseconds: number): Promise<void> {
  return process.clock.sleep(milliseconds, process.signal);
}

/**
 * Waits until `condition` gives something, and looks again after every write to the cluster.
 * Gives undefined after `timeout` milliseconds.
 */
export function until<T>(process: Process, timeout: number | undefined, condition: () => T | undefined) {
  const { cluster, clock, signal } = process;
  let unwatch: (() => void) | undefined;
  let cancel: (() => void) | undefined;
  const found = new Promise<T | undefined>((resolve, reject) => {
    const look = () => {
      try {
        const value = condition();
        if (value !== undefined) resolve(value);
      } catch (error) {
        reject(error);
      }
    };
    unwatch = cluster.store.watch(look);
    if (timeout !== undefined) cancel = clock.after(timeout, () => resolve(undefined));
    look();
  });
  return unlessStopped(found, signal).finally(() => {
    unwatch?.();
    cancel?.();
  });
}

/** A name as the API server makes it of generateName. */
export function generatedName(process: Process, prefix: string): string {
  return prefix + nameSuffix(process.random);
}
