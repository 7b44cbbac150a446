/**
 * Time as a dependency. Production uses the machine's clock; the rehearsal a virtual one, so that a night of
 * failover takes seconds and every run of it is the same.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds of this clock. Rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
