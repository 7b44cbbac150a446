import type { Outcome } from '../core/run';
import type { Finding } from './checkers';

/** What `lifeboat rehearse --format json` prints. Times are ISO 8601 in the rehearsal's own clock, durations seconds. */
export interface Report {
  scenario: string;
  activate: string;
  mode: string;
  /** Of the last run; `none` when no run started. */
  outcome: Outcome | 'none';
  expected: Outcome | 'none';
  /** Whether everything came as the scenario expects and every invariant held. */
  asExpected: boolean;
  /** What did not come as expected. */
  differences: string[];
  reasons: string[];
  /** The commands that on-call was told to type next. */
  next: string[];
  apps: AppReport[];
  notifications: { at: string; subject: string; text: string }[];
  invariants: Finding[];
  /** Names of the states in the order in which they were entered. */
  states: string[];
  /** Every run in the order of their starts. */
  runs: RunReport[];
  calls: {
    at: string;
    step: string;
    service: string;
    action: string;
    region: string;
    resource: string;
    outcome: string;
  }[];
  /** What the rehearsal took for granted about the manifests. */
  notes: string[];
  virtualSeconds: number;
  wallSeconds: number;
}

export interface RunReport {
  name: string;
  site: string;
  /** Whether on-call heard of it; an alarm of a site that nobody uses starts a run that ends at once. */
  told: boolean;
  /** Names of the states in the order in which it entered them. */
  states: string[];
}

export interface AppReport {
  name: string;
  outcome: Outcome | 'none';
  /** What the authoritative servers said at the beginning and at the end; absent for a worker. */
  main: { before?: string; after?: string };
  /** From the outage to the first good answer that a customer got from the other site; absent when there was none. */
  rtoSeconds?: number;
  /** The RTO by phase. */
  split?: RtoSplit;
  /** From the last write that came along to the outage; absent when no data were moved. */
  rpoSeconds?: number;
  phases: PhaseReport[];
}

export interface RtoSplit {
  detection: number;
  decision: number;
  data: number;
  scale: number;
  verify: number;
  dns: number;
  clientTtl: number;
}

export interface PhaseReport {
  name: string;
  outcome: string;
  startedAt: string;
  endedAt?: string;
  seconds?: number;
  detail: string;
}
