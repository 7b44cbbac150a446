import { setTimeout as wait } from 'node:timers/promises';
import {
  type ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import type { CnameRecord } from '../../../../core/flip';
import { HostedZone } from '../../../../lambdas/adapters/aws/zone';
import type { Route53Options } from '../../../../rehearsal/embedded/aws/route53';
import { START } from '../../../rehearsal/aws/setting';
import { cname, world as routeWorld, ZONE } from '../../../rehearsal/aws/zone';
import { Servers } from '../servers';

const MAIN = 'main.levlabs.link';
const primary: CnameRecord = { name: MAIN, ttlSeconds: 10, target: 'primary.levlabs.link' };
const dr: CnameRecord = { name: MAIN, ttlSeconds: 10, target: 'dr.levlabs.link' };

const servers = new Servers();
afterEach(() => servers.close());

/** A zone in which main is a CNAME to primary. */
function world(options: Partial<Route53Options> = {}) {
  const route = routeWorld({ aliasAddresses: () => [], healthy: () => true, ...options });
  return { ...route, hosted: new HostedZone(route.route53, ZONE, route.clock) };
}

/** Main is these records, and nothing else. */
async function readOf(...records: ResourceRecordSet[]) {
  const { run, zone, hosted, change } = world();
  await run(change({ Action: 'DELETE', ResourceRecordSet: cname(MAIN, 'primary.levlabs.link') }));
  zone.seed(...records);
  return run(hosted.read(MAIN));
}

describe('reading main', () => {
  test('gives a plain CNAME as it stands, without trailing dots', async () => {
    expect(await readOf(cname(MAIN, 'Primary.levlabs.link.', { TTL: 300 }))).toEqual({
      kind: 'cname',
      record: { name: MAIN, ttlSeconds: 300, target: 'Primary.levlabs.link' },
    });
  });

  test('finds it in whatever case its name is written', async () => {
    const { run, hosted } = world();
    expect(await run(hosted.read('Main.LevLabs.link'))).toMatchObject({ kind: 'cname' });
  });

  test('gives absent when nothing stands there, whatever comes next in the zone', async () => {
    expect(await readOf(cname('main2.levlabs.link', 'x.example'), cname(`a.${MAIN}`, 'x.example'))).toEqual({
      kind: 'absent',
    });
  });

  const alias = { HostedZoneId: 'Z35SXDOTRQ7X7K', DNSName: 'lb.example.', EvaluateTargetHealth: false };
  const weighted = (id: string) => cname(MAIN, `${id}.levlabs.link`, { SetIdentifier: id, Weight: 1 });

  test.each<[string, ResourceRecordSet[], string[]]>([
    ['an alias', [{ Name: MAIN, Type: 'A', AliasTarget: alias }], ['A', 'alias to lb.example.']],
    ['a weighted CNAME', [weighted('primary')], ['CNAME (primary)', 'primary.levlabs.link']],
    [
      'two weighted CNAMEs',
      [weighted('dr'), weighted('primary')],
      ['CNAME (dr)', ' and ', 'CNAME (primary)'],
    ],
    [
      'a failover CNAME',
      [cname(MAIN, 'primary.levlabs.link', { SetIdentifier: 'p', Failover: 'PRIMARY' })],
      ['CNAME (p)'],
    ],
    [
      'a TXT record',
      [{ Name: MAIN, Type: 'TXT', TTL: 300, ResourceRecords: [{ Value: '"heritage=external-dns"' }] }],
      ['TXT "heritage=external-dns"'],
    ],
    [
      'an address',
      [{ Name: MAIN, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }, { Value: '192.0.2.2' }] }],
      ['A 192.0.2.1, 192.0.2.2'],
    ],
    [
      'an alias beside the TXT of external-dns',
      [
        { Name: MAIN, Type: 'A', AliasTarget: alias },
        { Name: MAIN, Type: 'TXT', TTL: 300, ResourceRecords: [{ Value: '"heritage=external-dns"' }] },
      ],
      ['A alias to lb.example.', ' and ', 'TXT'],
    ],
  ])('gives %s as something else, and says what it is', async (_, records, words) => {
    const found = await readOf(...records);
    expect(found.kind).toBe('other');
    for (const word of words) expect(found).toMatchObject({ detail: expect.stringContaining(word) });
  });

  test('asks for main and little more', async () => {
    const { run, route53, clock } = world();
    const inputs: object[] = [];
    const send = (command: ListResourceRecordSetsCommand, options: object) => {
      inputs.push(command.input);
      return route53.send(command, options);
    };
    await run(new HostedZone({ send } as typeof route53, ZONE, clock).read(MAIN));
    expect(inputs).toEqual([{ HostedZoneId: ZONE, StartRecordName: MAIN, MaxItems: 10 }]);
  });
});

