import {
  type Change,
  GetHostedZoneCommand,
  InvalidChangeBatch,
  ListHostedZonesCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { cname, drop, make, world, ZONE } from './zone';

describe('changing records', () => {
  test('DELETE and CREATE in one batch replace a record', async () => {
    const { run, change, list } = world();
    const { ChangeInfo } = await run(change(drop, make));
    expect(ChangeInfo?.Status).toBe('PENDING');
    const { ResourceRecordSets } = await list({ StartRecordName: 'main.levlabs.link', MaxItems: 1 });
    expect(ResourceRecordSets?.[0]?.ResourceRecords).toEqual([{ Value: 'dr.levlabs.link' }]);
  });

  test('one name has one routing policy: a record without stands beside none that has one', async () => {
    const { failure, run, change } = world();
    const weighted = cname('main.levlabs.link', 'x.', { SetIdentifier: 'x', Weight: 1 });
    const beside = await failure(change({ Action: 'CREATE', ResourceRecordSet: weighted }));
    expect(beside).toBeInstanceOf(InvalidChangeBatch);
    expect(beside.message).toContain('cannot be created because a non weighted rrset exists');
    await run(change(drop, { Action: 'CREATE', ResourceRecordSet: weighted }));
    const simple = await failure(
      change({ Action: 'CREATE', ResourceRecordSet: cname('main.levlabs.link', 'y.') }),
    );
    expect(simple.message).toBe(
      '[RRSet with DNS name main.levlabs.link., type CNAME cannot be created as other RRSets exist with the same name and type.]',
    );
  });

  test('a batch with one bad change changes nothing', async () => {
    const { failure, change, zone } = world();
    const other: Change = { Action: 'CREATE', ResourceRecordSet: cname('x.levlabs.link', 'y.') };
    await failure(change(other, { Action: 'CREATE', ResourceRecordSet: cname('main.levlabs.link', 'z.') }));
    expect([...zone.records.keys()].some(key => key.startsWith('x.'))).toBe(false);
  });

  test("CREATE of what exists is refused in AWS's words", async () => {
    const { failure, change } = world();
    const error = await failure(change(make));
    expect(error).toBeInstanceOf(InvalidChangeBatch);
    expect(error.message).toBe(
      "[Tried to create resource record set [name='main.levlabs.link.', type='CNAME'] but it already exists]",
    );
    expect(error.$fault).toBe('client');
    expect(error.$metadata).toMatchObject({ httpStatusCode: 400 });
  });

  test.each([
    ['another TTL', cname('main.levlabs.link', 'primary.levlabs.link', { TTL: 60 })],
    ['another value', cname('main.levlabs.link', 'dr.levlabs.link')],
  ])('DELETE with %s is refused', async (_, record) => {
    const { failure, change } = world();
    expect((await failure(change({ Action: 'DELETE', ResourceRecordSet: record }))).message).toContain(
      "type='CNAME'] but the values provided do not match the current values",
    );
  });

  test('DELETE of what is not there is refused', async () => {
    const { failure, change } = world();
    const error = await failure(
      change({ Action: 'DELETE', ResourceRecordSet: cname('gone.levlabs.link', 'x.') }),
    );
    expect(error.message).toBe(
      "[Tried to delete resource record set [name='gone.levlabs.link.', type='CNAME'] but it was not found]",
    );
  });

  test('a trailing dot and upper case make no difference', async () => {
    const { run, change, zone } = world();
    const same = cname('Main.LevLabs.link.', 'PRIMARY.levlabs.link.');
    await run(change({ Action: 'DELETE', ResourceRecordSet: same }));
    expect(zone.records.has('main.levlabs.link.|CNAME|')).toBe(false);
  });

  test('UPSERT makes and replaces', async () => {
    const { run, change, list, clock } = world();
    for (const value of ['dr.levlabs.link', 'primary.levlabs.link']) {
      await run(change({ Action: 'UPSERT', ResourceRecordSet: cname('main.levlabs.link', value) }));
      await clock.advance(1000);
    }
    const { ResourceRecordSets } = await list({ StartRecordName: 'main.levlabs.link', MaxItems: 1 });
    expect(ResourceRecordSets?.[0]?.ResourceRecords?.[0]?.Value).toBe('primary.levlabs.link');
  });

  test('an A record beside a CNAME is refused', async () => {
    const { failure, change } = world();
    const a: ResourceRecordSet = {
      Name: 'main.levlabs.link',
      Type: 'A',
      TTL: 60,
      ResourceRecords: [{ Value: '192.0.2.1' }],
    };
    const error = await failure(change({ Action: 'CREATE', ResourceRecordSet: a }));
    expect(error.message).toContain('is not permitted because a conflicting RRSet of type  CNAME');
  });

  test('a CNAME beside an A record is refused, unless the batch deletes that one', async () => {
    const { run, failure, change, zone, clock } = world();
    const a: ResourceRecordSet = {
      Name: 'x.levlabs.link',
      Type: 'A',
      TTL: 60,
      ResourceRecords: [{ Value: '192.0.2.1' }],
    };
    zone.seed(a);
    const create: Change = { Action: 'CREATE', ResourceRecordSet: cname('x.levlabs.link', 'y.') };
    expect((await failure(change(create))).message).toContain(
      'is not permitted as it conflicts with other records',
    );
    await clock.advance(1000);
    await run(change({ Action: 'DELETE', ResourceRecordSet: a }, create));
    expect(zone.records.has('x.levlabs.link.|CNAME|')).toBe(true);
  });

  test('a CNAME at the apex is refused', async () => {
    const { failure, change } = world();
    const error = await failure(change({ Action: 'CREATE', ResourceRecordSet: cname('levlabs.link', 'x.') }));
    expect(error.message).toContain('is not permitted at apex in zone levlabs.link.');
  });

  test('a name outside of the zone is refused', async () => {
    const { failure, change } = world();
    const error = await failure(
      change({ Action: 'CREATE', ResourceRecordSet: cname('main.other.link', 'x.') }),
    );
    expect(error.message).toBe(
      '[RRSet with DNS name main.other.link. is not permitted in zone levlabs.link.]',
    );
  });

  test('a record without TTL is invalid input', async () => {
    const { failure, change } = world();
    const record: ResourceRecordSet = {
      Name: 'x.levlabs.link',
      Type: 'CNAME',
      ResourceRecords: [{ Value: 'y.' }],
    };
    const error = await failure(change({ Action: 'CREATE', ResourceRecordSet: record }));
    expect(error.name).toBe('InvalidInput');
    expect(error.message).toContain(
      'Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]',
    );
  });

  test('a second change of the zone while the first is worked on is refused', async () => {
    const { run, failure, change, clock } = world({ processingMs: 200 });
    const first = change(drop, make);
    await clock.advance(50);
    const error = await failure(change(drop));
    expect(error.name).toBe('PriorRequestNotComplete');
    await expect(run(first)).resolves.toMatchObject({ ChangeInfo: { Status: 'PENDING' } });
  });

  test('the sixth request within a second is throttled', async () => {
    const { run, failure, route53 } = world({ requestsPerSecond: 5 });
    const get = () => route53.send(new GetHostedZoneCommand({ Id: ZONE }));
    await run(Promise.all([get(), get(), get(), get(), get()]));
    const error = await failure(get());
    expect(error).toMatchObject({ name: 'Throttling', message: 'Rate exceeded' });
  });
});

describe('listing records', () => {
  test('names come by their labels in reverse, types within a name', async () => {
    const { zone, list } = world();
    zone.seed(cname('a.z.levlabs.link', 'x.'), cname('b.levlabs.link', 'x.'));
    const { ResourceRecordSets } = await list();
    expect(ResourceRecordSets?.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual([
      'levlabs.link. NS',
      'levlabs.link. SOA',
      'b.levlabs.link. CNAME',
      'main.levlabs.link. CNAME',
      'a.z.levlabs.link. CNAME',
    ]);
  });

  test('a name that begins with another one and a hyphen comes before the names below that one', async () => {
    const { zone, list } = world();
    zone.seed(cname('a.main.levlabs.link', 'x.'), cname('main-2.levlabs.link', 'x.'));
    const { ResourceRecordSets } = await list({ StartRecordName: 'main.levlabs.link' });
    expect(ResourceRecordSets?.map(({ Name }) => Name)).toEqual([
      'main.levlabs.link.',
      'a.main.levlabs.link.',
    ]);
  });

  test('a list that starts at a name that is not there begins with the next one', async () => {
    const { list } = world();
    const { ResourceRecordSets } = await list({ StartRecordName: 'aaa.levlabs.link', MaxItems: 1 });
    expect(ResourceRecordSets?.[0]?.Name).toBe('main.levlabs.link.');
  });

  test('a truncated list says where the next page begins', async () => {
    const { list } = world();
    const page = await list({ MaxItems: 2 });
    expect(page).toMatchObject({
      IsTruncated: true,
      NextRecordName: 'main.levlabs.link.',
      NextRecordType: 'CNAME',
    });
  });

  test('a wildcard is listed with its octal escape', async () => {
    const { zone, list } = world();
    zone.seed(cname('*.apps.levlabs.link', 'x.'));
    const { ResourceRecordSets } = await list({ StartRecordName: '*.apps.levlabs.link', MaxItems: 1 });
    expect(ResourceRecordSets?.[0]?.Name).toBe('\\052.apps.levlabs.link.');
  });
});

describe('what the fake does not do', () => {
  test('another command is a FakeLimit, and the log says so', async () => {
    const { failure, route53, log } = world();
    expect((await failure(route53.send(new ListHostedZonesCommand({})))).name).toBe('FakeLimit');
    expect(log.calls.at(-1)).toMatchObject({
      service: 'route53',
      action: 'ListHostedZones',
      outcome: 'FakeLimit',
    });
  });

  test('a latency record is a FakeLimit', async () => {
    const { failure, change } = world();
    const record = cname('x.levlabs.link', 'y.', { SetIdentifier: 'a', Region: 'us-east-1' });
    expect((await failure(change({ Action: 'CREATE', ResourceRecordSet: record }))).name).toBe('FakeLimit');
  });

  test('CREATE before DELETE of the same record is a FakeLimit', async () => {
    const { failure, change } = world();
    expect((await failure(change(make, drop))).name).toBe('FakeLimit');
  });
});
