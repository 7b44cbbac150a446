import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadConfig, parseConfig } from '../../../lib/config';
import { changed, VALID } from './fixture';

const ROOT = path.join(__dirname, '../../..');
const MINIMAL = `
zone: { id: Z0123456789ABCDEFGHIJ, name: levlabs.link }
sites:
  primary: { region: us-east-1, cluster: levlabs-primary }
  dr: { region: us-east-2, cluster: levlabs-dr }
apps:
  - name: shop
    main: main.levlabs.link
    hosts: { primary: primary.levlabs.link, dr: dr.levlabs.link }
    namespaces: [shop]
    data: { schedule: shop }
  - name: worker
    namespaces: [worker]
`;
const ZONE = { id: 'Z0123456789ABCDEFGHIJ', name: 'levlabs.link' };

test('what is left out has its default', () => {
  expect(parseConfig(MINIMAL, 'lifeboat.yaml')).toStrictEqual({
    version: 1,
    name: 'lifeboat',
    zone: ZONE,
    sites: {
      primary: { region: 'us-east-1', cluster: 'levlabs-primary' },
      dr: { region: 'us-east-2', cluster: 'levlabs-dr' },
    },
    switch: 'standby-switch',
    notify: [],
    dependencies: [],
    approval: { timeoutSeconds: 900, ifNobodyAnswers: 'refuse' },
    guard: { canaries: ['https://one.one.one.one/', 'https://dns.google/'] },
    apps: [
      {
        name: 'shop',
        endpoint: {
          main: 'main.levlabs.link',
          hosts: { primary: 'primary.levlabs.link', dr: 'dr.levlabs.link' },
          ttlSeconds: 10,
          zone: ZONE,
          health: { path: '/', status: 200 },
        },
        namespaces: ['shop'],
        data: {
          mover: 'velero',
          veleroNamespace: 'velero',
          source: { schedule: 'shop' },
          maxAgeSeconds: 5_400,
          deadlineSeconds: 1_800,
          partiallyFailed: 'refuse',
          leaveOut: [],
          storageClasses: { primary: {}, dr: {} },
          labels: { primary: {}, dr: {} },
          images: { primary: {}, dr: {} },
        },
        trigger: 'automatic',
        dwellSeconds: 15,
        coolDownSeconds: 1_800,
        after: [],
      },
      {
        name: 'worker',
        namespaces: ['worker'],
        trigger: 'automatic',
        dwellSeconds: 15,
        coolDownSeconds: 1_800,
        after: [],
      },
    ],
  });
});

test('what is written arrives', () => {
  const config = parseConfig(VALID, 'lifeboat.yaml');
  expect(config.sites.dr.network).toStrictEqual({
    vpc: 'vpc-0123456789abcdef0',
    subnets: ['subnet-0123456789abcdef0'],
    securityGroups: ['sg-0123456789abcdef0'],
  });
  expect(config.notify).toStrictEqual([
    { kind: 'email', address: 'oncall@levlabs.link' },
    { kind: 'https', url: 'https://hooks.levlabs.link/lifeboat' },
    { kind: 'sms', number: '+14155550123' },
    { kind: 'sqs', queueArn: 'arn:aws:sqs:us-east-2:111122223333:alerts' },
    { kind: 'topic', topicArn: 'arn:aws:sns:us-east-2:111122223333:alerts' },
  ]);
  expect(config.dependencies).toStrictEqual([
    { name: 'image registry', url: 'https://registry.levlabs.link/v2/', expectStatus: 401 },
    { name: 'login', url: 'http://login.levlabs.link', expectStatus: 200 },
  ]);
  const [shop, identity, worker] = config.apps;
  expect(shop?.data?.labels).toStrictEqual({ primary: { site: 'one' }, dr: { site: 'two' } });
  expect(shop?.endpoint?.zone).toStrictEqual(ZONE);
  expect(shop?.workloads).toStrictEqual([
    { kind: 'Deployment', namespace: 'shop', name: 'web', replicas: { dr: 'as-other-site' } },
    { kind: 'CronJob', namespace: 'shop-jobs', name: 'nightly', replicas: {} },
  ]);
  expect(identity?.endpoint?.zone).toStrictEqual({
    id: 'Z0123456789ABCDEFGHIK',
    name: 'id.example',
    roleArn: 'arn:aws:iam::111122223333:role/lifeboat-dns',
  });
  expect(identity).not.toHaveProperty('workloads');
  expect(identity).not.toHaveProperty('data');
  expect(worker).not.toHaveProperty('endpoint');
  expect(worker?.workloads).toStrictEqual([
    { kind: 'StatefulSet', namespace: 'worker', name: 'queue', replicas: {} },
  ]);
});

