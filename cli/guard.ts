import type { SiteName } from '../core/config';
import type { VerdictWord } from '../core/verdict';

/** What a guard last wrote down: that it lives, and what it says of the site that it watches. */
export interface GuardView {
  /** Its last sign of life, in ms since the epoch. */
  heartbeatAt: number;
  /** The site that it watches: the one that main points to, when that is not its own. Absent: it has nothing to watch. */
  watches?: SiteName;
  verdicts: { app: string; word: VerdictWord; reasons: string[] }[];
}

/** The guard's record in a Region, for `lifeboat status`. */
export interface GuardRecord {
  /** @returns undefined when the guard never wrote anything */
  latest(): Promise<GuardView | undefined>;
}
