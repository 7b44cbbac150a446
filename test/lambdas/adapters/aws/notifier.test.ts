import { Notifier, type NotifierOptions } from '../../../../lambdas/adapters/aws/notifier';
import { FakeSns } from '../../../../rehearsal/embedded/aws/sns';
import { START, setting } from '../../../rehearsal/aws/setting';

const topic = (name: string) => `arn:aws:sns:us-east-2:111122223333:${name}`;
const message = {
  subject: 'levlabs: moving sample-app to dr',
  text: 'What, why, what next.',
  attributes: { kind: 'start', severity: 'page' },
};

const over = (sns: NotifierOptions['sns'], topicArns: string[], clock: NotifierOptions['clock']) =>
  new Notifier({ sns, topicArns, region: 'us-east-2', clock, log: () => undefined });

function world(...topics: string[]) {
  const { clock, log, region, seed, run, failure } = setting();
  const sns = new FakeSns({ clock, log, region, seed });
  for (const name of topics) sns.addTopic(topic(name));
  const notifier = (...names: string[]) => over(() => sns, names.map(topic), clock);
  return { clock, sns, run, failure, notifier };
}

describe('telling on-call', () => {
  test('reaches a topic of another Region there, and goes on without it when it is silent', async () => {
    const { clock, sns, run } = world('oncall');
    const asked: string[] = [];
    const silent = { send: () => new Promise(() => undefined) } as never;
    const far = 'arn:aws:sns:us-east-1:111122223333:far';
    const began = clock.now();
    const notifier = over(
      region => {
        asked.push(region);
        return region === 'us-east-2' ? sns : silent;
      },
      [topic('oncall'), far],
      clock,
    );
    await run(notifier.publish(message));
    expect(asked.sort()).toEqual(['us-east-1', 'us-east-2']);
    expect(sns.messages).toHaveLength(1);
    expect(clock.now() - began).toBe(2000);
  });

  test('publishes subject, text and attributes to every topic', async () => {
    const { run, sns, notifier } = world('oncall', 'alerts');
    await run(notifier('oncall', 'alerts').publish(message));
    expect(sns.messages.map(({ topicArn }) => topicArn).sort()).toEqual([topic('alerts'), topic('oncall')]);
    for (const { subject, text, attributes } of sns.messages) {
      expect({ subject, text, attributes }).toEqual(message);
    }
  });

  test('tells nobody when there is nobody', async () => {
    const { run, sns, notifier } = world();
    await run(notifier().publish(message));
    expect(sns.messages).toEqual([]);
  });

  test('fails when one topic refuses, and the others are told all the same', async () => {
    const { failure, sns, notifier, clock } = world('oncall');
    expect((await failure(notifier('gone', 'oncall').publish(message))).name).toBe('NotFoundException');
    await clock.advance(1_000);
    expect(sns.messages).toHaveLength(1);
  });

  // The Lambda ends with the first refusal and is frozen: what is under way by then may never arrive.
  test('does not end before every topic has been told', async () => {
    const { clock, sns, run } = world('slow');
    const send = async (command: { input: { TopicArn?: string } }, options: object) => {
      if (command.input.TopicArn === topic('slow')) await clock.sleep(1_000);
      return sns.send(command as never, options);
    };
    const notifier = over(() => ({ send }) as never, [topic('gone'), topic('slow')], clock);
    await run(notifier.publish(message).catch(() => undefined));
    expect(sns.messages).toHaveLength(1);
  });

  test.each<[string, string, (sns: FakeSns) => void]>([
    ['Throttled', 'slows down', sns => sns.endpoint.throttle(1)],
    [
      'AwsUnavailable',
      'is silent',
      sns => {
        sns.endpoint.state = 'hang';
      },
    ],
    [
      'AwsUnavailable',
      'refuses connections',
      sns => {
        sns.endpoint.state = 'refuse';
      },
    ],
  ])('is %s when SNS %s', async (name, _, fault) => {
    const { failure, sns, notifier, clock } = world('oncall');
    fault(sns);
    const error = await failure(notifier('oncall').publish(message));
    expect(error.name).toBe(name);
    expect(error.message).toContain(topic('oncall'));
    expect(clock.now() - START).toBeLessThanOrEqual(5_000);
  });
});
