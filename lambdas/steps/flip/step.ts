import type { Endpoint } from '../../../core/config';
import { DEADLINES } from '../../../core/deadlines';
import { FlipNotSettled, RecordChanged, VerificationFailed } from '../../../core/errors';
import { flipPlan, settled } from '../../../core/flip';
import { overdue } from '../../../core/restore';
import type { AppInput, StepResult } from '../../../core/run';
import type { Deps } from '../../runtime/wire';
import { type AppContext, appStep, type Progress } from '../app-step';
import { authoritativeAnswers } from '../looking';

/**
 * Step 9. Moves main by compare-and-swap, and looks until the authoritative servers agree. What is not there any
 * more after a change is asserted again; what somebody else put there is left alone.
 */
export function flipStep(deps: Deps, input: AppInput): Promise<StepResult> {
  return appStep(deps, input, 'flip', flip);
}

async function flip(context: AppContext): Promise<Progress> {
  const { deps, app, record } = context;
  const { endpoint } = app;
  if (!endpoint) return { word: 'skipped', detail: 'The app has no main name.' };
  if (record.phases.verify?.outcome !== 'done') {
    throw new VerificationFailed(`${app.name} was not verified in this run: main stays where it is.`);
  }
  const zone = deps.zone(endpoint.zone);
  const plan = flipPlan(endpoint, context.input.run.activate, await zone.read(endpoint.main));
  if (plan.action === 'refuse') throw new RecordChanged(`${plan.reason} It was left as it is.`);
  if (plan.action === 'none') return settle(context, endpoint);
  const at = deps.clock.now();
  await zone.swap(plan.remove, plan.create);
  return {
    word: 'waiting',
    detail: `${endpoint.main}: CNAME ${plan.remove.target} → ${plan.create.target}; Route 53 spreads it.`,
    waitSeconds: 5,
    change: now => ({ ...now, flippedAt: at }),
  };
}

async function settle({ deps, input, startedAt, record }: AppContext, endpoint: Endpoint): Promise<Progress> {
  const answers = await authoritativeAnswers(deps.network, endpoint.zone, endpoint.main);
  const { settled: done, detail } = settled(endpoint, input.run.activate, answers);
  const now = deps.clock.now();
  // An earlier run that was cut may have made the change: then it counts from here.
  const change = (current: typeof record) =>
    current.flippedAt === undefined ? { ...current, flippedAt: now } : current;
  if (done) return { word: 'done', detail: `${detail}.`, change };
  const late = overdue(startedAt, DEADLINES.flip, now);
  if (late) throw new FlipNotSettled(`${endpoint.main} was changed, and only ${detail}. It is ${late}.`);
  return { word: 'waiting', detail: `${detail}.`, waitSeconds: 5, change };
}
