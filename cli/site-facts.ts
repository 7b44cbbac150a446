import { type Activation, inForce, type Pause } from '../core/admission';
import type { App, Config, SiteName } from '../core/config';
import { AwsUnavailable } from '../core/errors';
import type { Debt, Peace, RunRecord } from '../core/ledger';
import type { Verdict } from '../core/verdict';
import { mapBounded } from '../lambdas/adapters/concurrency';
import { withDeadline } from '../lambdas/adapters/deadline';
import { askBoth, type Deployment } from './deployment';
import type { GuardView } from './guard';
import type { Outside } from './outside';
import type { Trouble } from './trouble';

const RECENT = 5;
const AT_ONCE = 20;
/** For everything that is asked of one ledger; its single calls have deadlines of their own. */
const LEDGER_MS = 5000;

/** What a site's Lifeboat knows. */
export interface SiteFacts {
  site: SiteName;
  region: string;
  /** As it stands in the ledger; one that has ended refuses nothing. */
  pause?: Pause;
  paused: boolean;
  /** The newest first. */
  runs: RunRecord[];
  /** What the newest run that judged the other site said of it. */
  verdicts: { app: string; run: string; at: number; verdict: Verdict }[];
  debts: { app: string; debt: Debt }[];
  /** Journeys to this site that no run has ended: the next one for it goes on with them. */
  open: { app: string; activation: Activation }[];
  /** The last look in peace: whether this site could take over, and the newest backups. */
  peace?: Peace;
  /** What the guard wrote down; null: nothing is known of one. */
  guard: GuardView | null;
}

/** Asks both Regions at the same time. */
export async function siteFacts(
  config: Config,
  { clock, open }: Outside,
): Promise<{ sites: SiteFacts[]; troubles: { site: SiteName; trouble: Trouble }[] }> {
  const { answers, troubles } = await askBoth(config, open, deployment =>
    withDeadline(
      clock,
      LEDGER_MS,
      () => factsOf(deployment, config.apps, clock.now()),
      () => new AwsUnavailable(`The ledger did not say everything within ${LEDGER_MS} ms.`),
    ),
  );
  return { sites: answers.map(({ value }) => value), troubles };
}

async function factsOf(deployment: Deployment, apps: readonly App[], now: number): Promise<SiteFacts> {
  const { site, region, ledger, guard } = deployment;
  const [pause, runs, peace, debts, activations, seen] = await Promise.all([
    ledger.pause(),
    ledger.recentRuns(RECENT),
    ledger.peace(),
    mapBounded(apps, AT_ONCE, async ({ name: app }) =>
      (await ledger.debts(app)).map(debt => ({ app, debt })),
    ),
    mapBounded(apps, AT_ONCE, async ({ name: app }) => ({ app, activation: await ledger.activation(app) })),
    guard?.latest(),
  ]);
  return {
    site,
    region,
    ...(pause ? { pause } : {}),
    paused: inForce(pause, now),
    runs,
    verdicts: await lastVerdicts(deployment, runs),
    debts: debts.flat(),
    open: activations.flatMap(({ app, activation }) =>
      activation && activation.closedAt === undefined ? [{ app, activation }] : [],
    ),
    ...(peace ? { peace } : {}),
    guard: seen ?? null,
  };
}

/** A run that was refused at its start has looked at nothing: then it is the one before that counts. */
async function lastVerdicts(
  { ledger }: Deployment,
  runs: readonly RunRecord[],
): Promise<SiteFacts['verdicts']> {
  for (const { run } of runs) {
    const parts = await ledger.appRuns(run.id);
    const verdicts = parts.flatMap(({ app, verdict, phases }) =>
      verdict ? [{ app, run: run.id, at: phases.assess?.endedAt ?? run.startedAt, verdict }] : [],
    );
    if (verdicts.length > 0) return verdicts;
  }
  return [];
}
