import { AwsUnavailable, Forbidden, Throttled } from '../../../../core/errors';
import { awsCall } from '../../../../lambdas/adapters/aws/call';
import { VirtualClock } from '../../../../rehearsal/embedded/virtual-clock';

type Send<T> = (options: { abortSignal: AbortSignal }) => Promise<T>;

function world() {
  const clock = new VirtualClock(0);
  const call = <T>(send: Send<T>) => clock.run(awsCall(clock, 'Service Action', 1_000, send));
  const failure = (error: unknown) =>
    call(() => Promise.reject(error)).then(
      () => undefined,
      (reason: unknown) => reason,
    );
  return { clock, call, failure };
}

function named(name: string, more: object = {}): Error {
  return Object.assign(new Error('what AWS said'), { name, ...more });
}

describe('a call of AWS', () => {
  test('gives the answer', async () => {
    expect(await world().call(async () => 42)).toBe(42);
  });

  test('without an answer is AwsUnavailable at its deadline, and its signal aborts', async () => {
    const { clock, call } = world();
    let signal: AbortSignal | undefined;
    const hangs: Send<never> = ({ abortSignal }) => {
      signal = abortSignal;
      return new Promise(() => undefined);
    };
    await expect(call(hangs)).rejects.toThrow(
      new AwsUnavailable('Service Action: no answer within 1000 ms.'),
    );
    expect(clock.now()).toBe(1_000);
    expect(signal?.aborted).toBe(true);
  });

  test.each([
    'Throttling',
    'ThrottlingException',
    'ThrottledException',
    'TooManyRequestsException',
    'ProvisionedThroughputExceededException',
    'RequestLimitExceeded',
    'PriorRequestNotComplete',
  ])('that is slowed down by %s is Throttled', async name => {
    const error = await world().failure(
      named(name, { $fault: 'client', $metadata: { httpStatusCode: 400 } }),
    );
    expect(error).toBeInstanceOf(Throttled);
    expect(error).toMatchObject({ name: 'Throttled', message: 'Service Action: what AWS said' });
  });

  test.each([
    'AccessDenied',
    'AccessDeniedException',
    'UnauthorizedOperation',
    'AuthorizationErrorException',
    'InvalidClientTokenId',
    'ExpiredToken',
  ])('that is denied by %s is Forbidden, and says what to do', async name => {
    const said = named(name, { $fault: 'client', $metadata: { httpStatusCode: 403 } });
    const error = await world().failure(said);
    expect(error).toBeInstanceOf(Forbidden);
    // People's own credentials are no step's role: the command line says it in its own words.
    expect((error as Error).cause).toBe(said);
    expect((error as Error).message).toMatch(/^Service Action: what AWS said .*cdk deploy/);
  });

  test.each([500, 502, 503, 504])('that is answered with %i is AwsUnavailable', async httpStatusCode => {
    const error = await world().failure(
      named('Anything', { $fault: 'server', $metadata: { httpStatusCode } }),
    );
    expect(error).toBeInstanceOf(AwsUnavailable);
    expect((error as Error).message).toBe('Service Action: what AWS said');
  });

  test.each<[string, Error]>([
    ['a refused connection', named('Error', { code: 'ECONNREFUSED' })],
    ['a reset connection', named('Error', { code: 'ECONNRESET', $metadata: { attempts: 2 } })],
    ['a name that cannot be resolved', named('Error', { code: 'ENOTFOUND' })],
    ["the SDK's own timeout", named('TimeoutError')],
    ['a request that was aborted', named('AbortError')],
  ])('that ends in %s is AwsUnavailable', async (_, error) => {
    expect(await world().failure(error)).toBeInstanceOf(AwsUnavailable);
  });

  test.each<[string, unknown]>([
    [
      'a condition that failed',
      named('ConditionalCheckFailedException', { $fault: 'client', $metadata: { httpStatusCode: 400 } }),
    ],
    ['what is not there', named('ExecutionDoesNotExist', { $fault: 'client', $metadata: {} })],
    ['a mistake of ours', new RangeError('ours')],
    ['what is no error at all', 'a text'],
  ])('that ends in %s passes it on as it is', async (_, error) => {
    expect(await world().failure(error)).toBe(error);
  });
});
