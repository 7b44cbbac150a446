import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Clock } from '../../../core/clock';
import type { Message } from '../../../core/messages';
import { awsCall } from './call';

const DEADLINE_MS = 5000;

/** On-call's topics. */
export class Notifier {
  constructor(
    private readonly client: Pick<SNSClient, 'send'>,
    private readonly topicArns: readonly string[],
    private readonly clock: Clock,
  ) {}

  /** Publishes to every topic; @throws Throttled, AwsUnavailable, Forbidden when one of them refuses */
  async publish({ subject, text, attributes }: Message): Promise<void> {
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    );
    await Promise.all(
      this.topicArns.map(TopicArn =>
        awsCall(this.clock, `SNS Publish to ${TopicArn}`, DEADLINE_MS, abort =>
          this.client.send(
            new PublishCommand({ TopicArn, Subject: subject, Message: text, MessageAttributes }),
            abort,
          ),
        ),
      ),
    );
  }
}
