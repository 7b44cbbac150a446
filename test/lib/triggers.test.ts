import type { Template } from 'aws-cdk-lib/assertions';
import { parseRequest } from '../../core/request';
import type { CrashInput } from '../../core/run';
import { exampleConfig } from './example';
import { synthesized } from './synthesized';

const config = exampleConfig();
const templates = synthesized(config);

interface Target {
  Arn: unknown;
  Input?: string;
  InputTransformer?: { InputPathsMap: Record<string, string>; InputTemplate: string };
  DeadLetterConfig?: unknown;
  RetryPolicy?: { MaximumEventAgeInSeconds?: number; MaximumRetryAttempts?: number };
}

function ruleOf(template: Template, rule: string): { EventPattern?: unknown; Targets: Target[] } {
  const rules = Object.entries(template.findResources('AWS::Events::Rule'));
  const found = rules.find(([id]) => id.includes(rule));
  if (!found) throw new Error(`No rule is called like ${rule}.`);
  return found[1].Properties;
}

function targetOf(template: Template, rule: string): Target {
  const [target] = ruleOf(template, rule).Targets;
  if (!target) throw new Error(`${rule} has no target.`);
  return target;
}

/**
 * What a target gets, as EventBridge makes it: a variable stands for its JSON, and within quotes for its bare text.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
function transformed({ InputTransformer }: Target, event: unknown): unknown {
  if (!InputTransformer) throw new Error('The target takes the event as it is.');
  const { InputPathsMap, InputTemplate } = InputTransformer;
  const pathValue = (name: string): unknown =>
    (InputPathsMap[name] ?? '')
      .split('.')
      .slice(1)
      .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], event);
  const text = InputTemplate.replace(/"(?:[^"\\]|\\.)*"|<([\w-]+)>/g, (part, name?: string) =>
    name === undefined
      ? part.replace(/<([\w-]+)>/g, (_, inner: string) => String(pathValue(inner)))
      : JSON.stringify(pathValue(name)),
  );
  return JSON.parse(text);
}

describe.each(['primary', 'dr'] as const)('an alarm that starts a run for %s', site => {
  const target = targetOf(templates[site], 'OtherSiteInAlarm');
  const event = { time: '2026-03-29T02:41:00Z', detail: { alarmName: 'lifeboat-levlabs-x-shop' } };

  it('asks for what Admit understands', () => {
    expect(parseRequest(transformed(target, event), config, site)).toEqual({
      activate: site,
      startedBy: 'alarm',
      reason: 'Alarm lifeboat-levlabs-x-shop at 2026-03-29T02:41:00Z',
      mode: 'failover',
      acceptOldBackup: false,
    });
  });

  it('starts nothing any more when it is a quarter of an hour late, and leaves a dead letter', () => {
    expect(target.RetryPolicy?.MaximumEventAgeInSeconds).toBe(900);
    expect(target.DeadLetterConfig).toBeDefined();
  });
});

it('hands Report the crash of an execution as it reads it', () => {
  const detail = {
    executionArn: 'arn:aws:states:us-east-2:111122223333:execution:lifeboat-levlabs:run-1',
    name: 'run-1',
    status: 'TIMED_OUT' as const,
    input: 'and more',
  };
  const expected: CrashInput = {
    crash: { executionArn: detail.executionArn, name: 'run-1', status: 'TIMED_OUT' },
  };
  expect(transformed(targetOf(templates.dr, 'RunCrashed'), { detail })).toEqual(expected);
});

it('hears of crashed runs, and not of single apps, whose executions carry the label of the map', () => {
  const crash = ruleOf(templates.dr, 'RunCrashed').EventPattern as {
    detail: { executionArn: { prefix: { 'Fn::Join': [string, unknown[]] } }[] };
  };
  const parts = crash.detail.executionArn.flatMap(({ prefix }) => prefix['Fn::Join'][1]);
  const prefix = parts.map(part => (typeof part === 'string' ? part : '111122223333')).join('');
  const arn = (name: string) => `arn:aws:states:us-east-2:111122223333:execution:${name}`;
  expect(arn('lifeboat-levlabs:run-1').startsWith(prefix)).toBe(true);
  expect(arn('lifeboat-levlabs/apps:8d6f').startsWith(prefix)).toBe(false);
  expect(arn('lifeboat-levlabs-two:run-1').startsWith(prefix)).toBe(false);
});

it('looks at the standby every five minutes, and lets a look that failed be', () => {
  const target = targetOf(templates.dr, 'Peace');
  expect(JSON.parse(target.Input ?? '')).toEqual({ peace: true });
  expect(target.RetryPolicy?.MaximumRetryAttempts).toBe(0);
  templates.dr.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(5 minutes)' });
});

it('lets EventBridge send to the dead-letter queue for these rules only', () => {
  const statements = Object.values(templates.dr.findResources('AWS::SQS::QueuePolicy')).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement as { Effect: string; Condition: unknown }[],
  );
  const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
  expect(allowed).toHaveLength(3);
  for (const { Condition } of allowed) {
    expect(Condition).toEqual({
      ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [expect.any(String), 'Arn'] } },
    });
  }
});
