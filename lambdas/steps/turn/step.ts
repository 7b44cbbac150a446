import { DEADLINES } from '../../../core/deadlines';
import { NotFound } from '../../../core/errors';
import { overdue } from '../../../core/restore';
import type { Answer, AppInput, TurnResult } from '../../../core/run';
import { NOBODY, turn } from '../../../core/turn';
import type { Deps } from '../../runtime/wire';
import { appStep } from '../app-step';

/** Between 4 and 5. Waits until the apps that come first have arrived, and for the approval where one is wanted. */
export async function turnStep(deps: Deps, input: AppInput): Promise<TurnResult> {
  let go = true;
  const result = await appStep(deps, input, 'turn', async ({ app, record, startedAt }) => {
    const run = await deps.ledger.run(input.run.id);
    if (!run) throw new NotFound(`The ledger has no run ${input.run.id}.`);
    const others = await deps.ledger.appRuns(input.run.id);
    const first = others
      // Apps in scratch namespaces do not meet.
      .filter(() => run.run.mode !== 'drill')
      .filter(other => app.after.includes(other.app) && !other.end?.nothingToDo)
      .map(({ app: name, end }) => ({ app: name, ...(end ? { outcome: end.outcome } : {}) }));
    const answer = run.answer ?? unanswered(deps, record.needsApproval, startedAt);
    const facts = { first, needsApproval: record.needsApproval, ...(answer ? { answer } : {}) };
    const decision = turn(app, facts, deps.config.approval.ifNobodyAnswers);
    if (decision.word === 'wait') return { word: 'waiting', detail: decision.detail };
    go = decision.word === 'go';
    return {
      word: 'done',
      detail: decision.detail,
      change: now => (go ? now : { ...now, notes: [...now.notes, decision.detail] }),
    };
  });
  return { ...result, go };
}

/** The workflow writes down that nobody answered; should that fail, the app does not wait for ever. */
function unanswered(deps: Deps, needsApproval: boolean, startedAt: number): Answer | undefined {
  const seconds = deps.config.approval.timeoutSeconds + DEADLINES.answerWrittenDown;
  return needsApproval && overdue(startedAt, seconds, deps.clock.now())
    ? { approved: false, by: NOBODY }
    : undefined;
}
