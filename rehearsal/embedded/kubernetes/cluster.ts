import type { Certificate } from '../../../core/network';
import { covers } from '../../../core/verification';
import type { VirtualClock } from '../virtual-clock';
import { ApiServer } from './api-server';
import { bootstrap, defaultNodes, type NodeSpec, setReady } from './bootstrap';
import { AutoscalerController } from './controllers/autoscaler';
import { CertificateController } from './controllers/certificate';
import { ClaimBinder } from './controllers/claim-binder';
import { withCondition } from './controllers/conditions';
import { ControllerManager } from './controllers/controller';
import { CronJobController } from './controllers/cronjob';
import { DaemonSetController } from './controllers/daemonset';
import { DeploymentController } from './controllers/deployment';
import { EndpointsController, servingPods } from './controllers/endpoints';
import { GarbageCollector } from './controllers/garbage-collector';
import { IngressController, type IngressSettings } from './controllers/ingress';
import { IngressShim } from './controllers/ingress-shim';
import { JobController } from './controllers/job';
import { Kubelet } from './controllers/kubelet';
import { NamespaceController } from './controllers/namespace';
import { NodeLifecycle } from './controllers/node-lifecycle';
import { isFinished } from './controllers/pods';
import { ReplicaSetController } from './controllers/replicaset';
import { Scheduler } from './controllers/scheduler';
import { StatefulSetController } from './controllers/statefulset';
import { ClaimProtection, VolumeReclaimer } from './controllers/volume-protection';
import { type Node, type Pod, type Service, types } from './kinds';
import { type LoadOptions, loadManifests } from './manifest-loader';
import type { Manifest } from './manifests';
import type { KubeObject } from './object';
import { type Random, seededRandom, stableHash } from './random';
import { backendFor, certificateIn, defaultCertificate, type Route, tlsSecretFor } from './routing';
import { createStandIns, steadyNotes } from './steady-state';
import { Store } from './store';
import { ClusterTimers } from './timers';
import { defaultTiming, type Faults, noFaults, type Timing } from './timing';

export interface FakeClusterOptions {
  name: string;
  region: string;
  clock: VirtualClock;
  /** Default: three nodes with 3.92 CPUs and 15 GiB each. */
  nodes?: readonly NodeSpec[];
  loadBalancer: { hostname: string; addresses: readonly string[] };
  timing?: Partial<Timing>;
  faults?: Partial<Faults>;
  /** False: nobody serves Ingresses. Default: true. */
  ingressController?: boolean;
  /** Default: seeded with the cluster's name. */
  random?: Random;
}

export interface ClusterLoadOptions extends LoadOptions {
  /** Taken as having run for long: Pods Ready, claims bound, Certificates issued, at once. Default: true. */
  steady?: boolean;
  /** `namespace/name` of Certificates that are not issued yet. */
  notIssued?: readonly string[];
}

/** `api-down`: the API hangs and the workloads go on. `lost`: nothing is there at all. */
export type ClusterState = 'up' | 'api-down' | 'lost';

/** One EKS cluster with what runs in it. See kubernetes.md for what it does and what it does not. */
export class FakeCluster {
  readonly name: string;
  readonly region: string;
  readonly loadBalancer: { hostname: string; addresses: readonly string[] };
  readonly store: Store;
  readonly apiServer: ApiServer;
  readonly timers: ClusterTimers;
  readonly timing: Timing;
  /** May be changed while a scenario runs. */
  readonly faults: Faults;
  private readonly clock: VirtualClock;
  private readonly plane: { steady: boolean };
  private readonly manager: ControllerManager;
  private readonly kubelet: Kubelet;
  private readonly certificates: CertificateController;
  private readonly ingress: IngressSettings;
  private readonly broken = new Set<string>();
  private readonly listeners = new Set<(state: ClusterState) => void>();
  private current: ClusterState = 'up';

  constructor(options: FakeClusterOptions) {
    this.name = options.name;
    this.region = options.region;
    this.loadBalancer = options.loadBalancer;
    this.clock = options.clock;
    const random = options.random ?? seededRandom(stableHash(options.name));
    this.store = new Store(options.clock, { random });
    this.apiServer = new ApiServer(this.store, options.clock);
    this.timers = new ClusterTimers(options.clock);
    this.timing = { ...defaultTiming, ...options.timing };
    this.faults = { ...noFaults(), ...options.faults };
    this.ingress = { controller: options.ingressController ?? true, hostname: options.loadBalancer.hostname };
    bootstrap(this.store, options.region, options.nodes ?? defaultNodes(options.region));
    const plane = {
      store: this.store,
      clock: options.clock,
      timers: this.timers,
      timing: this.timing,
      faults: this.faults,
      random,
      steady: false,
    };
    this.plane = plane;
    this.manager = new ControllerManager(plane);
    const requeue = (name: string) => this.manager.requeueFor(name);
    this.kubelet = new Kubelet(plane);
    this.certificates = new CertificateController(plane, requeue('certificate'));
    this.manager.start([
      new NamespaceController(plane),
      new GarbageCollector(plane),
      new DeploymentController(plane, requeue('deployment')),
      new ReplicaSetController(plane, requeue('replicaset')),
      new StatefulSetController(plane),
      new DaemonSetController(plane),
      new JobController(plane, requeue('job')),
      new CronJobController(plane, requeue('cronjob')),
      new AutoscalerController(plane, requeue('autoscaler')),
      new ClaimBinder(plane),
      new ClaimProtection(plane),
      new VolumeReclaimer(plane),
      new Scheduler(plane),
      this.kubelet,
      new NodeLifecycle(plane, requeue('node-lifecycle')),
      new EndpointsController(plane),
      new IngressController(plane, this.ingress),
      new IngressShim(plane),
      this.certificates,
    ]);
  }

