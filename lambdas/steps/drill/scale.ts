import { DEADLINES } from '../../../core/deadlines';
import { asInApp, inScratch } from '../../../core/drill';
import { PodsNotReady } from '../../../core/errors';
import { overdue } from '../../../core/restore';
import { readiness, scalePlan, workloadsOf } from '../../../core/workloads';
import { troubles } from '../scale/step';
import { seenThere } from '../target-facts';
import type { DrillContext } from './step';

/** As many pods as a real run would start, in the scratch namespaces. CronJobs are not brought. */
export async function scalePart(context: DrillContext): Promise<string | undefined> {
  const { deps, app, input, activation, cluster, mapping, scratch, startedAt } = context;
  const [found, autoscalers, seen] = await Promise.all([
    cluster.workloads(scratch),
    cluster.autoscalers(scratch),
    seenThere(deps, app, input.run.activate),
  ]);
  const { present, missing } = workloadsOf(
    app,
    found.map(object => asInApp(mapping, object)),
  );
  const lacking = missing.filter(key => !key.startsWith('CronJob/'));
  if (lacking.length > 0) throw new PodsNotReady(`Not in the backup: ${lacking.join(', ')}.`);
  const running = present.filter(({ kind }) => kind !== 'CronJob');
  const plan = scalePlan(
    app,
    input.run.activate,
    running,
    autoscalers.map(object => asInApp(mapping, object)),
    seen,
    activation.id,
  );
  const late = overdue(startedAt, DEADLINES.scale, deps.clock.now());
  if (plan.first.length > 0) {
    const changes = plan.first.map(change => inScratch(mapping, change));
    const detail = changes.map(change => change.detail).join('; ');
    if (late) throw new PodsNotReady(`Still to be changed: ${detail}. It is ${late}.`);
    await cluster.apply(changes);
    return detail;
  }
  const { ready, waitingFor } = readiness(running, plan.wanted);
  if (ready) return undefined;
  const detail = [...waitingFor, ...(await troubles(cluster, scratch))].join('; ');
  if (late) throw new PodsNotReady(`${detail}. It is ${late}.`);
  return `${detail}.`;
}
