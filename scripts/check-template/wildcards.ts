import type { Result } from './index';
import type { Synthesized } from './synthesize';
import { asList, asText, ofType, type Template } from './template';

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action?: string | string[];
  NotAction?: unknown;
  NotResource?: unknown;
  Resource?: unknown;
  Principal?: unknown;
  Condition?: unknown;
}

/** Actions whose Resource may be `*`, and why AWS takes nothing narrower. */
const EVERY_RESOURCE: [reason: string, actions: string[]][] = [
  [
    'X-Ray has no resources for these.',
    ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
  ],
  ['A metric is no resource; a condition holds it to our namespace.', ['cloudwatch:PutMetricData']],
  [
    'Step Functions asks for log deliveries of the account.',
    [
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
    ],
  ],
  [
    'Lambda makes network interfaces before they have a name, and lists them.',
    [
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
  ],
];

/** Resources that end in `*`, and what the star stands for. */
const ENDINGS: [pattern: RegExp, reason: string][] = [
  [/^arn:aws:states:[^*]+:execution:lifeboat-[^*:/]+(\/apps)?:\*$/, 'the name of an execution'],
];

/** Policies of roles, queues and topics: no `*` in an action, none in a resource without a reason. */
export function checkWildcards({ stacks }: Synthesized): Result {
  const findings: string[] = [];
  let statements = 0;
  for (const { name, template } of stacks) {
    for (const [id, statement] of statementsOf(template)) {
      statements += 1;
      findings.push(...problemsOf(statement).map(problem => `${name} ${id}: ${problem}`));
    }
    findings.push(...managedPolicies(template).map(found => `${name} ${found}`));
  }
  return { line: `wildcards in ${statements} policy statements`, findings };
}

function statementsOf(template: Template): [id: string, statement: Statement][] {
  const documents = Object.entries(template.Resources).flatMap(([id, { Properties = {} }]) =>
    documentsIn(Properties).map(document => [id, document] as const),
  );
  return documents.flatMap(([id, { Statement: list }]) =>
    asList(list).map(statement => [id, statement] as [string, Statement]),
  );
}

/** Wherever they stand: in policies of roles, queues and topics, and inline in roles. */
function documentsIn(value: unknown): { Statement: Statement | Statement[] }[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('Statement' in value && 'Version' in value) return [value as { Statement: Statement[] }];
  return Object.values(value).flatMap(documentsIn);
}

function problemsOf(statement: Statement): string[] {
  // A Deny may be as wide as it likes.
  if (statement.Effect === 'Deny') return [];
  const { Action, Resource, NotAction, NotResource, Principal } = statement;
  const actions = asList(Action);
  return [
    ...(NotAction !== undefined || NotResource !== undefined
      ? ['allows everything but what it names (NotAction, NotResource)']
      : []),
    ...actions.filter(action => action.includes('*')).map(action => `allows the actions ${action}`),
    ...asList(Resource).flatMap(resource => resourceProblems(asText(resource), actions)),
    ...(JSON.stringify(Principal ?? '').includes('"*"') && !isSignal(statement)
      ? ['allows everybody (Principal *)']
      : []),
  ];
}

/** Health checkers have no credentials: what they look at is for everybody, and nothing else is. */
function isSignal({ Action, Resource }: Statement): boolean {
  const single = /^<\w+\.Arn>\/[a-z0-9.-]+\/at-(dr|primary)$/;
  return Action === 's3:GetObject' && asList(Resource).every(resource => single.test(asText(resource)));
}

function resourceProblems(resource: string, actions: string[]): string[] {
  if (!resource.includes('*')) return [];
  if (resource === '*') {
    const allowed = EVERY_RESOURCE.flatMap(([, list]) => list);
    return actions
      .filter(action => !allowed.includes(action))
      .map(action => `allows ${action} on everything`);
  }
  return ENDINGS.some(([pattern]) => pattern.test(resource))
    ? []
    : [`allows ${actions.join(', ')} on ${resource}`];
}

/** Managed policies hold statements that the template does not show. */
function managedPolicies(template: Template): string[] {
  return ofType(template, 'AWS::IAM::Role').flatMap(([id, { ManagedPolicyArns }]) =>
    asList(ManagedPolicyArns as unknown[] | undefined).map(arn => `${id}: has the policy ${asText(arn)}`),
  );
}
