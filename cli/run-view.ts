import type { Clock } from '../core/clock';
import type { Config, SiteName } from '../core/config';
import { SITE_NAMES } from '../core/config';
import type { AppRun, RunRecord } from '../core/ledger';
import type { Outcome } from '../core/run';
import { askSite, type Deployment, type OpenDeployment } from './deployment';
import { Unanswerable } from './errors';
import { executionArn, type Status, statusOf } from './executions';
import { sentences, Trouble } from './trouble';

/** All that is known of a run at one moment. */
export interface RunView {
  id: string;
  executionArn: string;
  site: SiteName;
  region: string;
  /** Step Functions' word for it; absent when it does not know the run. */
  status?: Status;
  /** Absent until the run's first step has written it. */
  record?: RunRecord;
  apps: AppRun[];
}

/** What `--format json` says of a run; never the key with which its question is answered. */
export function runJson({ record, ...rest }: RunView): object {
  const { taskToken: _secret, ...shown } = record ?? {};
  return { ...rest, ...shown };
}

export function outcomeOfRun({ record }: RunView): Outcome | undefined {
  return record?.report?.outcome;
}

/** @returns undefined when neither the ledger nor Step Functions of this Region knows it @throws Throttled, AwsUnavailable, Forbidden */
export async function viewRun(
  clock: Clock,
  deployment: Deployment,
  id: string,
): Promise<RunView | undefined> {
  const [record, apps, status] = await Promise.all([
    deployment.ledger.run(id),
    deployment.ledger.appRuns(id),
    statusOf(clock, deployment, id),
  ]);
  if (!record && !status) return undefined;
  const { site, region } = deployment;
  return {
    id,
    executionArn: record?.run.executionArn ?? executionArn(deployment, id),
    site,
    region,
    ...(status ? { status } : {}),
    ...(record ? { record } : {}),
    apps,
  };
}

export interface FoundRun {
  deployment: Deployment;
  view: RunView;
}

/**
 * The run in whichever Region knows it; the first that does is enough, so a silent Region is not waited for.
 * @throws Unanswerable when none knows it, with what kept a Region from being asked
 */
export async function findRun(
  config: Config,
  { clock, open }: { clock: Clock; open: OpenDeployment },
  id: string,
): Promise<FoundRun> {
  const troubles: Trouble[] = [];
  const looks = SITE_NAMES.map(async site => {
    const { deployment, value } = await askSite(config, open, site, each => viewRun(clock, each, id));
    if (!value) throw new NotHere();
    return { deployment, view: value };
  });
  try {
    return await Promise.any(looks);
  } catch (error) {
    if (!(error instanceof AggregateError)) throw error;
    for (const each of error.errors) {
      if (each instanceof Trouble) troubles.push(each);
      else if (!(each instanceof NotHere)) throw each;
    }
    const [only] = troubles;
    if (only && troubles.every(({ kind }) => kind === 'setup') && troubles.length === looks.length)
      throw only;
    throw new Unanswerable(
      [
        `No ledger that answers knows run ${id}. To see those that there are: npx lifeboat runs.`,
        ...sentences(troubles),
      ].join(' '),
    );
  }
}

class NotHere extends Error {}
