import { FUNCTIONS, type FunctionName, STEPS } from '../../core/phases';
import { exampleApp, exampleConfig } from './example';
import { actionsOf, statementsOf, synthesized, written } from './synthesized';

const { dr } = synthesized(exampleConfig([exampleApp('shop'), exampleApp('blog')]));

/** What every step has: single entries of the ledger, its own logs and traces. */
const EVERY = [
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

/** What a step has beyond that. */
const MORE: Partial<Record<FunctionName, string[]>> = {
  admit: ['states:DescribeExecution'],
  assess: ['dynamodb:Query', 'eks:DescribeCluster'],
  preflight: ['dynamodb:Query', 'eks:DescribeCluster', 'sns:Publish'],
  tell: ['dynamodb:Query', 'sns:Publish'],
  turn: ['dynamodb:Query'],
  fence: ['eks:DescribeCluster'],
  backup: ['eks:DescribeCluster'],
  drill: ['eks:DescribeCluster'],
  cleanup: ['eks:DescribeCluster'],
  restore: ['eks:DescribeCluster'],
  scale: ['eks:DescribeCluster'],
  flip: ['route53:ChangeResourceRecordSets', 'route53:ListResourceRecordSets'],
  rollback: ['eks:DescribeCluster'],
  report: ['cloudwatch:PutMetricData', 'dynamodb:Query', 'sns:Publish'],
  guard: [
    'cloudwatch:PutMetricData',
    'dynamodb:Query',
    'eks:DescribeCluster',
    'sns:Publish',
    'states:StartExecution',
  ],
  start: ['states:StartExecution'],
};

it.each(FUNCTIONS)('%s may do exactly what its code calls', step => {
  const statements = statementsOf(dr, `FailoverSteps${step}Policy`);
  expect(actionsOf(statements)).toEqual([...EVERY, ...(MORE[step] ?? [])].sort());
});

it('lets flip change the main names, as CNAMEs, and nothing else of the zone', () => {
  const change = statementsOf(dr, 'FailoverStepsflipPolicy').find(
    ({ Action }) => Action === 'route53:ChangeResourceRecordSets',
  );
  expect(written(change?.Resource)).toContain('route53:::hostedzone/Z0123456789ABCDEFGHIJ');
  expect(change?.Condition).toEqual({
    'ForAllValues:StringEquals': {
      'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['shop.levlabs.link', 'blog.levlabs.link'],
      'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME'],
      'route53:ChangeResourceRecordSetsActions': ['CREATE', 'DELETE'],
    },
    Null: { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': 'false' },
  });
});

it('gives flip only a role to assume for a zone in another account', () => {
  const roleArn = 'arn:aws:iam::444455556666:role/dns';
  const app = exampleApp('shop');
  const endpoint = app.endpoint && { ...app.endpoint, zone: { ...app.endpoint.zone, roleArn } };
  const { primary } = synthesized(exampleConfig([{ ...app, ...(endpoint ? { endpoint } : {}) }]));
  const statements = statementsOf(primary, 'FailoverStepsflipPolicy');
  expect(actionsOf(statements)).toEqual([...EVERY, 'sts:AssumeRole'].sort());
  expect(statements.find(({ Action }) => Action === 'sts:AssumeRole')?.Resource).toBe(roleArn);
});

it.each<[FunctionName, string[]]>([
  ['assess', ['us-east-1']],
  ['guard', ['us-east-1']],
  ['fence', ['us-east-1']],
  ['backup', ['us-east-1', 'us-east-2']],
  ['drill', ['us-east-2']],
  ['cleanup', ['us-east-2']],
  ['preflight', ['us-east-1', 'us-east-2']],
  ['rollback', ['us-east-1', 'us-east-2']],
  ['restore', ['us-east-2']],
  ['scale', ['us-east-2']],
])('lets %s look up only the clusters that it opens when it activates dr', (step, regions) => {
  const describeCluster = statementsOf(dr, `FailoverSteps${step}Policy`).find(
    ({ Action }) => Action === 'eks:DescribeCluster',
  );
  const resources = [describeCluster?.Resource].flat().map(written);
  expect(resources.map(arn => /:eks:([\w-]+):/.exec(arn)?.[1])).toEqual(regions);
});

it.each(['guard', 'start'] as const)('lets %s start this workflow and no other', step => {
  const start = statementsOf(dr, `FailoverSteps${step}Policy`).find(
    ({ Action }) => Action === 'states:StartExecution',
  );
  expect(written(start?.Resource)).toMatch(/:states:us-east-2:.*:stateMachine:lifeboat-levlabs$/);
});

describe('the role of the workflow', () => {
  const statements = statementsOf(dr, 'MachineRolePolicy');

  it('may call the functions of the steps, and none of their versions', () => {
    const call = statements.find(({ Action }) => Action === 'lambda:InvokeFunction');
    expect(call?.Resource).toHaveLength(STEPS.length);
    expect(written(call?.Resource)).not.toContain('*');
  });

  it('may start itself for its map, and nothing else', () => {
    const start = statements.find(({ Action }) => Action === 'states:StartExecution');
    expect(written(start?.Resource)).toMatch(/:stateMachine:lifeboat-levlabs$/);
  });

  it('may look at its runs and their children, stop them, and nothing of other machines', () => {
    const follow = statements.find(({ Action }) => Action.includes('states:StopExecution'));
    expect([follow?.Resource].flat().map(arn => written(arn).split(':execution:')[1])).toEqual([
      'lifeboat-levlabs/apps:*',
      'lifeboat-levlabs:*',
    ]);
  });

  it('is the only policy that the machine has', () => {
    const ids = Object.keys(dr.findResources('AWS::IAM::Policy'));
    expect(ids.filter(id => /DistributedMapPolicy|MachineRoleDefaultPolicy/.test(id))).toEqual([]);
  });
});

it('lets alarms publish to the topic, whose own policy replaces the one that would', () => {
  const [policy] = Object.values(dr.findResources('AWS::SNS::TopicPolicy'));
  expect(policy?.Properties.PolicyDocument.Statement).toContainEqual(
    expect.objectContaining({
      Effect: 'Allow',
      Action: 'sns:Publish',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    }),
  );
});
