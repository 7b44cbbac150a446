import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AppRun } from '../../../core/ledger';
import { Documents } from '../../../lambdas/adapters/aws/documents';
import { DynamoLedger } from '../../../lambdas/adapters/aws/ledger';
import { OUTPUTS, stackName } from '../../../lib/names';
import { RealClock } from '../aws/state-machines/real-clock';
import type { Bed, RunView } from '../bed';

/** What a run wrote down of its apps, from the deployed table of its Region. */
export async function recordsOf(bed: Bed, { site, name }: RunView): Promise<AppRun[]> {
  const aws = bed.aws.client(bed.regionOf(site));
  const clock = new RealClock();
  const cloudFormation = new CloudFormationClient(aws);
  const dynamo = new DynamoDBClient(aws);
  try {
    const StackName = stackName(bed.config, site);
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
    const table = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === OUTPUTS.ledger)?.OutputValue;
    if (table === undefined) throw new Error(`stack ${StackName} has no output ${OUTPUTS.ledger}`);
    return await new DynamoLedger(new Documents(dynamo, table, clock), clock).appRuns(name);
  } finally {
    cloudFormation.destroy();
    dynamo.destroy();
  }
}