test('a backup takes the place of a schedule', () => {
  const config = parseConfig(changed(['schedule: shop', 'backup: shop-2026']), 'lifeboat.yaml');
  expect(config.apps[0]?.data?.source).toStrictEqual({ backup: 'shop-2026' });
});

test.each([
  ['{ dr: 3 }', { dr: 3 }],
  ['{ dr: as-primary }', { dr: 'as-other-site' }],
  ['{ dr: as primary }', { dr: 'as-other-site' }],
  ['{ primary: as-dr }', { primary: 'as-other-site' }],
  ['{ primary: as dr, dr: 2 }', { primary: 'as-other-site', dr: 2 }],
  ['{}', {}],
])('replicas: %s', (written, resolved) => {
  const config = parseConfig(changed(['{ dr: as-primary }', written]), 'lifeboat.yaml');
  expect(config.apps[0]?.workloads?.[0]?.replicas).toStrictEqual(resolved);
});

test('maps of names work in both directions; of two that lead to one, the first wins on the way back', () => {
  const text = changed(
    ['storageClasses: { gp3-primary: gp3-dr }', 'storageClasses: { fast: gp3, slow: gp3, cold: st1 }'],
    ['images: { one.example: two.example }', 'images: { b.example: z.example, a.example: z.example }'],
  );
  expect(parseConfig(text, 'lifeboat.yaml').apps[0]?.data).toMatchObject({
    storageClasses: { primary: { gp3: 'fast', st1: 'cold' }, dr: { fast: 'gp3', slow: 'gp3', cold: 'st1' } },
    images: {
      primary: { 'z.example': 'b.example' },
      dr: { 'b.example': 'z.example', 'a.example': 'z.example' },
    },
  });
});

describe('the examples', () => {
  test('levlabs is the example of the design page', () => {
    const config = loadConfig(path.join(ROOT, 'examples/levlabs/lifeboat.yaml'));
    expect(config.apps.map(({ name }) => name)).toEqual(['sample-app']);
    expect(config.apps[0]?.data).toMatchObject({
      source: { schedule: 'sample-app' },
      maxAgeSeconds: 5_400,
      deadlineSeconds: 1_200,
    });
    expect(config.apps[0]?.workloads).toStrictEqual([
      { kind: 'Deployment', namespace: 'sample-app', name: 'sample-app', replicas: { dr: 'as-other-site' } },
      { kind: 'CronJob', namespace: 'sample-app', name: 'nightly-report', replicas: {} },
    ]);
  });

  test('five-apps shows an order, an approval, another zone and a worker', () => {
    const { apps, approval } = loadConfig(path.join(ROOT, 'examples/five-apps/lifeboat.yaml'));
    expect(Object.fromEntries(apps.map(({ name, after }) => [name, after]))).toEqual({
      identity: [],
      catalog: ['identity'],
      orders: ['identity'],
      storefront: ['catalog', 'orders'],
      mailer: ['orders'],
    });
    expect(apps.flatMap(app => (app.trigger === 'approval' ? [app.name] : []))).toEqual(['orders']);
    expect(approval).toEqual({ timeoutSeconds: 600, ifNobodyAnswers: 'refuse' });
    expect(apps.flatMap(app => app.endpoint?.zone.roleArn ?? [])).toEqual([
      'arn:aws:iam::444455556666:role/lifeboat-dns',
    ]);
    expect(apps.filter(app => app.endpoint === undefined).map(({ name }) => name)).toEqual(['mailer']);
    expect(apps.every(({ name, namespaces }) => namespaces.join() === name)).toBe(true);
  });

  test.each(['levlabs', 'five-apps'])('%s names the schema for editors in its first line', name => {
    const [first] = readFileSync(path.join(ROOT, `examples/${name}/lifeboat.yaml`), 'utf8').split('\n');
    expect(first).toBe('# yaml-language-server: $schema=../../schema/lifeboat.schema.json');
  });
});
