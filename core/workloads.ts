import type { App, Replicas, SiteName, WorkloadKind } from './config';
import { ANNOTATIONS, type AutoscalerObject, type WorkloadObject } from './kubernetes';
import { otherSite } from './run';

/** A change to one object, as a JSON merge patch (RFC 7386): null deletes. */
export interface Change {
  kind: WorkloadKind | 'HorizontalPodAutoscaler' | 'Schedule';
  namespace: string;
  name: string;
  patch: Record<string, unknown>;
  /** For people: `Deployment shop/web: 2 → 0`. */
  detail: string;
}

/** Replicas by workload key, as they were seen on a site while it was at work. */
export type SeenReplicas = Record<string, number>;

export function keyOf(workload: Pick<WorkloadObject, 'kind' | 'metadata'>): string {
  return `${workload.kind}/${workload.metadata.namespace}/${workload.metadata.name}`;
}

/**
 * The app's workloads out of everything that its namespaces hold, and those that the configuration names and the
 * cluster lacks.
 */
export function workloadsOf(
  app: App,
  found: readonly WorkloadObject[],
): { present: WorkloadObject[]; missing: string[] } {
  if (!app.workloads) return { present: [...found], missing: [] };
  const byKey = new Map(found.map(object => [keyOf(object), object]));
  const keys = app.workloads.map(({ kind, namespace, name }) => `${kind}/${namespace}/${name}`);
  return {
    present: keys.flatMap(key => byKey.get(key) ?? []),
    missing: keys.filter(key => !byKey.has(key)),
  };
}

/** How many replicas a workload has when it works: what stands there, or what stood there before Lifeboat put it to rest. */
export function seenReplicas(workloads: readonly WorkloadObject[]): SeenReplicas {
  const counts = workloads
    .filter(({ kind }) => kind !== 'CronJob')
    .map(workload => ({
      key: keyOf(workload),
      count: replicasNow(workload) || (numberMark(workload, ANNOTATIONS.replicasBefore) ?? 0),
    }));
  // A site at rest says nothing; at a site at work, what is kept at 0 shall be 0 on the other side too.
  if (counts.every(({ count }) => count === 0)) return {};
  return Object.fromEntries(counts.map(({ key, count }) => [key, count]));
}

/** Puts workloads to rest: no replicas, no new Jobs. What is at rest already is left alone. */
export function restChanges(workloads: readonly WorkloadObject[], activationId: string): Change[] {
  return workloads.flatMap(workload =>
    workload.kind === 'CronJob'
      ? suspendChange(workload, true, activationId)
      : replicasChange(workload, 0, activationId),
  );
}

export interface ScalePlan {
  /** Deployments and StatefulSets, and the floors of their autoscalers. */
  first: Change[];
  /** CronJobs: only when the pods are Ready, so that no job meets a half-started app. */
  afterReady: Change[];
  /** Wanted replicas by workload key. */
  wanted: Record<string, number>;
  notes: string[];
}

/**
 * What the target's workloads must become.
 * @param seen replicas of the other site as last seen; empty when nobody ever saw it
 */
export function scalePlan(
  app: App,
  site: SiteName,
  workloads: readonly WorkloadObject[],
  autoscalers: readonly AutoscalerObject[],
  seen: SeenReplicas,
  activationId: string,
): ScalePlan {
  const plan: ScalePlan = { first: [], afterReady: [], wanted: {}, notes: [] };
  for (const workload of workloads) {
    if (workload.kind === 'CronJob') {
      plan.afterReady.push(...suspendChange(workload, false, activationId));
      continue;
    }
    const autoscaler = autoscalers.find(
      ({ metadata, spec }) =>
        metadata.namespace === workload.metadata.namespace &&
        spec.scaleTargetRef.kind === workload.kind &&
        spec.scaleTargetRef.name === workload.metadata.name,
    );
    const { count, note } = wantedReplicas(app, site, workload, autoscaler, seen);
    if (note) plan.notes.push(note);
    plan.wanted[keyOf(workload)] = count;
    // An autoscaler that has more at work knows why; only what is too little is raised.
    const enough = autoscaler !== undefined && count > 0 && replicasNow(workload) >= count;
    if (!enough) plan.first.push(...replicasChange(workload, count, activationId));
    if (autoscaler) plan.first.push(...floorChange(autoscaler, count, activationId));
  }
  return plan;
}

export interface Readiness {
  ready: boolean;
  /** `Deployment shop/web: 1 of 2 pods are Ready`. */
  waitingFor: string[];
}

/** Ready pods count; what a controller says of an older generation does not. */
export function readiness(workloads: readonly WorkloadObject[], wanted: Record<string, number>): Readiness {
  const waitingFor = workloads.flatMap(workload => {
    const count = wanted[keyOf(workload)];
    if (count === undefined) return [];
    const { observedGeneration = 0, readyReplicas = 0, updatedReplicas = 0 } = workload.status ?? {};
    const current = observedGeneration >= (workload.metadata.generation ?? 0);
    const updated = workload.kind === 'StatefulSet' || updatedReplicas >= count;
    if (current && updated && readyReplicas >= count) return [];
    return [`${place(workload)}: ${current ? readyReplicas : 0} of ${count} pods are Ready`];
  });
  return { ready: waitingFor.length === 0, waitingFor };
}

