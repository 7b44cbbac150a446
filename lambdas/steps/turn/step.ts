import { NotFound } from '../../../core/errors';
import type { AppInput, TurnResult } from '../../../core/run';
import { turn } from '../../../core/turn';
import type { Deps } from '../../runtime/wire';
import { appStep } from '../app-step';

/** While people or other apps are waited for, nobody is helped by asking more often. */
const WAIT_SECONDS = 5;

/** Between 4 and 5. Waits until the apps that come first have arrived, and for the approval where one is wanted. */
export async function turnStep(deps: Deps, input: AppInput): Promise<TurnResult> {
  let go = true;
  const result = await appStep(deps, input, 'turn', async ({ app, record }) => {
    const run = await deps.ledger.run(input.run.id);
    if (!run) throw new NotFound(`The ledger has no run ${input.run.id}.`);
    const others = await deps.ledger.appRuns(input.run.id);
    const first = others
      .filter(other => app.after.includes(other.app) && !other.end?.nothingToDo)
      .map(({ app: name, end }) => ({ app: name, ...(end ? { outcome: end.outcome } : {}) }));
    const facts = {
      first,
      needsApproval: record.needsApproval,
      ...(run.answer ? { answer: run.answer } : {}),
    };
    const decision = turn(app, facts, deps.config.approval.ifNobodyAnswers);
    if (decision.word === 'wait')
      return { word: 'waiting', detail: decision.detail, waitSeconds: WAIT_SECONDS };
    go = decision.word === 'go';
    return {
      word: 'done',
      detail: decision.detail,
      change: now => (go ? now : { ...now, notes: [...now.notes, decision.detail] }),
    };
  });
  return { ...result, go };
}
