/**
 * How long to wait before a step is asked again. Short at first, since most waits are short; then in proportion to
 * what has passed, so that a restore of a day costs some hundred polls and not the 25,000 events that an execution
 * may have.
 */
export function pollSeconds(elapsedSeconds: number): number {
  return Math.min(300, Math.max(5, Math.round(elapsedSeconds * 0.02)));
}

/** Between two looks whether the last backup has come to the target: customers wait, and it comes once a minute. */
export const SYNC_POLL_SECONDS = 5;
