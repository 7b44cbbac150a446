/** Whom Lifeboat tells, and what must work beside the clusters. */
import type { z } from 'zod';
import { list, map, text, wholeNumber } from './fields';
import { show } from './problem';

const email = text({
  what: 'an e-mail address',
  hint: 'write it like oncall@example.com',
  examples: ['oncall@example.com'],
  pattern: /^[^\s@,;<>"]+@[^\s@,;<>".]+(?:\.[^\s@,;<>".]+)+$/,
  max: 254,
});

const https = text({
  what: 'an HTTPS address',
  hint: 'write it like https://hooks.example.com/lifeboat',
  examples: ['https://hooks.example.com/lifeboat'],
  pattern: /^https:\/\/[^\s/?#]+[^\s#]*$/,
  slip: written => {
    if (written.startsWith('http://')) return `${show(written)} is not encrypted; write an https:// address`;
    return written.startsWith('https://') && !URL.canParse(written)
      ? `${show(written)} is not a URL`
      : undefined;
  },
});

/** E.164. YAML reads an unquoted +491511234567 as a number and drops the plus. */
const sms = text({
  what: 'a phone number',
  hint: 'write it in quotes with country code and no spaces, like "+14155550123"',
  examples: ['+14155550123'],
  pattern: /^\+[1-9]\d{6,14}$/,
  notText: value =>
    typeof value === 'number' ? `${value} was read as a number; put it in quotes: "+${value}"` : undefined,
});

function arn(service: 'sns' | 'sqs', what: string, name: string) {
  return text({
    what,
    hint: `write it like arn:aws:${service}:us-east-2:111122223333:${name}`,
    examples: [`arn:aws:${service}:us-east-2:111122223333:${name}`],
    pattern: new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:[A-Za-z0-9_-]{1,256}$`),
    slip: written =>
      written.startsWith(`arn:`) && written.endsWith('.fifo')
        ? `${show(written)} is a FIFO ${service === 'sns' ? 'topic' : 'queue'}; Lifeboat sends to standard ones only`
        : undefined,
  });
}

const NOTIFY_EXAMPLE = 'write one of email, https, sms, sqs and topic, like email: oncall@example.com';

const subscription = map('a notification', NOTIFY_EXAMPLE, {
  email: email.optional().describe('An e-mail address. AWS sends a mail first that must be confirmed.'),
  https: https.optional().describe('An endpoint that SNS posts to. It must confirm the subscription.'),
  sms: sms.optional().describe('A phone number in E.164 form, in quotes: "+14155550123".'),
  sqs: arn('sqs', 'the ARN of an SQS queue', 'alerts')
    .optional()
    .describe('The ARN of a standard SQS queue that gets every message.'),
  topic: arn('sns', 'the ARN of an SNS topic', 'alerts')
    .optional()
    .describe('The ARN of a standard SNS topic that you have already.'),
}).meta({
  description: 'One recipient: exactly one of the keys.',
  minProperties: 1,
  maxProperties: 1,
  examples: [{ email: 'oncall@example.com' }],
});

export const notify = list('a list', 'write it like: - email: oncall@example.com', subscription)
  .default([])
  .describe(
    'Who is told what Lifeboat does. Left out: nobody, unless they subscribe to the SNS topics of the stacks themselves.',
  );

export const url = text({
  what: 'a URL',
  hint: 'write an http:// or https:// address, like https://registry.example.com/v2/',
  examples: ['https://registry.example.com/v2/'],
  pattern: /^https?:\/\/[^\s/?#]+[^\s#]*$/,
  slip: written => {
    if (!/^https?:\/\//.test(written)) return undefined;
    if (!URL.canParse(written)) return `${show(written)} is not a URL; check the host and the port`;
    const { username, password } = new URL(written);
    // The address is printed in reports, and fetch() refuses such URLs.
    if (username !== '' || password !== '')
      return 'holds a user name or password; leave them out and expect 401';
    return undefined;
  },
});

const dependency = map('a dependency', 'write it like { name: image registry, url: https://… }', {
  name: text({
    what: 'a name',
    hint: 'write a name for reports, like image registry',
    examples: ['image registry'],
    pattern: /^\S(?:[^\n\r]*\S)?$/,
    max: 80,
  }).describe('How reports call it.'),
  url: url.describe('The address that is fetched, without user name and password.'),
  expect: wholeNumber('an HTTP status', 100, 599)
    .default(200)
    .describe('The HTTP status that says it works. A login page in front of it may well answer 401.'),
}).describe('A service outside the cluster.');

export const dependencies = list(
  'a list',
  'write it like: - { name: image registry, url: https://… }',
  dependency,
)
  .default([])
  .describe(
    'Services that must work from the Region of the site that is activated: registries, login, monitoring. Checked in peace and before every activation.',
  );

export type RawSubscription = z.output<typeof subscription>;
