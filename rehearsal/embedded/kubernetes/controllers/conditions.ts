import type { Condition } from '../kinds';

type Wanted = Omit<Condition, 'lastTransitionTime'>;

/** The conditions with one set. The transition time moves only when the status does, as everywhere in Kubernetes. */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  wanted: Wanted,
  now: string,
): Condition[] {
  const all = conditions ?? [];
  const before = all.find(each => each.type === wanted.type);
  const lastTransitionTime = before?.status === wanted.status ? (before.lastTransitionTime ?? now) : now;
  const next: Condition = { ...wanted, lastTransitionTime };
  return before ? all.map(each => (each === before ? next : each)) : [...all, next];
}

export function conditionOf(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find(each => each.type === type);
}

export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return conditionOf(conditions, type)?.status === 'True';
}
