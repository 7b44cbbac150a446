/**
 * What samples of a site say together. The rule that everything hangs on: inconclusive is not down. One good
 * answer within the dwell time ends a suspicion; one look that could not see ends the certainty.
 */
export interface Sample {
  /** Milliseconds since the epoch. */
  at: number;
  /** When the look ended, in ms since the epoch: a request that hung until then was unanswered all that while. */
  until?: number;
  /** `unseen`: our own side could not look, which says nothing about the site. */
  seen: 'good' | 'bad' | 'unseen';
  detail: string;
}

export type VerdictWord = 'healthy' | 'down' | 'inconclusive';

export interface Verdict {
  word: VerdictWord;
  /** False while more samples could still change an `inconclusive`. */
  final: boolean;
  reasons: string[];
}

/** Between two samples. */
export const SAMPLE_SECONDS = 5;
/** After so many dwell times without a clear picture the verdict stays inconclusive. */
const PATIENCE = 3;

/**
 * @param samples in the order in which they were taken
 * @param dwellSeconds for how long a site must be bad without a break to be called down
 * @param since when the looking began, if that was later than the first sample, in ms since the epoch
 */
export function verdict(samples: readonly Sample[], dwellSeconds: number, since?: number): Verdict {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last) return { word: 'inconclusive', final: false, reasons: ['No sample was taken yet.'] };
  if (last.seen === 'good') {
    const before = samples.filter(sample => sample.seen === 'bad').length;
    const recovered = before > 0 ? ` after ${before} bad ${before === 1 ? 'sample' : 'samples'}` : '';
    return { word: 'healthy', final: true, reasons: [`It answers well${recovered}: ${last.detail}.`] };
  }
  const bad = trailingBad(samples);
  const spanSeconds = bad[0] ? (endOf(last) - bad[0].at) / 1000 : 0;
  if (bad.length >= 2 && spanSeconds >= dwellSeconds) {
    return {
      word: 'down',
      final: true,
      reasons: [
        `Bad in ${bad.length} of ${bad.length} samples over ${Math.round(spanSeconds)} s: ${distinct(bad).join('; ')}.`,
      ],
    };
  }
  const watchedSeconds = (last.at - (since ?? first.at)) / 1000;
  const unseen = samples.filter(sample => sample.seen === 'unseen');
  return {
    word: 'inconclusive',
    // In the middle of a bad streak the next samples may well make it certain.
    final: watchedSeconds >= PATIENCE * dwellSeconds && last.seen !== 'bad',
    reasons: [
      `Bad for ${Math.round(spanSeconds)} s without a break, needed are ${dwellSeconds} s.`,
      ...(unseen.length > 0
        ? [
            `Could not look ${unseen.length === 1 ? 'once' : `${unseen.length} times`}: ${distinct(unseen).join('; ')}.`,
          ]
        : []),
    ],
  };
}

/** The bad samples since the last one that was not. */
export function trailingBad(samples: readonly Sample[]): Sample[] {
  const lastOther = samples.findLastIndex(sample => sample.seen !== 'bad');
  return samples.slice(lastOther + 1);
}

function endOf({ at, until }: Sample): number {
  return until ?? at;
}

function distinct(samples: readonly Sample[]): string[] {
  return [...new Set(samples.map(sample => sample.detail))];
}
