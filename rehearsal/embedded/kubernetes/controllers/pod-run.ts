import { type Container, type Pod, types } from '../kinds';
import type { KubeObject } from '../object';
import { imageMatches, timeFor } from '../timing';
import type { ControlPlane } from './controller';
import { missingNeed } from './pod-needs';
import { type ContainerProgress, type PodProgress, podStatus, waiting } from './pod-status';
import { controllerOf } from './pods';

/** What the kubelet of a node shares among its Pods. */
export interface NodeServices {
  readonly plane: ControlPlane;
  /** Whether the init container must not end yet. */
  isHeld(pod: Pod, container: Container): boolean;
  hasImage(node: string, image: string): boolean;
  keepImage(node: string, image: string): void;
}

/** The kubelet's back-off for images: 10 s doubling to 5 min. */
const FIRST_BACK_OFF_MS = 10_000;
const LAST_BACK_OFF_MS = 300_000;
/** How often a readiness probe that fails is tried again. */
const PROBE_MS = 10_000;

/** One Pod on its node, from the first look at its volumes until its containers are ready, or done. */
export class PodRun {
  private readonly progress: PodProgress;
  private cancel: () => void = () => undefined;
  private waitingFor: 'needs' | 'release' | undefined;
  private initIndex = 0;

  constructor(
    private readonly services: NodeServices,
    private readonly key: { namespace: string | undefined; name: string; uid: string },
    pod: Pod,
    podIP: string,
  ) {
    const before = new Map(pod.status?.containerStatuses?.map(each => [each.name, each]));
    const begin = (container: Container): ContainerProgress => {
      const was = before.get(container.name);
      const ran = was !== undefined && !('waiting' in was.state);
      return {
        state: waiting('PodInitializing'),
        ready: false,
        restartCount: (was?.restartCount ?? 0) + (ran ? 1 : 0),
      };
    };
    this.progress = {
      init: (pod.spec.initContainers ?? []).map(begin),
      main: pod.spec.containers.map(begin),
      startTime: pod.status?.startTime ?? services.plane.store.timestamp(),
      podIP,
    };
  }

  begin(): void {
    const pod = this.pod();
    if (!pod) return;
    const missing = missingNeed(this.services.plane.store, pod);
    if (missing) {
      this.waitingFor = 'needs';
      for (const each of this.progress.main) each.state = waiting(missing.reason, missing.message);
      this.report();
      return;
    }
    this.waitingFor = undefined;
    for (const each of this.progress.main) each.state = waiting('PodInitializing');
    this.report();
    this.nextInit();
  }

  /** Something that this Pod may have waited for has happened. */
  nudge(): void {
    if (this.waitingFor === 'needs') this.begin();
    else if (this.waitingFor === 'release') this.endInit();
    else this.report();
  }

  stop(): void {
    this.cancel();
    this.waitingFor = undefined;
  }

  isWaiting(): boolean {
    return this.waitingFor !== undefined;
  }

  private nextInit(): void {
    const pod = this.pod();
    const container = pod?.spec.initContainers?.[this.initIndex];
    const progress = this.progress.init[this.initIndex];
    if (!pod) return;
    if (!container || !progress) {
      this.pullMain(0);
      return;
    }
    this.pull(pod, container, progress, FIRST_BACK_OFF_MS, () => {
      progress.state = { running: { startedAt: this.now() } };
      this.report();
      this.after(this.services.plane.timing.initMs, () => this.endInit());
    });
  }

  private endInit(): void {
    const pod = this.pod();
    const container = pod?.spec.initContainers?.[this.initIndex];
    const progress = this.progress.init[this.initIndex];
    if (!pod || !container || !progress) return;
    if (this.services.isHeld(pod, container)) {
      this.waitingFor = 'release';
      return;
    }
    this.waitingFor = undefined;
    // An init container with restartPolicy Always is a sidecar: it goes on beside the others.
    if (container.restartPolicy === 'Always') progress.ready = true;
    else progress.state = { terminated: { exitCode: 0, reason: 'Completed', finishedAt: this.now() } };
    this.initIndex++;
    this.report();
    this.nextInit();
  }

