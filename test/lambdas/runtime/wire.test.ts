import type { SiteName } from '../../../core/config';
import { ClusterUnreachable, NotFound } from '../../../core/errors';
import type { Network } from '../../../core/network';
import {
  type ClusterAccess,
  type KubernetesRequest,
  TransportFailed,
} from '../../../lambdas/adapters/kubernetes/transport';
import { wire } from '../../../lambdas/runtime/wire';
import type { World } from '../../../lambdas/runtime/world';
import { FakeCloudWatch } from '../../../rehearsal/embedded/aws/cloudwatch';
import { FakeDynamoDb } from '../../../rehearsal/embedded/aws/dynamodb';
import { FakeEks } from '../../../rehearsal/embedded/aws/eks';
import { FakeRoute53 } from '../../../rehearsal/embedded/aws/route53';
import { FakeS3 } from '../../../rehearsal/embedded/aws/s3';
import { FakeSfn, type StateMachines } from '../../../rehearsal/embedded/aws/sfn';
import { FakeSns } from '../../../rehearsal/embedded/aws/sns';
import { verifyToken } from '../../../rehearsal/embedded/kubernetes/eks-authenticator';
import { exampleApp, exampleConfig } from '../../lib/example';
import { START, setting } from '../../rehearsal/aws/setting';

const REGIONS: Record<SiteName, string> = { primary: 'us-east-1', dr: 'us-east-2' };
const TOPIC = 'arn:aws:sns:us-east-2:111122223333:oncall';
const ZONE = { id: 'Z0123456789ABCDEFGHIJ', name: 'levlabs.link' };
const SECRET = { secretAccessKey: 'secret' };

const CONFIG = exampleConfig();

/** The dr site with fakes for all that is outside of it. */
function world(config = CONFIG) {
  const { clock, log, region, seed, run, failure } = setting(REGIONS.dr);
  const table = { name: 'levlabs-ledger', partitionKey: 'pk', sortKey: 'sk' };
  const dynamodb = new FakeDynamoDb({ clock, log, region, table });
  const sns = new FakeSns({ clock, log, region, seed });
  sns.addTopic(TOPIC);
  const route53 = new FakeRoute53({ clock, log, seed });
  route53.addZone(ZONE.id, ZONE.name);
  const eks = {
    [REGIONS.primary]: new FakeEks({ clock, log, region: REGIONS.primary }),
    [REGIONS.dr]: new FakeEks({ clock, log, region: REGIONS.dr }),
  };
  const s3 = {
    [REGIONS.primary]: new FakeS3({ clock, log, region: REGIONS.primary }),
    [REGIONS.dr]: new FakeS3({ clock, log, region: REGIONS.dr }),
  };
  for (const { region: place, cluster } of Object.values(CONFIG.sites)) {
    eks[place]?.setCluster({
      name: cluster,
      endpoint: `https://${cluster}.${place}.eks.amazonaws.com`,
      certificateAuthority: `CA of ${cluster}`,
      version: '1.34',
    });
  }
  const exchanges: { access: ClusterAccess; request: KubernetesRequest }[] = [];
  const kubernetes = {
    answers: true,
    exchange: async (access: ClusterAccess, request: KubernetesRequest) => {
      exchanges.push({ access, request });
      if (!kubernetes.answers) throw new TransportFailed('no answer');
      return { status: 200, body: 'ok' };
    },
  };
  const roles: (string | undefined)[] = [];
  const lines: unknown[] = [];
  const outside: World = {
    clock,
    network: {} as Network,
    kubernetes,
    credentials: async () => ({ accessKeyId: 'ASIAEXAMPLE', ...SECRET }),
    dynamodb,
    sns: () => sns,
    sfn: new FakeSfn({ clock, log, region, seed }, { find: () => undefined } as unknown as StateMachines),
    cloudwatch: new FakeCloudWatch({ clock, log, region, seed, emit: () => undefined }),
    route53: role => {
      roles.push(role);
      return route53;
    },
    eks: place => {
      const client = eks[place];
      if (!client) throw new Error(`nobody has EKS in ${place}`);
      return client;
    },
    s3: place => {
      const client = s3[place];
      if (!client) throw new Error(`nobody has S3 in ${place}`);
      return client;
    },
    log: (event, fields) => lines.push({ event, ...fields }),
  };
  const switchBuckets = { primary: 'lifeboat-primary', dr: 'lifeboat-dr' };
  const environment = {
    config,
    site: 'dr' as const,
    region,
    table: table.name,
    topicArns: [TOPIC],
    ...(config.switch === 'standby-switch' ? { switchBuckets } : {}),
  };
  const deps = wire(outside, environment);
  return {
    clock,
    log,
    run,
    failure,
    deps,
    outside,
    exchanges,
    roles,
    lines,
    eks,
    s3,
    sns,
    dynamodb,
    kubernetes,
  };
}

