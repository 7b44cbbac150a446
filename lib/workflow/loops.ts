import type { App, Config } from '../../core/config';
import { DEADLINES } from '../../core/deadlines';
import { pollSeconds } from '../../core/pace';
import type { StepName } from '../../core/phases';
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
export function appLoops(config: Config, app: App): Partial<Record<StepName, Loop>> {
  const ttl = app.endpoint?.ttlSeconds;
  return {
    turn: { seconds: turnSeconds(config, app), wait: pollSeconds },
    ...(app.data ? { restore: { seconds: app.data.deadlineSeconds, wait: pollSeconds } } : {}),
    ...OWN,
    ...(ttl === undefined ? {} : { confirm: { seconds: DEADLINES.confirm, wait: () => Math.min(10, ttl) } }),
  };
}

/** How long an app may wait for those that come first, and for a person. */
export function turnSeconds(config: Config, app: App): number {
  const approval =
    app.trigger === 'approval' ? config.approval.timeoutSeconds + DEADLINES.answerWrittenDown : 0;
  const first = config.apps.filter(({ name }) => app.after.includes(name));
  return Math.max(approval, ...first.map(other => appSeconds(config, other)));
}

/** How long an app may take from the start of `Move` to its end. */
export function appSeconds(config: Config, app: App): number {
  return Object.values(appLoops(config, app)).reduce((sum, { seconds }) => sum + seconds, 0);
}
