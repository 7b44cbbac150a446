import { DEADLINES } from '../../../core/deadlines';
import { NotConfirmed } from '../../../core/errors';
import { overdue } from '../../../core/restore';
import type { AppInput, StepResult } from '../../../core/run';
import { clientProblem } from '../../../core/verification';
import type { Deps } from '../../runtime/wire';
import { type AppContext, appStep, type Progress } from '../app-step';
import { askThrough } from '../looking';

/** Step 10. Goes through main as a client does: its resolver, its TTL, its certificate check. */
export function confirmStep(deps: Deps, input: AppInput): Promise<StepResult> {
  return appStep(deps, input, 'confirm', confirm);
}

async function confirm({ deps, app, input, startedAt }: AppContext): Promise<Progress> {
  const { endpoint } = app;
  if (!endpoint) return { word: 'skipped', detail: 'Nobody calls the app.' };
  const { main, hosts, health, ttlSeconds } = endpoint;
  const [there, here] = await Promise.all([
    deps.network.lookup(hosts[input.run.activate], 2000),
    deps.network.lookup(main, 2000),
  ]);
  const now = deps.clock.now();
  const arrived = there.ok && here.ok && here.addresses.some(address => there.addresses.includes(address));
  const results = arrived ? await askThrough(deps.network, main, main, health.path) : [];
  const problem = arrived
    ? results.map(result => clientProblem(result, endpoint, now)).find(Boolean)
    : `resolvers still give the old answer (its TTL is ${ttlSeconds} s)`;
  if (arrived && results.length > 0 && !problem)
    return { word: 'done', detail: `A client of ${main} is served by ${input.run.activate}.` };
  const late = overdue(startedAt, DEADLINES.confirm, now);
  if (late)
    throw new NotConfirmed(`${main} does not work for a client: ${problem ?? 'no answer'}. It is ${late}.`);
  return {
    word: 'waiting',
    detail: `${main}: ${problem ?? 'no answer'}.`,
    waitSeconds: Math.min(10, ttlSeconds),
  };
}
