import type { Condition, Container, ContainerStatus, Pod, PodStatus } from '../kinds';
import { withCondition } from './conditions';

/** What the kubelet knows of one container. */
export interface ContainerProgress {
  state:
    | { waiting: { reason: string; message?: string } }
    | { running: { startedAt: string } }
    | { terminated: { exitCode: number; reason: string; finishedAt: string } };
  ready: boolean;
  restartCount: number;
}

export interface PodProgress {
  init: ContainerProgress[];
  main: ContainerProgress[];
  startTime: string;
  podIP: string;
}

export function waiting(reason: string, message?: string): ContainerProgress['state'] {
  return { waiting: { reason, ...(message === undefined ? {} : { message }) } };
}

function statusOf(container: Container, progress: ContainerProgress): ContainerStatus {
  const started = 'running' in progress.state;
  return {
    name: container.name,
    image: container.image,
    imageID: started ? `${container.image}@sha256:fake` : '',
    ready: progress.ready,
    started,
    restartCount: progress.restartCount,
    state: { ...progress.state },
  };
}

function phaseOf(progress: PodProgress): PodStatus['phase'] {
  const ended = progress.main.filter(each => 'terminated' in each.state);
  if (ended.length === progress.main.length) return 'Succeeded';
  const begun = progress.main.some(each => !('waiting' in each.state));
  // A container that waits to run again after a reboot leaves the Pod in Running, as crash loops do.
  const restarting = progress.main.some(each => each.restartCount > 0);
  return begun || restarting ? 'Running' : 'Pending';
}

function initDone(progress: PodProgress): boolean {
  return progress.init.every(each => 'terminated' in each.state || each.ready);
}

/** The status that the kubelet posts for a Pod. */
export function podStatus(pod: Pod, progress: PodProgress, now: string): PodStatus {
  const phase = phaseOf(progress);
  const containersReady = progress.main.every(each => each.ready);
  const unready = pod.spec.containers
    .filter((_, index) => !progress.main[index]?.ready)
    .map(each => each.name);
  const why =
    phase === 'Succeeded'
      ? { reason: 'PodCompleted' }
      : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const ready = (type: string): Omit<Condition, 'lastTransitionTime'> =>
    containersReady ? { type, status: 'True' } : { type, status: 'False', ...why };
  let conditions = pod.status?.conditions ?? [];
  conditions = withCondition(conditions, { type: 'PodScheduled', status: 'True' }, now);
  conditions = withCondition(
    conditions,
    initDone(progress)
      ? { type: 'Initialized', status: 'True' }
      : { type: 'Initialized', status: 'False', reason: 'ContainersNotInitialized' },
    now,
  );
  conditions = withCondition(conditions, ready('ContainersReady'), now);
  conditions = withCondition(conditions, ready('Ready'), now);
  const init = pod.spec.initContainers ?? [];
  return {
    ...pod.status,
    phase,
    conditions,
    startTime: progress.startTime,
    podIP: progress.podIP,
    podIPs: [{ ip: progress.podIP }],
    ...(init.length > 0
      ? { initContainerStatuses: init.flatMap((each, index) => statuses(each, progress.init[index])) }
      : {}),
    containerStatuses: pod.spec.containers.flatMap((each, index) => statuses(each, progress.main[index])),
  };
}

function statuses(container: Container, progress: ContainerProgress | undefined): ContainerStatus[] {
  return progress ? [statusOf(container, progress)] : [];
}
