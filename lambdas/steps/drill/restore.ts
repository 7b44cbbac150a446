import { drillName, drillRestore, drillRules, realRestoreAfter } from '../../../core/drill';
import { DrillGaveWay, NoUsableBackup, RestoreFailed, RestoreOverdue } from '../../../core/errors';
import { CARRIER_LABEL } from '../../../core/kubernetes';
import { judgeRestore, modifiersConfigMap, overdue, UNDER_WAY } from '../../../core/restore';
import { putImageNames } from '../restore/images';
import { restoreTexts } from '../restore/results';
import { clearScratch } from './clear';
import type { DrillContext } from './step';

/** Brings the newest usable backup into the scratch namespaces. @returns what is waited for */
export async function restorePart(context: DrillContext): Promise<string | undefined> {
  const { deps, app, activation, velero, cluster, scratch, data, startedAt } = context;
  const name = activation.restore?.name;
  const found = name === undefined ? undefined : await velero.restore(name);
  if (name === undefined || !found) return inTime(context, await begin(context));
  const state = judgeRestore(found, data.partiallyFailed);
  if (state.word === 'under-way') return inTime(context, state.detail);
  if (state.word === 'failed') {
    const real = realRestoreAfter(await velero.restores(), found);
    if (real) throw new DrillGaveWay(`Velero restores one after the other, and ${real} is a real one.`);
    const texts = await restoreTexts(velero, name, found.status);
    throw new RestoreFailed([state.detail, ...texts].join(' '));
  }
  const carriers = await cluster.pods(scratch, `${CARRIER_LABEL}=${name}`);
  if (carriers.length === 0) return undefined;
  const late = overdue(startedAt, data.deadlineSeconds, deps.clock.now());
  if (late)
    throw new RestoreOverdue(`${carriers.length} carrier pods of ${app.name} do not go. It is ${late}.`);
  await cluster.deletePods(carriers);
  return `${state.detail} ${carriers.length} carrier pods are going.`;
}

function inTime({ deps, startedAt, data }: DrillContext, detail: string): string {
  const late = overdue(startedAt, data.deadlineSeconds, deps.clock.now());
  if (late) throw new RestoreOverdue(`${detail} It is ${late}.`);
  return detail;
}

async function begin(context: DrillContext): Promise<string> {
  const { deps, app, input, activation, record, data, velero, mapping } = context;
  const left = await clearScratch(context, app);
  if (left) return `An earlier drill left something: ${left}`;
  const before = (await velero.restores()).filter(({ status }) => UNDER_WAY.includes(status?.phase || 'New'));
  // Velero restores one after the other. A drill steps back.
  if (before.length > 0)
    return `Velero has other restores at work: ${before.map(({ metadata }) => metadata.name).join(', ')}.`;
  const { backup } = record;
  if (!backup) throw new NoUsableBackup(`The preflight found no backup of ${app.name}.`);
  const { activate } = input.run;
  const name = activation.restore?.name ?? drillName(app, activation);
  await putImageNames(deps, velero, activate);
  await deps.ledger.changeActivation(app.name, now => ({
    ...(now ?? activation),
    restore: { name, backup: backup.name, takenAt: backup.takenAt },
  }));
  await velero.startRestore(
    modifiersConfigMap(app, data, activate, name, await velero.image(), drillRules(app)),
    drillRestore(app, data, mapping, name, backup.name),
  );
  return `Restore ${name} from backup ${backup.name} was started.`;
}