/** What the authenticator of a cluster says while only STS of the dr site's Region answers. */
const verify = (token: string, clusterName: string) =>
  verifyToken(token, {
    clusterName,
    // The calls before it took some milliseconds.
    now: START + 60_000,
    secretFor: () => SECRET,
    stsReachable: region => region === REGIONS.dr,
  });

describe('wiring', () => {
  test('asks nobody anything by itself', () => {
    const { log, roles, exchanges, deps, outside } = world();
    expect(log.calls).toEqual([]);
    expect(roles).toEqual([]);
    expect(exchanges).toEqual([]);
    expect(deps).toMatchObject({
      config: CONFIG,
      site: 'dr',
      clock: outside.clock,
      network: outside.network,
    });
  });

  test('keeps the ledger in the table of the environment', async () => {
    const { run, deps, log, dynamodb } = world();
    const pause = { by: 'ana', reason: 'maintenance', at: START };
    await run(deps.ledger.setPause(pause));
    expect(await run(deps.ledger.pause())).toEqual(pause);
    expect(new Set(log.calls.map(({ service, resource }) => `${service} ${resource}`))).toEqual(
      new Set(['dynamodb levlabs-ledger']),
    );
    expect(dynamodb.table.all()).toHaveLength(1);
  });

  test('tells on-call through the topics of the environment', async () => {
    const { run, deps, sns } = world();
    await run(deps.notifier.publish({ subject: 'Hello', text: 'text', attributes: {} }));
    expect(sns.messages).toMatchObject([{ topicArn: TOPIC }]);
  });

  test('asks Step Functions and CloudWatch of this Region', async () => {
    const { run, deps, log } = world();
    const arn = 'arn:aws:states:us-east-2:111122223333:execution:levlabs:gone';
    expect(await run(deps.executions.holder(arn))).toBe('ended');
    await run(deps.metrics.put([{ name: 'Runs', value: 1, unit: 'Count', dimensions: {} }]));
    expect(log.calls.map(({ service, region }) => `${service} ${region}`)).toEqual([
      'states us-east-2',
      'cloudwatch us-east-2',
    ]);
  });

  test('logs where the world logs', () => {
    const { deps, lines } = world();
    deps.log('done', { step: 'flip' });
    expect(lines).toEqual([{ event: 'done', step: 'flip' }]);
  });
});

