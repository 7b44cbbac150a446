import { CloudFormationClient, DeleteStackCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeAccessEntryCommand, DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListHealthChecksCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { TestbedAws } from '../../../../rehearsal/testbed/aws/aws';
import { createStack, DR, describeWithMiniStack, settled, startAws } from './ministack';
import { allow, role } from './templates';

jest.setTimeout(30_000);

describeWithMiniStack("MiniStack with the bed's hooks", python => {
  let aws: TestbedAws;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    ({ aws, stop } = await startAws(python));
    await aws.setCluster({
      region: DR,
      name: 'standby',
      endpoint: 'https://10.201.0.12:6443',
      certificateAuthority: '-----BEGIN CERTIFICATE-----',
      version: '1.35',
    });
  });
  afterAll(() => stop());

  const refusal = (promise: Promise<unknown>) =>
    promise.then(
      () => 'nothing was refused',
      (error: Error) => error.name,
    );

  const updateStack = async (region: string, StackName: string, Resources: object) => {
    const cloudFormation = new CloudFormationClient(aws.client(region));
    const TemplateBody = JSON.stringify({ Resources });
    await cloudFormation.send(new UpdateStackCommand({ StackName, TemplateBody }));
    return settled(cloudFormation, StackName);
  };

  /** The stack's status, or that there is none any more. */
  const deleteStack = async (region: string, StackName: string) => {
    const cloudFormation = new CloudFormationClient(aws.client(region));
    await cloudFormation.send(new DeleteStackCommand({ StackName }));
    return settled(cloudFormation, StackName).then(
      ({ status }) => status,
      (error: Error) => error.message,
    );
  };

  test.each(['test', '111122223333'])('root_keys: %s is nobody', async accessKeyId => {
    const credentials = { accessKeyId, secretAccessKey: 'test' };
    const sts = new STSClient({ ...aws.client(DR), credentials });
    await expect(refusal(sts.send(new GetCallerIdentityCommand({})))).resolves.toMatch(
      /InvalidClientTokenId/,
    );
  });

  test('CloudFormation refuses a type that nobody makes', async () => {
    const made = createStack(aws, DR, 'unknown-type', {
      Gone: { Type: 'AWS::CloudFormation::StackSet', Properties: {} },
    });
    await expect(made).rejects.toThrow('Unrecognized resource types: [AWS::CloudFormation::StackSet]');
  });

  test('health_checks: CloudFormation makes one, changes it and takes it away', async () => {
    const check = (FailureThreshold: string, RequestInterval = '10') => ({
      Check: {
        Type: 'AWS::Route53::HealthCheck',
        Properties: {
          HealthCheckConfig: {
            Type: 'HTTPS',
            FullyQualifiedDomainName: 'dr.orders.test',
            Port: '443',
            RequestInterval,
            FailureThreshold,
            EnableSNI: 'true',
          },
        },
      },
    });
    const { outputs } = await createStack(aws, 'us-east-1', 'checks', check('3'));
    const route53 = new Route53Client(aws.client('us-east-1'));
    const all = async () => (await route53.send(new ListHealthChecksCommand({}))).HealthChecks ?? [];
    const config = { Port: 443, RequestInterval: 10, FailureThreshold: 3, EnableSNI: true };
    expect(await all()).toMatchObject([
      { Id: outputs.Check, HealthCheckConfig: config, HealthCheckVersion: 1 },
    ]);
    await updateStack('us-east-1', 'checks', check('5'));
    expect(await all()).toMatchObject([
      { Id: outputs.Check, HealthCheckConfig: { FailureThreshold: 5 }, HealthCheckVersion: 2 },
    ]);
    // "Update requires: Replacement".
    await updateStack('us-east-1', 'checks', check('5', '30'));
    const [replaced, ...others] = await all();
    expect(others).toEqual([]);
    expect(replaced).toMatchObject({ HealthCheckConfig: { RequestInterval: 30 }, HealthCheckVersion: 1 });
    expect(replaced?.Id).not.toBe(outputs.Check);
    await deleteStack('us-east-1', 'checks');
    expect(await all()).toEqual([]);
  });

  test('clusters and access_entries: the endpoint, the CA, and who may come in', async () => {
    const principalArn = 'arn:aws:iam::000000000000:role/lifeboat-orders-dr-scale';
    const entry = {
      Type: 'AWS::EKS::AccessEntry',
      Properties: {
        ClusterName: 'standby',
        PrincipalArn: principalArn,
        KubernetesGroups: ['lifeboat:scale'],
        Type: 'STANDARD',
      },
    };
    await createStack(aws, DR, 'entries', { Entry: entry });
    const eks = new EKSClient(aws.client(DR));
    const { cluster } = await eks.send(new DescribeClusterCommand({ name: 'standby' }));
    expect(cluster).toMatchObject({ status: 'ACTIVE', endpoint: 'https://10.201.0.12:6443' });
    expect(Buffer.from(cluster?.certificateAuthority?.data ?? '', 'base64').toString()).toMatch(
      /^-----BEGIN/,
    );
    const { accessEntry } = await eks.send(
      new DescribeAccessEntryCommand({ clusterName: 'standby', principalArn }),
    );
    expect(accessEntry).toMatchObject({ kubernetesGroups: ['lifeboat:scale'], type: 'STANDARD' });
    const again = await createStack(aws, DR, 'entries-again', { Entry: entry });
    expect(again.status).toBe('ROLLBACK_COMPLETE');
  });

  test('access_entries: change, are replaced, and go with their stack', async () => {
    const eks = new EKSClient(aws.client(DR));
    const principal = (name: string) => `arn:aws:iam::000000000000:role/${name}`;
    const entry = (name: string, group: string) => ({
      Entry: {
        Type: 'AWS::EKS::AccessEntry',
        Properties: { ClusterName: 'standby', PrincipalArn: principal(name), KubernetesGroups: [group] },
      },
    });
    const groups = async (name: string) => {
      const asked = new DescribeAccessEntryCommand({
        clusterName: 'standby',
        principalArn: principal(name),
      });
      return eks.send(asked).then(
        ({ accessEntry }) => accessEntry?.kubernetesGroups,
        (error: Error) => error.name,
      );
    };
    await createStack(aws, DR, 'changing', entry('reader', 'one'));
    expect(await groups('reader')).toEqual(['one']);
    await updateStack(DR, 'changing', entry('reader', 'two'));
    expect(await groups('reader')).toEqual(['two']);
    await updateStack(DR, 'changing', entry('writer', 'two'));
    expect(await groups('reader')).toBe('ResourceNotFoundException');
    expect(await groups('writer')).toEqual(['two']);
    await deleteStack(DR, 'changing');
    expect(await groups('writer')).toBe('ResourceNotFoundException');
  });

  test("roles: stay while another stack's policy is in them, and a policy needs its role", async () => {
    const policyOf = (RoleName: string) => ({
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'guest',
        PolicyDocument: { Version: '2012-10-17', Statement: [allow('s3:ListAllMyBuckets', '*')] },
        Roles: [RoleName],
      },
    });
    const { outputs } = await createStack(aws, DR, 'host', { Role: role('lambda.amazonaws.com') });
    const guest = await createStack(aws, DR, 'guest', { Policy: policyOf(outputs.Role ?? '') });
    expect(guest.status).toBe('CREATE_COMPLETE');
    expect(await deleteStack(DR, 'host')).toBe('DELETE_FAILED');
    for (const name of ['guest', 'host']) expect(await deleteStack(DR, name)).toMatch(/does not exist/);
    const orphan = await createStack(aws, DR, 'orphan', { Policy: policyOf('nobody') });
    expect(orphan.status).toBe('ROLLBACK_COMPLETE');
  });

  test('condition_keys: a record by its name, type and action; a metric by its namespace', async () => {
    const route53 = new Route53Client(aws.client('us-east-1'));
    const { HostedZone } = await route53.send(
      new CreateHostedZoneCommand({ Name: 'orders.test', CallerReference: 'hooks' }),
    );
    const key = 'route53:ChangeResourceRecordSets';
    const statements = [
      {
        ...allow('route53:ChangeResourceRecordSets', '*'),
        Condition: {
          'ForAllValues:StringEquals': {
            [`${key}NormalizedRecordNames`]: ['shop.orders.test'],
            [`${key}RecordTypes`]: ['CNAME'],
            [`${key}Actions`]: ['CREATE', 'DELETE'],
          },
          Null: { [`${key}NormalizedRecordNames`]: 'false' },
        },
      },
      {
        ...allow('cloudwatch:PutMetricData', '*'),
        Condition: { StringEquals: { 'cloudwatch:namespace': 'Lifeboat' } },
      },
    ];
    const { outputs } = await createStack(aws, 'us-east-1', 'conditions', {
      Role: {
        ...role('', statements),
        Properties: {
          ...(role('', statements) as { Properties: object }).Properties,
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: 'arn:aws:iam::000000000000:root' },
                Action: 'sts:AssumeRole',
              },
            ],
          },
        },
      },
    });
    const sts = new STSClient(aws.client('us-east-1'));
    const RoleArn = `arn:aws:iam::000000000000:role/${outputs.Role}`;
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }));
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    const asRole = new Route53Client({ ...aws.client('us-east-1'), credentials });
    const change = (Name: string, Action: 'CREATE' | 'UPSERT') =>
      asRole.send(
        new ChangeResourceRecordSetsCommand({
          HostedZoneId: HostedZone?.Id,
          ChangeBatch: {
            Changes: [
              {
                Action,
                ResourceRecordSet: {
                  Name,
                  Type: 'CNAME',
                  TTL: 10,
                  ResourceRecords: [{ Value: 'dr.orders.test' }],
                },
              },
            ],
          },
        }),
      );
    await expect(refusal(change('other.orders.test', 'CREATE'))).resolves.toMatch(/AccessDenied/);
    await expect(refusal(change('shop.orders.test', 'UPSERT'))).resolves.toMatch(/AccessDenied/);
    await expect(change('Shop.orders.test.', 'CREATE')).resolves.toMatchObject({ ChangeInfo: {} });
    const cloudWatch = new CloudWatchClient({ ...aws.client(DR), credentials });
    const put = (Namespace: string) =>
      cloudWatch.send(
        new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: 'runs', Value: 1 }] }),
      );
    await expect(refusal(put('Other'))).resolves.toMatch(/AccessDenied/);
    await expect(put('Lifeboat')).resolves.toBeDefined();
  });
});
