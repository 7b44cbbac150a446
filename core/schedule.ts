import { ANNOTATIONS, type ScheduleObject } from './kubernetes';
import type { Change } from './workloads';

/** Pauses or unpauses a Schedule; nothing when it is so already. */
export function pauseChange(schedule: ScheduleObject, paused: boolean, activationId: string): Change[] {
  const now = schedule.spec?.paused ?? false;
  if (now === paused) return [];
  const { namespace = '', name, annotations = {} } = schedule.metadata;
  const before =
    annotations[ANNOTATIONS.changedBy] === activationId ? annotations[ANNOTATIONS.pausedBefore] : undefined;
  return [
    {
      kind: 'Schedule',
      namespace,
      name,
      patch: {
        metadata: {
          annotations: {
            [ANNOTATIONS.pausedBefore]: before ?? String(now),
            [ANNOTATIONS.changedBy]: activationId,
          },
        },
        spec: paused ? { paused } : { paused, skipImmediately: true },
      },
      detail: `Schedule ${namespace}/${name}: ${paused ? 'paused' : 'runs again'}`,
    },
  ];
}

/** Undoes what an activation changed at a Schedule. */
export function undoPause(schedule: ScheduleObject, activationId: string): Change[] {
  const { namespace = '', name, annotations = {} } = schedule.metadata;
  const before = annotations[ANNOTATIONS.pausedBefore];
  if (annotations[ANNOTATIONS.changedBy] !== activationId || before === undefined) return [];
  return [
    {
      kind: 'Schedule',
      namespace,
      name,
      patch: {
        metadata: { annotations: { [ANNOTATIONS.pausedBefore]: null, [ANNOTATIONS.changedBy]: null } },
        spec: { paused: before === 'true' },
      },
      detail: `Schedule ${namespace}/${name}: as before`,
    },
  ];
}
