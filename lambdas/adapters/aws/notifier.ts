import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Clock } from '../../../core/clock';
import type { Message } from '../../../core/messages';
import { awsCall } from './call';

const OWN_DEADLINE_MS = 5000;
/** Another Region's topic may be lost with it, and must not hold up the run. */
const OTHER_DEADLINE_MS = 2000;

export interface NotifierOptions {
  sns(region: string): Pick<SNSClient, 'send'>;
  topicArns: readonly string[];
  /** The Region in which this runs. */
  region: string;
  clock: Clock;
  log(event: string, fields: Record<string, unknown>): void;
}

/** On-call's topics. Those of this Region must take a message; those of others are told when they can be. */
export class Notifier {
  constructor(private readonly options: NotifierOptions) {}

  /** @throws Throttled, AwsUnavailable, Forbidden when a topic of this Region refuses */
  async publish(message: Message): Promise<void> {
    const { topicArns, region, log } = this.options;
    // Each topic is tried, whatever becomes of the others.
    const told = await Promise.allSettled(
      topicArns.map(async arn => {
        if (regionOf(arn) === region) return this.send(arn, message, OWN_DEADLINE_MS);
        try {
          await this.send(arn, message, OTHER_DEADLINE_MS);
        } catch (error) {
          log('topic-not-told', {
            topic: arn,
            error: error instanceof Error ? error.message : String(error),
          });
        }
      }),
    );
    const refused = told.find(each => each.status === 'rejected');
    if (refused) throw refused.reason;
  }

  private async send(
    TopicArn: string,
    { subject, text, attributes }: Message,
    deadlineMs: number,
  ): Promise<void> {
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    );
    const client = this.options.sns(regionOf(TopicArn));
    await awsCall(this.options.clock, `SNS Publish to ${TopicArn}`, deadlineMs, abort =>
      client.send(
        new PublishCommand({ TopicArn, Subject: subject, Message: text, MessageAttributes }),
        abort,
      ),
    );
  }
}

/** `arn:aws:sns:us-east-2:111122223333:topic` → `us-east-2`. */
function regionOf(arn: string): string {
  return arn.split(':')[3] ?? '';
}
