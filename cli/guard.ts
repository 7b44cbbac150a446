import type { SiteName } from '../core/config';
import type { Ledger } from '../core/ledger';
import { otherSite } from '../core/run';
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

/** The guard's record as the ledger of its Region has it. A watched app without a verdict was never seen but well. */
export function guardIn(ledger: Ledger, site: SiteName): GuardRecord {
  return {
    latest: async () => {
      const duty = await ledger.duty();
      if (!duty) return undefined;
      const watches = await Promise.all(
        duty.watching.map(async app => ({ app, watch: await ledger.watch(app) })),
      );
      return {
        heartbeatAt: duty.at,
        ...(duty.watching.length > 0 ? { watches: otherSite(site) } : {}),
        verdicts: watches.flatMap(({ app, watch }) =>
          watch?.site === otherSite(site)
            ? [{ app, word: watch.verdict.word, reasons: watch.verdict.reasons }]
            : [],
        ),
      };
    },
  };
}
