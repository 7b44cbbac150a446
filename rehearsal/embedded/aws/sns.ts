import {
  InvalidParameterException,
  InvalidParameterValueException,
  type MessageAttributeValue,
  NotFoundException,
  type PublishInput,
  type SNSClient,
  ThrottledException,
} from '@aws-sdk/client-sns';
import { parseArn } from './arn';
import { type Action, Endpoint, type FakeSetting, type SdkCommand } from './endpoint';
import { FakeLimit, onlyKnown } from './fake-limit';
import { type Random, seeded, uuid } from './random';

export interface SnsMessage {
  at: number;
  region: string;
  topicArn: string;
  subject: string | undefined;
  text: string;
  attributes: Record<string, string>;
}

const MAX_MESSAGE = 256 * 1024;

/** SNS of one Region: takes messages and keeps them. Nothing is delivered to anybody. */
export class FakeSns {
  readonly endpoint: Endpoint;
  readonly send: SNSClient['send'];
  readonly messages: SnsMessage[] = [];
  private readonly topics = new Set<string>();
  private readonly listeners: ((message: SnsMessage) => void)[] = [];
  private readonly random: Random;

  constructor(private readonly options: FakeSetting & { seed: string }) {
    const throttled = () =>
      new ThrottledException({ message: 'Rate exceeded', $metadata: this.endpoint.metadata(429) });
    this.random = seeded(`${options.seed} sns ${options.region}`);
    this.endpoint = new Endpoint('sns', options, throttled);
    this.send = this.endpoint.sender<SNSClient['send']>((command, name) => this.act(command, name));
  }

  addTopic(arn: string): void {
    if (parseArn(arn)?.region !== this.options.region)
      throw new FakeLimit(`${arn} is not of ${this.options.region}`);
    this.topics.add(arn);
  }

  onMessage(listener: (message: SnsMessage) => void): void {
    this.listeners.push(listener);
  }

  /** A message of AWS's own: an alarm names the topic among its actions. Such messages carry no attributes. */
  publishAsService(topicArn: string, subject: string, text: string): void {
    if (this.endpoint.state === 'up') this.publish({ TopicArn: topicArn, Subject: subject, Message: text });
  }

  private act(command: SdkCommand, name: string): Action {
    if (name !== 'Publish') throw new FakeLimit(`sns ${name}`);
    const input = command.input as PublishInput;
    onlyKnown(name, input, ['TopicArn', 'Subject', 'Message', 'MessageAttributes']);
    return { resource: input.TopicArn ?? '', run: () => this.publish(input) };
  }

  private publish(input: PublishInput): object {
    const topicArn = input.TopicArn ?? '';
    if (!parseArn(topicArn)) throw this.invalid('TopicArn');
    if (!this.topics.has(topicArn)) {
      throw new NotFoundException({
        message: 'Topic does not exist',
        $metadata: this.endpoint.metadata(404),
      });
    }
    if (input.Subject !== undefined && !isSubject(input.Subject)) throw this.invalid('Subject');
    const text = input.Message ?? '';
    if (text === '') throw this.invalid('Empty message');
    const attributes = Object.entries(input.MessageAttributes ?? {}).map(
      ([name, value]) => [name, this.attribute(name, value)] as const,
    );
    const size = attributes.reduce((sum, [name, value]) => sum + bytes(name) + bytes(value), bytes(text));
    if (size > MAX_MESSAGE) throw this.invalid('Message too long');
    const message: SnsMessage = {
      at: this.options.clock.now(),
      region: this.options.region,
      topicArn,
      subject: input.Subject,
      text,
      attributes: Object.fromEntries(attributes),
    };
    this.messages.push(message);
    for (const listener of this.listeners) listener(message);
    return { MessageId: uuid(this.random) };
  }

  /** https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html */
  private attribute(name: string, value: MessageAttributeValue): string {
    onlyKnown(`message attribute ${name}`, value, ['DataType', 'StringValue']);
    const reserved = /^(AWS|Amazon)\./i.test(name);
    if (!/^[\w.-]{1,256}$/.test(name) || reserved || /^\.|\.$|\.\./.test(name)) {
      throw this.invalidAttribute(`Invalid message attribute name: ${name}`);
    }
    const type = value.DataType ?? '';
    if (!/^(String|String\.Array|Number)$/.test(type)) {
      throw this.invalidAttribute(
        `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
      );
    }
    const text = value.StringValue ?? '';
    if (text === '') {
      throw this.invalidAttribute(
        `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
      );
    }
    if (type === 'Number' && !Number.isFinite(Number(text))) {
      throw this.invalidAttribute(`Could not cast message attribute '${name}' value to number.`);
    }
    return text;
  }

  private invalid(what: string): InvalidParameterException {
    return new InvalidParameterException({
      message: `Invalid parameter: ${what}`,
      $metadata: this.endpoint.metadata(400),
    });
  }

  private invalidAttribute(message: string): InvalidParameterValueException {
    return new InvalidParameterValueException({ message, $metadata: this.endpoint.metadata(400) });
  }
}

/**
 * "no line breaks or control characters, and less than 100 characters long" (API_Publish.html). The page once asked
 * for ASCII text that begins with a letter, number or punctuation mark, and e-mail is safe with that only: the fake
 * keeps the older, narrower rule.
 */
function isSubject(subject: string): boolean {
  return subject.length < 100 && /^[\x21-\x7e][\x20-\x7e]*$/.test(subject);
}

function bytes(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
