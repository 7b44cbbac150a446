import { chooseBackup } from '../../../core/backup';
import type { Data } from '../../../core/config';
import { DEADLINES } from '../../../core/deadlines';
import { drillsUnderWay } from '../../../core/drill';
import {
  AwsUnavailable,
  NamespaceServesMain,
  NotFound,
  NoUsableBackup,
  RestoreFailed,
  RestoreOverdue,
} from '../../../core/errors';
import { CARRIER_LABEL, type RestoreObject } from '../../../core/kubernetes';
import {
  judgeRestore,
  modifiersConfigMap,
  overdue,
  restoreClock,
  restoreName,
  restoreObject,
} from '../../../core/restore';
import type { AppInput, StepResult } from '../../../core/run';
import { workloadsOf } from '../../../core/workloads';
import type { Cluster } from '../../adapters/kubernetes/cluster';
import type { Velero } from '../../adapters/kubernetes/velero';
import type { Deps } from '../../runtime/wire';
import { type AppContext, appStep, type Progress } from '../app-step';
import { whereIsMain } from '../looking';
import { clearTheWay } from './clear';
import { putImageNames } from './images';
import { restoreTexts } from './results';

/**
 * Step 6. Brings the data to the target before anything there scales up: clears the way, starts one Restore, and
 * looks each time whether it has ended.
 */
export function restoreStep(deps: Deps, input: AppInput): Promise<StepResult> {
  return appStep(deps, input, 'restore', restore);
}

/** Velero restores one after the other, deletions too: only a new server lets go of a Restore that is stuck. */
const RESTART_VELERO = 'Before the next try: kubectl -n velero rollout restart deployment velero';

async function restore(context: AppContext): Promise<Progress> {
  const { deps, app, startedAt } = context;
  const { data } = app;
  if (!data) return { word: 'skipped', detail: 'The app has no data to move.' };
  const cluster = await deps.cluster(context.input.run.activate);
  const velero = deps.velero(cluster, app);
  const serving = await alreadyServing(context, cluster);
  if (serving) return serving;
  const started = context.activation.restore;
  const found = started && (await velero.restore(started.name));
  if (!started || !found) return begin(context, data, cluster, velero);
  const state = judgeRestore(found, data.partiallyFailed);
  if (state.word === 'under-way') return underWay(context, data, velero, found, state.detail);
  const texts = await restoreTexts(velero, started.name, found.status);
  if (state.word === 'failed') {
    throw new RestoreFailed(
      [state.detail, ...texts, `Look at it: velero restore describe ${started.name}`].join(' '),
    );
  }
  const carriers = await cluster.pods(app.namespaces, `${CARRIER_LABEL}=${started.name}`);
  if (carriers.length > 0) {
    const late = overdue(startedAt, DEADLINES.queue, deps.clock.now());
    if (late)
      throw new RestoreOverdue(`${state.detail} ${carriers.length} carrier pods do not go. It is ${late}.`);
    await cluster.deletePods(carriers);
    return { word: 'waiting', detail: `${state.detail} ${carriers.length} carrier pods are going.` };
  }
  return {
    word: 'done',
    detail: state.detail,
    change: record => ({ ...record, notes: [...record.notes, ...texts] }),
  };
}

/** @throws RestoreOverdue */
async function underWay(
  { deps, startedAt }: AppContext,
  data: Data,
  velero: Velero,
  found: RestoreObject,
  detail: string,
): Promise<Progress> {
  const restores = await velero.restores();
  const since = restoreClock(found, restores, startedAt);
  const queued = since === undefined;
  if (queued) await endDrills(velero, restores);
  const late = overdue(since ?? startedAt, queued ? DEADLINES.queue : data.deadlineSeconds, deps.clock.now());
  if (late) {
    throw new RestoreOverdue(
      `${detail} It is ${late}. Look at it: velero restore describe ${found.metadata.name}. ${RESTART_VELERO}`,
    );
  }
  const why = queued ? ' Velero has another restore at work.' : '';
  return { word: 'waiting', detail: `${detail}${why}` };
}

