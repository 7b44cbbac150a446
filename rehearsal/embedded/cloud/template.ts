/** A resource of a CloudFormation template, its intrinsic functions still in it. */
export interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}

/** A template, and where it is deployed. */
export interface DeployedTemplate {
  template: { Resources: Record<string, Resource>; Outputs?: Record<string, { Value: unknown }> };
  region: string;
  account: string;
}

/** The template says something that the rehearsal cannot deploy. */
export class NotDeployable extends Error {
  override name = 'NotDeployable';
}

/** What Ref and Fn::GetAtt give, for the types that the stacks have. */
const REFS: Record<string, (id: string, properties: Record<string, unknown>, at: Place) => string> = {
  'AWS::DynamoDB::Table': (id, { TableName }) => name(TableName, id),
  'AWS::DynamoDB::GlobalTable': (id, { TableName }) => name(TableName, id),
  'AWS::SNS::Topic': (id, { TopicName }, at) =>
    `arn:aws:sns:${at.region}:${at.account}:${name(TopicName, id)}`,
  'AWS::Lambda::Function': (id, { FunctionName }) => name(FunctionName, id),
  'AWS::StepFunctions::StateMachine': (id, { StateMachineName }, at) =>
    `arn:aws:states:${at.region}:${at.account}:stateMachine:${name(StateMachineName, id)}`,
  'AWS::IAM::Role': (id, { RoleName }) => name(RoleName, id),
  'AWS::Logs::LogGroup': (id, { LogGroupName }) => name(LogGroupName, id),
  'AWS::Events::Rule': (id, { Name }) => name(Name, id),
  'AWS::SQS::Queue': (id, { QueueName }, at) =>
    `https://sqs.${at.region}.amazonaws.com/${at.account}/${name(QueueName, id)}`,
  'AWS::CloudWatch::Alarm': (id, { AlarmName }) => name(AlarmName, id),
  'AWS::Route53::HealthCheck': id => id,
  'AWS::KMS::Key': id => id,
  'AWS::S3::Bucket': (id, { BucketName }) => name(BucketName, id),
};

const ARNS: Record<string, (id: string, properties: Record<string, unknown>, at: Place) => string> = {
  'AWS::DynamoDB::Table': (id, { TableName }, at) =>
    `arn:aws:dynamodb:${at.region}:${at.account}:table/${name(TableName, id)}`,
  'AWS::DynamoDB::GlobalTable': (id, { TableName }, at) =>
    `arn:aws:dynamodb:${at.region}:${at.account}:table/${name(TableName, id)}`,
  'AWS::Lambda::Function': (id, { FunctionName }, at) =>
    `arn:aws:lambda:${at.region}:${at.account}:function:${name(FunctionName, id)}`,
  'AWS::IAM::Role': (id, { RoleName }, at) => `arn:aws:iam::${at.account}:role/${name(RoleName, id)}`,
  'AWS::Logs::LogGroup': (id, { LogGroupName }, at) =>
    `arn:aws:logs:${at.region}:${at.account}:log-group:${name(LogGroupName, id)}:*`,
  'AWS::SQS::Queue': (id, { QueueName }, at) =>
    `arn:aws:sqs:${at.region}:${at.account}:${name(QueueName, id)}`,
  'AWS::Events::Rule': (id, { Name }, at) =>
    `arn:aws:events:${at.region}:${at.account}:rule/${name(Name, id)}`,
  'AWS::CloudWatch::Alarm': (id, { AlarmName }, at) =>
    `arn:aws:cloudwatch:${at.region}:${at.account}:alarm:${name(AlarmName, id)}`,
  'AWS::S3::Bucket': (id, { BucketName }) => `arn:aws:s3:::${name(BucketName, id)}`,
  'AWS::KMS::Key': (id, _properties, at) => `arn:aws:kms:${at.region}:${at.account}:key/${id}`,
};

interface Place {
  region: string;
  account: string;
}

/** The resources of one stack with every intrinsic function replaced by what it gives in this Region and account. */
export class DeployedStack {
  readonly region: string;
  private readonly resources: Record<string, Resource>;

  constructor(private readonly deployed: DeployedTemplate) {
    this.region = deployed.region;
    this.resources = deployed.template.Resources;
  }