describe('swapping main', () => {
  test('puts the new CNAME in the place of the old one, in one batch', async () => {
    const { run, hosted, log } = world();
    await run(hosted.swap(primary, dr));
    expect(await run(hosted.read(MAIN))).toEqual({ kind: 'cname', record: dr });
    expect(log.calls.filter(({ action }) => action === 'ChangeResourceRecordSets')).toHaveLength(1);
  });

  test('gives the new one its own TTL', async () => {
    const { run, hosted } = world();
    await run(hosted.swap(primary, { ...dr, ttlSeconds: 5 }));
    expect(await run(hosted.read(MAIN))).toEqual({ kind: 'cname', record: { ...dr, ttlSeconds: 5 } });
  });

  test.each<[string, Partial<CnameRecord>, string]>([
    ['points elsewhere', { target: 'other.levlabs.link' }, 'other.levlabs.link'],
    ['has another TTL', { ttlSeconds: 60 }, 'TTL 60'],
  ])('is RecordChanged when the record is not exactly what was read: it %s', async (_, other, words) => {
    const { run, failure, hosted } = world();
    const error = await failure(hosted.swap({ ...primary, ...other }, dr));
    expect(error).toMatchObject({ name: 'RecordChanged', message: expect.stringContaining(words) });
    expect(error.message).toContain('do not match');
    expect(await run(hosted.read(MAIN))).toEqual({ kind: 'cname', record: primary });
  });

  test('is RecordChanged when somebody was quicker, and theirs stays', async () => {
    const { run, failure, hosted } = world();
    const theirs = { ...primary, target: 'maintenance.levlabs.link' };
    await run(hosted.swap(primary, theirs));
    expect((await failure(hosted.swap(primary, dr))).name).toBe('RecordChanged');
    expect(await run(hosted.read(MAIN))).toEqual({ kind: 'cname', record: theirs });
  });

  test('is RecordChanged when it is gone', async () => {
    const { run, failure, hosted, change } = world();
    await run(change({ Action: 'DELETE', ResourceRecordSet: cname(MAIN, 'primary.levlabs.link') }));
    expect((await failure(hosted.swap(primary, dr))).name).toBe('RecordChanged');
    expect(await run(hosted.read(MAIN))).toEqual({ kind: 'absent' });
  });

  test('is Throttled while Route 53 works on another change of the zone', async () => {
    const { run, hosted } = world({ processingMs: 1_000 });
    const results = await run(
      Promise.allSettled([hosted.swap(primary, dr), hosted.swap(primary, { ...dr, ttlSeconds: 5 })]),
    );
    expect(results).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { name: 'Throttled' } },
    ]);
  });

  /** Route 53 behind a network that loses the answer to a change that went through; what comes then is said here. */
  async function answerLost(then: string) {
    let calls = 0;
    const { port } = await servers.http((request, response) => {
      request.resume();
      request.on('end', () => {
        calls += 1;
        if (calls === 1) return request.socket.destroy();
        const change = request.method === 'POST';
        response.writeHead(change ? 400 : 200, { 'content-type': 'text/xml' });
        response.end(
          change
            ? `<ErrorResponse><Error><Type>Sender</Type><Code>InvalidChangeBatch</Code><Message>[Tried to delete resource record set but the values provided do not match the current values]</Message></Error></ErrorResponse>`
            : `<ListResourceRecordSetsResponse><ResourceRecordSets><ResourceRecordSet><Name>${MAIN}.</Name><Type>CNAME</Type><TTL>10</TTL><ResourceRecords><ResourceRecord><Value>${then}</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>10</MaxItems></ListResourceRecordSetsResponse>`,
        );
      });
    });
    const client = new Route53Client({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
      // As in production.
      maxAttempts: 2,
    });
    const clock = {
      now: () => Date.now(),
      sleep: (ms: number, signal?: AbortSignal) => wait(ms, undefined, signal ? { signal } : {}),
    };
    try {
      return await new HostedZone(client, ZONE, clock).swap(primary, dr).then(
        () => 'done',
        (error: Error) => error.name,
      );
    } finally {
      client.destroy();
    }
  }

  // The SDK sends a change again whose answer was lost. The second one is refused, since the first went through; and
  // RecordChanged before the flip is what lets a run undo what it scaled, under a main that points to it.
  test('is done when the change went through and only its answer was lost', async () => {
    expect(await answerLost('dr.levlabs.link')).toBe('done');
  });

  test("is RecordChanged when the answer was lost and somebody else's record stands there by then", async () => {
    expect(await answerLost('maintenance.levlabs.link')).toBe('RecordChanged');
  });
});

describe('what Route 53 does not do', () => {
  test.each<[string, string, (route: ReturnType<typeof world>['route53']) => void]>([
    ['Throttled', 'slows down', route => route.endpoint.throttle(1)],
    [
      'AwsUnavailable',
      'is silent',
      route => {
        route.controlPlane = 'hang';
      },
    ],
    [
      'AwsUnavailable',
      'refuses connections',
      route => {
        route.controlPlane = 'refuse';
      },
    ],
  ])('is %s when its control plane %s', async (name, _, fault) => {
    const { failure, route53, hosted, clock } = world();
    fault(route53);
    const error = await failure(hosted.swap(primary, dr));
    expect(error.name).toBe(name);
    expect(error.message).toContain(`Route 53 ChangeResourceRecordSets in zone ${ZONE}`);
    expect(clock.now() - START).toBeLessThanOrEqual(5_000);
  });

  test('is nothing that we made of it: a zone that is not there keeps its name', async () => {
    const { failure, route53, clock } = world();
    const error = await failure(new HostedZone(route53, 'ZNOWHERE', clock).read(MAIN));
    expect(error.name).toBe('NoSuchHostedZone');
  });
});
