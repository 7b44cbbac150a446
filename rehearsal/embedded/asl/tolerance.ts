import { AslError } from './errors';

/**
 * ToleratedFailureCount and ToleratedFailurePercentage: "The Map state fails if either threshold is breached."
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html#maprun-fail-threshold
 */
export class Tolerance {
  private failures = 0;
  private readonly set: boolean;

  constructor(
    private readonly total: number,
    private readonly count: number | undefined,
    private readonly percentage: number | undefined,
  ) {
    this.set = (count ?? 0) > 0 || (percentage ?? 0) > 0;
  }

  /** Counts one more failed item. False: that was one too many. */
  accepts(): boolean {
    this.failures++;
    if (!this.set) return false;
    if (this.count !== undefined && this.failures > this.count) return false;
    return this.percentage === undefined || (this.failures * 100) / this.total <= this.percentage;
  }

  /** Why an INLINE Map fails: the item's own error, unless a threshold was set and exceeded. */
  failure(own: AslError): AslError {
    return this.set ? thresholdExceeded() : own;
  }
}

export function thresholdExceeded(): AslError {
  return new AslError(
    'States.ExceedToleratedFailureThreshold',
    'The specified tolerated failure threshold was exceeded',
  );
}
