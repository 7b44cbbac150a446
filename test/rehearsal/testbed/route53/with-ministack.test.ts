import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudWatchClient, DescribeAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  GetChangeCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import type { TestbedAws } from '../../../../rehearsal/testbed/aws/aws';
import { freePorts } from '../../../../rehearsal/testbed/aws/free-ports';
import { Route53DataPlane } from '../../../../rehearsal/testbed/route53/route53';
import { describeWithMiniStack, eventually, startAws } from '../aws/ministack';

jest.setTimeout(30_000);

const LOOPBACK = '127.0.0.1';
const REGION = 'us-east-1';
const ZONE = 'Z0ORDERS';
const NAME = 'primary.orders.test';
/** A minute of AWS takes 0.3 s. */
const FACTOR = 0.005;

describeWithMiniStack("Route 53's data plane, with MiniStack and an endpoint", python => {
  let aws: TestbedAws;
  let stop: () => Promise<void>;
  let plane: Route53DataPlane;
  let endpoint: Server;
  let status = 200;
  let resolver: Resolver;
  let route53: Route53Client;
  let cloudWatch: CloudWatchClient;

  beforeAll(async () => {
    ({ aws, stop } = await startAws(python));
    route53 = new Route53Client(aws.client(REGION));
    cloudWatch = new CloudWatchClient(aws.client(REGION));
    endpoint = createServer((_, response) => response.writeHead(status).end());
    endpoint.listen(0, LOOPBACK);
    await once(endpoint, 'listening');
    const [port = 0] = await freePorts(LOOPBACK, 1);
    plane = await Route53DataPlane.start({
      control: aws.emulator.control,
      aws: aws.client(REGION),
      servers: [LOOPBACK],
      port,
      staticNames: {},
      delayFactor: FACTOR,
      propagationMs: 60_000,
    });
    await plane.createZone(ZONE, 'orders.test');
    resolver = new Resolver({ timeout: 1000, tries: 1 });
    resolver.setServers([`${LOOPBACK}:${port}`]);
  });
  afterAll(async () => {
    await plane.stop();
    endpoint.close();
    await stop();
  });

  /** @returns the change's id */
  const pointToEndpoint = async (Name: string) => {
    const ResourceRecordSet = {
      Name,
      Type: 'A' as const,
      TTL: 5,
      ResourceRecords: [{ Value: LOOPBACK }],
    };
    const { ChangeInfo } = await route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: ZONE,
        ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet }] },
      }),
    );
    expect(ChangeInfo?.Status).toBe('PENDING');
    return ChangeInfo?.Id ?? '';
  };

  const insync = (Id: string) =>
    eventually(async () => {
      const { ChangeInfo } = await route53.send(new GetChangeCommand({ Id }));
      return ChangeInfo?.Status === 'INSYNC' ? true : undefined;
    });

  test('a record that was changed is answered when the change is INSYNC', async () => {
    await expect(resolver.resolve4('new.orders.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await insync(await pointToEndpoint('new.orders.test'));
    expect(await resolver.resolve4('new.orders.test')).toEqual([LOOPBACK]);
  });

  test('an endpoint that fails sets its alarm off, and one that is well again ends it', async () => {
    await insync(await pointToEndpoint(NAME));
    const { HealthCheck } = await route53.send(
      new CreateHealthCheckCommand({
        CallerReference: 'endpoint',
        HealthCheckConfig: {
          Type: 'HTTP',
          FullyQualifiedDomainName: NAME,
          Port: (endpoint.address() as AddressInfo).port,
          ResourcePath: '/healthz',
          RequestInterval: 10,
          FailureThreshold: 3,
        },
      }),
    );
    const AlarmName = 'primary-down';
    await cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        Namespace: 'AWS/Route53',
        MetricName: 'HealthCheckStatus',
        Dimensions: [{ Name: 'HealthCheckId', Value: HealthCheck?.Id }],
        Statistic: 'Minimum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'LessThanThreshold',
        TreatMissingData: 'breaching',
      }),
    );
    const alarmIs = (wanted: string) =>
      eventually(async () => {
        const { MetricAlarms } = await cloudWatch.send(
          new DescribeAlarmsCommand({ AlarmNames: [AlarmName] }),
        );
        return MetricAlarms?.[0]?.StateValue === wanted ? wanted : undefined;
      });
    await alarmIs('OK');
    status = 503;
    await alarmIs('ALARM');
    status = 200;
    await alarmIs('OK');
  });
});
