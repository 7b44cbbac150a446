import type { Endpoint } from '../../../core/config';
import { DEADLINES } from '../../../core/deadlines';
import { FlipNotSettled, VerificationFailed } from '../../../core/errors';
import { settled } from '../../../core/flip';
import { overdue } from '../../../core/restore';
import type { AppInput, StepResult } from '../../../core/run';
import type { FlipRequest } from '../../../core/switch';
import { authoritativeAnswers } from '../../adapters/network/authoritative';
import type { Deps } from '../../runtime/wire';
import { type AppContext, appStep, type Progress } from '../app-step';

/**
 * Step 9. Lets the switch move main, and looks until the authoritative servers agree. What is not there any more
 * after a change is asserted again; what somebody else put there is left alone.
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
  const at = deps.clock.now();
  const { changed } = await deps.switch.assert(requestOf(context, endpoint));
  if (!changed) return settle(context, endpoint);
  return {
    word: 'waiting',
    detail: changed,
    waitSeconds: 5,
    change: now => ({ ...now, flippedAt: now.flippedAt ?? at }),
  };
}

function requestOf({ input: { run }, record }: AppContext, endpoint: Endpoint): FlipRequest {
  const { flippedAt } = record;
  return {
    endpoint,
    activate: run.activate,
    runId: run.id,
    ...(flippedAt === undefined ? {} : { flippedAt }),
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
