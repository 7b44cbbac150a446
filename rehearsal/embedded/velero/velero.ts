import type { KubeObject, ObjectStore, WatchEvent } from '../kubernetes/object';
import type { Random } from '../kubernetes/random';
import type { VirtualClock } from '../virtual-clock';
import type { Bucket } from './bucket';
import { Cluster } from './cluster';
import { Controllers, markInterrupted } from './controllers';
import { at, fields, list } from './json';
import { initContainer, NodeAgents } from './node-agent';
import { type Faults, noFaults, type PodGate, type Process, type Timing, trialTiming } from './server';
import type { Volumes } from './volumes';
import { Stopped } from './worker';

export interface FakeVeleroOptions {
  /** The cluster's name, for messages. */
  cluster: string;
  store: ObjectStore;
  clock: VirtualClock;
  bucket: Bucket;
  volumes: Volumes;
  pods: PodGate;
  random: Random;
  /** The BackupStorageLocation that is created at the first start when there is none of that name. */
  location?: { name: string; accessMode: 'ReadWrite' | 'ReadOnly' };
  namespace?: string;
  timing?: Partial<Timing>;
  faults?: Partial<Faults>;
}

/**
 * Velero in one cluster: the server and its node-agents, in virtual time. It works on the objects of its namespace as
 * soon as a Deployment `velero` is there. See velero.md for what it does and what it does not.
 */
export class FakeVelero {
  private readonly cluster: Cluster;
  private readonly current: Faults;
  private readonly timing: Timing;
  private lost = false;
  private server: { stop: () => void; controllers: Controllers } | undefined;
  private agents: { stop: () => void; agents: NodeAgents } | undefined;
  private wasStarted = false;

  constructor(private readonly options: FakeVeleroOptions) {
    this.cluster = new Cluster(options.store, options.namespace ?? 'velero');
    this.timing = { ...trialTiming, ...options.timing };
    this.current = { ...noFaults, ...options.faults };
    options.store.watch(event => this.notice(event));
    this.settle();
  }

  get faults(): Readonly<Faults> {
    return this.current;
  }

  /** Faults begin and end in the middle of a scenario. A restore that is stuck already stays so until `serverGone`. */
  setFaults(faults: Partial<Faults>): void {
    Object.assign(this.current, faults);
    this.settle();
  }

  /** The Region is gone: server and node-agents stop where they are. */
  lose(): void {
    this.lost = true;
    this.settle();
  }

  /**
   * The Region is back: the server starts anew, which marks as Failed what it finds InProgress, and goes on with
   * everything else.
   */
  restore(): void {
    this.lost = false;
    this.settle();
  }

  /** What GET on a DownloadRequest's URL answers; undefined for 403 and 404. @throws BucketUnreachable */
  download(url: string): Uint8Array | undefined {
    return this.options.bucket.download(url, this.options.clock.now());
  }

  private settle(): void {
    const installed = !this.lost && this.cluster.isInstalled() && this.cluster.serverInstalled();
    const agents = installed && !this.current.nodeAgentGone;
    if (agents && !this.agents) {
      const { process, stop } = this.start();
      this.agents = { stop, agents: new NodeAgents(process) };
    } else if (!agents && this.agents) {
      this.agents.stop();
      this.agents = undefined;
    }
    const server = installed && !this.current.serverGone;
    if (server && !this.server) {
      const { process, stop } = this.start();
      if (this.wasStarted) markInterrupted(process);
      this.wasStarted = true;
      this.createLocation();
      this.server = { stop, controllers: new Controllers(process) };
    } else if (!server && this.server) {
      this.server.stop();
      this.server = undefined;
    }
  }

  private start(): { process: Process; stop: () => void } {
    const abort = new AbortController();
    const { cluster: name, clock, bucket, volumes, pods, random } = this.options;
    const { cluster, timing, current: faults } = this;
    const process = {
      name,
      cluster,
      clock,
      bucket,
      volumes,
      pods,
      random,
      timing,
      faults,
      signal: abort.signal,
    };
    return { process, stop: () => abort.abort(new Stopped(`Velero in ${name} stopped`)) };
  }

  private createLocation(): void {
    const { location, bucket } = this.options;
    if (!location || this.cluster.own('BackupStorageLocation', location.name)) return;
    this.cluster.store.create({
      apiVersion: 'velero.io/v1',
      kind: 'BackupStorageLocation',
      metadata: { namespace: this.cluster.namespace, name: location.name },
      spec: {
        provider: 'aws',
        default: true,
        accessMode: location.accessMode,
        objectStorage: { bucket: bucket.name },
      },
    });
  }

  private notice({ type, object, old }: WatchEvent): void {
    const { kind, metadata } = object;
    if (kind === 'Pod' && type === 'DELETED' && isHeld(object)) {
      this.options.pods.release(metadata.namespace ?? '', metadata.name);
    }
    const isServer = kind === 'Deployment' && metadata.name === 'velero';
    if (isServer || kind === 'CustomResourceDefinition') this.settle();
    if (metadata.namespace !== this.cluster.namespace || type === 'DELETED') return;
    if (kind === 'PodVolumeBackup' || kind === 'PodVolumeRestore')
      this.agents?.agents.notice(kind, metadata.name);
    else this.server?.controllers.notice(object, old, type === 'ADDED');
  }
}

function isHeld(pod: KubeObject): boolean {
  return list(at(pod, 'spec', 'initContainers')).some(container => fields(container).name === initContainer);
}
