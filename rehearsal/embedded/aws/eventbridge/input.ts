import { FakeLimit, onlyKnown } from '../fake-limit';
import type { AwsEvent } from './event';

/** A target of AWS::Events::Rule, resolved. */
export interface TargetProperties {
  Id: string;
  Arn: string;
  RoleArn?: string;
  Input?: string;
  InputPath?: string;
  InputTransformer?: { InputPathsMap?: Record<string, string>; InputTemplate: string };
  DeadLetterConfig?: unknown;
  RetryPolicy?: unknown;
}

export interface RuleIdentity {
  arn: string;
  name: string;
}

/** What a target receives: text that is JSON. */
export type Transformed = { ok: true; input: string } | { ok: false; problem: string };

export function checkTarget(target: TargetProperties): void {
  const known = [
    'Id',
    'Arn',
    'RoleArn',
    'Input',
    'InputPath',
    'InputTransformer',
    'DeadLetterConfig',
    'RetryPolicy',
  ];
  onlyKnown(`target ${target.Id}`, target, known);
  const given = [target.Input, target.InputPath, target.InputTransformer].filter(one => one !== undefined);
  if (given.length > 1)
    throw new FakeLimit(`target ${target.Id}: Input, InputPath, InputTransformer exclude each other`);
  if (target.Input !== undefined) JSON.parse(target.Input);
  if (target.InputTransformer) checkTemplate(target.Id, target.InputTransformer);
}

export function inputFor(
  target: TargetProperties,
  event: AwsEvent,
  rule: RuleIdentity,
  receivedAt: string,
): Transformed {
  if (target.Input !== undefined) return { ok: true, input: target.Input };
  if (target.InputPath !== undefined) {
    const found = lookUp(event, target.InputPath);
    if (found !== undefined) return { ok: true, input: JSON.stringify(found) };
    return { ok: false, problem: `InputPath ${target.InputPath} finds nothing in the event` };
  }
  if (!target.InputTransformer) return { ok: true, input: JSON.stringify(event) };
  const { InputPathsMap: paths = {}, InputTemplate: template } = target.InputTransformer;
  const values = new Map<string, unknown>(predefined(event, rule, receivedAt));
  for (const [name, path] of Object.entries(paths)) values.set(name, lookUp(event, path));
  return minified(fill(template, values));
}

/**
 * "For Strings, quotes are required." A template is JSON with placeholders. EventBridge refuses one that is not;
 * here every placeholder outside of quotes is tried as a value.
 */
function checkTemplate(
  id: string,
  {
    InputPathsMap: paths = {},
    InputTemplate: template,
  }: { InputPathsMap?: Record<string, string>; InputTemplate: string },
): void {
  const reserved = Object.keys(paths).find(name => name.startsWith('aws.') || name.startsWith('AWS'));
  if (reserved !== undefined) throw new FakeLimit(`target ${id}: the name ${reserved} is reserved`);
  const unknown = [...template.matchAll(placeholder)]
    .map(match => match[1] ?? '')
    .find(name => !(name in paths) && !isPredefined(name));
  if (unknown !== undefined) throw new FakeLimit(`target ${id}: <${unknown}> is not in InputPathsMap`);
  const probe = minified(fill(template, new Map(Object.keys(paths).map(name => [name, 'x']))));
  if (!probe.ok) throw new FakeLimit(`target ${id}: InputTemplate is not valid: ${probe.problem}`);
}

const placeholder = /<([^<>\s"]+)>/g;

/**
 * Outside of quotes a placeholder stands for a JSON value, inside for its plain text: "EventBridge doesn't escape
 * values extracted by Input Path, when populating the Input Template for a target". A path that finds nothing
 * "won't appear in the output": as AWS-validated tests of LocalStack have it, an empty string.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
function fill(template: string, values: ReadonlyMap<string, unknown>): string {
  return template.replace(placeholder, (_, name: string, at: number) => {
    const value = values.get(name) ?? '';
    if (!isInString(template, at)) return JSON.stringify(value);
    if (typeof value === 'object') {
      throw new FakeLimit(
        `<${name}> is an object or array inside of quotes: what EventBridge writes is not documented`,
      );
    }
    return String(value);
  });
}

/** Whether an odd number of unescaped quotes precedes. */
function isInString(template: string, at: number): boolean {
  const before = template.slice(0, at).replace(/\\./g, '');
  return (before.split('"').length - 1) % 2 === 1;
}

/** "The JSON that is passed to the target is minified" */
function minified(text: string): Transformed {
  try {
    return { ok: true, input: JSON.stringify(JSON.parse(text)) };
  } catch (error) {
    return { ok: false, problem: `${error instanceof Error ? error.message : String(error)} in ${text}` };
  }
}

function predefined(event: AwsEvent, rule: RuleIdentity, receivedAt: string): [string, unknown][] {
  const { detail: _, ...envelope } = event;
  return [
    ['aws.events.rule-arn', rule.arn],
    ['aws.events.rule-name', rule.name],
    ['aws.events.event.ingestion-time', receivedAt],
    ['aws.events.event', envelope],
    ['aws.events.event.json', event],
  ];
}

function isPredefined(name: string): boolean {
  return /^aws\.events\.(rule-arn|rule-name|event|event\.json|event\.ingestion-time)$/.test(name);
}

/** `$`, `$.detail.state.value`, `$.resources[0]`. Wildcards are a FakeLimit. */
function lookUp(event: AwsEvent, path: string): unknown {
  if (!/^\$(\.[\w/-]+|\[\d+\])*$/.test(path)) throw new FakeLimit(`JSON path ${path}`);
  let found: unknown = event;
  for (const [, name, index] of path.matchAll(/\.([\w/-]+)|\[(\d+)\]/g)) {
    const key = name ?? Number(index);
    found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  }
  return found;
}
