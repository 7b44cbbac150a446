/** A CloudFormation template, as far as the checks read it. */
export interface Template {
  Resources: Record<string, TemplateResource>;
}

export interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
}

/** Every resource of a type: its logical id and properties. */
export function ofType(
  { Resources }: Template,
  type: string,
): [id: string, properties: Record<string, unknown>][] {
  return Object.entries(Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, { Properties = {} }]) => [id, Properties]);
}

/** Parameters that CloudFormation fills in, as far as a check of syntax needs them. */
const PSEUDO: Record<string, string> = { 'AWS::Partition': 'aws', 'AWS::AccountId': '111122223333' };

/** A value with its intrinsic functions written as text: what they stand for in angle brackets. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  const [name, argument] = Object.entries(value ?? {})[0] ?? [];
  if (name === 'Fn::Join') {
    const [between, parts] = argument as [string, unknown[]];
    return parts.map(asText).join(between);
  }
  if (name === 'Ref') return PSEUDO[String(argument)] ?? `<${argument}>`;
  if (name === 'Fn::GetAtt') return `<${(argument as string[]).join('.')}>`;
  return JSON.stringify(value);
}

export function asList<T>(value: T | T[] | undefined): T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
