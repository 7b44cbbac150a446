import type { SiteName } from '../../../core/config';
import type { Finding } from '../../checkers';

/** What was seen of a lost Region after it had come back. */
export interface Return {
  site: SiteName;
  /** Its own name. */
  host: string | undefined;
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
 * A Region that was lost and is back serves nobody, takes no order and is put to rest, unless main has been leading to it
 * all along.
 */
export function returnFinding(back: Return): Finding {
  const { site, host, restsAfterSeconds, mainBefore, mainNow, served, written } = back;
  const stays = mainNow === mainBefore;
  return {
    id: 'back',
    holds: stays && (mainNow === host || (served + written === 0 && restsAfterSeconds !== undefined)),
    evidence:
      `${site} is back: main ${stays ? 'stays where it was' : `leads to ${mainNow}`}, ` +
      `${served} customers were served there and ${written} orders written, ` +
      (restsAfterSeconds === undefined
        ? 'and it was not put to rest'
        : `and it was at rest ${restsAfterSeconds.toFixed(1)} s after it began to boot`),
  };
}
