import { startCommand } from './commands';
import { spoken } from './duration';
import type { AppEnd, AppRun } from './ledger';
import { causeText } from './report';
import type { Failure, Run } from './run';

/** What a real run would need for the data, the pods and the look at them; undefined when the drill did not get so far. */
export function drillSeconds({ phases }: AppRun): number | undefined {
  const from = phases.restore?.startedAt;
  const to = phases.verify?.endedAt;
  return from === undefined || to === undefined ? undefined : (to - from) / 1000;
}

/** How one app's drill ended. */
export function drillEnd(run: Run, record: AppRun, failure: Failure | undefined, now: number): AppEnd {
  const clean = record.phases.cleanup?.outcome === 'done';
  const left = clean
    ? 'Everything that the drill had made is removed again.'
    : 'Not everything that the drill had made is removed yet: the look every few minutes goes on with it.';
  const again = startCommand(run, record.app);
  if (failure?.Error === 'DrillGaveWay' && clean) {
    const reasons = [`The drill gave way to a real run. ${causeText(failure)}`, left];
    return { at: now, outcome: 'refused', failure, reasons, next: again };
  }
  if (failure) {
    const outcome = clean ? 'rolled-back' : 'needs-attention';
    return {
      at: now,
      outcome,
      failure,
      reasons: [`The drill failed: ${causeText(failure)}`, left],
      next: again,
    };
  }
  const seconds = drillSeconds(record);
  if (seconds === undefined) {
    const reasons = [record.phases.turn?.detail || 'The drill did not begin.'];
    return { at: now, outcome: 'refused', reasons, next: again };
  }
  return {
    at: now,
    outcome: 'succeeded',
    reasons: [worked(run, record, seconds), left, ...flipWords(record)],
  };
}

function worked(run: Run, { backup }: AppRun, seconds: number): string {
  const age = backup ? (run.startedAt - backup.takenAt) / 1000 : undefined;
  const rpo =
    age === undefined ? '' : ` RPO ${spoken(age)}: so old were the newest data that could be restored.`;
  return (
    `It would work on ${run.activate}. RTO ${spoken(seconds)} for data, pods and verification; ` +
    `to a real one come detection, decision, the flip and the clients' TTL.${rpo}`
  );
}

function flipWords({ dnsDiff = [] }: AppRun): string[] {
  return dnsDiff.length > 0 ? [`A real flip would change: ${dnsDiff.join('; ')}.`] : [];
}
