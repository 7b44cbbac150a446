import type { SiteName } from '../../../core/config';
import type { Finding } from '../../checkers';

/** What was seen of a lost Region after it had come back. */
export interface Return {
  site: SiteName;
  /** Its own name. */
  host: string | undefined;
  /** Whether main led to the other site as it came back: then it must be put to rest. */
  left: boolean;
  /** From the beginning of its boot until it was at rest; absent when it was not put to rest. */
  restsAfterSeconds?: number;
  /** Where main led before it came back, and some time after. */
  mainBefore: string | undefined;
  mainNow: string | undefined;
  /** Good answers that it gave to customers. */
  served: number;
  /** Orders that are on its volume and were made since. */
  written: number;
}

/**
 * A Region that was lost and is back serves nobody and takes no order, unless main has been leading to it all along; and
 * it is put to rest when main has gone to the other site.
 */
export function returnFinding(back: Return): Finding {
  const { site, host, left, restsAfterSeconds, mainBefore, mainNow, served, written } = back;
  const stays = mainNow === mainBefore;
  return {
    id: 'back',
    holds:
      stays && (mainNow === host || served + written === 0) && (!left || restsAfterSeconds !== undefined),
    evidence:
      `${site} is back: main ${stays ? 'stays where it was' : `leads to ${mainNow}`}, ` +
      `${served} customers were served there and ${written} orders written, ` +
      (restsAfterSeconds === undefined
        ? 'and it was not put to rest'
        : `and it was at rest ${restsAfterSeconds.toFixed(1)} s after it began to boot`),
  };
}