  private pullMain(index: number): void {
    const pod = this.pod();
    const container = pod?.spec.containers[index];
    const progress = this.progress.main[index];
    if (!pod) return;
    if (!container || !progress) {
      this.start(pod);
      return;
    }
    this.pull(pod, container, progress, FIRST_BACK_OFF_MS, () => this.pullMain(index + 1));
  }

  private pull(
    pod: Pod,
    container: Container,
    progress: ContainerProgress,
    backOffMs: number,
    then: () => void,
  ): void {
    const { plane } = this.services;
    const { image } = container;
    const node = pod.spec.nodeName ?? '';
    const policy = (container as { imagePullPolicy?: string }).imagePullPolicy;
    const cached = this.services.hasImage(node, image);
    if (cached && policy !== 'Always') {
      then();
      return;
    }
    if (plane.faults.imageFaults.some(pattern => imageMatches(pattern, image))) {
      const message = `failed to pull and unpack image "${image}"`;
      progress.state = waiting('ErrImagePull', message);
      this.report();
      this.after(2_000, () => this.showBackOff(progress, image), true);
      this.alsoAfter(backOffMs, () =>
        this.pull(pod, container, progress, Math.min(backOffMs * 2, LAST_BACK_OFF_MS), then),
      );
      return;
    }
    const ms = cached ? 0 : timeFor(plane.timing, 'pullMs', image);
    progress.state = waiting('ContainerCreating');
    this.report();
    this.after(ms, () => {
      this.services.keepImage(node, image);
      then();
    });
  }

  private showBackOff(progress: ContainerProgress, image: string): void {
    progress.state = waiting('ImagePullBackOff', `Back-off pulling image "${image}"`);
    this.report();
  }

  private start(pod: Pod): void {
    const { timing } = this.services.plane;
    const slowest = (what: 'startMs' | 'readyMs' | 'jobMs') =>
      Math.max(...pod.spec.containers.map(container => timeFor(timing, what, container.image)));
    const initialDelay = Math.max(
      0,
      ...pod.spec.containers.map(each => (each.readinessProbe?.initialDelaySeconds ?? 0) * 1000),
    );
    this.after(slowest('startMs'), () => {
      for (const each of this.progress.main) each.state = { running: { startedAt: this.now() } };
      const ends = controllerOf(pod)?.kind === 'Job';
      if (ends) {
        for (const each of this.progress.main) each.ready = true;
        this.report();
        this.after(slowest('jobMs'), () => this.complete());
        return;
      }
      this.report();
      this.after(Math.max(slowest('readyMs'), initialDelay), () => this.probe(pod));
    });
  }

  private probe(pod: Pod): void {
    const { faults } = this.services.plane;
    pod.spec.containers.forEach((container, index) => {
      const progress = this.progress.main[index];
      const broken = faults.neverReady.some(pattern => imageMatches(pattern, container.image));
      if (progress) progress.ready = !broken;
    });
    this.report();
    if (this.progress.main.some(each => !each.ready)) this.after(PROBE_MS, () => this.probe(pod), true);
  }

  private complete(): void {
    for (const each of this.progress.main) {
      each.state = { terminated: { exitCode: 0, reason: 'Completed', finishedAt: this.now() } };
      each.ready = false;
    }
    this.report();
  }

  /** The Pod as it stands, unless it is gone or another of the same name has come. */
  private pod(): Pod | undefined {
    const { namespace, name, uid } = this.key;
    const pod = this.services.plane.store.peek<Pod & KubeObject>(types.pod, namespace, name);
    return pod?.metadata.uid === uid ? pod : undefined;
  }

  private report(): void {
    const pod = this.pod();
    if (!pod) return;
    const status = podStatus(pod, this.progress, this.now());
    this.services.plane.store.updateStatus({ ...pod, status });
  }

  private now(): string {
    return this.services.plane.store.timestamp();
  }

  /** One thing at a time: what is to come next replaces what was. */
  private after(ms: number, fire: () => void, background = false): void {
    this.cancel();
    this.cancel = this.services.plane.timers.after(ms, fire, { background });
  }

  private alsoAfter(ms: number, fire: () => void): void {
    const first = this.cancel;
    const second = this.services.plane.timers.after(ms, fire, { background: true });
    this.cancel = () => {
      first();
      second();
    };
  }
}
