import { DeployedStack, NotDeployable, type Resource } from '../../../rehearsal/embedded/cloud/template';

/** What Fn::Sub replaces. */
const sub = (name: string) => `\${${name}}`;

const place = { region: 'us-east-2', account: '111122223333' };

const resources: Record<string, Resource> = {
  Table: { Type: 'AWS::DynamoDB::Table', Properties: { BillingMode: 'PAY_PER_REQUEST' } },
  Named: {
    Type: 'AWS::DynamoDB::Table',
    Properties: { TableName: { 'Fn::Sub': `ledger-${sub('AWS::Region')}` } },
  },
  Topic: { Type: 'AWS::SNS::Topic' },
  Step: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
  Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'flip' } },
  Machine: { Type: 'AWS::StepFunctions::StateMachine', Properties: { StateMachineName: 'activate' } },
  Logs: { Type: 'AWS::Logs::LogGroup' },
  Letters: { Type: 'AWS::SQS::Queue' },
  Check: { Type: 'AWS::Route53::HealthCheck' },
  Vpc: { Type: 'AWS::EC2::VPC' },
};

function deployed(more: Record<string, Resource> = {}): DeployedStack {
  return new DeployedStack({ template: { Resources: { ...resources, ...more } }, ...place });
}

describe('a reference to a resource gives what CloudFormation gives', () => {
  it.each([
    ['Table', 'Table'],
    ['Named', 'ledger-us-east-2'],
    ['Topic', 'arn:aws:sns:us-east-2:111122223333:Topic'],
    ['Machine', 'arn:aws:states:us-east-2:111122223333:stateMachine:activate'],
    ['Role', 'flip'],
    ['Letters', 'https://sqs.us-east-2.amazonaws.com/111122223333/Letters'],
    ['Check', 'Check'],
  ])('as Ref of %s', (id, expected) => {
    expect(deployed().resolve({ Ref: id })).toBe(expected);
  });

  it.each([
    ['Table.Arn', 'arn:aws:dynamodb:us-east-2:111122223333:table/Table'],
    ['Named.Arn', 'arn:aws:dynamodb:us-east-2:111122223333:table/ledger-us-east-2'],
    ['Step.Arn', 'arn:aws:lambda:us-east-2:111122223333:function:Step'],
    ['Role.Arn', 'arn:aws:iam::111122223333:role/flip'],
    ['Machine.Arn', 'arn:aws:states:us-east-2:111122223333:stateMachine:activate'],
    ['Logs.Arn', 'arn:aws:logs:us-east-2:111122223333:log-group:Logs:*'],
    ['Letters.Arn', 'arn:aws:sqs:us-east-2:111122223333:Letters'],
    ['Role.RoleName', 'flip'],
    ['Check.HealthCheckId', 'Check'],
  ])('as Fn::GetAtt %s, in both of its spellings', (path, expected) => {
    expect(deployed().resolve({ 'Fn::GetAtt': path })).toBe(expected);
    expect(deployed().resolve({ 'Fn::GetAtt': path.split('.') })).toBe(expected);
  });
});

describe('the name of a resource that the template does not name', () => {
  it.failing.each([
    ['Letters.QueueName', 'Letters'],
    ['Topic.TopicName', 'Topic'],
  ])('as Fn::GetAtt %s is the name, not the ARN or the URL', (path, expected) => {
    expect(deployed().resolve({ 'Fn::GetAtt': path })).toBe(expected);
  });

  it.failing('is another one in each stack when it is a role: IAM has no Regions', () => {
    const there = new DeployedStack({
      template: { Resources: { Mine: { Type: 'AWS::IAM::Role' } } },
      ...place,
      region: 'us-east-1',
    });
    const here = deployed({ Mine: { Type: 'AWS::IAM::Role' } });
    expect(here.arn('Mine')).not.toBe(there.arn('Mine'));
  });
});

describe('an intrinsic function is resolved', () => {
  it.each<[string, unknown, unknown]>([
    ['a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-2'],
    ['Fn::Join', { 'Fn::Join': [':', ['a', { Ref: 'AWS::AccountId' }, 'b']] }, 'a:111122223333:b'],
    ['Fn::Split', { 'Fn::Split': ['/', 'a/b'] }, ['a', 'b']],
    ['Fn::Select', { 'Fn::Select': ['1', { 'Fn::Split': ['/', 'a/b'] }] }, 'b'],
    [
      'Fn::Sub with resources and pseudo parameters',
      {
        'Fn::Sub': ['AWS::Partition', 'AWS::Region', 'Named', 'Role.Arn', 'AWS::URLSuffix']
          .map(sub)
          .join(' '),
      },
      'aws us-east-2 ledger-us-east-2 arn:aws:iam::111122223333:role/flip amazonaws.com',
    ],
    ['Fn::Sub with variables of its own', { 'Fn::Sub': [sub('who'), { who: { Ref: 'Role' } }] }, 'flip'],
    ['Fn::Sub with a literal', { 'Fn::Sub': sub('!Literal') }, sub('!Literal')],
    ['deep inside', { a: [{ b: { Ref: 'Role' } }] }, { a: [{ b: 'flip' }] }],
    ['a property without a value, which goes away', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
    ['an element without a value, which goes away', [{ Ref: 'AWS::NoValue' }, 1], [1]],
    ['what is no function at all', { Ref: 'Role', more: 1 }, { Ref: 'Role', more: 1 }],
    ['null, numbers and booleans', [null, 1, true], [null, 1, true]],
  ])('%s', (_what, value, expected) => {
    expect(deployed().resolve(value)).toEqual(expected);
  });
});

describe('what the rehearsal cannot deploy is refused loudly', () => {
  it.each<[string, unknown, RegExp]>([
    ['a function', { 'Fn::ImportValue': 'x' }, /Fn::ImportValue: the rehearsal does not know this function/],
    ['a condition', { 'Fn::If': ['c', 1, 2] }, /Fn::If: the rehearsal does not know/],
    ['a resource that is not there', { Ref: 'Nothing' }, /refers to Nothing, which is not in it/],
    ['a parameter', { 'Fn::Sub': sub('Parameter') }, /refers to Parameter/],
    ['the name of a type', { Ref: 'Vpc' }, /Ref of Vpc: .* what a AWS::EC2::VPC is called/],
    ['the ARN of a type', { 'Fn::GetAtt': ['Vpc', 'Arn'] }, /ARN of Vpc/],
    ['an attribute', { 'Fn::GetAtt': ['Table', 'StreamArn'] }, /Fn::GetAtt Table.StreamArn: /],
  ])('%s', (_what, value, message) => {
    expect(() => deployed().resolve(value)).toThrow(NotDeployable);
    expect(() => deployed().resolve(value)).toThrow(message);
  });
});

it('gives the resources of a type with their properties resolved, and no others', () => {
  expect(deployed().ofType('AWS::Lambda::Function')).toEqual([
    ['Step', { Role: 'arn:aws:iam::111122223333:role/flip' }],
  ]);
  expect(deployed().ofType('AWS::EC2::Subnet')).toEqual([]);
});
