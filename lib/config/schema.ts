/**
 * lifeboat.yaml, field by field: the one source of validation and of the published JSON Schema.
 * What spans several fields is in rules/; how values become core/config.ts's is in resolve.ts.
 */
import { z } from 'zod';
import { duration, map, oneOf, text } from './fields';
import { show } from './problem';
import { apps } from './schema-app';
import { guard } from './schema-guard';
import { dependencies, notify } from './schema-notify';
import { sites, zone } from './schema-site';

const DAY = 86_400;

const approval = map('a map', 'write it like { timeout: 15m, ifNobodyAnswers: refuse }', {
  timeout: duration({ min: 1, max: DAY })
    .default('15m')
    .describe('How long a run waits for an answer. At most 24h.'),
  ifNobodyAnswers: oneOf('an answer', ['refuse', 'proceed'])
    .default('refuse')
    .describe(
      'What a run does when the time is over. refuse: nothing moves. proceed: it goes on as if approved.',
    ),
});

export const schema = map('a map', 'start with version: 1', {
  version: z
    .literal(1, { error: issue => `${show(issue.input)} is not a version that this Lifeboat reads; write 1` })
    .default(1)
    .describe('The version of this format.'),
  name: text({
    what: 'a name for the stacks',
    hint: 'write at most 32 lower-case letters, digits and hyphens, a letter first, like levlabs',
    examples: ['levlabs'],
    pattern: /^[a-z](?:[-a-z0-9]{0,30}[a-z0-9])?$/,
  })
    .default('lifeboat')
    .describe('Names the stacks and all that is in them. Two configurations in one account need two names.'),
  zone: zone.describe('The Route 53 hosted zone that the main names are in, unless an app names another.'),
  sites,
  switch: oneOf('a switch', ['standby-switch', 'cname'], ['weighted', 'routing-control'])
    .default('standby-switch')
    .describe(
      'How the main name is moved. standby-switch: two failover records, between which Route 53 chooses by objects in a bucket of each Region; it works without us-east-1. cname: one CNAME record that is changed by compare-and-swap.',
    ),
  notify,
  dependencies,
  approval: approval
    .default({ timeout: '15m', ifNobodyAnswers: 'refuse' })
    .describe('The answer for apps with trigger: approval.'),
  guard,
  apps,
}).meta({
  title: 'lifeboat.yaml',
  description:
    'Lifeboat moves apps from one EKS cluster to another in a second AWS Region. Durations are written like 10s, 90m, 1h30m or 2d.',
});

/** As written, every field valid in itself, defaults filled in. */
export type RawConfig = z.output<typeof schema>;
/** As written. */
export type RawInput = z.input<typeof schema>;
