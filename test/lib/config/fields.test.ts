/** One field at a time: what is refused, where, and in which words. The fixture itself is the true case. */
import { brief, changed, lineOf, VALID } from './fixture';

test('the fixture is valid', () => {
  expect(brief(VALID)).toEqual([]);
});

const DURATION = 'is not a duration; write it like 10s, 90m or 1h30m';
const HOST = 'write a DNS name in lower case, like';
const STATUS = 'is not an HTTP status; write a whole number from 100 to 599';
const NAMESPACE =
  'is not a namespace name; write at most 63 lower-case letters, digits and hyphens, like sample-app';
const APP_NAME =
  'is not an app name; write at most 40 lower-case letters, digits and hyphens, a letter first, like sample-app';
const LABEL_VALUE =
  'is not a label value; write at most 63 letters, digits, "-", "_" and ".", with a letter or digit first and last';
const LONG_LABEL = 'a'.repeat(64);

// [from, to, path, message]; the line is the one where `to` stands.
const WRONG: [from: string, to: string, path: string, message: string][] = [
  ['version: 1', 'version: 2', 'version', '2 is not a version that this Lifeboat reads; write 1'],
  [
    'name: levlabs\nz',
    'name: Lev_labs\nz',
    'name',
    '"Lev_labs" is not a name for the stacks; write at most 32 lower-case letters, digits and hyphens, a letter first, like levlabs',
  ],
  [
    'id: Z0123456789ABCDEFGHIJ',
    'id: z0123456789abcdefghij',
    'zone.id',
    '"z0123456789abcdefghij" is not a Route 53 hosted zone id; write it like Z0123456789ABCDEFGHIJ',
  ],
  [
    'id: Z0123456789ABCDEFGHIJ',
    'id: /hostedzone/Z0123456789ABCDEFGHIJ',
    'zone.id',
    '"/hostedzone/Z0123456789ABCDEFGHIJ" has a prefix; write only the id, Z0123456789ABCDEFGHIJ',
  ],
  [
    'role: arn:aws:iam::111122223333:role/lifeboat-dns',
    'role: lifeboat-dns',
    'apps[1].zone.role',
    '"lifeboat-dns" is not the ARN of an IAM role; write it like arn:aws:iam::111122223333:role/lifeboat-dns',
  ],
  [
    'region: us-east-1',
    'region: US East 1',
    'sites.primary.region',
    '"US East 1" is not an AWS Region; write it like us-east-1',
  ],
  [
    'region: us-east-1',
    'region: us-east-1b',
    'sites.primary.region',
    '"us-east-1b" is an Availability Zone; write the Region, us-east-1',
  ],
  [
    'cluster: levlabs-dr',
    'cluster: -levlabs',
    'sites.dr.cluster',
    '"-levlabs" is not an EKS cluster name; write at most 100 letters, digits, "-" and "_", with a letter or digit first, like levlabs-primary',
  ],
  [
    'vpc: vpc-0123456789abcdef0',
    'vpc: main',
    'sites.dr.network.vpc',
    '"main" is not a VPC id; write it like vpc-0123456789abcdef0',
  ],
  [
    'subnets: [subnet-0123456789abcdef0]',
    'subnets: []',
    'sites.dr.network.subnets',
    'is an empty list; write at least one subnet id',
  ],
  [
    'subnets: [subnet-0123456789abcdef0]',
    'subnets: [vpc-0123456789abcdef0]',
    'sites.dr.network.subnets[0]',
    '"vpc-0123456789abcdef0" is not a subnet id; write it like subnet-0123456789abcdef0',
  ],
  [
    'securityGroups: [sg-0123456789abcdef0]',
    'securityGroups: []',
    'sites.dr.network.securityGroups',
    'is an empty list; write at least one security group id',
  ],
  ['switch: cname', 'switch: weighted', 'switch', '"weighted" is not built yet; use standby-switch or cname'],
  [
    'switch: cname',
    'switch: routing-control',
    'switch',
    '"routing-control" is not built yet; use standby-switch or cname',
  ],
  ['switch: cname', 'switch: alias', 'switch', '"alias" is not a switch; write standby-switch or cname'],
  [
    'email: oncall@levlabs.link',
    'email: oncall',
    'notify[0].email',
    '"oncall" is not an e-mail address; write it like oncall@example.com',
  ],
  [
    'https: https://hooks.levlabs.link/lifeboat',
    'https: http://hooks.levlabs.link',
    'notify[1].https',
    '"http://hooks.levlabs.link" is not encrypted; write an https:// address',
  ],
  [
    'https: https://hooks.levlabs.link/lifeboat',
    'https: https://hooks:99999/',
    'notify[1].https',
    '"https://hooks:99999/" is not a URL',
  ],
  [
    'sms: "+14155550123"',
    'sms: +14155550123',
    'notify[2].sms',
    '14155550123 was read as a number; put it in quotes: "+14155550123"',
  ],
  [
    'sms: "+14155550123"',
    'sms: "0415 555"',
    'notify[2].sms',
    '"0415 555" is not a phone number; write it in quotes with country code and no spaces, like "+14155550123"',
  ],
  [
    'sqs: arn:aws:sqs:us-east-2:111122223333:alerts',
    'sqs: arn:aws:sns:us-east-2:111122223333:alerts',
    'notify[3].sqs',
    '"arn:aws:sns:us-east-2:111122223333:alerts" is not the ARN of an SQS queue; write it like arn:aws:sqs:us-east-2:111122223333:alerts',
  ],
  [
    'topic: arn:aws:sns:us-east-2:111122223333:alerts',
    'topic: arn:aws:sns:us-east-2:111122223333:alerts.fifo',
    'notify[4].topic',
    '"arn:aws:sns:us-east-2:111122223333:alerts.fifo" is a FIFO topic; Lifeboat sends to standard ones only',
  ],
  [
    'name: image registry',
    'name: " "',
    'dependencies[0].name',
    '" " is not a name; write a name for reports, like image registry',
  ],
  [
    'url: http://login.levlabs.link',
    'url: login.levlabs.link',
    'dependencies[1].url',
    '"login.levlabs.link" is not a URL; write an http:// or https:// address, like https://registry.example.com/v2/',
  ],
  [
    'url: http://login.levlabs.link',
    'url: http://login:99999/',
    'dependencies[1].url',
    '"http://login:99999/" is not a URL; check the host and the port',
  ],
  [
    'url: http://login.levlabs.link',
    'url: http://me:secret@login.levlabs.link',
    'dependencies[1].url',
    'holds a user name or password; leave them out and expect 401',
  ],
  ['expect: 401', 'expect: 600', 'dependencies[0].expect', `600 ${STATUS}`],
  ['expect: 401', 'expect: 99', 'dependencies[0].expect', `99 ${STATUS}`],
  ['expect: 401', 'expect: 200.5', 'dependencies[0].expect', `200.5 ${STATUS}`],
  ['expect: 401', 'expect: "401"', 'dependencies[0].expect', `"401" ${STATUS}`],
  ['timeout: 15m', 'timeout: 25h', 'approval.timeout', '"25h" is too long; write a duration from 1s to 1d'],
  [
    'ifNobodyAnswers: refuse',
    'ifNobodyAnswers: wait',
    'approval.ifNobodyAnswers',
    '"wait" is not an answer; write refuse or proceed',
  ],
  ['- name: worker', '- name: Worker', 'apps[2].name', `"Worker" ${APP_NAME}`],
  ['main: main.levlabs.link', 'main: 5', 'apps[0].main', '5 is not a text; put it in quotes: "5"'],
  [
    'main: main.levlabs.link',
    'main: Main.levlabs.link',
    'apps[0].main',
    `"Main.levlabs.link" is not a main name; ${HOST} main.example.com`,
  ],
  [
    'main: main.levlabs.link',
    'main: main.levlabs.link.',
    'apps[0].main',
    '"main.levlabs.link." ends with a dot; leave the dot out',
  ],
  [
    'main: main.levlabs.link',
    'main: "*.levlabs.link"',
    'apps[0].main',
    `"*.levlabs.link" is a wildcard; ${HOST} main.example.com`,
  ],
  [
    'dr: dr.levlabs.link',
    'dr: https://dr.levlabs.link',
    'apps[0].hosts.dr',
    `"https://dr.levlabs.link" is a URL; ${HOST} dr.example.com`,
  ],
  ['ttl: 10s', 'ttl: 10x', 'apps[0].ttl', `"10x" ${DURATION}`],
  ['ttl: 10s', 'ttl: 10', 'apps[0].ttl', `10 ${DURATION}`],
  [
    'ttl: 10s',
    'ttl: 500ms',
    'apps[0].ttl',
    '"500ms" is not a duration; the smallest unit is the second, write it like 10s, 90m or 1h30m',
  ],
  ['ttl: 10s', 'ttl: 0s', 'apps[0].ttl', '"0s" is too short; write a duration from 1s to 5m'],
  ['ttl: 10s', 'ttl: 301s', 'apps[0].ttl', '"301s" is too long; write a duration from 1s to 5m'],
  [
    'namespaces: [shop, shop-jobs]',
    'namespaces: [shop, Jobs]',
    'apps[0].namespaces[1]',
    `"Jobs" ${NAMESPACE}`,
  ],
  [
    'namespaces: [shop, shop-jobs]',
    `namespaces: [shop, ${LONG_LABEL}]`,
    'apps[0].namespaces[1]',
    `"${LONG_LABEL}" ${NAMESPACE}`,
  ],
  [
    'namespaces: [identity]',
    'namespaces: []',
    'apps[1].namespaces',
    'is an empty list; write the namespaces that are the app, like [sample-app]',
  ],
  [
    'namespaces: [identity]',
    'namespaces: identity',
    'apps[1].namespaces',
    '"identity" is not a list; write the namespaces that are the app, like [sample-app]',
  ],
  [
    'kind: Deployment',
    'kind: DaemonSet',
    'apps[0].workloads[0].kind',
    '"DaemonSet" is not a kind of workload; write Deployment, StatefulSet or CronJob',
  ],
  [
    'name: web',
    'name: Web',
    'apps[0].workloads[0].name',
    '"Web" is not a workload name; write lower-case letters, digits, hyphens and dots, like sample-app',
  ],
  [
    'replicas: { dr: as-primary }',
    'replicas: { dr: as-dr }',
    'apps[0].workloads[0].replicas.dr',
    '"as-dr" is no number of replicas; write a whole number from 1 to 10000 or as-primary',
  ],
  [
    'replicas: { dr: as-primary }',
    'replicas: { primary: 1.5 }',
    'apps[0].workloads[0].replicas.primary',
    '1.5 is no number of replicas; write a whole number from 1 to 10000 or as-dr',
  ],
  [
    'replicas: { dr: as-primary }',
    'replicas: { dr: 0 }',
    'apps[0].workloads[0].replicas.dr',
    '0 would leave it switched off; write how many run when this site is active',
  ],
  [
    'path: /healthz',
    'path: healthz',
    'apps[0].health.path',
    '"healthz" is not a path; write it with a slash first and no spaces, like /healthz',
  ],
  ['status: 200', 'status: ok', 'apps[0].health.status', `"ok" ${STATUS}`],
  ['body: ok', 'body: true', 'apps[0].health.body', 'true is not a text; put it in quotes: "true"'],
  ['mover: velero', 'mover: portworx', 'apps[0].data.mover', '"portworx" is not built yet; use velero'],
  ['mover: velero', 'mover: rsync', 'apps[0].data.mover', '"rsync" is not a data mover; write velero'],
  ['veleroNamespace: backups', 'veleroNamespace: a.b', 'apps[0].data.veleroNamespace', `"a.b" ${NAMESPACE}`],
  ['maxAge: 90m', 'maxAge: 0s', 'apps[0].data.maxAge', '"0s" is too short; write a duration from 1s to 365d'],
  [
    'deadline: 20m',
    'deadline: 24h1s',
    'apps[0].data.deadline',
    '"24h1s" is too long; write a duration from 1s to 1d',
  ],
  [
    'partiallyFailed: refuse',
    'partiallyFailed: ignore',
    'apps[0].data.partiallyFailed',
    '"ignore" is not a policy; write refuse or accept',
  ],
  [
    'leaveOut: [configmaps]',
    'leaveOut: [ConfigMap]',
    'apps[0].data.leaveOut[0]',
    '"ConfigMap" is not a Kubernetes resource; write the plural, with its API group if it has one, like configmaps or jobs.batch',
  ],
  [
    'storageClasses: { gp3-primary: gp3-dr }',
    'storageClasses: { gp3-primary: GP3 }',
    'apps[0].data.storageClasses.gp3-primary',
    '"GP3" is not a storage class name; write lower-case letters, digits, hyphens and dots, like gp3-primary',
  ],
  [
    'labels: { site: { primary: one, dr: two } }',
    'labels: { -site: { primary: one, dr: two } }',
    'apps[0].data.labels["-site"]',
    '"-site" is not a label key; write letters, digits, "-", "_" and ".", with a DNS prefix if you like: site or example.com/site',
  ],
  [
    'labels: { site: { primary: one, dr: two } }',
    'labels: { site: { primary: one!, dr: two } }',
    'apps[0].data.labels.site.primary',
    `"one!" ${LABEL_VALUE}`,
  ],
  [
    'images: { one.example: two.example }',
    'images: { https://one.example: two.example }',
    'apps[0].data.images["https://one.example"]',
    '"https://one.example" is not an image registry; write host[:port][/path] without https:// and without a tag, like 111122223333.dkr.ecr.us-east-1.amazonaws.com',
  ],
  [
    'images: { one.example: two.example }',
    'images: { one.example: library }',
    'apps[0].data.images["one.example"]',
    '"library" names no registry; the part before the first "/" needs a dot or a port, like docker.io/library',
  ],
  [
    'trigger: automatic',
    'trigger: auto',
    'apps[0].trigger',
    '"auto" is not a trigger; write automatic, approval or manual',
  ],
  ['dwell: 15s', 'dwell: 4s', 'apps[0].dwell', '"4s" is too short; write a duration from 5s to 10m'],
  ['dwell: 15s', 'dwell: 11m', 'apps[0].dwell', '"11m" is too long; write a duration from 5s to 10m'],
  ['coolDown: 30m', 'coolDown: 8d', 'apps[0].coolDown', '"8d" is too long; write a duration from 0s to 7d'],
];

