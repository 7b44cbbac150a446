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

/** One site's Lifeboat as it is deployed. */
export interface Deployment {
  site: SiteName;
  region: string;
  stateMachineArn: string;
  ledger: Ledger;
  sfn: Pick<SFNClient, 'send'>;
}

/** Opens a site's deployment. @throws NotDeployed, AwsUnavailable, Forbidden */
export type OpenDeployment = (config: Config, site: SiteName) => Promise<Deployment>;

/** The site's stack is not there, or is not Lifeboat's. */
export class NotDeployed extends Error {
  override name = 'NotDeployed';
}

const DEADLINE_MS = 5000;

/** The clock of this machine. */
export const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    }),
};

export const openDeployment: OpenDeployment = async (config, site) => {
  const { region } = config.sites[site];
  const name = stackName(config, site);
  const client = new CloudFormationClient({ region, maxAttempts: 1 });
  const { Stacks } = await awsCall(
    clock,
    `CloudFormation DescribeStacks ${name} in ${region}`,
    DEADLINE_MS,
    abort => client.send(new DescribeStacksCommand({ StackName: name }), abort),
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
  const documents = new Documents(new DynamoDBClient({ region, maxAttempts: 1 }), table, clock);
  return {
    site,
    region,
    stateMachineArn,
    ledger: new DynamoLedger(documents, clock),
    sfn: new SFNClient({ region }),
  };
};

/**
 * The deployments of both sites that answer: one of the Regions may well be gone.
 * @returns what answers, and a sentence about what does not
 */
export async function whatAnswers(
  config: Config,
  open: OpenDeployment,
): Promise<{ deployments: Deployment[]; silent: string[] }> {
  const tried = await Promise.allSettled(SITE_NAMES.map(site => open(config, site)));
  return {
    deployments: tried.flatMap(each => (each.status === 'fulfilled' ? [each.value] : [])),
    silent: tried.flatMap(each =>
      each.status === 'rejected'
        ? [each.reason instanceof Error ? each.reason.message : String(each.reason)]
        : [],
    ),
  };
}

function notDeployed(name: string, region: string): NotDeployed {
  return new NotDeployed(
    `There is no stack ${name} of Lifeboat in ${region}. Deploy it: npx cdk deploy ${name}`,
  );
}
