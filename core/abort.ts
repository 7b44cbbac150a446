import type { App } from './config';
import type { AppRun, RunRecord } from './ledger';

export type AbortDecision = { word: 'may' } | { word: 'too-late' | 'ended'; reason: string };

/**
 * Whether a run may still be stopped. Before its flip that leaves main where it is; from the first asking of the flip
 * on nobody can say, and a run that is stopped there is not confirmed and not reported as it should be.
 * @param apps the configuration's
 */
export function abortable(record: RunRecord, parts: readonly AppRun[], apps: readonly App[]): AbortDecision {
  const { run, report } = record;
  if (report) return { word: 'ended', reason: `Run ${run.id} has ended as ${report.outcome}.` };
  const flipping = parts.filter(part => hasBegunToFlip(part, apps)).map(({ app }) => app);
  if (flipping.length === 0) return { word: 'may' };
  const names = flipping.length > 3 ? `${flipping.length} apps` : flipping.join(', ');
  return {
    word: 'too-late',
    reason:
      `Run ${run.id} moves main of ${names} to ${run.activate} already, or has done it. ` +
      'After the flip nothing is undone by itself; let the run confirm and report.',
  };
}

/** Whether main may have moved. A worker has none: its flip is passed over. */
export function hasBegunToFlip({ app, phases, flippedAt }: AppRun, apps: readonly App[]): boolean {
  if (flippedAt !== undefined) return true;
  const worker = apps.some(({ name, endpoint }) => name === app && !endpoint);
  return !worker && phases.flip !== undefined;
}