test.each(WRONG)('%s → %s', (from, to, path, message) => {
  const text = changed([from, to]);
  expect(brief(text)).toEqual([[lineOf(text, to), path, message]]);
});

test.each([
  ['ttl: 10s', 'ttl: 1s'],
  ['ttl: 10s', 'ttl: 5m'],
  ['dwell: 15s', 'dwell: 5s'],
  ['dwell: 15s', 'dwell: 10m'],
  ['deadline: 20m', 'deadline: 24h'],
  ['coolDown: 30m', 'coolDown: 0s'],
  ['expect: 401', 'expect: 100'],
  ['expect: 401', 'expect: 599'],
  ['region: us-east-1', 'region: us-gov-west-1'],
  ['region: us-east-1', 'region: eusc-de-east-1'],
  ['vpc: vpc-0123456789abcdef0', 'vpc: vpc-01234567'],
  ['replicas: { dr: as-primary }', 'replicas: { dr: as primary }'],
  ['replicas: { dr: as-primary }', 'replicas: { primary: as-dr, dr: 3 }'],
  ['labels: { site: { primary: one, dr: two } }', 'labels: { example.com/site: { primary: "", dr: two } }'],
  ['images: { one.example: two.example }', 'images: { localhost:5000/team: docker.io/library }'],
  ['leaveOut: [configmaps]', 'leaveOut: [jobs.batch, ciliumnetworkpolicies.cilium.io]'],
])('%s → %s is right too', (from, to) => {
  expect(brief(changed([from, to]))).toEqual([]);
});
