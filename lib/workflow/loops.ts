import type { App, Config, Data } from '../../core/config';
import { DEADLINES } from '../../core/deadlines';
import { pollSeconds, SYNC_POLL_SECONDS } from '../../core/pace';
import type { StepName } from '../../core/phases';
import type { Mode } from '../../core/run';
import { lastBackupSeconds } from '../../core/switchover';
import { SAMPLE_SECONDS } from '../../core/verdict';

/** A step that is asked again and again: for how long at most, and how long the workflow waits in between. */
export interface Loop {
  seconds: number;
  wait: (elapsedSeconds: number) => number;
}

/** After so many dwell times a verdict is final whatever was seen: core/verdict's PATIENCE. */
const DWELLS = 3;

/** The steps that bring their own deadlines; the waits are those of lambdas/steps/<step>. */
const OWN: Partial<Record<StepName, Loop>> = {
  scale: { seconds: DEADLINES.scale, wait: pollSeconds },
  verify: { seconds: DEADLINES.verify, wait: () => 5 },
  flip: { seconds: DEADLINES.flip, wait: () => 5 },
};

/** The loops before the apps go their ways. */
export function runLoops({ apps }: Config): Partial<Record<StepName, Loop>> {
  const dwell = Math.max(0, ...apps.map(app => app.dwellSeconds));
  return { assess: { seconds: DWELLS * dwell, wait: () => SAMPLE_SECONDS } };
}

/** The loops of one app when each takes all the time that it may. */
export function appLoops(config: Config, app: App, mode: Mode): Partial<Record<StepName, Loop>> {
  const ttl = app.endpoint?.ttlSeconds;
  if (mode === 'drill') return drillLoops(app);
  return {
    turn: { seconds: turnSeconds(config, app, mode), wait: pollSeconds },
    ...(mode === 'switchover' ? lastBackup(app) : {}),
    ...(app.data ? { restore: { seconds: app.data.deadlineSeconds, wait: pollSeconds } } : {}),
    ...OWN,
    ...(ttl === undefined ? {} : { confirm: { seconds: DEADLINES.confirm, wait: () => Math.min(10, ttl) } }),
  };
}

/** Data, pods and verification follow each other in one loop. */
function drillLoops({ data }: App): Partial<Record<StepName, Loop>> {
  if (!data) return {};
  const seconds = data.deadlineSeconds + DEADLINES.scale + DEADLINES.verify;
  return {
    drill: { seconds, wait: pollSeconds },
    cleanup: { seconds: DEADLINES.cleanup, wait: pollSeconds },
  };
}

function lastBackup({ data }: App): Partial<Record<StepName, Loop>> {
  return {
    fence: { seconds: DEADLINES.quiesce, wait: () => 2 },
    ...(data ? { backup: backupLoop(data) } : {}),
  };
}

/** First it is made, then it must come to the target, for which it is looked more often. */
function backupLoop(data: Data): Loop {
  const made = lastBackupSeconds(data);
  return {
    seconds: made + DEADLINES.sync,
    wait: elapsed => (elapsed < made ? pollSeconds(elapsed) : SYNC_POLL_SECONDS),
  };
}

/** How long an app may wait for those that come first, and for a person. */
export function turnSeconds(config: Config, app: App, mode: Mode): number {
  // A switchover is asked for by a person, and that is the approval.
  const approval =
    app.trigger === 'approval' && mode === 'failover'
      ? config.approval.timeoutSeconds + DEADLINES.answerWrittenDown
      : 0;
  const first = config.apps.filter(({ name }) => app.after.includes(name));
  return Math.max(approval, ...first.map(other => appSeconds(config, other, mode)));
}

/** How long an app may take from the start of `Move` to its end. */
export function appSeconds(config: Config, app: App, mode: Mode): number {
  return Object.values(appLoops(config, app, mode)).reduce((sum, { seconds }) => sum + seconds, 0);
}
