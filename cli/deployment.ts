import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from '../core/clock';
import { type Config, SITE_NAMES, type SiteName } from '../core/config';
import type { Ledger } from '../core/ledger';
import { awsCall } from '../lambdas/adapters/aws/call';
import { Documents } from '../lambdas/adapters/aws/documents';
import { DynamoLedger } from '../lambdas/adapters/aws/ledger';
import { OUTPUTS, stackName } from '../lib/names';
import { type GuardRecord, guardIn } from './guard';
import { inRegion, Trouble } from './trouble';

/** One site's Lifeboat as it is deployed. */
export interface Deployment {
  site: SiteName;
  region: string;
  stateMachineArn: string;
  ledger: Ledger;
  sfn: Pick<SFNClient, 'send'>;
  /** What the guard of this Region wrote down; absent while there is none to ask. */
  guard?: GuardRecord;
}

/** Opens a site's deployment. @throws Trouble */
export type OpenDeployment = (config: Config, site: SiteName) => Promise<Deployment>;

/** The site's stack is not there, or is not Lifeboat's. */
export class NotDeployed extends Error {
  override name = 'NotDeployed';
}

const DEADLINE_MS = 5000;

/** Opens deployments through CloudFormation, with the credentials of whoever types. */
export function openWith(clock: Clock): OpenDeployment {
  return (config, site) => {
    const { region } = config.sites[site];
    return inRegion(region, () => openSite(clock, config, site));
  };
}

async function openSite(clock: Clock, config: Config, site: SiteName): Promise<Deployment> {
  const { region } = config.sites[site];
  const name = stackName(config, site);
  const cloudFormation = new CloudFormationClient({ region, maxAttempts: 1 });
  // Before the deadline begins to count: a login through a browser or a token of hardware takes its time.
  const { credentials } = cloudFormation.config;
  await credentials();
  const { Stacks } = await awsCall(
    clock,
    `CloudFormation DescribeStacks ${name} in ${region}`,
    DEADLINE_MS,
    abort => cloudFormation.send(new DescribeStacksCommand({ StackName: name }), abort),
  ).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'ValidationError') throw notDeployed(name, region);
    throw error;
  });
  const outputs = new Map(
    Stacks?.[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
  );
  const stateMachineArn = outputs.get(OUTPUTS.stateMachine);
  const table = outputs.get(OUTPUTS.ledger);
  if (!stateMachineArn || !table) throw notDeployed(name, region);
  const options = { region, maxAttempts: 1, credentials };
  const ledger = new DynamoLedger(new Documents(new DynamoDBClient(options), table, clock), clock);
  return {
    site,
    region,
    stateMachineArn,
    ledger,
    sfn: new SFNClient(options),
    guard: guardIn(ledger, site),
  };
}

function notDeployed(name: string, region: string): NotDeployed {
  return new NotDeployed(
    `There is no stack ${name} of Lifeboat in ${region} of this account. ` +
      `See which account it is (aws sts get-caller-identity), or deploy it: npx cdk deploy ${name} -c config=FILE`,
  );
}

/** Opens each site once: what answered is asked again without another look at its stack. */
export function openOnce(open: OpenDeployment): OpenDeployment {
  const opened = new Map<SiteName, Deployment>();
  return async (config, site) => {
    const deployment = opened.get(site) ?? (await open(config, site));
    opened.set(site, deployment);
    return deployment;
  };
}

/** What came back of both sites: one of the Regions may well be gone. */
export interface Answers<T> {
  answers: { deployment: Deployment; value: T }[];
  troubles: { site: SiteName; trouble: Trouble }[];
}

/**
 * Asks both sites at the same time; what does not answer costs its deadline once.
 * @throws what is nobody's to mend but the programmer's
 */
export async function askBoth<T>(
  config: Config,
  open: OpenDeployment,
  ask: (deployment: Deployment) => Promise<T>,
): Promise<Answers<T>> {
  const asked = await Promise.all(
    SITE_NAMES.map(site =>
      askSite(config, open, site, ask).catch((error: unknown) => {
        if (error instanceof Trouble) return { site, trouble: error };
        throw error;
      }),
    ),
  );
  return {
    answers: asked.flatMap(each => ('value' in each ? [each] : [])),
    troubles: asked.flatMap(each => ('trouble' in each ? [each] : [])),
  };
}

/** @throws Trouble */
export async function askSite<T>(
  config: Config,
  open: OpenDeployment,
  site: SiteName,
  ask: (deployment: Deployment) => Promise<T>,
): Promise<{ deployment: Deployment; value: T }> {
  return inRegion(config.sites[site].region, async () => {
    const deployment = await open(config, site);
    return { deployment, value: await ask(deployment) };
  });
}
