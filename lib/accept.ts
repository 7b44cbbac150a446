import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Accepts a finding of cdk-nag at the construct that it is about, with the reason. Put it beside the construct:
 * scripts/check-template fails on every finding that nobody has accepted.
 * @param id like `AwsSolutions-SQS3`
 */
export function accept(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}

/** Accepts that a policy names this resource, which holds a wildcard. */
export function acceptResource(construct: IConstruct, resource: string, reason: string): void {
  accept(construct, `AwsSolutions-IAM5[Resource::${written(construct, resource)}]`, reason);
}

/** A resource as cdk-nag writes it into its findings: references in angle brackets. */
function written(construct: IConstruct, value: string): string {
  const resolved: unknown = Stack.of(construct).resolve(value);
  if (typeof resolved === 'string') return resolved;
  const { 'Fn::Join': join } = resolved as { 'Fn::Join'?: [string, (string | { Ref: string })[]] };
  if (!join)
    throw new Error(`A finding about ${JSON.stringify(resolved)} cannot be accepted: it is no text.`);
  const [between, parts] = join;
  return parts.map(part => (typeof part === 'string' ? part : `<${part.Ref}>`)).join(between);
}
