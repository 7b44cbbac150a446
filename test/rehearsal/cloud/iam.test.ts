import { Credentials } from '../../../rehearsal/embedded/cloud/credentials';
import { allows, resourceOf, type Statement } from '../../../rehearsal/embedded/cloud/iam';
import { Policies } from '../../../rehearsal/embedded/cloud/policies';
import { DeployedStack, type Resource } from '../../../rehearsal/embedded/cloud/template';
import { example } from './examples';
import { openNight } from './play';

jest.setTimeout(300_000);

const statement = (Effect: Statement['Effect'], Action: Statement['Action']): Statement => ({
  Effect,
  Action,
  Resource: '*',
});

describe('a call is allowed', () => {
  it.each<[string, Statement[], string, string]>([
    ['by its name', [statement('Allow', 'sns:Publish')], 'sns', 'Publish'],
    ['by one name of several', [statement('Allow', ['sns:Publish', 'sns:Subscribe'])], 'sns', 'Subscribe'],
    ['in any case of letters', [statement('Allow', 'SNS:publish')], 'sns', 'Publish'],
    [
      'under the prefix that IAM has for it',
      [statement('Allow', 'states:StartExecution')],
      'sfn',
      'StartExecution',
    ],
  ])('%s', (_how, statements, service, action) => {
    expect(allows(statements, service, action)).toBe(true);
  });

  it.each<[string, Statement[]]>([
    ['when nothing speaks of it', []],
    ['when only something else is allowed', [statement('Allow', 'sns:Subscribe')]],
    ['when another service has an action of that name', [statement('Allow', 'sqs:Publish')]],
    ['when it is denied beside', [statement('Allow', 'sns:Publish'), statement('Deny', ['sns:Publish'])]],
    ['by a wildcard, which no policy of Lifeboat has', [statement('Allow', 'sns:*')]],
  ])('not %s', (_when, statements) => {
    expect(allows(statements, 'sns', 'Publish')).toBe(false);
  });
});

describe('a call on an object of S3', () => {
  const arn = 'arn:aws:s3:::bucket/main/at-dr';
  const one = { ...statement('Allow', 's3:PutObject'), Resource: [arn] };

  it.each([
    ['the one that is named', { Bucket: 'bucket', Key: 'main/at-dr' }, true],
    ['another one', { Bucket: 'bucket', Key: 'main/at-primary' }, false],
    ['one of another bucket', { Bucket: 'other', Key: 'main/at-dr' }, false],
  ])('is allowed on %s: %j, %p', (_what, input, allowed) => {
    expect(allows([one], 's3', 'PutObject', resourceOf('s3', input))).toBe(allowed);
  });

  it('lists a bucket under the name that IAM has for it', () => {
    const list = { ...statement('Allow', 's3:ListBucket'), Resource: 'arn:aws:s3:::bucket' };
    expect(allows([list], 's3', 'ListObjectsV2', resourceOf('s3', { Bucket: 'bucket' }))).toBe(true);
  });

  it('says nothing of resources of other services', () => {
    expect(resourceOf('dynamodb', { TableName: 'ledger' })).toBeUndefined();
  });
});

describe('the policies of stacks', () => {
  const resources: Record<string, Resource> = {
    Flip: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'flip' } },
    One: {
      Type: 'AWS::IAM::Policy',
      Properties: { Roles: [{ Ref: 'Flip' }], PolicyDocument: { Statement: [statement('Allow', 'a:B')] } },
    },
    Two: {
      Type: 'AWS::IAM::Policy',
      Properties: { Roles: ['flip', 'other'], PolicyDocument: { Statement: [statement('Deny', 'a:C')] } },
    },
    Entry: {
      Type: 'AWS::EKS::AccessEntry',
      Properties: { PrincipalArn: { 'Fn::GetAtt': ['Flip', 'Arn'] }, KubernetesGroups: ['lifeboat:flip'] },
    },
  };
  const stack = new DeployedStack({
    template: { Resources: resources },
    region: 'us-east-2',
    account: '111122223333',
  });
  const policies = new Policies([stack]);

  it('add up for a role that several of them name', () => {
    expect(policies.of('flip').map(({ Action }) => Action)).toEqual(['a:B', 'a:C']);
    expect(policies.of('other').map(({ Action }) => Action)).toEqual(['a:C']);
    expect(policies.of('nobody')).toEqual([]);
  });

  it('say who a role is in the cluster, and know no stranger', () => {
    const role = 'arn:aws:iam::111122223333:role/flip';
    expect(policies.identityIn(stack, role)).toEqual({
      user: role,
      groups: ['lifeboat:flip', 'system:authenticated'],
    });
    expect(policies.identityIn(stack, 'arn:aws:iam::111122223333:role/other')).toBeUndefined();
    expect(policies.identityIn(stack, undefined)).toBeUndefined();
  });
});