  get state(): ClusterState {
    return this.current;
  }

  /** Tells of every change of state, for what else lives in the cluster, such as Velero. */
  onState(listener: (state: ClusterState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Loads manifests before a scenario starts. Returns notes on what was guessed and taken for granted.
   * @throws ManifestRefused
   */
  load(objects: readonly (Manifest | KubeObject)[], options: ClusterLoadOptions = {}): string[] {
    if (options.steady === false) return loadManifests(this.store, objects, options);
    for (const key of options.notIssued ?? []) this.certificates.notIssued.add(key);
    this.plane.steady = true;
    try {
      const notes = loadManifests(this.store, objects, options);
      for (let created = ['']; created.length > 0; notes.push(...created)) {
        this.timers.collapse();
        created = createStandIns(this.store);
      }
      return [...notes, ...steadyNotes(this.store)];
    } finally {
      this.plane.steady = false;
      this.certificates.notIssued.clear();
    }
  }

  /** Resolves when everything that will happen by itself has happened. Time is let pass by the caller. */
  settled(): Promise<void> {
    return this.timers.idle();
  }

  /** The Pods that serve behind a Service now. */
  endpoints(namespace: string, service: string): string[] {
    const found = this.store.peek<Service>(types.service, namespace, service);
    if (!found || this.current === 'lost') return [];
    return servingPods(this.store.view<Pod>(types.pod, namespace), found).map(pod => pod.metadata.name);
  }

  /** What the ingress controller does with a request for a host. Undefined: 404. */
  route(host: string, path: string): Route | undefined {
    const backend = backendFor(this.store, this.ingress, host, path);
    if (!backend) return undefined;
    const secretName = tlsSecretFor(this.store, this.ingress, host)?.secretName;
    return {
      ...backend,
      pods: this.endpoints(backend.namespace, backend.service),
      ...(secretName === undefined ? {} : { secretName }),
      broken: this.broken.has(backend.namespace),
    };
  }

  /** The certificate that a TLS handshake with this server name gets, the controller's own when none fits. */
  certificateFor(serverName: string): Certificate {
    const secret = tlsSecretFor(this.store, this.ingress, serverName);
    const found = secret && this.certificateIn(secret.namespace, secret.secretName);
    // One in a Secret that is not for the name is not shown: Traefik was seen to do so, ingress-nginx logs it.
    return found?.names.some(name => covers(name, serverName))
      ? found
      : defaultCertificate(this.store, this.clock.now());
  }

  /** What is in a TLS Secret, if a certificate is. */
  certificateIn(namespace: string, secretName: string): Certificate | undefined {
    return certificateIn(this.store, namespace, secretName);
  }

  /** Keeps a Pod, there or still to come, in its init containers until releasePod. */
  holdPod(namespace: string, name: string): void {
    this.kubelet.hold(namespace, name);
  }

  /** Lets a held Pod go on, and one that waits in Velero's `restore-wait`, which nothing else lets go on. */
  releasePod(namespace: string, name: string): void {
    this.kubelet.release(namespace, name);
  }

  /** The power of the Region goes. */
  lose(): void {
    this.timers.drop();
    this.timers.freeze();
    this.setState('lost');
  }

  /** The power is back: etcd has its objects, and every container starts anew. */
  restore(): void {
    if (this.current !== 'lost') return;
    this.timers.drop();
    this.timers.thaw();
    this.setState('up');
    for (const pod of this.store.view<Pod>(types.pod)) if (!isFinished(pod)) this.markStopped(pod);
    this.manager.restart();
  }

  /** The API hangs, and with it all controllers. What runs goes on running and serving. */
  apiDown(): void {
    if (this.current !== 'up') return;
    this.timers.freeze();
    this.setState('api-down');
  }

  apiUp(): void {
    if (this.current !== 'api-down') return;
    this.timers.thaw();
    this.setState('up');
  }

  /** The Pods of a namespace answer 500 to everything; their readiness probes see nothing of it. */
  breakApp(namespace: string): void {
    this.broken.add(namespace);
  }

  repairApp(namespace: string): void {
    this.broken.delete(namespace);
  }

  /** All kubelets fall silent: their Pods are taken out of the endpoints, and evicted after five minutes. */
  nodesNotReady(): void {
    for (const node of this.store.view<Node>(types.node)) setReady(this.store, node.metadata.name, false);
  }

  nodesReady(): void {
    for (const node of this.store.view<Node>(types.node)) setReady(this.store, node.metadata.name, true);
  }

  private setState(state: ClusterState): void {
    this.current = state;
    for (const listener of [...this.listeners]) listener(state);
  }

  /** Nobody has written it down yet, but nothing of it runs. */
  private markStopped(pod: Pod): void {
    const now = this.store.timestamp();
    const stopped = (type: string) => ({ type, status: 'False' as const, reason: 'ContainersNotReady' });
    const conditions = ['ContainersReady', 'Ready'].reduce(
      (all, type) => withCondition(all, stopped(type), now),
      pod.status?.conditions ?? [],
    );
    this.store.updateStatus({ ...pod, status: { ...pod.status, conditions } });
  }
}
