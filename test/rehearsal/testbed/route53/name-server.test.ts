import { Resolver } from 'node:dns/promises';
import { canonicalRecord, recordKey } from '../../../../rehearsal/embedded/aws/route53/records';
import { NameServer } from '../../../../rehearsal/testbed/route53/name-server';
import { respond } from '../../../../rehearsal/testbed/route53/zones';

const LONG = 'x'.repeat(200);
const zone = new Map(
  [
    {
      Name: 'orders.test',
      Type: 'SOA' as const,
      TTL: 900,
      ResourceRecords: [{ Value: 'ns-1.awsdns-1.com. hostmaster.amazon.com. 1 7200 900 1209600 86400' }],
    },
    {
      Name: 'orders.test',
      Type: 'NS' as const,
      TTL: 900,
      ResourceRecords: [{ Value: 'ns-1.awsdns-1.com.' }],
    },
    {
      Name: 'shop.orders.test',
      Type: 'CNAME' as const,
      TTL: 5,
      ResourceRecords: [{ Value: 'shop-dr.orders.test' }],
    },
    { Name: 'shop-dr.orders.test', Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value: '10.0.0.12' }] },
    {
      Name: 'proof.orders.test',
      Type: 'TXT' as const,
      TTL: 60,
      SetIdentifier: 'a',
      MultiValueAnswer: true,
      ResourceRecords: [{ Value: '"one"' }],
    },
    {
      Name: 'proof.orders.test',
      Type: 'TXT' as const,
      TTL: 60,
      SetIdentifier: 'b',
      MultiValueAnswer: true,
      ResourceRecords: [{ Value: '"two"' }],
    },
    {
      Name: 'long.orders.test',
      Type: 'TXT' as const,
      TTL: 60,
      ResourceRecords: [1, 2, 3, 4].map(n => ({ Value: `"${n}${LONG}"` })),
    },
  ].map(record => {
    const canonical = canonicalRecord(record);
    return [recordKey(canonical), canonical] as const;
  }),
);

describe('a name server, asked by a resolver of its own', () => {
  let server: NameServer;
  let resolver: Resolver;

  beforeAll(async () => {
    const around = {
      zones: new Map([['orders.test.', zone]]),
      statics: new Map([['ns-1.awsdns-1.com.', '127.0.0.1']]),
      healthy: () => true,
    };
    server = await NameServer.start('127.0.0.1', 0, ({ name, type }) => respond(name, type, around));
    resolver = new Resolver({ timeout: 1000, tries: 1 });
    resolver.setServers([`127.0.0.1:${server.port}`]);
  });

  afterAll(() => server.stop());

  test('follows a CNAME to its address', async () => {
    expect(await resolver.resolve4('shop.orders.test')).toEqual(['10.0.0.12']);
    expect(await resolver.resolveCname('shop.orders.test')).toEqual(['shop-dr.orders.test']);
  });

  test('gives every value of multivalue records', async () => {
    expect((await resolver.resolveTxt('proof.orders.test')).flat().sort()).toEqual(['one', 'two']);
  });

  test('answers what is too long for UDP by TCP', async () => {
    expect(await resolver.resolveTxt('long.orders.test')).toHaveLength(4);
  });

  test('names its servers, and knows their addresses', async () => {
    expect(await resolver.resolveNs('orders.test')).toEqual(['ns-1.awsdns-1.com']);
    expect(await resolver.resolve4('ns-1.awsdns-1.com')).toEqual(['127.0.0.1']);
  });

  test('tells a name that is not there from one without such records', async () => {
    await expect(resolver.resolve4('nobody.orders.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(resolver.resolve4('proof.orders.test')).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(resolver.resolve4('elsewhere.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});
