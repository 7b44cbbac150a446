import { DEADLINES } from '../../../core/deadlines';
import { PodsNotReady } from '../../../core/errors';
import type { PodObject } from '../../../core/kubernetes';
import { overdue } from '../../../core/restore';
import type { AppInput, StepResult } from '../../../core/run';
import { pauseChange } from '../../../core/schedule';
import { readiness, scalePlan, workloadsOf } from '../../../core/workloads';
import type { Cluster } from '../../adapters/kubernetes/cluster';
import type { Deps } from '../../runtime/wire';
import { type AppContext, appStep, type Progress } from '../app-step';
import { seenThere } from '../target-facts';

/**
 * Step 7. Gives the target's workloads their replicas, many at once, and waits for Ready pods; then lets CronJobs
 * and the site's own backup schedule run.
 */
export function scaleStep(deps: Deps, input: AppInput): Promise<StepResult> {
  return appStep(deps, input, 'scale', scale);
}

async function scale(context: AppContext): Promise<Progress> {
  const { deps, input, app, activation, startedAt } = context;
  const cluster = await deps.cluster(input.run.activate);
  const [found, autoscalers, seen] = await Promise.all([
    cluster.workloads(app.namespaces),
    cluster.autoscalers(app.namespaces),
    seenThere(deps, app, input.run.activate),
  ]);
  const { present, missing } = workloadsOf(app, found);
  if (missing.length > 0)
    throw new PodsNotReady(`Not in the cluster, and not in the backup either: ${missing.join(', ')}.`);
  const plan = scalePlan(app, input.run.activate, present, autoscalers, seen, activation.id);
  const change = (record: AppContext['record']) => ({
    ...record,
    notes: [...new Set([...record.notes, ...plan.notes])],
  });
  const late = overdue(startedAt, DEADLINES.scale, deps.clock.now());
  if (plan.first.length > 0) {
    const detail = plan.first.map(({ detail: text }) => text).join('; ');
    // Asked for again and again: somebody else changes it back, such as a GitOps tool that heals itself.
    if (late)
      throw new PodsNotReady(`Still to be changed: ${detail}. Does something change it back? It is ${late}.`);
    await cluster.apply(plan.first);
    return { word: 'waiting', detail, waitSeconds: 2, change };
  }
  const { ready, waitingFor } = readiness(present, plan.wanted);
  if (!ready) {
    const detail = [...waitingFor, ...(await troubles(cluster, app.namespaces))].join('; ');
    if (late) throw new PodsNotReady(`${detail}. It is ${late}.`);
    return { word: 'waiting', detail: `${detail}.` };
  }
  await cluster.apply([...plan.afterReady, ...(await schedules(context, cluster))]);
  const pods = Object.values(plan.wanted).reduce((sum, count) => sum + count, 0);
  return {
    word: 'done',
    detail: `${pods} pods of ${Object.keys(plan.wanted).length} workloads are Ready.`,
    change,
  };
}

/** The site that is at work makes the backups from now on: the way back needs them. */
async function schedules({ deps, app, activation }: AppContext, cluster: Cluster) {
  if (!app.data || !('schedule' in app.data.source)) return [];
  const schedule = await deps.velero(cluster, app).schedule(app.data.source.schedule);
  return schedule ? pauseChange(schedule, false, activation.id) : [];
}

/** Why pods are not Ready, in Kubernetes' own words. */
export async function troubles(cluster: Cluster, namespaces: readonly string[]): Promise<string[]> {
  const pods = await cluster.pods(namespaces);
  return [...new Set(pods.flatMap(podTrouble))].slice(0, 3);
}

function podTrouble({ metadata, status }: PodObject): string[] {
  const unscheduled = status?.conditions?.find(
    ({ type, status: is }) => type === 'PodScheduled' && is === 'False',
  );
  if (unscheduled) return [`${metadata.name}: ${unscheduled.reason} ${unscheduled.message ?? ''}`.trim()];
  const waiting = status?.containerStatuses?.map(({ state }) => state?.waiting).find(state => state?.reason);
  return waiting && waiting.reason !== 'ContainerCreating'
    ? [`${metadata.name}: ${waiting.reason} ${waiting.message ?? ''}`.trim()]
    : [];
}