describe('the cluster of a site', () => {
  test.each<[SiteName, number]>([
    ['dr', 10_000],
    ['primary', 2_000],
  ])(
    '%s is asked at its own endpoint, under its own CA, with %i ms for each answer',
    async (site, deadlineMs) => {
      const { run, deps, exchanges, log } = world();
      const cluster = await run(deps.cluster(site));
      expect(await run(cluster.api.notReady())).toBeUndefined();
      expect(exchanges).toMatchObject([
        {
          access: {
            endpoint: `https://levlabs-${site}.${REGIONS[site]}.eks.amazonaws.com`,
            certificateAuthority: `CA of levlabs-${site}`,
          },
          request: { method: 'GET', path: '/readyz', deadlineMs },
        },
      ]);
      expect(log.calls).toMatchObject([
        { service: 'eks', region: REGIONS[site], resource: `levlabs-${site}` },
      ]);
    },
  );

  test.each<[SiteName, SiteName]>([
    ['dr', 'primary'],
    ['primary', 'dr'],
  ])(
    '%s gets a token of its own, which needs no Region but this one and which %s would refuse',
    async (site, other) => {
      const { run, deps, exchanges } = world();
      await run((await run(deps.cluster(site))).api.notReady());
      const token = exchanges[0]?.access.token ?? '';
      expect(verify(token, `levlabs-${site}`)).toMatchObject({ ok: true });
      expect(verify(token, `levlabs-${other}`)).toMatchObject({ refusal: 'SignatureDoesNotMatch' });
    },
  );

  test.each<[SiteName, number]>([
    ['dr', 10_000],
    ['primary', 2_000],
  ])('%s costs at most %i ms while EKS of its Region is silent', async (site, ms) => {
    const { failure, deps, eks, clock } = world();
    const client = eks[REGIONS[site]];
    if (client) client.endpoint.state = 'hang';
    expect((await failure(deps.cluster(site))).name).toBe('AwsUnavailable');
    expect(clock.now() - START).toBe(ms);
  });

  test('is called by its name and Region when it does not answer', async () => {
    const { run, failure, deps, kubernetes } = world();
    kubernetes.answers = false;
    const error = await failure((await run(deps.cluster('dr'))).api.notReady());
    expect(error).toBeInstanceOf(ClusterUnreachable);
    expect(error.message).toContain('levlabs-dr in us-east-2');
  });
});

describe('what an app has', () => {
  test('is Velero in the namespace of its data', async () => {
    const { run, deps } = world();
    const cluster = await run(deps.cluster('dr'));
    const { data, ...app } = exampleApp('shop');
    if (!data) throw new Error('the example has no data');
    const there = { ...app, data: { ...data, veleroNamespace: 'backups' } };
    expect(deps.velero(cluster, there).namespace).toBe('backups');
  });

  test('is no Velero without data: NotFound', async () => {
    const { run, deps } = world();
    const cluster = await run(deps.cluster('dr'));
    const { data: _, ...stateless } = exampleApp('shop');
    expect(() => deps.velero(cluster, stateless)).toThrow(
      new NotFound('shop has no data that Velero moves.'),
    );
  });
});

describe('the switch', () => {
  const at = { activate: 'dr' as const, runId: 'run-1' };

  test.each([undefined, 'arn:aws:iam::444455556666:role/lifeboat-dns'])(
    'cname asks the zone of main, with the credentials of the zone: %s',
    async roleArn => {
      const { failure, deps, roles, log } = world();
      const [app] = CONFIG.apps;
      if (!app?.endpoint) throw new Error('the example has a main name');
      const endpoint = { ...app.endpoint, zone: { ...ZONE, ...(roleArn ? { roleArn } : {}) } };
      // The fake zone is empty.
      expect((await failure(deps.switch.assert({ ...at, endpoint }))).name).toBe('RecordChanged');
      expect(roles).toEqual([roleArn]);
      expect(log.calls).toMatchObject([{ service: 'route53', resource: ZONE.id }]);
    },
  );

  test('standby-switch writes in this Region, and asks Route 53 nothing', async () => {
    const { run, deps, log, s3, roles } = world({ ...CONFIG, switch: 'standby-switch' });
    s3[REGIONS.dr]?.addBucket('lifeboat-dr');
    const [app] = CONFIG.apps;
    if (!app?.endpoint) throw new Error('the example has a main name');
    await run(deps.switch.withdraw({ ...at, endpoint: app.endpoint }));
    expect(log.calls).toMatchObject([
      {
        service: 's3',
        action: 'DeleteObject',
        region: REGIONS.dr,
        resource: 'lifeboat-dr/shop.levlabs.link/at-dr',
      },
    ]);
    expect(roles).toEqual([]);
  });

  test('a deployment without the buckets that it needs says so', () => {
    const { outside } = world();
    const environment = { site: 'dr' as const, region: REGIONS.dr, table: 't', topicArns: [TOPIC] };
    expect(() => wire(outside, { ...environment, config: { ...CONFIG, switch: 'standby-switch' } })).toThrow(
      'The buckets of standby-switch are not known. Deploy the stack again.',
    );
  });
});
