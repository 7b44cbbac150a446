import { existsSync, readFileSync } from 'node:fs';

/** One request of the customer, whatever became of it. */
export interface Visit {
  /** Milliseconds since the epoch, when it began. */
  at: number;
  /** How long it took. */
  ms: number;
  /** Of the order; each is used once. */
  number: number;
  ok: boolean;
  status?: number;
  /** Who says to have answered. */
  site?: string;
  address?: string;
  /** Where main's CNAME led. */
  cname?: string;
  certificate?: ShownCertificate;
  failure?: { kind: FailureKind; detail: string };
}

export type FailureKind = 'dns' | 'connection' | 'tls' | 'timeout' | 'answer';

export interface ShownCertificate {
  serial: string;
  names: string[];
  issuer: string;
  notAfter: string;
}

/** What a customer wrote down so far, by the time of the beginning. A line that is still being written is left out. */
export function readVisits(file: string): Visit[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  const visits = lines.filter(line => line !== '').map(line => JSON.parse(line) as Visit);
  return visits.sort((left, right) => left.at - right.at);
}
