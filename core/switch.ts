import type { Endpoint, SiteName } from './config';

/** What a run wants of the switch, once for each asking. */
export interface FlipRequest {
  endpoint: Endpoint;
  activate: SiteName;
  /** The run, for whoever finds what the switch has written. */
  runId: string;
  /** When the run made the change, in ms since the epoch; absent while it has not. */
  flippedAt?: number;
}

/** What an asking did. */
export interface Asserted {
  /** For people: what was changed; absent when all was as it should be. */
  changed?: string;
}

/** What became of taking a change back. */
export interface Withdrawn {
  /** Whether it is sure that main stays where it is. */
  certain: boolean;
  /** For people; empty when there was nothing to take back. */
  detail: string;
}

/**
 * What moves main. It is asked again until the zone's name servers agree, so each asking brings main closer to the
 * site and finds out by itself what is left to do. It never overwrites what somebody else made of main.
 */
export interface Switch {
  /** @throws RecordChanged when main is no site's any more; Throttled, AwsUnavailable, Forbidden */
  assert(request: FlipRequest): Promise<Asserted>;
  /**
   * Takes back what an asking whose end nobody knows may have changed. Only for a main that has not moved.
   * @throws Throttled, AwsUnavailable, Forbidden
   */
  withdraw(request: FlipRequest): Promise<Withdrawn>;
  /**
   * In peace: puts in order, in this Region, what earlier changes have left behind.
   * @param site the site of this Region
   * @param mainAt what all name servers say; undefined while they disagree or are silent
   * @returns for people: what was changed, if anything was
   * @throws Throttled, AwsUnavailable, Forbidden, NotFound
   */
  tidy(endpoint: Endpoint, site: SiteName, mainAt: SiteName | undefined): Promise<string | undefined>;
}
