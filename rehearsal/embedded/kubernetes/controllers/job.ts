import { copyOf } from '../json';
import { type Condition, type Job, type Pod, types } from '../kinds';
import type { WatchEvent } from '../object';
import { isTrue, withCondition } from './conditions';
import {
  type Controller,
  type ControlPlane,
  fromKey,
  isKind,
  keyOf,
  type Requeue,
  writeStatus,
} from './controller';
import { controllerOf, isActive, isPod, isReady, podFrom } from './pods';

/** Runs Pods until enough of them have succeeded. In this fake they always do. */
export class JobController implements Controller {
  readonly name = 'job';

  constructor(
    private readonly plane: ControlPlane,
    private readonly requeue: Requeue,
  ) {}

  keysFor({ object }: WatchEvent): string[] {
    if (isKind(object, types.job)) return [keyOf(object)];
    const owner = isPod(object) ? controllerOf(object) : undefined;
    return owner?.kind === 'Job' ? [`${object.metadata.namespace ?? ''}/${owner.name}`] : [];
  }

  reconcile(key: string): void {
    const { namespace, name } = fromKey(key);
    const job = this.plane.store.peek<Job>(types.job, namespace, name);
    if (!job || job.metadata.deletionTimestamp !== undefined) return;
    if (isTrue(job.status?.conditions, 'Complete')) this.expire(key, job);
    else {
      this.adjust(job);
      this.report(job);
    }
  }

  private adjust(job: Job): void {
    const { store, random } = this.plane;
    const pods = this.podsOf(job);
    const active = pods.filter(isActive);
    if (job.spec.suspend) {
      for (const pod of active) store.delete(types.pod, pod.metadata.namespace, pod.metadata.name);
      return;
    }
    const left = (job.spec.completions ?? 1) - pods.filter(pod => pod.status?.phase === 'Succeeded').length;
    const labels = {
      'batch.kubernetes.io/controller-uid': job.metadata.uid ?? '',
      'batch.kubernetes.io/job-name': job.metadata.name.slice(0, 63),
      'job-name': job.metadata.name.slice(0, 63),
    };
    for (let count = active.length; count < Math.min(job.spec.parallelism ?? 1, left); count++) {
      store.create(podFrom(job, job.spec.template, { random }, labels));
    }
  }

  private report(job: Job): void {
    const now = this.plane.store.timestamp();
    const pods = this.podsOf(job);
    const succeeded = pods.filter(pod => pod.status?.phase === 'Succeeded').length;
    const active = pods.filter(isActive);
    const complete = succeeded >= (job.spec.completions ?? 1);
    let conditions: Condition[] = (job.status?.conditions ?? []).map(each => copyOf(each));
    if (job.spec.suspend) conditions = withCondition(conditions, { type: 'Suspended', status: 'True' }, now);
    if (complete) {
      conditions = withCondition(conditions, { type: 'SuccessCriteriaMet', status: 'True' }, now);
      conditions = withCondition(conditions, { type: 'Complete', status: 'True' }, now);
    }
    writeStatus(this.plane.store, job, {
      ...(job.spec.suspend ? {} : { startTime: job.status?.startTime ?? now }),
      ...(active.length > 0 ? { active: active.length, ready: active.filter(isReady).length } : { ready: 0 }),
      ...(succeeded > 0 ? { succeeded } : {}),
      ...(complete ? { completionTime: now } : {}),
      ...(conditions.length > 0 ? { conditions } : {}),
    });
  }

  private expire(key: string, job: Job): void {
    const seconds = job.spec.ttlSecondsAfterFinished;
    const finished = job.status?.completionTime;
    if (seconds === undefined || finished === undefined) return;
    const leftMs = Date.parse(finished) + seconds * 1000 - this.plane.clock.now();
    if (leftMs > 0) this.requeue(key, leftMs, { background: true });
    else this.plane.store.delete(types.job, job.metadata.namespace, job.metadata.name);
  }

  private podsOf(job: Job): Pod[] {
    return this.plane.store
      .view<Pod>(types.pod, job.metadata.namespace)
      .filter(pod => controllerOf(pod)?.uid === job.metadata.uid);
  }
}
