import { PublishBatchCommand, PublishCommand, type PublishCommandInput } from '@aws-sdk/client-sns';
import { FakeSns } from '../../../rehearsal/embedded/aws/sns';
import { setting } from './setting';

const TopicArn = 'arn:aws:sns:us-east-2:111122223333:levlabs-oncall';

function world() {
  const { clock, log, region, seed, run, failure } = setting();
  const sns = new FakeSns({ clock, log, region, seed });
  sns.addTopic(TopicArn);
  const publish = (more: Partial<PublishCommandInput>) =>
    sns.send(new PublishCommand({ TopicArn, Message: 'text', ...more }));
  return { clock, run, failure, sns, publish };
}

describe('Publish', () => {
  test('keeps the message with its time, subject and attributes', async () => {
    const { clock, run, sns, publish } = world();
    const began = clock.now();
    const answer = await run(
      publish({
        Subject: 'Failover: dr serves main',
        MessageAttributes: { severity: { DataType: 'String', StringValue: 'page' } },
      }),
    );
    expect(answer.MessageId).toMatch(/^[0-9a-f-]{36}$/);
    expect(sns.messages).toEqual([
      {
        at: began + 4,
        region: 'us-east-2',
        topicArn: TopicArn,
        subject: 'Failover: dr serves main',
        text: 'text',
        attributes: { severity: 'page' },
      },
    ]);
  });

  test.each([
    ['a line break', 'two\nlines'],
    ['100 characters', 'x'.repeat(100)],
    ['a character that is not ASCII', 'Störung'],
    ['a space at the beginning', ' x'],
    ['nothing', ''],
  ])('a subject with %s is refused', async (_, Subject) => {
    const { failure, publish, sns } = world();
    expect(await failure(publish({ Subject }))).toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid parameter: Subject',
    });
    expect(sns.messages).toEqual([]);
  });

  test('a subject of 99 characters is taken', async () => {
    const { run, publish, sns } = world();
    await run(publish({ Subject: 'x'.repeat(99) }));
    expect(sns.messages).toHaveLength(1);
  });

  test.each([
    ['an empty one', ''],
    ['one of more than 256 KiB', 'ä'.repeat(128 * 1024 + 1)],
  ])('of the messages, %s is refused', async (_, Message) => {
    const { failure, publish } = world();
    expect((await failure(publish({ Message }))).name).toBe('InvalidParameterException');
  });

  test.each([
    ['an unknown type', { DataType: 'Text', StringValue: 'x' }],
    ['an empty value', { DataType: 'String', StringValue: '' }],
    ['a number that is none', { DataType: 'Number', StringValue: 'x' }],
  ])('an attribute with %s is refused', async (_, attribute) => {
    const { failure, publish } = world();
    const error = await failure(publish({ MessageAttributes: { a: attribute } }));
    expect(error.name).toBe('InvalidParameterValueException');
  });

  test('to a topic that does not exist is NotFound', async () => {
    const { failure, publish } = world();
    expect((await failure(publish({ TopicArn: `${TopicArn}x` }))).name).toBe('NotFoundException');
  });

  test('as a batch, or to a phone, is a FakeLimit', async () => {
    const { failure, publish, sns } = world();
    const batch = new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: [] });
    expect((await failure(sns.send(batch))).name).toBe('FakeLimit');
    expect((await failure(publish({ PhoneNumber: '+1555' }))).name).toBe('FakeLimit');
  });
});
