import type { Endpoint, SiteName } from './config';
import { siteOf } from './flip';

/**
 * The standby switch. main has two failover records, and Route 53 looks at three objects in public buckets to choose
 * between them. In the bucket of dr stands `at-dr` when dr has taken main; in the bucket of primary stands a copy of
 * it, or `at-primary` when primary took main back although dr's bucket could not be reached. An object in a Region
 * that is lost reads as absent. `pointsTo` says what follows; docs/adr/0007 says why.
 */
export type Signal = 'at-dr' | 'at-primary';

/** What each site's bucket may hold. */
export const SIGNALS: Record<SiteName, readonly Signal[]> = {
  dr: ['at-dr'],
  primary: ['at-dr', 'at-primary'],
};

/** How many of the three must speak for primary: dr's object absent, its copy absent, `at-primary` there. */
export const VOTES_FOR_PRIMARY = 2;

export function signalKey(main: string, signal: Signal): string {
  return `${signalFolder(main)}${signal}`;
}

/** What the keys of one app's objects begin with. */
export function signalFolder(main: string): string {
  return `${main.toLowerCase()}/`;
}

/** The name under which everybody, health checkers too, reaches a bucket: of its own Region, without a redirect. */
export function signalHost(bucket: string, region: string): string {
  return `${bucket}.s3.${region}.amazonaws.com`;
}

/** The objects of one app in one bucket: since when each stands there, in ms since the epoch. */
export type Signals = Partial<Record<Signal, number>>;

/** Where main points when Route 53 sees these objects. */
export function pointsTo(seen: Record<SiteName, Signals>): SiteName {
  const votes = [
    seen.dr['at-dr'] === undefined,
    seen.primary['at-dr'] === undefined,
    seen.primary['at-primary'] !== undefined,
  ];
  return votes.filter(Boolean).length >= VOTES_FOR_PRIMARY ? 'primary' : 'dr';
}

/** What one bucket must have and must not have. */
export interface SignalChange {
  put: Signal[];
  remove: Signal[];
}

/** What makes main point to a site, in the bucket of its own Region. */
export function ownChange(activate: SiteName, own: Signals): SignalChange {
  const wanted: SignalChange =
    activate === 'dr' ? { put: ['at-dr'], remove: [] } : { put: [], remove: ['at-dr'] };
  return {
    put: wanted.put.filter(signal => own[signal] === undefined),
    remove: wanted.remove.filter(signal => own[signal] !== undefined),
  };
}

/** What takes a change of this Region's bucket back: main stays at the other site, whatever the other bucket says. */
export function backChange(activate: SiteName): SignalChange {
  return activate === 'dr' ? { put: [], remove: ['at-dr'] } : { put: ['at-dr'], remove: ['at-primary'] };
}

/** What speaks for the old site in the bucket of its Region: taken away if that Region answers. */
export function otherSignal(activate: SiteName): Signal {
  return activate === 'dr' ? 'at-primary' : 'at-dr';
}

/**
 * Why main must be left alone, by what its name servers answer.
 * @param answers `undefined` entries gave no answer; an empty text is a name without a CNAME
 */
export function strangerAt(endpoint: Endpoint, answers: readonly (string | undefined)[]): string | undefined {
  const { main, hosts } = endpoint;
  const strange = answers.find(answer => answer !== undefined && siteOf(endpoint, answer) === undefined);
  if (strange === undefined) return undefined;
  return strange === ''
    ? `${main} has no CNAME; expected are two failover records, to ${hosts.primary} and to ${hosts.dr}.`
    : `${main} points to ${strange}, which is neither ${hosts.primary} nor ${hosts.dr}: somebody else changed it.`;
}

/** What is known of main when nobody is at work on it. */
export interface PeaceFacts {
  /** The site of this Region. */
  site: SiteName;
  /** The site that every name server says main is. */
  mainAt: SiteName;
  own: Signals;
  /** Whether dr's bucket shows `at-dr` to everybody; undefined when it did not say. */
  drTaken?: boolean;
  now: number;
}

/** A fresh object may belong to a change that the name servers have not taken over yet. */
const SETTLED_MS = 120_000;

/**
 * What is put in order in peace, in this Region's bucket only. primary keeps a copy of what dr says, so that the loss
 * of dr's Region does not move main; what is left over of a return is taken away, so that the next flip works.
 */
export function peaceChange({ site, mainAt, own, drTaken, now }: PeaceFacts): SignalChange {
  const none: SignalChange = { put: [], remove: [] };
  const old = (signal: Signal) => {
    const since = own[signal];
    return since !== undefined && now - since > SETTLED_MS;
  };
  if (site === 'dr') return mainAt === 'primary' && old('at-dr') ? { put: [], remove: ['at-dr'] } : none;
  if (mainAt === 'dr')
    return own['at-dr'] === undefined && own['at-primary'] === undefined
      ? { put: ['at-dr'], remove: [] }
      : none;
  // A copy that came too late: first this, since `at-primary` may be all that outvotes it.
  if (own['at-dr'] !== undefined) return { put: [], remove: ['at-dr'] };
  // While dr's object stands, or may stand, `at-primary` is what keeps main here.
  return drTaken === false && old('at-primary') ? { put: [], remove: ['at-primary'] } : none;
}
