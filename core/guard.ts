import type { SiteName } from './config';
import { type Sample, trailingBad, type Verdict, verdict } from './verdict';

/** What the guard knows of one app on the site that it watches. It outlives the Lambda that took the samples. */
export interface Watch {
  site: SiteName;
  /** When it was last looked at, in ms since the epoch. */
  at: number;
  samples: Sample[];
  verdict: Verdict;
}

/** The guard's own record: who is on duty, and that somebody is. */
export interface Duty {
  /** Grows with each Lambda that comes on duty; the one before sees it and goes. */
  shift: number;
  /** The heartbeat, in ms since the epoch. */
  at: number;
  /** When the other site's Kubernetes API was last asked in vain while a debt was open. */
  silentAt?: number;
  /** What the last look at the other site's Kubernetes API said; absent while nobody needs to know. */
  api?: Sample;
  /** Names of the apps that are watched; none while main points to this site. */
  watching: string[];
}

/**
 * Between two looks of the guard. Half a second less than 5, so that with the default dwell time of 15 s a run starts
 * within 20 s of the outage: the ledger and Step Functions take their moment, too.
 */
export const LOOK_SECONDS = 4.5;
/** A look may take this long beyond the pause before it; with more between two samples nobody was looking. */
export const MAX_GAP_SECONDS = 20;
/** The longest look: a request that hangs. */
export const HANGING_SECONDS = 3;
/** Beyond the dwell time, what is kept to tell people. */
const KEPT_SECONDS = 60;

/** What is known after one more sample; the same object when the sample is no news. */
export function watched(
  before: Watch | undefined,
  site: SiteName,
  sample: Sample,
  dwellSeconds: number,
): Watch {
  const known = before?.site === site ? before.samples : [];
  const last = known.at(-1);
  // Two Lambdas overlap for a moment as they hand over.
  if (before && last && sample.at <= last.at) return before;
  const oldest = sample.at - (dwellSeconds + KEPT_SECONDS) * 1000;
  const samples = unbroken([...known, sample]).filter(({ at }) => at >= oldest);
  return { site, at: sample.until ?? sample.at, samples, verdict: verdict(samples, dwellSeconds) };
}

/** Whether losing this state would lose something: good after good is what everybody takes for granted. */
export function isNews(before: Watch | undefined, after: Watch): boolean {
  const seen = [before, after].map(watch => watch?.samples.at(-1)?.seen);
  return seen.some(word => word !== 'good');
}

/** The samples since the last gap in which nobody looked: only these can show that something lasted. */
export function unbroken(samples: readonly Sample[]): Sample[] {
  const gap = samples.findLastIndex(
    (sample, index) => index > 0 && sample.at - endOf(samples[index - 1]) > MAX_GAP_SECONDS * 1000,
  );
  return samples.slice(Math.max(0, gap));
}

/** What a run may take over from the guard: samples of the site that it leaves, without a gap up to now. */
export function evidence(watch: Watch | undefined, site: SiteName, now: number): Sample[] {
  if (watch?.site !== site) return [];
  const samples = unbroken(watch.samples);
  return now - endOf(samples.at(-1)) > MAX_GAP_SECONDS * 1000 ? [] : samples;
}

/** A bad sample of a guard that cannot see anything at all says nothing of the site. */
export function blinded(sample: Sample): Sample {
  if (sample.seen !== 'bad') return sample;
  return { ...sample, seen: 'unseen', detail: `${sample.detail}, and no canary answers either` };
}

/**
 * When to look next: every few seconds, and so that the dwell time of a suspicion ends with a look and not some seconds
 * after it. A request that hangs ends with it when it begins its own deadline earlier.
 * @param lookedAt when the last look began
 */
export function nextLook(
  lookedAt: number,
  apps: readonly { watch: Watch | undefined; dwellSeconds: number }[],
  now: number,
): number {
  const looks = apps.map(({ watch, dwellSeconds }) => {
    const since = watch ? trailingBad(watch.samples)[0]?.at : undefined;
    return since === undefined ? undefined : suspicionLook(lookedAt, since, dwellSeconds);
  });
  const next = [lookedAt + LOOK_SECONDS * 1000, ...looks.filter(look => look !== undefined)];
  return Math.max(now, Math.min(...next));
}

/** Undefined when the dwell time is over. */
function suspicionLook(lookedAt: number, since: number, dwellSeconds: number): number | undefined {
  const due = since + dwellSeconds * 1000;
  const hanging = due - HANGING_SECONDS * 1000;
  if (lookedAt >= due) return undefined;
  if (lookedAt >= hanging) return due;
  const steps = Math.max(1, Math.ceil((hanging - lookedAt) / (LOOK_SECONDS * 1000)));
  return lookedAt + (hanging - lookedAt) / steps;
}

/** A line for each sample: when, what, why. */
export function explained(samples: readonly Sample[]): string[] {
  return samples.map(
    ({ at, seen, detail }) => `${new Date(at).toISOString().slice(11, 19)} ${seen}: ${detail}`,
  );
}

function endOf(sample: Sample | undefined): number {
  return sample?.until ?? sample?.at ?? 0;
}
