import type { TestbedAws } from '../../../../rehearsal/testbed/aws/aws';
import { SignedRequests } from '../../../../rehearsal/testbed/aws/signed-request';

export interface Message {
  Body: string;
  MessageAttributes?: Record<string, { StringValue?: string }>;
}

/** One call of SQS, for which the project has no client of the SDK. */
async function call<T>(aws: TestbedAws, region: string, action: string, body: object): Promise<T> {
  const sqs = new SignedRequests({ endpoint: aws.endpoint, region, credentials: aws.operator });
  const { status, text } = await sqs.send({
    service: 'sqs',
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
    body: JSON.stringify(body),
  });
  if (status !== 200) throw new Error(`${action}: ${status} ${text}`);
  return JSON.parse(text) as T;
}

export async function sendMessage(aws: TestbedAws, region: string, QueueUrl: string, MessageBody: string) {
  await call(aws, region, 'SendMessage', { QueueUrl, MessageBody });
}

/** A message that is received is not seen by others for a while. */
export async function receiveMessage(
  aws: TestbedAws,
  region: string,
  QueueUrl: string,
): Promise<Message | undefined> {
  const { Messages } = await call<{ Messages?: Message[] }>(aws, region, 'ReceiveMessage', {
    QueueUrl,
    MessageAttributeNames: ['All'],
  });
  return Messages?.[0];
}

/** A queue that EventBridge may send to. */
export function eventsQueue(id: string): Record<string, object> {
  return {
    [id]: { Type: 'AWS::SQS::Queue', Properties: {} },
    [`${id}Policy`]: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: id }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': [id, 'Arn'] },
            },
          ],
        },
      },
    },
  };
}
