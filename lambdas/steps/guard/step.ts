import { LifeboatError, RETRYABLE } from '../../../core/errors';
import { nextLook } from '../../../core/guard';
import { mended } from '../../../core/outage';
import { otherSite } from '../../../core/run';
import type { Sample } from '../../../core/verdict';
import type { Deps } from '../../runtime/wire';
import { answerOutage } from '../answer-outage';
import { gathered, tellConcerns } from './concerns';
import { payDebts } from './debts';
import { Mains } from './mains';
import { type Look, Patrol } from './patrol';

/** EventBridge sends the next Lambda every minute, some seconds late at times; this one stays until it is there. */
const LONGEST_MS = 85_000;

/**
 * The guard: watches the other site while main points there, every few seconds, and starts the activation of this one
 * when an app was down for its dwell time. Pays the debts of fencing. One Lambda is on duty until the next one has
 * written itself into the ledger, so that there is no gap; what it saw is in the ledger too.
 */
export async function guardStep(deps: Deps): Promise<{ detail: string }> {
  const { ledger, clock } = deps;
  const startedAt = clock.now();
  const duty = await ledger.changeDuty(now => ({
    ...now,
    shift: (now?.shift ?? 0) + 1,
    at: startedAt,
    watching: now?.watching ?? [],
  }));
  const mains = new Mains(deps);
  const shift: Shift = { deps, mains, patrol: new Patrol(deps, mains, duty.watching), before: duty.watching };
  let looks = 0;
  let trouble: LifeboatError | undefined;
  for (;;) {
    const lookedAt = clock.now();
    try {
      if (!(await oneRound(shift, looks === 0)))
        return { detail: 'main points to this site, and nothing is owed.' };
      looks++;
    } catch (error) {
      trouble = passing(error);
      deps.log('look-failed', { error: trouble.name, message: trouble.message });
    }
    const apps = deps.config.apps.map(({ name, dwellSeconds }) => ({
      watch: shift.patrol.watches.get(name),
      dwellSeconds,
    }));
    const next = nextLook(lookedAt, apps, clock.now());
    if (next >= startedAt + LONGEST_MS) break;
    await clock.sleep(next - clock.now());
    // A suspicion is brought to its end in its own rhythm: the next Lambda's first look may come at the wrong moment.
    if ((await isRelieved(deps, duty.shift)) && !shift.patrol.suspects()) break;
  }
  // Of a Lambda that got nowhere the alarm on errors shall know.
  if (looks === 0 && trouble) throw trouble;
  return { detail: `Looked ${looks} times.` };
}

interface Shift {
  deps: Deps;
  mains: Mains;
  patrol: Patrol;
  /** Names of the apps that were watched before. */
  before: readonly string[];
  /** Whether the ledger has an outage whose apps are not all well again. */
  outage?: boolean;
}

/** @returns whether there is a reason to look again */
async function oneRound(shift: Shift, first: boolean): Promise<boolean> {
  const { deps, mains, patrol } = shift;
  if (first) await mains.refresh();
  // No answer to an outage waits for an API that hangs.
  const [look, api] = await Promise.all([lookAndAnswer(shift, first), patrol.sampleApi()]);
  const owed = await payDebts(deps);
  if (first) await report(shift, look, api);
  return look.apps.length > 0 || owed;
}

async function lookAndAnswer(shift: Shift, first: boolean): Promise<Look> {
  const [look] = await Promise.all([shift.patrol.look(first), first ? undefined : shift.mains.refresh()]);
  await mend(shift, first);
  await answer(shift);
  return look;
}

/** What was well in between is another outage when it fails again. */
async function mend(shift: Shift, first: boolean): Promise<void> {
  const { deps, patrol } = shift;
  if (!first && !shift.outage) return;
  const outage = await deps.ledger.outage();
  const well = patrol.well();
  if (outage?.apps.some(app => well.includes(app))) {
    await deps.ledger.changeOutage(now => mended(now ?? outage, well));
  }
  shift.outage = outage?.apps.some(app => !well.includes(app)) ?? false;
}

async function answer(shift: Shift): Promise<void> {
  const { deps, patrol } = shift;
  const down = patrol.down();
  if (down.length === 0) return;
  const { config, site } = deps;
  const names = down.map(({ name }) => name);
  const why = patrol.watches.get(down[0]?.name ?? '')?.verdict.reasons.join(' ') ?? '';
  const reason = `The guard in ${config.sites[site].region} finds ${names.join(', ')} down on ${otherSite(site)}. ${why}`;
  const { word, run } = await answerOutage(deps, { by: 'guard', activate: site, apps: names, reason });
  if (word === 'started') deps.log('run-started', { run, apps: names, reason });
  shift.outage = true;
}

/** Once a Lambda: what on-call should know, the heartbeat, and what people may want to see. */
async function report(shift: Shift, look: Look, api: Sample | undefined): Promise<void> {
  const { deps, mains } = shift;
  const known = await deps.ledger.concerns();
  await tellConcerns(
    deps,
    known,
    await gathered(deps, mains, { ...look, ...(api ? { api } : {}) }, shift.before, known),
  );
  const watching = look.apps.map(({ app }) => app.name);
  await deps.ledger.changeDuty(now => {
    const { api: _old, ...rest } = now ?? { shift: 1, at: deps.clock.now(), watching };
    return { ...rest, watching, ...(api ? { api } : {}) };
  });
  const dimensions = { Name: deps.config.name, Site: deps.site };
  await deps.metrics.put([{ name: 'GuardHeartbeat', value: 1, unit: 'Count', dimensions }]);
}

async function isRelieved(deps: Deps, shift: number): Promise<boolean> {
  try {
    return (await deps.ledger.duty())?.shift !== shift;
  } catch (error) {
    const { name, message } = passing(error);
    deps.log('duty-not-read', { error: name, message });
    return false;
  }
}

/** Trouble that may be over at the next look. @throws every other error */
function passing(error: unknown): LifeboatError {
  if (error instanceof LifeboatError && RETRYABLE.includes(error.name)) return error;
  throw error;
}