/** A site that serves main, or runs the worker, has its data: a restore there would put old data under a live app (I7). */
async function alreadyServing(
  { deps, app, input, activation }: AppContext,
  cluster: Cluster,
): Promise<Progress | undefined> {
  const { activate } = input.run;
  if (app.endpoint) {
    const { known, sites } = await whereIsMain(deps.network, app.endpoint);
    if (!known) {
      throw new AwsUnavailable(
        `No name server of ${app.endpoint.zone.name} answers: it is not known whether ${activate} serves.`,
      );
    }
    if (!sites.has(activate)) return undefined;
    return {
      word: 'skipped',
      detail: `${app.endpoint.main} points to ${activate} already: its data are not touched.`,
    };
  }
  const { present } = workloadsOf(app, await cluster.workloads(app.namespaces));
  const running = present.some(({ kind, spec }) => kind !== 'CronJob' && (spec.replicas ?? 1) > 0);
  if (!running || activation.restore) return undefined;
  return {
    word: 'skipped',
    detail: `${app.name} is at work on ${activate} already: its data are not touched.`,
  };
}

async function begin(context: AppContext, data: Data, cluster: Cluster, velero: Velero): Promise<Progress> {
  const { deps, app, input, activation } = context;
  const { activate } = input.run;
  const waitsFor = await clearTheWay(context, cluster);
  if (waitsFor) {
    const late = overdue(context.startedAt, data.deadlineSeconds, deps.clock.now());
    if (late) throw new RestoreOverdue(`${waitsFor} It is ${late}, and no restore was started.`);
    return { word: 'waiting', detail: waitsFor };
  }
  const backup = activation.restore ? chosen(activation.restore) : await backupFor(context, data, velero);
  const name = restoreName(app, activation);
  await putImageNames(deps, velero, activate);
  // Written before the Restore exists: a run that is cut right here finds the name and creates no second one.
  await deps.ledger.changeActivation(app.name, now => ({
    ...(now ?? activation),
    restore: { name, backup: backup.name, takenAt: backup.takenAt },
  }));
  await assertNotServing(context);
  await endDrills(velero, await velero.restores());
  await velero.startRestore(
    modifiersConfigMap(app, data, activate, name, await velero.image()),
    restoreObject(app, data, name, backup.name),
  );
  return { word: 'waiting', detail: `Restore ${name} from backup ${backup.name} was started.` };
}

/** Velero restores one after the other: a drill gives way. */
async function endDrills(velero: Velero, restores: readonly RestoreObject[]): Promise<void> {
  for (const name of drillsUnderWay(restores)) await velero.cancelVolumes(name);
}

async function backupFor(
  { deps, app, input, record }: AppContext,
  data: Data,
  velero: Velero,
): Promise<ChosenBackup> {
  const run = await deps.ledger.run(input.run.id);
  if (!run) throw new NotFound(`The ledger has no run ${input.run.id}.`);
  // What the preflight chose and told on-call; a newer one may have come since, but this is the promise.
  if (record.backup) return record.backup;
  const [backups, locations] = await Promise.all([velero.backups(), velero.locations()]);
  const choice = chooseBackup(app, data, backups, locations, run.acceptOldBackup, deps.clock.now());
  if (!choice.ok) throw new NoUsableBackup(choice.reason);
  return { name: choice.name, takenAt: choice.takenAt };
}

interface ChosenBackup {
  name: string;
  takenAt: number;
}

function chosen({ backup, takenAt }: NonNullable<AppContext['activation']['restore']>): ChosenBackup {
  return { name: backup, takenAt };
}

async function assertNotServing({ deps, app, input }: AppContext): Promise<void> {
  if (!app.endpoint) return;
  const { known, sites } = await whereIsMain(deps.network, app.endpoint);
  if (known && !sites.has(input.run.activate)) return;
  throw new NamespaceServesMain(
    `${app.endpoint.main} ${known ? 'points' : 'may point'} to ${input.run.activate}: nothing is restored into a site that serves.`,
  );
}
