import type { App } from './config';
import { type Sample, type Verdict, verdict } from './verdict';

/** What is decided for an app after a look at the site that it would leave. */
export type Assessment =
  | { word: 'go'; verdict: Verdict }
  | { word: 'stay'; verdict: Verdict }
  | { word: 'look-again'; verdict: Verdict };

/**
 * @param person whether a person asked for the run: then the verdict is told, and decides nothing
 * @param samples of the app, or of its cluster for a worker; the guard's first
 * @param since when the run began to look, in ms since the epoch
 */
export function assess(app: App, person: boolean, samples: readonly Sample[], since?: number): Assessment {
  const found = verdict(samples, app.dwellSeconds, since);
  if (person) return { word: 'go', verdict: found };
  if (found.word === 'down') return { word: 'go', verdict: found };
  if (found.word === 'healthy' || found.final) return { word: 'stay', verdict: found };
  return { word: 'look-again', verdict: found };
}

/**
 * A worker that comes after other apps of the same run goes where they go: nobody calls it, so nobody can look at
 * it from outside. Returns undefined while one of them is undecided.
 * @param firstOnes the assessments of the apps that it comes after
 */
export function follow(
  firstOnes: readonly { app: string; assessment: Assessment | undefined }[],
): Assessment | undefined {
  if (firstOnes.some(({ assessment }) => !assessment || assessment.word === 'look-again')) return undefined;
  const stays = firstOnes.find(({ assessment }) => assessment?.word === 'stay');
  const names = firstOnes.map(({ app }) => app).join(', ');
  if (stays) {
    return {
      word: 'stay',
      verdict: {
        word: stays.assessment?.verdict.word ?? 'inconclusive',
        final: true,
        reasons: [`It goes where ${stays.app} goes, and ${stays.app} stays.`],
      },
    };
  }
  return { word: 'go', verdict: { word: 'down', final: true, reasons: [`It goes where ${names} goes.`] } };
}
