/** One statement of an IAM policy, its intrinsic functions resolved. */
export interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: string | string[];
  Condition?: unknown;
}

/** SDK client names where IAM says another prefix. */
const PREFIXES: Record<string, string> = { sfn: 'states', monitoring: 'cloudwatch' };

/** Actions of an SDK whose permission has another name. */
const PERMISSIONS: Record<string, string> = { 's3:ListObjectsV2': 's3:ListBucket' };

/**
 * Whether a role's policies allow an action, by name only: which resources and conditions they name is for real AWS
 * to judge. That is enough to find the permission that nobody thought of.
 * @param resource if given, an Allow must name exactly this one
 */
export function allows(
  statements: readonly Statement[],
  service: string,
  action: string,
  resource?: string,
): boolean {
  const called = `${PREFIXES[service] ?? service}:${action}`;
  const wanted = (PERMISSIONS[called] ?? called).toLowerCase();
  const names = ({ Action }: Statement) => (Array.isArray(Action) ? Action : [Action]);
  const speaks = (statement: Statement) => names(statement).some(name => name.toLowerCase() === wanted);
  return (
    statements.some(
      statement =>
        statement.Effect === 'Allow' &&
        speaks(statement) &&
        (resource === undefined || [statement.Resource].flat().includes(resource)),
    ) && !statements.some(statement => statement.Effect === 'Deny' && speaks(statement))
  );
}

/** Of S3 the resources are judged too: each step has single objects, and who may write one moves main. */
export function resourceOf(service: string, input: unknown): string | undefined {
  if (service !== 's3') return undefined;
  const { Bucket, Key } = input as { Bucket?: string; Key?: string };
  return `arn:aws:s3:::${Bucket}${Key === undefined ? '' : `/${Key}`}`;
}

/** What AWS answers to a call that no policy allows. */
export class AccessDenied extends Error {
  override name = 'AccessDeniedException';
  readonly $fault = 'client';
  readonly $metadata = { httpStatusCode: 400 };
}