/** Undoes what an activation changed and marked, and nothing else. */
export function undoChanges(
  workloads: readonly WorkloadObject[],
  autoscalers: readonly AutoscalerObject[],
  activationId: string,
): Change[] {
  const mine = (object: { metadata: WorkloadObject['metadata'] }) =>
    object.metadata.annotations?.[ANNOTATIONS.changedBy] === activationId;
  return [
    ...workloads.filter(mine).flatMap(workload => {
      if (workload.kind === 'CronJob') {
        const before = workload.metadata.annotations?.[ANNOTATIONS.suspendBefore];
        return before === undefined
          ? []
          : [suspendPatch(workload, before === 'true', unmark(ANNOTATIONS.suspendBefore))];
      }
      const before = numberMark(workload, ANNOTATIONS.replicasBefore);
      return before === undefined
        ? []
        : [replicasPatch(workload, before, unmark(ANNOTATIONS.replicasBefore))];
    }),
    ...autoscalers.filter(mine).flatMap(autoscaler => {
      const before = numberMark(autoscaler, ANNOTATIONS.minReplicasBefore);
      return before === undefined
        ? []
        : [floorPatch(autoscaler, before, unmark(ANNOTATIONS.minReplicasBefore))];
    }),
  ];
}

function wantedReplicas(
  app: App,
  site: SiteName,
  workload: WorkloadObject,
  autoscaler: AutoscalerObject | undefined,
  seen: SeenReplicas,
): { count: number; note?: string } {
  const { count, note } = uncappedReplicas(configured(app, site, workload), site, workload, autoscaler, seen);
  const most = autoscaler?.spec.maxReplicas;
  if (most !== undefined && count > most) {
    return { count: most, note: `${place(workload)}: ${count} are wanted, its autoscaler allows ${most}.` };
  }
  return note ? { count, note } : { count };
}

function uncappedReplicas(
  wish: Replicas,
  site: SiteName,
  workload: WorkloadObject,
  autoscaler: AutoscalerObject | undefined,
  seen: SeenReplicas,
): { count: number; note?: string } {
  if (typeof wish === 'number') return { count: wish };
  const there = seen[keyOf(workload)];
  if (there !== undefined) return { count: there };
  // Nobody ever saw the other site at work: the best that this site itself knows, and on-call is told.
  const floor = autoscaler?.spec.minReplicas ?? 1;
  const count = Math.max(replicasNow(workload), numberMark(workload, ANNOTATIONS.replicasBefore) ?? 0, floor);
  return {
    count,
    note: `${place(workload)}: nobody has seen how many replicas ${otherSite(site)} has; ${count} were taken.`,
  };
}

function configured(app: App, site: SiteName, workload: WorkloadObject): Replicas {
  const entry = app.workloads?.find(
    ({ kind, namespace, name }) => `${kind}/${namespace}/${name}` === keyOf(workload),
  );
  return entry?.replicas[site] ?? 'as-other-site';
}

function replicasChange(workload: WorkloadObject, count: number, activationId: string): Change[] {
  const now = replicasNow(workload);
  if (now === count) return [];
  return [replicasPatch(workload, count, mark(ANNOTATIONS.replicasBefore, now, workload, activationId))];
}

function suspendChange(workload: WorkloadObject, suspend: boolean, activationId: string): Change[] {
  const now = workload.spec.suspend ?? false;
  if (now === suspend) return [];
  return [suspendPatch(workload, suspend, mark(ANNOTATIONS.suspendBefore, now, workload, activationId))];
}

function floorChange(autoscaler: AutoscalerObject, count: number, activationId: string): Change[] {
  // A fresh site has no metrics yet: without a floor the autoscaler would shrink it just as everybody comes.
  const now = autoscaler.spec.minReplicas ?? 1;
  if (now >= count || count === 0) return [];
  return [floorPatch(autoscaler, count, mark(ANNOTATIONS.minReplicasBefore, now, autoscaler, activationId))];
}

function replicasPatch(workload: WorkloadObject, count: number, annotations: Marks): Change {
  return {
    ...target(workload),
    patch: { metadata: { annotations }, spec: { replicas: count } },
    detail: `${place(workload)}: ${replicasNow(workload)} → ${count}`,
  };
}

function suspendPatch(workload: WorkloadObject, suspend: boolean, annotations: Marks): Change {
  return {
    ...target(workload),
    patch: { metadata: { annotations }, spec: { suspend } },
    detail: `${place(workload)}: ${suspend ? 'suspended' : 'runs again'}`,
  };
}

function floorPatch(autoscaler: AutoscalerObject, count: number, annotations: Marks): Change {
  const { namespace = '', name } = autoscaler.metadata;
  return {
    kind: 'HorizontalPodAutoscaler',
    namespace,
    name,
    patch: { metadata: { annotations }, spec: { minReplicas: count } },
    detail: `HorizontalPodAutoscaler ${namespace}/${name}: at least ${count}`,
  };
}

type Marks = Record<string, string | null>;
type Marked = { metadata: WorkloadObject['metadata'] };

/** Keeps the first `before` of an activation: a second change by the same one must not overwrite it. */
function mark(annotation: string, before: number | boolean, object: Marked, activationId: string): Marks {
  const annotations = object.metadata.annotations ?? {};
  const already = annotations[ANNOTATIONS.changedBy] === activationId ? annotations[annotation] : undefined;
  return { [annotation]: already ?? String(before), [ANNOTATIONS.changedBy]: activationId };
}

function unmark(annotation: string): Marks {
  return { [annotation]: null, [ANNOTATIONS.changedBy]: null };
}

function numberMark(object: Marked, annotation: string): number | undefined {
  const text = object.metadata.annotations?.[annotation];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function replicasNow(workload: WorkloadObject): number {
  // The API server defaults it to 1; a manifest that was never applied may lack it.
  return workload.spec.replicas ?? 1;
}

function target(workload: WorkloadObject): Pick<Change, 'kind' | 'namespace' | 'name'> {
  return { kind: workload.kind, namespace: workload.metadata.namespace ?? '', name: workload.metadata.name };
}

function place({ kind, metadata }: WorkloadObject): string {
  return `${kind} ${metadata.namespace}/${metadata.name}`;
}
