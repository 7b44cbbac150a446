import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SiteName } from '../../../core/config';
import type { AppRun } from '../../../core/ledger';
import { Documents } from '../../../lambdas/adapters/aws/documents';
import { DynamoLedger } from '../../../lambdas/adapters/aws/ledger';
import { OUTPUTS, stackName } from '../../../lib/names';
import { RealClock } from '../aws/state-machines/real-clock';
import type { Bed, RunView } from '../bed';

/** What a run wrote down of its apps, from the deployed table of its Region. */
export function recordsOf(bed: Bed, { site, name }: RunView): Promise<AppRun[]> {
  return withLedger(bed, site, ledger => ledger.appRuns(name));
}

/** Opens the deployed table of the site's Region, as the command line does. */
export async function withLedger<T>(
  bed: Bed,
  site: SiteName,
  use: (ledger: DynamoLedger) => Promise<T>,
): Promise<T> {
  const aws = bed.aws.client(bed.regionOf(site));
  const clock = new RealClock();
  const cloudFormation = new CloudFormationClient(aws);
  const dynamo = new DynamoDBClient(aws);
  try {
    const StackName = stackName(bed.config, site);
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
    const table = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === OUTPUTS.ledger)?.OutputValue;
    if (table === undefined) throw new Error(`stack ${StackName} has no output ${OUTPUTS.ledger}`);
    return await use(new DynamoLedger(new Documents(dynamo, table, clock), clock));
  } finally {
    cloudFormation.destroy();
    dynamo.destroy();
  }
}
