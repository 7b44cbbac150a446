import type { SiteName } from '../../../core/config';
import type { Finding } from '../../checkers';

/** What was seen of a lost Region after it had come back. */
export interface Return {
  site: SiteName;
  /** Its own name. */
  host: string | undefined;
  /** From the beginning of its boot to the first answer of its old Pods. */
  answersAfterSeconds: number;
  /** Where main led before it came back, and some time after. */
  mainBefore: string | undefined;
  mainNow: string | undefined;
  /** Good answers that it gave to customers. */
  served: number;
  /** Orders that are on its volume and were made since. */
  written: number;
}

/** A Region that was lost and is back serves nobody and takes no order, unless main has been leading to it all along. */
export function returnFinding({ site, host, mainBefore, mainNow, served, written }: Return): Finding {
  const stays = mainNow === mainBefore;
  return {
    id: 'back',
    holds: stays && (mainNow === host || served + written === 0),
    evidence:
      `${site} is back: main ${stays ? 'stays where it was' : `leads to ${mainNow}`}, ` +
      `${served} customers were served there and ${written} orders written`,
  };
}
