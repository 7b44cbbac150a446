import { inForce, type Lease, type Pause } from '../core/admission';
import type { App } from '../core/config';
import type { Peace } from '../core/ledger';
import { mapBounded } from '../lambdas/adapters/concurrency';
import type { Deployment } from './deployment';

const AT_ONCE = 20;

/** What a site's ledger knows about apps before anything is started. */
export interface Beforehand {
  /** In force. */
  pause?: Pause;
  peace?: Peace;
  leases: { app: string; lease: Lease }[];
}

/** @throws Throttled, AwsUnavailable, Forbidden */
export async function beforehand(
  { ledger }: Deployment,
  apps: readonly App[],
  now: number,
): Promise<Beforehand> {
  const [pause, peace, leases] = await Promise.all([
    ledger.pause(),
    ledger.peace(),
    mapBounded(apps, AT_ONCE, async ({ name: app }) => ({ app, lease: await ledger.lease(app) })),
  ]);
  return {
    ...(inForce(pause, now) ? { pause } : {}),
    ...(peace ? { peace } : {}),
    leases: leases.flatMap(({ app, lease }) => (lease && lease.expiresAt > now ? [{ app, lease }] : [])),
  };
}
