import type { Clock } from '../../../core/clock';
import { AwsUnavailable, Forbidden, type LifeboatError, Throttled } from '../../../core/errors';
import { withDeadline } from '../deadline';

/** Names under which AWS services say "slow down". */
const THROTTLES = [
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'SlowDown',
  'KMSThrottlingException',
  'PriorRequestNotComplete',
];
const DENIALS = [
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'AuthorizationErrorException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'ExpiredToken',
  'ExpiredTokenException',
  'KMSAccessDenied',
  'KMSAccessDeniedException',
];

/**
 * One call of an AWS SDK client with a deadline, its errors under our names. Errors that mean something to the
 * caller (a failed condition, a record that is not there) pass as they are.
 * @throws Throttled, AwsUnavailable, Forbidden
 */
export async function awsCall<T>(
  clock: Clock,
  what: string,
  deadlineMs: number,
  send: (options: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  try {
    return await withDeadline(
      clock,
      deadlineMs,
      abortSignal => send({ abortSignal }),
      () => new AwsUnavailable(`${what}: no answer within ${deadlineMs} ms.`),
    );
  } catch (error) {
    throw translated(what, error) ?? error;
  }
}

function translated(what: string, error: unknown): LifeboatError | undefined {
  if (!(error instanceof Error)) return undefined;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  if (THROTTLES.includes(error.name) || status === 429) {
    return new Throttled(`${what}: ${error.message}`, { cause: error });
  }
  if (DENIALS.includes(error.name) || status === 401 || status === 403) {
    return new Forbidden(
      `${what}: ${error.message} Check the policy of the step's role; cdk deploy restores it.`,
      { cause: error },
    );
  }
  const noAnswer = status === undefined && (error as { $fault?: string }).$fault === undefined;
  if ((status !== undefined && status >= 500) || (noAnswer && isConnectionError(error))) {
    return new AwsUnavailable(`${what}: ${error.message}`, { cause: error });
  }
  return undefined;
}

function isConnectionError(error: Error): boolean {
  const code = (error as { code?: unknown }).code;
  return ['AbortError', 'TimeoutError', 'NetworkingError'].includes(error.name) || typeof code === 'string';
}
