import type { App, Config } from '../../core/config';
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

/** The deadlines of the steps that bring their own (DEADLINE_SECONDS in lambdas/steps/<step>), and their waits. */
const OWN: Partial<Record<StepName, Loop>> = {
  scale: { seconds: 600, wait: pollSeconds },
  verify: { seconds: 180, wait: () => 5 },
  flip: { seconds: 300, wait: () => 5 },
};
/** `Await turn` asks at this interval however long it waits. */
const TURN_SECONDS = 5;
const CONFIRM_SECONDS = 300;

/** The loops before the apps go their ways. */
export function runLoops({ apps }: Config): Partial<Record<StepName, Loop>> {
  const dwell = Math.max(0, ...apps.map(app => app.dwellSeconds));
  return { assess: { seconds: DWELLS * dwell, wait: () => SAMPLE_SECONDS } };
}

/** The loops of one app when each takes all the time that it may. */
export function appLoops(config: Config, app: App): Partial<Record<StepName, Loop>> {
  const ttl = app.endpoint?.ttlSeconds;
  return {
    turn: { seconds: turnSeconds(config, app), wait: () => TURN_SECONDS },
    ...(app.data ? { restore: { seconds: app.data.deadlineSeconds, wait: pollSeconds } } : {}),
    ...OWN,
    ...(ttl === undefined ? {} : { confirm: { seconds: CONFIRM_SECONDS, wait: () => Math.min(10, ttl) } }),
  };
}

/** How long an app may wait for those that come first, and for a person. */
export function turnSeconds(config: Config, app: App): number {
  const approval = app.trigger === 'approval' ? config.approval.timeoutSeconds : 0;
  const first = config.apps.filter(({ name }) => app.after.includes(name));
  return Math.max(approval, ...first.map(other => appSeconds(config, other)));
}

/** How long an app may take from the start of `Move` to its end. */
export function appSeconds(config: Config, app: App): number {
  return Object.values(appLoops(config, app)).reduce((sum, { seconds }) => sum + seconds, 0);
}
