import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import {
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import type { TestbedAws } from '../../../../rehearsal/testbed/aws/aws';
import { describeWithMiniStack, startAws } from './ministack';

jest.setTimeout(30_000);

interface State {
  zones: { id: string; name: string; records: { Name: string; Type: string }[] }[];
  pending: string[];
  healthChecks: { id: string; config: object }[];
  alarms: object[];
}

const ZONE = 'Z0ORDERS';

describeWithMiniStack('Route 53 of the AWS of the bed', python => {
  let aws: TestbedAws;
  let stop: () => Promise<void>;
  let route53: Route53Client;

  beforeAll(async () => {
    ({ aws, stop } = await startAws(python));
    route53 = new Route53Client(aws.client('us-east-1'));
    await aws.emulator.control.call('route53-create-zone', { id: ZONE, name: 'orders.test' });
  });
  afterAll(() => stop());

  const state = () => aws.emulator.control.call<State>('route53-state');

  const change = async (Value: string) => {
    const { ChangeInfo } = await route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: ZONE,
        ChangeBatch: {
          Changes: [
            {
              Action: 'UPSERT',
              ResourceRecordSet: {
                Name: 'shop.orders.test',
                Type: 'CNAME',
                TTL: 5,
                ResourceRecords: [{ Value }],
              },
            },
          ],
        },
      }),
    );
    return ChangeInfo?.Id?.replace('/change/', '') ?? '';
  };

  const statusOf = async (Id: string) =>
    (await route53.send(new GetChangeCommand({ Id }))).ChangeInfo?.Status;

  test('has the zone under the id that the configuration names', async () => {
    const { HostedZone } = await route53.send(new GetHostedZoneCommand({ Id: ZONE }));
    expect(HostedZone).toMatchObject({ Id: `/hostedzone/${ZONE}`, Name: 'orders.test.' });
    const { zones } = await state();
    const types = zones.find(({ id }) => id === ZONE)?.records.map(({ Type }) => Type);
    expect(types).toEqual(expect.arrayContaining(['SOA', 'NS']));
  });

  test('says PENDING of a change, however often it is asked, until the name servers have it', async () => {
    const first = await change('primary.orders.test');
    const second = await change('dr.orders.test');
    for (const id of [first, first, second, second]) expect(await statusOf(id)).toBe('PENDING');
    expect((await state()).pending).toEqual([first, second]);
    await aws.emulator.control.call('route53-insync', { changes: [first] });
    expect(await statusOf(first)).toBe('INSYNC');
    expect(await statusOf(second)).toBe('PENDING');
    expect((await state()).pending).toEqual([second]);
  });

  test('does not know a change that was never made', async () => {
    await expect(statusOf('C0NEVER')).rejects.toMatchObject({ name: 'NoSuchChange' });
  });

  test("tells the data plane its health checks and their alarms, and nobody else's", async () => {
    const { HealthCheck } = await route53.send(
      new CreateHealthCheckCommand({
        CallerReference: 'route53-test',
        HealthCheckConfig: {
          Type: 'HTTPS',
          FullyQualifiedDomainName: 'primary.orders.test',
          Port: 443,
          RequestInterval: 10,
          FailureThreshold: 3,
        },
      }),
    );
    const alarm: Omit<PutMetricAlarmCommandInput, 'AlarmName'> = {
      MetricName: 'HealthCheckStatus',
      Dimensions: [{ Name: 'HealthCheckId', Value: HealthCheck?.Id }],
      Statistic: 'Minimum',
      Period: 60,
      EvaluationPeriods: 2,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    };
    const put = (region: string, AlarmName: string, Namespace: string) =>
      new CloudWatchClient(aws.client(region)).send(
        new PutMetricAlarmCommand({ ...alarm, AlarmName, Namespace }),
      );
    await put('us-east-1', 'primary-down', 'AWS/Route53');
    await put('us-east-1', 'of-somebody-else', 'Other');
    // Health checks have their metrics in us-east-1 and nowhere else.
    await put('eu-west-1', 'in-another-region', 'AWS/Route53');
    const { healthChecks, alarms } = await state();
    expect(healthChecks).toEqual([
      {
        id: HealthCheck?.Id,
        config: expect.objectContaining({
          FullyQualifiedDomainName: 'primary.orders.test',
          Port: 443,
        }) as object,
      },
    ]);
    expect(alarms).toEqual([{ AlarmName: 'primary-down', Namespace: 'AWS/Route53', ...alarm }]);
  });
});
