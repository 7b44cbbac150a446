import type { Activation } from './admission';
import type { App, SiteName } from './config';
import { ANNOTATIONS, type WorkloadObject } from './kubernetes';
import type { Debt } from './ledger';
import { otherSite } from './run';

/** What becomes of a debt now. */
export type Fate = 'pay' | 'drop' | 'wait';

/**
 * A site is put to rest only while main points to the other one, and never while it might be serving.
 * @param mains every site that an authoritative server says main is; absent for a worker, empty when nobody answered
 * @param activation the last journey of the app to the site that the debt is not about
 */
export function fateOf(
  app: App,
  debt: Debt,
  mains: ReadonlySet<SiteName | undefined>,
  activation: Activation | undefined,
): Fate {
  // A later journey has fenced the site by itself, or left a debt of its own.
  if (!activation || activation.id !== debt.activationId) return 'wait';
  if (activation.closedAt === undefined && !app.endpoint) return 'wait';
  if (!app.endpoint) return activation.outcome === 'succeeded' ? 'pay' : 'drop';
  if (mains.size !== 1) return 'wait';
  if (mains.has(otherSite(debt.site))) return 'pay';
  // Before the flip main is still there; after a journey that came to nothing, or back home, it is there for good.
  return mains.has(debt.site) && activation.closedAt !== undefined ? 'drop' : 'wait';
}

/** Whether a later journey has begun to put the site to work again: its workloads carry that journey's mark. */
export function isSuperseded(workloads: readonly WorkloadObject[], { activationId }: Debt): boolean {
  return workloads.some(({ metadata }) => {
    const by = metadata.annotations?.[ANNOTATIONS.changedBy];
    // Ids are times in digits: a greater one is a later journey.
    return by !== undefined && by > activationId;
  });
}
