import type { Activation } from '../../core/admission';
import type { App } from '../../core/config';
import { NotFound } from '../../core/errors';
import { type AppRun, beginPhase, endPhase, NEW_APP_RUN, waitInPhase } from '../../core/ledger';
import { pollSeconds } from '../../core/pace';
import type { AppPhase } from '../../core/phases';
import type { AppInput, StepResult } from '../../core/run';
import type { Deps } from '../runtime/wire';

/** What a step of one app has at hand. */
export interface AppContext {
  deps: Deps;
  input: AppInput;
  app: App;
  record: AppRun;
  activation: Activation;
  /** When this phase began, in ms since the epoch: deadlines count from here, also after a cut. */
  startedAt: number;
}

/** What a step made of one asking. */
export type Progress =
  | { word: 'done'; detail: string; change?: (record: AppRun) => AppRun }
  | { word: 'skipped'; detail: string }
  | { word: 'waiting'; detail: string; waitSeconds?: number; change?: (record: AppRun) => AppRun };

/**
 * One asking of a step that works on one app: makes sure that the run still holds the app's lease, keeps the
 * phase's start and end in the ledger, and tells the workflow whether to ask again.
 * A step brings the world closer to what it should be and says how far it is; asking it again after a cut is
 * how a run goes on.
 * @throws LeaseLost, and what `work` throws
 */
export async function appStep(
  deps: Deps,
  input: AppInput,
  phase: AppPhase,
  work: (context: AppContext) => Promise<Progress>,
): Promise<StepResult> {
  const { ledger, clock } = deps;
  const app = appOf(deps, input.app);
  await ledger.renewLease(app.name, input.run.id);
  const record = await ledger.changeAppRun(input.run.id, app.name, now =>
    beginPhase(now ?? { ...NEW_APP_RUN, app: app.name }, phase, clock.now()),
  );
  const activation = await ledger.activation(app.name);
  if (!activation || activation.id !== record.activationId) {
    throw new NotFound(
      `The ledger has no activation ${record.activationId} of ${app.name}. Start the run again.`,
    );
  }
  const startedAt = record.phases[phase]?.startedAt ?? clock.now();
  const progress = await work({ deps, input, app, record, activation, startedAt });
  await ledger.changeAppRun(input.run.id, app.name, now =>
    noted(now ?? record, phase, progress, clock.now()),
  );
  if (progress.word !== 'waiting') return { done: true, waitSeconds: 0, detail: progress.detail };
  const elapsed = (clock.now() - startedAt) / 1000;
  return { done: false, waitSeconds: progress.waitSeconds ?? pollSeconds(elapsed), detail: progress.detail };
}

/** @throws NotFound when the configuration of this deployment does not have the app (any more) */
export function appOf(deps: Deps, name: string): App {
  const app = deps.config.apps.find(candidate => candidate.name === name);
  if (!app) throw new NotFound(`lifeboat.yaml of this deployment has no app "${name}".`);
  return app;
}

function noted(record: AppRun, phase: AppPhase, progress: Progress, now: number): AppRun {
  const changed = progress.word !== 'skipped' && progress.change ? progress.change(record) : record;
  return progress.word === 'waiting'
    ? waitInPhase(changed, phase, progress.detail, now)
    : endPhase(changed, phase, progress.word, progress.detail, now);
}