describe('the credentials of a role', () => {
  it('are the same each time, and another role’s are others', () => {
    const credentials = new Credentials();
    const [flip, again, scale] = ['flip', 'flip', 'scale'].map(role => credentials.of(role));
    expect(again).toEqual(flip);
    expect(scale?.accessKeyId).not.toBe(flip?.accessKeyId);
    expect(scale?.secretAccessKey).not.toBe(flip?.secretAccessKey);
    expect(credentials.roleOf(flip?.accessKeyId ?? '')).toBe('flip');
    expect(credentials.secretFor(scale?.accessKeyId ?? '')?.secretAccessKey).toBe(scale?.secretAccessKey);
    expect(credentials.roleOf('ASIAUNKNOWN')).toBeUndefined();
  });
});

describe('the functions of a site', () => {
  const levlabs = example('levlabs');

  /** The stack, without any policy. */
  const bare = (stack: DeployedStack): DeployedStack =>
    Object.assign(Object.create(stack) as DeployedStack, {
      ofType: (type: string) => (type === 'AWS::IAM::Policy' ? [] : stack.ofType(type)),
    });

  it('run under the role of their step, and what it does not allow is denied', async () => {
    const { night } = await openNight(levlabs);
    const { functions } = night.sites.dr;
    const run = { id: 'run-1', activate: 'dr' };
    const asked = night.clock.run(
      functions.invoke(functions.arnOf('close'), { run, app: 'sample-app' }).catch((error: Error) => error),
    );
    expect(await asked).toMatchObject({
      name: 'NotFound',
      message: expect.stringContaining('run-1') as string,
    });

    const { night: locked } = await openNight({
      ...levlabs,
      stacks: stacks => ({ ...stacks, dr: bare(stacks.dr), primary: bare(stacks.primary) }),
    });
    const denied = locked.clock.run(
      locked.sites.dr.functions
        .invoke(functions.arnOf('close'), { run, app: 'sample-app' })
        .catch((error: Error) => error),
    );
    expect(await denied).toMatchObject({
      name: 'Forbidden',
      message: expect.stringMatching(/is not authorized to perform: dynamodb:GetItem/) as string,
    });
  });

  it('end with Lambda’s own error when their time is up', async () => {
    const { night } = await openNight(levlabs);
    const { functions } = night.sites.dr;
    night.calls.record = () => new Promise(() => undefined);
    // The ledger does not answer, and neither does the deadline of the call to it: only Lambda is left to end it.
    const sleep = night.clock.sleep.bind(night.clock);
    night.clock.sleep = (ms, signal) => (ms === 3000 ? new Promise(() => undefined) : sleep(ms, signal));
    const before = night.clock.now();
    const ended = await night.clock.run(
      functions
        .invoke(functions.arnOf('close'), { run: { id: 'r', activate: 'dr' }, app: 'sample-app' })
        .catch((error: Error) => error),
    );
    expect(ended).toMatchObject({ name: 'Sandbox.Timedout', message: 'Task timed out after 60 seconds' });
    expect(night.clock.now() - before).toBe(60_000);
  });

  it('are asked by the ARNs of the template and no others', async () => {
    const { night } = await openNight(levlabs);
    await expect(night.sites.dr.functions.invoke('arn:aws:lambda:x', {})).rejects.toMatchObject({
      name: 'NotDeployable',
    });
    const arn = night.sites.dr.functions.arnOf('flip');
    expect(arn).toMatch(/^arn:aws:lambda:us-east-2:111122223333:function:/);
  });
});
