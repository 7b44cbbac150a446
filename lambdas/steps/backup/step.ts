import { judgeBackup } from '../../../core/backup';
import type { Data } from '../../../core/config';
import { DEADLINES } from '../../../core/deadlines';
import { BackupFailed, BackupOverdue, NotQuiesced } from '../../../core/errors';
import { READER_LABEL } from '../../../core/kubernetes';
import { SYNC_POLL_SECONDS } from '../../../core/pace';
import { overdue, restoreName } from '../../../core/restore';
import { type AppInput, otherSite, type StepResult } from '../../../core/run';
import { lastBackupSeconds, stillWriting, withoutData, withVolume } from '../../../core/switchover';
import type { Deps } from '../../runtime/wire';
import { type AppContext, appStep, type Progress } from '../app-step';
import { runRecord } from '../run-record';
import { removeReaders } from './readers';
import { type OtherSide, take } from './take';

/**
 * Between 5 and 6, in a switchover only. The app is at rest on the site that is left: takes its last backup there, and
 * waits until it has come to the target.
 */
export function backupStep(deps: Deps, input: AppInput): Promise<StepResult> {
  return appStep(deps, input, 'backup', backup);
}

async function backup(context: AppContext): Promise<Progress> {
  const { deps, app, input, activation } = context;
  const { run } = await runRecord(deps, input.run.id);
  if (run.mode !== 'switchover') return { word: 'skipped', detail: `A ${run.mode} takes no last backup.` };
  const { data } = app;
  if (!data) return { word: 'skipped', detail: 'The app has no data to move.' };
  if (activation.restore)
    return { word: 'skipped', detail: `Backup ${activation.restore.backup} is being restored already.` };
  const cluster = await deps.cluster(otherSite(input.run.activate));
  const side = { cluster, velero: deps.velero(cluster, app), data, name: restoreName(app, activation) };
  const pods = await cluster.pods(app.namespaces);
  const writing = stillWriting(pods);
  if (writing.length > 0) {
    throw new NotQuiesced(
      `The last backup would not be the last word: ${writing.join(', ')} came back to work. Does something heal itself there?`,
    );
  }
  const found = await side.velero.backup(side.name);
  if (!found) return inTime(context, data, await take(context, side, pods));
  const state = judgeBackup(found, data.partiallyFailed);
  const look = `Look at it: velero backup describe ${side.name} --details`;
  if (state.word === 'failed') throw new BackupFailed(`${state.detail} ${look}`);
  if (state.word === 'under-way') return inTime(context, data, state.detail);
  const readers = pods.filter(({ metadata }) => metadata.labels?.[READER_LABEL] !== undefined);
  if (readers.length > 0) {
    await assertWhole(context, side, readers, found);
    await removeReaders(cluster, app);
  }
  return arrivedThere(context, side, state);
}

/** @throws BackupOverdue when it takes longer than the app's data may; customers wait meanwhile, also in Velero's queue */
function inTime({ deps, startedAt }: AppContext, data: Data, detail: string): Progress {
  const late = overdue(startedAt, lastBackupSeconds(data), deps.clock.now());
  if (late) throw new BackupOverdue(`${detail} It is ${late}.`);
  return { word: 'waiting', detail };
}

/** @throws BackupFailed: a backup without the data of a volume calls itself Completed all the same */
async function assertWhole(
  { app }: AppContext,
  { cluster, velero, name }: OtherSide,
  readers: Parameters<typeof withoutData>[1],
  found: Parameters<typeof withoutData>[3],
): Promise<void> {
  const claims = withVolume(await cluster.claims(app.namespaces));
  const missing = withoutData(claims, readers, await velero.volumeBackups(name), found);
  if (missing.length === 0) return;
  throw new BackupFailed(
    `Backup ${name} says that it is done, and has no data of ${missing.join(', ')}. Look at it: velero backup describe ${name} --details`,
  );
}

/** Velero brings what it finds in the bucket into the target's cluster, once a minute by default. */
async function arrivedThere(
  { deps, app, input, startedAt }: AppContext,
  { data, name }: OtherSide,
  done: { detail: string; takenAt: number; endedAt: number },
): Promise<Progress> {
  const { activate } = input.run;
  const target = deps.velero(await deps.cluster(activate), app);
  const here = await target.backup(name);
  if (here && judgeBackup(here, data.partiallyFailed).word === 'done') {
    return {
      word: 'done',
      detail: `${done.detail} ${activate} has it.`,
      change: record => ({ ...record, backup: { name, takenAt: done.takenAt } }),
    };
  }
  const detail = `${done.detail} ${activate} does not have it yet; Velero looks once a minute.`;
  const late = overdue(Math.max(startedAt, done.endedAt), DEADLINES.sync, deps.clock.now());
  if (late)
    throw new BackupOverdue(`${detail} It is ${late}. Can ${activate} read the bucket of the other site?`);
  return { word: 'waiting', detail, waitSeconds: SYNC_POLL_SECONDS };
}
