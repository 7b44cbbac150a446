import type { NodeObject, PodObject, PodSpec, WorkloadObject } from './kubernetes';
import { keyOf } from './workloads';

/** CPU in cores, memory in bytes. */
export interface Room {
  cpu: number;
  memory: number;
}

const SUFFIXES: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A Kubernetes quantity as a number: `250m`, `1.5Gi`, 2. What cannot be read counts as 0. */
export function quantity(text: string | number | undefined): number {
  const match = /^([0-9.]+)([a-zA-Z]*)$/.exec(String(text ?? ''));
  if (!match) return 0;
  return Number(match[1]) * (SUFFIXES[match[2] ?? ''] ?? 0);
}

/** Nodes that take new pods. */
export function readyNodes(nodes: readonly NodeObject[]): NodeObject[] {
  return nodes.filter(
    ({ spec, status }) =>
      !spec?.unschedulable &&
      status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  );
}

/** What the Ready nodes have left over. Pods that have ended use nothing. */
export function freeRoom(nodes: readonly NodeObject[], pods: readonly PodObject[]): Room {
  const ready = readyNodes(nodes);
  const names = new Set(ready.map(node => node.metadata.name));
  const free = { cpu: 0, memory: 0 };
  for (const { status } of ready) {
    free.cpu += quantity(status?.allocatable?.cpu);
    free.memory += quantity(status?.allocatable?.memory);
  }
  for (const { spec, status } of pods) {
    if (!names.has(spec?.nodeName ?? '') || status?.phase === 'Succeeded' || status?.phase === 'Failed')
      continue;
    const used = requested(spec);
    free.cpu -= used.cpu;
    free.memory -= used.memory;
  }
  return free;
}

/** What the workloads ask for beyond the pods that they have. */
export function neededRoom(workloads: readonly WorkloadObject[], wanted: Record<string, number>): Room {
  const needed = { cpu: 0, memory: 0 };
  for (const workload of workloads) {
    const more = Math.max(0, (wanted[keyOf(workload)] ?? 0) - (workload.status?.replicas ?? 0));
    const each = requested(workload.spec.template?.spec);
    needed.cpu += more * each.cpu;
    needed.memory += more * each.memory;
  }
  return needed;
}

function requested(spec: PodSpec | undefined): Room {
  const room = { cpu: 0, memory: 0 };
  for (const { resources } of spec?.containers ?? []) {
    room.cpu += quantity(resources?.requests?.cpu);
    room.memory += quantity(resources?.requests?.memory);
  }
  return room;
}
