import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  EmailSubscription,
  SmsSubscription,
  SqsSubscription,
  UrlSubscription,
} from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Subscription } from '../core/config';

export interface OnCallTopicProps {
  /** Who is told. Topics among them get the steps' messages; alarms reach this topic only. */
  subscriptions: readonly Subscription[];
}

/** Where Lifeboat tells on-call. */
export class OnCallTopic extends Construct {
  readonly topic: Topic;
  /** This topic and those of the configuration: SNS cannot subscribe one topic to another. */
  readonly arns: string[];

  constructor(scope: Construct, id: string, { subscriptions }: OnCallTopicProps) {
    super(scope, id);
    // Not encrypted with a key of its own: EventBridge and CloudWatch would need it too, and a message that does not
    // get through in the night is worse than one that AWS could read. Transport is TLS.
    this.topic = new Topic(this, 'Topic', { enforceSSL: true });
    // A topic with a policy of its own, as TLS needs one, loses the default policy, which lets the account's alarms in.
    // Without this line no alarm on Lifeboat itself would reach anybody, and nothing would say so.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Alarms',
        actions: ['sns:Publish'],
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    for (const subscription of subscriptions) this.subscribe(subscription);
    const others = subscriptions.flatMap(entry => (entry.kind === 'topic' ? entry.topicArn : []));
    this.arns = [this.topic.topicArn, ...others];
  }

  private subscribe(subscription: Subscription): void {
    switch (subscription.kind) {
      case 'email':
        this.topic.addSubscription(new EmailSubscription(subscription.address));
        break;
      case 'https':
        this.topic.addSubscription(new UrlSubscription(subscription.url));
        break;
      case 'sms':
        this.topic.addSubscription(new SmsSubscription(subscription.number));
        break;
      case 'sqs':
        // The queue's policy is its owner's: it must let this topic send.
        this.topic.addSubscription(
          new SqsSubscription(
            Queue.fromQueueArn(this, `Queue${this.node.children.length}`, subscription.queueArn),
            {
              rawMessageDelivery: true,
            },
          ),
        );
        break;
      case 'topic':
        break;
    }
  }
}
