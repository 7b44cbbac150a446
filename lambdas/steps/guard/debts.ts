import type { App } from '../../../core/config';
import { fateOf, isSuperseded } from '../../../core/debts';
import { AwsUnavailable, ClusterUnreachable, Throttled, WriteConflict } from '../../../core/errors';
import { fencedMessage, notFencedMessage } from '../../../core/guard-messages';
import type { Debt } from '../../../core/ledger';
import type { Deps } from '../../runtime/wire';
import { isAbsence } from '../absence';
import { whereIsMain } from '../looking';
import { putToRest } from '../rest';

/** Nobody says anything: the site is not back. */
const SILENCE = [ClusterUnreachable, AwsUnavailable, Throttled];

type Attempt =
  | { word: 'fenced'; debt: Debt; detail: string }
  | { word: 'failed'; debt: Debt; detail: string }
  | { word: 'settled' | 'silent' | 'later'; debt: Debt };

/**
 * Tries what a fence could not do, one debt after the other; the first silence ends it, since the others would meet it
 * too. On-call hears once what became of it.
 * @returns whether something is owed still
 */
export async function payDebts(deps: Deps): Promise<boolean> {
  const debts = await deps.ledger.debts();
  const attempts: Attempt[] = [];
  for (const debt of debts) {
    const attempt = await settle(deps, debt);
    attempts.push(attempt);
    if (attempt.word === 'silent') break;
  }
  await tellFenced(deps, attempts);
  await tellNotFenced(deps, attempts);
  if (attempts.some(({ word }) => word === 'silent')) await noteSilence(deps);
  return (
    debts.length > attempts.length || attempts.some(({ word }) => word !== 'settled' && word !== 'fenced')
  );
}

async function settle(deps: Deps, debt: Debt): Promise<Attempt> {
  const app = deps.config.apps.find(({ name }) => name === debt.app);
  // Taken out of the configuration: nobody may touch it any more.
  if (!app) return drop(deps, debt, 'lifeboat.yaml of this deployment does not have the app');
  // In this order, and all servers anew: of a journey that is over, main says where it led.
  const activation = await deps.ledger.activation(debt.app);
  const mains = app.endpoint ? await whereIsMain(deps.network, app.endpoint) : undefined;
  const fate = fateOf(app, debt, mains?.known ? mains.sites : new Set(), activation);
  if (fate === 'drop') return drop(deps, debt, 'main points there');
  return fate === 'pay' ? pay(deps, app, debt) : { word: 'later', debt };
}

async function pay(deps: Deps, app: App, debt: Debt): Promise<Attempt> {
  try {
    const detail = await putToRest(
      deps,
      app,
      debt.site,
      debt.activationId,
      found => !isSuperseded(found, debt),
    );
    if (detail === undefined) return drop(deps, debt, 'a later run puts the site to work again');
    return { word: 'fenced', debt, detail };
  } catch (error) {
    if (SILENCE.some(kind => error instanceof kind)) return { word: 'silent', debt };
    if (error instanceof WriteConflict) return { word: 'later', debt };
    if (!isAbsence(error)) throw error;
    return { word: 'failed', debt, detail: error.message };
  }
}

async function drop(deps: Deps, debt: Debt, why: string): Promise<Attempt> {
  deps.log('debt-dropped', { app: debt.app, site: debt.site, why });
  await deps.ledger.settleDebt(debt.app, debt.site);
  return { word: 'settled', debt };
}

async function tellFenced(deps: Deps, attempts: readonly Attempt[]): Promise<void> {
  const done = attempts.filter(attempt => attempt.word === 'fenced');
  if (done.length === 0) return;
  const silentAt = (await deps.ledger.duty())?.silentAt ?? Math.min(...done.map(({ debt }) => debt.since));
  const seconds = (deps.clock.now() - silentAt) / 1000;
  const lines = done.map(({ debt, detail }) => `${debt.app}: ${detail}`);
  // First the message: what the ledger calls settled, on-call has got.
  await deps.notifier.publish(fencedMessage(deps.config, deps.site, lines, seconds));
  for (const { debt } of done) await deps.ledger.settleDebt(debt.app, debt.site);
}

async function tellNotFenced(deps: Deps, attempts: readonly Attempt[]): Promise<void> {
  const news = attempts.filter(attempt => attempt.word === 'failed').filter(({ debt }) => !debt.told);
  if (news.length === 0) return;
  const lines = news.map(({ debt, detail }) => `${debt.app}: ${detail}`);
  await deps.notifier.publish(notFencedMessage(deps.config, deps.site, lines));
  for (const { debt } of news) await deps.ledger.saveDebt({ ...debt, told: true });
}

async function noteSilence({ ledger, clock }: Deps): Promise<void> {
  const silentAt = clock.now();
  await ledger.changeDuty(now => ({ ...(now ?? { shift: 1, at: silentAt, watching: [] }), silentAt }));
}
