/** One app: what people call, what runs, and when it moves. */
import { z } from 'zod';
import { duration, list, map, oneOf, text, wholeNumber } from './fields';
import { hostName, namespaceName, objectName } from './names';
import { show } from './problem';
import { data } from './schema-data';
import { zone } from './schema-site';

const DAY = 86_400;
const REPLICAS_MAX = 10_000;

/**
 * 0 is refused: the number is what runs when the site is active, and who writes `dr: 0` means the time
 * before, which would leave the app switched off on the night that it is needed.
 */
function replicasOf(other: 'primary' | 'dr') {
  const words = [`as-${other}`, `as ${other}`] as const;
  const error = (issue: { input?: unknown }): string =>
    issue.input === 0
      ? '0 would leave it switched off; write how many run when this site is active'
      : `${show(issue.input)} is no number of replicas; write a whole number from 1 to ${REPLICAS_MAX} or as-${other}`;
  return z
    .union(
      [
        z.number({ error }).int({ error }).min(1, { error }).max(REPLICAS_MAX, { error }),
        z.enum(words, { error }),
      ],
      {
        error,
      },
    )
    .meta({ examples: [3, `as-${other}`] });
}

const replicas = map('a map', 'write it like { dr: as-primary } or { primary: 3, dr: 2 }', {
  primary: replicasOf('dr').optional().describe('When primary is active: a number, or as-dr.'),
  dr: replicasOf('primary').optional().describe('When dr is active: a number, or as-primary.'),
}).describe(
  'How many run when a site is active. A site left out runs as many as the other was last seen to have. A CronJob has none.',
);

const workload = map('a workload', 'write it like { kind: Deployment, name: sample-app }', {
  kind: oneOf('a kind of workload', ['Deployment', 'StatefulSet', 'CronJob']).describe(
    'What it is: a CronJob is suspended on the passive site and resumed on the active one, the others are scaled.',
  ),
  name: objectName('a workload name', 'sample-app').describe('Its metadata.name, the same on both sites.'),
  namespace: namespaceName
    .optional()
    .describe("Which of the app's namespaces it is in. Needed if there are several."),
  replicas: replicas.optional(),
}).meta({
  description: 'One workload that is started on the site that is activated.',
  if: { properties: { kind: { const: 'CronJob' } }, required: ['kind'] },
  // biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON Schema, and nothing awaits this object.
  then: { not: { required: ['replicas'] } },
});

const health = map('a map', 'write it like { path: /healthz, status: 200 }', {
  path: text({
    what: 'a path',
    hint: 'write it with a slash first and no spaces, like /healthz',
    examples: ['/healthz'],
    pattern: /^\/[^\s#]*$/,
    max: 255,
  })
    .default('/')
    .describe('The path that is asked for, at the main name and at each site name.'),
  status: wholeNumber('an HTTP status', 100, 599)
    .default(200)
    .describe('The HTTP status of a healthy answer.'),
  body: text({ what: 'a text', hint: 'write what the body must contain', pattern: /\S/, max: 255 })
    .optional()
    .describe('A text that the body of a healthy answer contains.'),
});

const appName = text({
  what: 'an app name',
  hint: 'write at most 40 lower-case letters, digits and hyphens, a letter first, like sample-app',
  examples: ['sample-app'],
  pattern: /^[a-z](?:[-a-z0-9]{0,38}[a-z0-9])?$/,
});

const app = map('an app', 'write a map with name, main, hosts and namespaces', {
  name: appName.describe(
    'How commands and reports call the app. At most 40 characters, unique in this file.',
  ),
  main: hostName('a main name', 'main.example.com')
    .optional()
    .describe(
      'The name that customers use: a CNAME that Lifeboat alone controls. Left out together with hosts: a worker that nobody calls.',
    ),
  hosts: map('a map', 'write it like { primary: primary.example.com, dr: dr.example.com }', {
    primary: hostName('a site name', 'primary.example.com').describe(
      'The name of the app on the primary site.',
    ),
    dr: hostName('a site name', 'dr.example.com').describe('The name of the app on the dr site.'),
  })
    .optional()
    .describe("The app's own name on each site, made by external-dns from the Ingress there."),
  zone: zone
    .optional()
    .describe("The hosted zone of this app's names, if it is another than the one at the top of the file."),
  ttl: duration({ min: 1, max: 300 })
    .default('10s')
    .describe(
      'How long resolvers keep the main name. It adds to the time that customers are away: 60s or less is advised, 300s is the most.',
    ),
  records: oneOf('a word for who makes the records of main', ['stack', 'by-hand'])
    .default('stack')
    .describe(
      'For standby-switch. stack: the global stack makes the two records of main. by-hand: a CNAME of main stands already, and `npx lifeboat switch` replaces it.',
    ),
  health: health.default({ path: '/', status: 200 }).describe('What a healthy answer looks like.'),
  namespaces: list(
    'a list',
    'write the namespaces that are the app, like [sample-app]',
    namespaceName,
    1,
  ).describe('The namespaces that are the app, the same on both sites. No other app shares them.'),
  workloads: list(
    'a list',
    'write it like: - { kind: Deployment, name: sample-app }, or leave the key out for all of the namespaces',
    workload,
    1,
  )
    .optional()
    .describe(
      'What is started on the site that is activated. Left out: every Deployment, StatefulSet and CronJob of the namespaces.',
    ),
  data: data.optional(),
  trigger: oneOf('a trigger', ['automatic', 'approval', 'manual'])
    .default('automatic')
    .describe(
      'What starts a failover. automatic: a down verdict. approval: a down verdict and the consent of a person. manual: only the command.',
    ),
  dwell: duration({ min: 5, max: 600 })
    .default('15s')
    .describe('How long the site must be down, without a break, before an automatic run. From 5s to 10m.'),
  coolDown: duration({ min: 0, max: 7 * DAY })
    .default('30m')
    .describe('How long after a run no automatic run of this app starts. At most 7d; 0s for none.'),
  after: list('a list', 'write the names of apps, like [identity]', appName)
    .default([])
    .describe('Names of apps that must be up on the site first.'),
}).meta({
  description: 'One app: namespaces, workloads and data that are served at one main name.',
  // What belongs to the main name is an error without it.
  dependencies: {
    main: ['hosts'],
    hosts: ['main'],
    zone: ['main'],
    ttl: ['main'],
    records: ['main'],
    health: ['main'],
  },
});

export const apps = list(
  'a list',
  'write at least one app with name, main, hosts and namespaces',
  app,
  1,
).describe('The apps that Lifeboat looks after.');

export type RawApp = z.output<typeof app>;
export type RawWorkload = z.output<typeof workload>;
