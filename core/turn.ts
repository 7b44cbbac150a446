import type { App } from './config';
import type { Answer, Outcome } from './run';

export type Turn =
  | { word: 'go'; detail: string }
  | { word: 'wait'; detail: string }
  | { word: 'never'; detail: string };

export interface TurnFacts {
  /** Apps of `after` that this run moves, with their outcome as soon as there is one. */
  first: { app: string; outcome?: Outcome }[];
  /** Whether this app waits for a person's approval in this run. */
  needsApproval: boolean;
  answer?: Answer;
}

/** Whether an app may start: the ones before it have arrived, and a person has agreed where that is asked for. */
export function turn(app: App, facts: TurnFacts, ifNobodyAnswers: 'refuse' | 'proceed'): Turn {
  const failed = facts.first.find(({ outcome }) => outcome !== undefined && outcome !== 'succeeded');
  if (failed) {
    return {
      word: 'never',
      detail: `${failed.app}, which ${app.name} comes after, ended as ${failed.outcome}.`,
    };
  }
  const approval = facts.needsApproval ? approvalTurn(facts.answer, ifNobodyAnswers) : undefined;
  if (approval?.word === 'never') return approval;
  const pending = facts.first.filter(({ outcome }) => outcome === undefined).map(entry => entry.app);
  if (pending.length > 0) return { word: 'wait', detail: `Waits for ${pending.join(', ')} to arrive first.` };
  return approval ?? { word: 'go', detail: 'Nothing to wait for.' };
}

function approvalTurn(answer: Answer | undefined, ifNobodyAnswers: 'refuse' | 'proceed'): Turn {
  if (!answer) return { word: 'wait', detail: "Waits for a person's approval." };
  if (answer.by === NOBODY) {
    return ifNobodyAnswers === 'proceed'
      ? { word: 'go', detail: 'Nobody answered in time, and the configuration says to proceed then.' }
      : { word: 'never', detail: 'Nobody answered in time, and the configuration says to refuse then.' };
  }
  if (!answer.approved) return { word: 'never', detail: `Denied by ${answer.by}.` };
  return { word: 'go', detail: `Approved by ${answer.by}.` };
}

/** Who answers when the time is up. No user of a machine can be called so. */
export const NOBODY = '(nobody)';
