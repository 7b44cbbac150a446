/** Rules over several fields: each with what breaks it. The fixture is the true case of all of them. */
import { brief, changed, lineOf } from './fixture';

const MARK = '# here';

// [rule, changes, path, message]; the line is the one with the mark.
const BROKEN: [rule: string, changes: [string, string][], path: string, message: string][] = [
  [
    'the Regions differ',
    [['region: us-east-2', `region: us-east-1 ${MARK}`]],
    'sites.dr.region',
    '"us-east-1" is the Region of the primary too; a lost Region would take both sites, so use another',
  ],
  [
    'the stack can make the records of main',
    [
      ['switch: cname\n', ''],
      [
        'role: arn:aws:iam::111122223333:role/lifeboat-dns',
        `role: arn:aws:iam::111122223333:role/lifeboat-dns ${MARK}`,
      ],
    ],
    'apps[1].zone.role',
    'standby-switch makes the records of main itself, in a zone of this account; remove it, or write switch: cname',
  ],
  [
    'Route 53 can see that the app is well',
    [['      status: 200\n      body: ok', `      status: 401 ${MARK}\n      body: ok`]],
    'apps[0].health.status',
    "401 is never healthy to Route 53's health checks; use a path that answers 200 to 399, or trigger: manual",
  ],
  [
    'a notification has one key',
    [['  - email: oncall@levlabs.link', `  - email: oncall@levlabs.link ${MARK}\n    sms: "+14155550124"`]],
    'notify[0]',
    'has 2 keys (email, sms); write an entry of its own for each',
  ],
  [
    'a notification has a key',
    [['  - email: oncall@levlabs.link', `  - {} ${MARK}`]],
    'notify[0]',
    'names nobody; write one of email, https, sms, sqs and topic',
  ],
  [
    'nobody is told twice',
    [['  - sms: "+14155550123"', `  - sms: "+14155550123"\n  - sms: '+14155550123' ${MARK}`]],
    'notify[3]',
    'the same as notify[2]; keep one, or it is told twice',
  ],
  [
    'names of dependencies are unique',
    [['- name: login', `- name: image registry ${MARK}`]],
    'dependencies[1].name',
    '"image registry" is taken by dependencies[0].name; a dependency needs a name of its own',
  ],
  [
    'app names are unique',
    [
      ['- name: worker', `- name: shop ${MARK}`],
      ['    after: [shop]\n', ''],
    ],
    'apps[2].name',
    '"shop" is taken by apps[0].name; an app needs a name of its own',
  ],
  [
    'main names are unique',
    [
      [
        '    zone:\n      id: Z0123456789ABCDEFGHIK\n      name: id.example\n      role: arn:aws:iam::111122223333:role/lifeboat-dns\n',
        '',
      ],
      ['main: login.id.example', `main: main.levlabs.link ${MARK}`],
      [
        '{ primary: one.id.example, dr: two.id.example }',
        '{ primary: one.levlabs.link, dr: two.levlabs.link }',
      ],
    ],
    'apps[1].main',
    '"main.levlabs.link" is taken by apps[0].main; each main name and each site name needs a name of its own',
  ],
  [
    'site names are unique',
    [['dr: dr.levlabs.link', `dr: primary.levlabs.link ${MARK}`]],
    'apps[0].hosts.dr',
    '"primary.levlabs.link" is taken by apps[0].hosts.primary; each main name and each site name needs a name of its own',
  ],
  [
    'a site name is not a main name',
    [['dr: dr.levlabs.link', `dr: main.levlabs.link ${MARK}`]],
    'apps[0].hosts.dr',
    '"main.levlabs.link" is taken by apps[0].main; each main name and each site name needs a name of its own',
  ],
  [
    'main lies in the zone',
    [['main: main.levlabs.link', `main: main.other.example ${MARK}`]],
    'apps[0].main',
    '"main.other.example" is not in the zone levlabs.link; write a name that ends with .levlabs.link, or give the app its own zone',
  ],
  [
    'the end of a label is not the end of a zone',
    [['main: main.levlabs.link', `main: mainlevlabs.link ${MARK}`]],
    'apps[0].main',
    '"mainlevlabs.link" is not in the zone levlabs.link; write a name that ends with .levlabs.link, or give the app its own zone',
  ],
  [
    "hosts lie in the app's own zone",
    [
      ['{ primary: one.id.example', `{ primary: one.levlabs.link`],
      ['dr: two.id.example }', `dr: two.id.example } ${MARK}`],
    ],
    'apps[1].hosts.primary',
    '"one.levlabs.link" is not in the zone id.example; write a name that ends with .id.example, or give the app its own zone',
  ],
  [
    'main is not the zone itself',
    [['main: login.id.example', `main: id.example ${MARK}`]],
    'apps[1].main',
    '"id.example" is the zone itself, where DNS allows no CNAME; write a name below it, like www.id.example',
  ],
  [
    'main needs hosts',
    [
      ['  - name: identity', `  - name: identity ${MARK}`],
      ['    hosts: { primary: one.id.example, dr: two.id.example }\n', ''],
    ],
    'apps[1].hosts',
    'is missing; an app with main needs hosts, like { primary: …, dr: … }',
  ],
  [
    'hosts need main',
    [['  - name: identity\n    main: login.id.example', `  - name: identity ${MARK}`]],
    'apps[1].main',
    'is missing; an app with hosts needs main, the name that customers use',
  ],
  ...(
    ['ttl: 5s', 'health: { path: /x }', 'zone: { id: Z0123456789ABCDEFGHIL, name: a.example }'] as const
  ).map((field): (typeof BROKEN)[number] => {
    const key = field.slice(0, field.indexOf(':'));
    return [
      `a worker has no ${key}`,
      [['    namespaces: [worker]', `    ${field} ${MARK}\n    namespaces: [worker]`]],
      `apps[2].${key}`,
      `a worker has no ${key}; remove it, or give the app main and hosts`,
    ];
  }),
  [
    'apps share no namespace',
    [['namespaces: [identity]', `namespaces: [shop-jobs] ${MARK}`]],
    'apps[1].namespaces[0]',
    '"shop-jobs" belongs to apps[0] already; two apps cannot share a namespace',
  ],
  [
    'an app names a namespace once',
    [['namespaces: [identity]', `namespaces: [identity, identity] ${MARK}`]],
    'apps[1].namespaces[1]',
    '"identity" stands twice; keep one',
  ],
  [
    'no namespace of the cluster',
    [['namespaces: [identity]', `namespaces: [kube-system] ${MARK}`]],
    'apps[1].namespaces[0]',
    '"kube-system" belongs to the cluster; name the app\'s own namespaces',
  ],
  [
    "not Velero's namespace",
    [['namespaces: [shop, shop-jobs]', `namespaces: [shop, shop-jobs, backups] ${MARK}`]],
    'apps[0].namespaces[2]',
    '"backups" is where Velero runs, which must not move with the app',
  ],
  [
    'a workload says its namespace if there are several',
    [['- kind: Deployment\n        namespace: shop\n', `- kind: Deployment ${MARK}\n`]],
    'apps[0].workloads[0].namespace',
    'is missing; the app has several namespaces, so write shop or shop-jobs',
  ],
  [
    "a workload's namespace is the app's",
    [['        namespace: shop\n', `        namespace: identity ${MARK}\n`]],
    'apps[0].workloads[0].namespace',
    '"identity" is not a namespace of this app; write shop or shop-jobs',
  ],
  [
    'a workload stands once',
    [
      [
        '- { kind: StatefulSet, name: queue }',
        `- { kind: StatefulSet, name: queue }\n      - { kind: StatefulSet, namespace: worker, name: queue } ${MARK}`,
      ],
    ],
    'apps[2].workloads[1]',
    'StatefulSet queue is apps[2].workloads[0] already; keep one',
  ],
  [
    'a CronJob has no replicas',
    [['name: nightly\n', `name: nightly\n        replicas: { dr: 1 } ${MARK}\n`]],
    'apps[0].workloads[1].replicas',
    'a CronJob has no replicas, it is suspended and resumed; remove them',
  ],
  [
    'the name of a CronJob is short',
    [['name: nightly\n', `name: ${'n'.repeat(53)} ${MARK}\n`]],
    'apps[0].workloads[1].name',
    `"${'n'.repeat(53)}" is too long for a CronJob; at most 52 characters`,
  ],
  [
    'not schedule and backup',
    [['schedule: shop', `schedule: shop\n      backup: shop-1 ${MARK}`]],
    'apps[0].data.backup',
    'schedule is given too; keep one of schedule and backup',
  ],
  [
    'schedule or backup',
    [
      ['      schedule: shop\n', ''],
      ['mover: velero', `mover: velero ${MARK}`],
    ],
    'apps[0].data.schedule',
    "is missing; write the name of the app's Velero schedule, or of a backup",
  ],
  [
    'after names an app that exists',
    [['after: [identity]', `after: [identiti] ${MARK}`]],
    'apps[0].after[0]',
    'no app is named "identiti"; did you mean identity?',
  ],
  [
    'after names an app at all',
    [['after: [identity]', `after: [database] ${MARK}`]],
    'apps[0].after[0]',
    'no app is named "database"; write the name of another app of this file',
  ],
  [
    'an app does not wait for itself',
    [['after: [identity]', `after: [shop, identity] ${MARK}`]],
    'apps[0].after[0]',
    '"shop" is the app itself; remove it',
  ],
  [
    'after names an app once',
    [['after: [identity]', `after: [identity, identity] ${MARK}`]],
    'apps[0].after[1]',
    '"identity" stands twice; keep one',
  ],
  [
    'apps do not wait in a circle',
    [
      ['namespaces: [identity]', `namespaces: [identity]\n    after: [worker] ${MARK}`],
      ['after: [shop]', 'after: [shop] # closes it'],
    ],
    'apps[2].after[0]',
    'the apps wait for each other in a circle: shop → identity → worker → shop; remove one of these',
  ],
];

test.each(BROKEN)('%s', (_rule, changes, path, message) => {
  const text = changed(...changes);
  const line = text.includes('# closes it') ? lineOf(text, '# closes it') : lineOf(text, MARK);
  expect(brief(text)).toEqual([[line, path, message]]);
});

describe('a field that is wrong by itself gives no second message', () => {
  test.each([
    ['hosts', '    hosts: { primary: one.id.example, dr: two.id.example }', '    hosts: none'],
    ['zone', '      name: id.example', '      name: ID.example'],
    ['namespaces', 'namespaces: [shop, shop-jobs]', 'namespaces: [shop, Shop-Jobs]'],
    ['a recipient', '  - email: oncall@levlabs.link', '  - emial: oncall@levlabs.link'],
    ['schedule', 'schedule: shop', 'schedule: Shop'],
  ])('%s', (_what, from, to) => {
    expect(brief(changed([from, to]))).toHaveLength(1);
  });
});

test('two apps that need a third are no circle', () => {
  const text = changed(['    after: [shop]', '    after: [shop, identity]']);
  expect(brief(text)).toEqual([]);
});
