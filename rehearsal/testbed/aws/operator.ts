import type { AwsCredentialIdentity } from '@smithy/types';
import { SignedRequests } from './signed-request';

/** IAM refused to make the operator. */
export class NoOperator extends Error {
  override name = 'NoOperator';
}

const USER = 'operator';
const EVERYTHING = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/**
 * Makes the person who deploys and looks around: an IAM user who may do everything. Not root, which AWS lets assume no
 * role, and the CDK assumes four. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 * @param endpoint `http://address:port`
 * @throws NoOperator
 */
export async function createOperator(
  endpoint: string,
  root: AwsCredentialIdentity,
): Promise<AwsCredentialIdentity> {
  const iam = new SignedRequests({ endpoint, region: 'us-east-1', credentials: root });
  const call = async (parameters: Record<string, string>) => {
    const { status, text } = await iam.send({
      service: 'iam',
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ Version: '2010-05-08', UserName: USER, ...parameters }).toString(),
    });
    if (status === 200) return text;
    throw new NoOperator(`IAM answered ${parameters.Action} with ${status}: ${text}`);
  };
  await call({ Action: 'CreateUser' });
  await call({
    Action: 'PutUserPolicy',
    PolicyName: 'everything',
    PolicyDocument: JSON.stringify(EVERYTHING),
  });
  const answer = await call({ Action: 'CreateAccessKey' });
  return {
    accessKeyId: element(answer, 'AccessKeyId'),
    secretAccessKey: element(answer, 'SecretAccessKey'),
  };
}

function element(xml: string, name: string): string {
  const found = new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
  if (found) return found;
  throw new NoOperator(`IAM's answer to CreateAccessKey has no ${name}.`);
}
