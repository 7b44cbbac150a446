import type { KubeObject, ObjectStore } from '../kubernetes/object';
import type { VirtualClock } from '../virtual-clock';
import { at, fields } from './json';

/** Two of Velero's one-minute ticks: by then the other cluster has seen what was backed up. */
const SYNCED_MS = 150_000;

/** Makes one backup of every Schedule that is not paused, as if its time had come, and waits until it is known everywhere. */
export async function firstBackups(clock: VirtualClock, store: ObjectStore): Promise<void> {
  for (const schedule of store.list(store.typeOf('velero.io/v1', 'Schedule'))) {
    if (at(schedule, 'spec', 'paused') === true) continue;
    store.create(backupOf(schedule, clock.now()));
  }
  await clock.sleep(SYNCED_MS);
}

function backupOf(schedule: KubeObject, now: number): KubeObject {
  const { name, namespace = 'velero', labels } = schedule.metadata;
  const stamp = new Date(now).toISOString().replace(/\D/g, '').slice(0, 14);
  return {
    apiVersion: 'velero.io/v1',
    kind: 'Backup',
    metadata: { name: `${name}-${stamp}`, namespace, labels: { ...labels, 'velero.io/schedule-name': name } },
    spec: fields(at(schedule, 'spec', 'template')),
  };
}