  /** `[logical id, resolved properties]` of every resource of a type. */
  ofType(type: string): [string, Record<string, unknown>][] {
    return Object.entries(this.resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => [id, this.resolve(resource.Properties ?? {}) as Record<string, unknown>]);
  }

  /** What the stack says about itself; empty when it says nothing of that name. */
  output(name: string): string {
    return String(this.resolve(this.deployed.template.Outputs?.[name]?.Value ?? ''));
  }

  ref(id: string): string {
    const { type, properties } = this.typeAndNames(id);
    const known = REFS[type] ?? ARNS[type];
    if (!known) throw new NotDeployable(`Ref of ${id}: the rehearsal does not know what a ${type} is called`);
    return known(id, properties, this.deployed);
  }

  arn(id: string): string {
    const { type, properties } = this.typeAndNames(id);
    const known =
      ARNS[type] ?? (REFS[type]?.(id, properties, this.deployed).startsWith('arn:') ? REFS[type] : undefined);
    if (!known) throw new NotDeployable(`ARN of ${id}: the rehearsal does not know that of a ${type}`);
    return known(id, properties, this.deployed);
  }

  resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(item => this.resolve(item)).filter(item => item !== NO_VALUE);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [first] = entries;
    if (first && entries.length === 1 && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
      return this.intrinsic(first[0], first[1]);
    }
    return Object.fromEntries(
      entries
        .map(([key, item]) => [key, this.resolve(item)] as const)
        .filter(([, item]) => item !== NO_VALUE),
    );
  }

  private intrinsic(name: string, argument: unknown): unknown {
    switch (name) {
      case 'Ref':
        return this.pseudo(String(argument)) ?? this.ref(String(argument));
      case 'Fn::GetAtt':
        return this.attribute(argument);
      case 'Fn::Join': {
        const [separator, parts] = argument as [string, unknown[]];
        return parts.map(part => String(this.resolve(part))).join(separator);
      }
      case 'Fn::Sub':
        return this.substitute(argument);
      case 'Fn::Select': {
        const [index, list] = argument as [number | string, unknown];
        return (this.resolve(list) as unknown[])[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = argument as [string, unknown];
        return String(this.resolve(text)).split(separator);
      }
      default:
        throw new NotDeployable(`${name}: the rehearsal does not know this function`);
    }
  }

  private attribute(argument: unknown): string {
    const [id = '', attribute = ''] = Array.isArray(argument)
      ? argument.map(String)
      : String(argument).split('.');
    if (attribute === 'Arn') return this.arn(id);
    if (attribute === 'HealthCheckId') return id;
    const { type, properties } = this.typeAndNames(id);
    if (attribute.endsWith('Name')) return name(properties[attribute], this.ref(id));
    throw new NotDeployable(`Fn::GetAtt ${id}.${attribute}: the rehearsal does not know it for a ${type}`);
  }

  private substitute(argument: unknown): string {
    const [text, variables] = (Array.isArray(argument) ? argument : [argument, {}]) as [
      string,
      Record<string, unknown>,
    ];
    return text.replace(/\$\{([^}!][^}]*)\}/g, (_match, key: string) => {
      if (key in variables) return String(this.resolve(variables[key]));
      return this.pseudo(key) ?? (key.includes('.') ? this.attribute(key) : this.ref(key));
    });
  }

  private pseudo(key: string): string | typeof NO_VALUE | undefined {
    const { region, account } = this.deployed;
    switch (key) {
      case 'AWS::Region':
        return region;
      case 'AWS::AccountId':
        return account;
      case 'AWS::Partition':
        return 'aws';
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      case 'AWS::NoValue':
        return NO_VALUE;
      default:
        return undefined;
    }
  }

  private typeAndNames(id: string): { type: string; properties: Record<string, unknown> } {
    const resource = this.resources[id];
    if (!resource) throw new NotDeployable(`the template refers to ${id}, which is not in it`);
    const names = Object.entries(resource.Properties ?? {}).filter(([key]) => key.endsWith('Name'));
    return {
      type: resource.Type,
      properties: Object.fromEntries(names.map(([key, item]) => [key, this.resolve(item)])),
    };
  }
}

const NO_VALUE = '\u0000AWS::NoValue';

function name(given: unknown, id: string): string {
  return typeof given === 'string' ? given : id;
}
