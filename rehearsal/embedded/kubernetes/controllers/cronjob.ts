import { copyOf } from '../json';
import { type CronJob, type Job, types } from '../kinds';
import type { WatchEvent } from '../object';
import { isTrue } from './conditions';
import {
  type Controller,
  type ControlPlane,
  fromKey,
  isKind,
  keyOf,
  type Requeue,
  writeStatus,
} from './controller';
import { parseSchedule, type Schedule } from './cron-schedule';
import { controllerOf, ownerReference } from './pods';

/**
 * Starts Jobs on a schedule. A CronJob that was suspended over a scheduled time starts that Job at once when it is
 * resumed, unless its startingDeadlineSeconds has passed: kubernetes.io/docs/concepts/workloads/controllers/cron-jobs.
 */
export class CronJobController implements Controller {
  readonly name = 'cronjob';

  constructor(
    private readonly plane: ControlPlane,
    private readonly requeue: Requeue,
  ) {}

  keysFor({ object }: WatchEvent): string[] {
    if (isKind(object, types.cronJob)) return [keyOf(object)];
    const owner = isKind(object, types.job) ? controllerOf(object) : undefined;
    return owner?.kind === 'CronJob' ? [`${object.metadata.namespace ?? ''}/${owner.name}`] : [];
  }

  reconcile(key: string): void {
    const { namespace, name } = fromKey(key);
    const cron = this.plane.store.peek<CronJob>(types.cronJob, namespace, name);
    const schedule = cron && parseSchedule(cron.spec.schedule);
    if (!cron || !schedule || cron.metadata.deletionTimestamp !== undefined) return;
    this.forgetOld(cron);
    if (!cron.spec.suspend) this.startMissed(cron, schedule);
    this.report(cron);
    const next = schedule.next(this.plane.clock.now());
    if (next !== undefined && !cron.spec.suspend) {
      this.requeue(key, next - this.plane.clock.now(), { background: true });
    }
  }

  private startMissed(cron: CronJob, schedule: Schedule): void {
    const due = this.lastMissed(cron, schedule);
    if (due === undefined) return;
    const running = this.jobsOf(cron).filter(job => !isTrue(job.status?.conditions, 'Complete'));
    if (cron.spec.concurrencyPolicy === 'Forbid' && running.length > 0) return;
    if (cron.spec.concurrencyPolicy === 'Replace') {
      for (const job of running)
        this.plane.store.delete(types.job, job.metadata.namespace, job.metadata.name);
    }
    const name = `${cron.metadata.name}-${Math.floor(due / 60_000)}`;
    if (!this.plane.store.peek(types.job, cron.metadata.namespace, name)) this.create(cron, name, due);
    const lastScheduleTime = new Date(due).toISOString().replace('.000Z', 'Z');
    writeStatus(this.plane.store, cron, { ...cron.status, lastScheduleTime });
  }

  private lastMissed(cron: CronJob, schedule: Schedule): number | undefined {
    const now = this.plane.clock.now();
    const since = Date.parse(cron.status?.lastScheduleTime ?? cron.metadata.creationTimestamp ?? '');
    const deadline = cron.spec.startingDeadlineSeconds;
    const earliest = deadline === undefined ? since : Math.max(since, now - deadline * 1000);
    let last: number | undefined;
    for (let at = schedule.next(earliest); at !== undefined && at <= now; at = schedule.next(at)) last = at;
    return last;
  }

  private create(cron: CronJob, name: string, due: number): void {
    const { namespace } = cron.metadata;
    const { metadata, spec } = cron.spec.jobTemplate;
    this.plane.store.create({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name,
        ...(namespace === undefined ? {} : { namespace }),
        labels: { ...metadata?.labels },
        annotations: {
          ...metadata?.annotations,
          'batch.kubernetes.io/cronjob-scheduled-timestamp': new Date(due)
            .toISOString()
            .replace('.000Z', 'Z'),
        },
        ownerReferences: [ownerReference(cron)],
      },
      spec: copyOf(spec),
    });
  }

  private forgetOld(cron: CronJob): void {
    const done = this.jobsOf(cron)
      .filter(job => isTrue(job.status?.conditions, 'Complete'))
      .sort((a, b) => Date.parse(b.status?.startTime ?? '') - Date.parse(a.status?.startTime ?? ''));
    for (const job of done.slice(cron.spec.successfulJobsHistoryLimit ?? 3)) {
      this.plane.store.delete(types.job, job.metadata.namespace, job.metadata.name);
    }
  }

  private report(seen: CronJob): void {
    const cron = this.plane.store.peek<CronJob>(types.cronJob, seen.metadata.namespace, seen.metadata.name);
    if (!cron) return;
    const jobs = this.jobsOf(cron);
    const active = jobs
      .filter(job => !isTrue(job.status?.conditions, 'Complete'))
      .map(({ metadata }) => ({
        apiVersion: 'batch/v1',
        kind: 'Job',
        name: metadata.name,
        namespace: metadata.namespace,
        uid: metadata.uid,
      }));
    const ends = jobs.flatMap(job =>
      job.status?.completionTime === undefined ? [] : [job.status.completionTime],
    );
    const last = ends.sort().at(-1) ?? cron.status?.lastSuccessfulTime;
    const { active: _before, ...status } = cron.status ?? {};
    writeStatus(this.plane.store, cron, {
      ...status,
      ...(active.length > 0 ? { active } : {}),
      ...(last === undefined ? {} : { lastSuccessfulTime: last }),
    });
  }

  private jobsOf(cron: CronJob): Job[] {
    return this.plane.store
      .view<Job>(types.job, cron.metadata.namespace)
      .filter(job => controllerOf(job)?.uid === cron.metadata.uid);
  }
}
