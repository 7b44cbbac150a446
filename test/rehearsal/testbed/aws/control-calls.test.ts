import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { TestbedAws } from '../../../../rehearsal/testbed/aws/aws';
import { createStack, DR, describeWithMiniStack, startAws } from './ministack';
import { allow } from './templates';

jest.setTimeout(30_000);

const ARN = 'arn:aws:states:eu-central-1:000000000000:stateMachine:orders';
const roleArn = (name: string) => `arn:aws:iam::000000000000:role/${name}`;

describeWithMiniStack("The bed's own calls to the emulator", python => {
  let aws: TestbedAws;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    ({ aws, stop } = await startAws(python));
    await createStack(aws, DR, 'roles', {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'machine',
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: {
              Effect: 'Allow',
              Principal: { Service: 'states.amazonaws.com' },
              Action: 'sts:AssumeRole',
              Condition: { ArnEquals: { 'aws:SourceArn': ARN } },
            },
          },
          Policies: [
            {
              PolicyName: 'own',
              PolicyDocument: { Version: '2012-10-17', Statement: [allow('states:StartExecution', ARN)] },
            },
          ],
        },
      },
    });
  });
  afterAll(() => stop());

  const call = <T>(name: string, body: object) => aws.emulator.control.call<T>(name, body);

  test('say that there is no such call, and which there are', async () => {
    await expect(call('pong', {})).rejects.toThrow(/NoSuchCall: pong is none of .*'ping'/);
  });

  test('say what went wrong in one', async () => {
    await expect(call('set-region', { region: DR })).rejects.toThrow(/set-region with KeyError: 'state'/);
  });

  describe('assume-service-role', () => {
    const assume = (more: object) =>
      call<{ accessKeyId: string; secretAccessKey: string; sessionToken: string }>('assume-service-role', {
        role: roleArn('machine'),
        service: 'states.amazonaws.com',
        session: 'night',
        source: ARN,
        ...more,
      });

    test('gives a session that STS knows', async () => {
      const { accessKeyId, secretAccessKey, sessionToken } = await assume({});
      const credentials = { accessKeyId, secretAccessKey, sessionToken };
      const sts = new STSClient({ ...aws.client(DR), credentials });
      const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
      expect(Arn).toBe('arn:aws:sts::000000000000:assumed-role/machine/night');
    });

    test.each([
      ['another service', { service: 'lambda.amazonaws.com' }],
      ['another source', { source: `${ARN}-other` }],
      ['no source', { source: '' }],
      ['a role that is not there', { role: roleArn('nobody') }],
    ])('gives none to %s', async (_, more) => {
      await expect(assume(more)).rejects.toThrow(/NotTrusted/);
    });
  });

  test.each([
    ['what its policy allows', 'machine', ARN, true],
    ['another resource', 'machine', `${ARN}-other`, false],
    ['anything when it is not there', 'nobody', ARN, false],
  ])('may: whether a role may do %s', async (_, name, resource, allowed) => {
    const asked = { role: roleArn(name), action: 'states:StartExecution', resource, region: DR };
    expect(await call('may', asked)).toEqual({ allowed });
  });
});
