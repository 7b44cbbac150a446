import type { InvokeMeta } from '../../../embedded/asl';
import type { SignedRequests } from '../signed-request';

/** Whose execution calls. */
export interface Caller {
  machineArn: string;
  roleArn: string;
}

export type InvokeLambda = (
  caller: Caller,
  resource: string,
  args: unknown,
  meta: InvokeMeta,
) => Promise<unknown>;

/** The errors that Step Functions gives its own names, and not those of the function. */
class LambdaTrouble extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * `lambda:invoke` with the credentials of the machine's role, by Lambda's API.
 * @param requests signed calls as a role, for a Region
 */
export function lambdaTask(requests: (caller: Caller) => Promise<SignedRequests>): InvokeLambda {
  return async (caller, _resource, args, { signal }) => {
    const { FunctionName, Payload } = args as { FunctionName: string; Payload: unknown };
    const answer = await send(await requests(caller), FunctionName, Payload, signal);
    const payload: unknown = answer.text === '' ? null : JSON.parse(answer.text);
    if (answer.status >= 400) throw serviceError(answer.status, answer.header('x-amzn-errortype'), payload);
    if (answer.header('x-amz-function-error') !== undefined) throw functionError(payload, answer.text);
    return { ExecutedVersion: '$LATEST', Payload: payload, StatusCode: answer.status };
  };
}

async function send(requests: SignedRequests, name: string, payload: unknown, signal: AbortSignal) {
  try {
    return await requests.send({
      service: 'lambda',
      method: 'POST',
      path: `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`,
      body: JSON.stringify(payload ?? {}),
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new LambdaTrouble('Lambda.SdkClientException', (error as Error).message);
  }
}

/**
 * The error of a function carries its own name.
 * https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
 */
function functionError(payload: unknown, text: string): Error {
  const { errorType, errorMessage } = (payload ?? {}) as { errorType?: unknown; errorMessage?: unknown };
  if (typeof errorType === 'string') return new LambdaTrouble(errorType, String(errorMessage ?? ''));
  const cause = 'The cause could not be determined because Lambda did not return an error type.';
  return new LambdaTrouble('Lambda.Unknown', `${cause} Returned payload: ${text}`);
}

function serviceError(status: number, type: string | undefined, payload: unknown): Error {
  const { message, Message, __type } = (payload ?? {}) as Record<string, unknown>;
  const code = (type ?? String(__type ?? '')).split(/[#:]/).at(type === undefined ? -1 : 0) ?? '';
  const said = `${String(message ?? Message ?? '')} (Service: AWSLambda; Status Code: ${status}; Error Code: ${code})`;
  if (status === 429) return new LambdaTrouble('Lambda.TooManyRequestsException', said);
  if (status >= 500) return new LambdaTrouble('Lambda.ServiceException', said);
  if (status === 404) return new LambdaTrouble('Lambda.ResourceNotFoundException', said);
  return new LambdaTrouble('Lambda.AWSLambdaException', said);
}
