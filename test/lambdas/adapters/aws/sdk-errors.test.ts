import type { RequestListener } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { types } from 'node:util';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Clock } from '../../../../core/clock';
import { awsCall } from '../../../../lambdas/adapters/aws/call';
import { type LocalServer, Servers } from '../servers';

/**
 * The SDK's real clients against a server on 127.0.0.1 that answers as AWS does on the wire: what the SDK makes of
 * it is what our names are made from.
 */
const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => wait(ms, undefined, signal ? { signal } : {}),
};
const PATIENT = 5_000;
const SHORT = 150;
const REGION = 'us-east-2';

/**
 * Jest runs tests in a realm of their own, whose Error is not that of Node's sockets: the SDK would wrap a socket's
 * error and lose its code. In production there is one realm, and so there is here.
 */
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, candidate: unknown): boolean {
    if (this === Error && types.isNativeError(candidate)) return true;
    return Function.prototype[Symbol.hasInstance].call(this, candidate);
  },
});

const servers = new Servers();
const clients: { destroy(): void }[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await servers.close();
});

function options(port: number) {
  return {
    region: REGION,
    endpoint: `http://127.0.0.1:${port}`,
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
  };
}

function kept<T extends { destroy(): void }>(client: T): T {
  clients.push(client);
  return client;
}

type Signal = { abortSignal: AbortSignal };

const CALLS = {
  dynamodb: (port: number, abort: Signal) =>
    kept(new DynamoDBClient(options(port))).send(
      new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' }, sk: { S: 'b' } } }),
      abort,
    ),
  route53: (port: number, abort: Signal) =>
    kept(new Route53Client(options(port))).send(
      new ListResourceRecordSetsCommand({ HostedZoneId: 'Z1' }),
      abort,
    ),
  sns: (port: number, abort: Signal) =>
    kept(new SNSClient(options(port))).send(
      new PublishCommand({ TopicArn: 'arn:aws:sns:us-east-2:111122223333:a', Message: 'm' }),
      abort,
    ),
  sfn: (port: number, abort: Signal) =>
    kept(new SFNClient(options(port))).send(
      new DescribeExecutionCommand({ executionArn: 'arn:aws:states:us-east-2:111122223333:execution:a:b' }),
      abort,
    ),
  eks: (port: number, abort: Signal) =>
    kept(new EKSClient(options(port))).send(new DescribeClusterCommand({ name: 'levlabs-dr' }), abort),
  cloudwatch: (port: number, abort: Signal) =>
    kept(new CloudWatchClient(options(port))).send(
      new PutMetricDataCommand({ Namespace: 'Lifeboat', MetricData: [{ MetricName: 'a', Value: 1 }] }),
      abort,
    ),
} as const;

type Service = keyof typeof CALLS;
const SERVICES = Object.keys(CALLS) as Service[];
const XML: Service[] = ['route53', 'sns'];

/** An error as the service writes it. */
function wire(service: Service, code: string, status: number): RequestListener {
  return (_, response) => {
    if (XML.includes(service)) {
      response.writeHead(status, { 'content-type': 'text/xml' });
      const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>said AWS</Message></Error>`;
      response.end(`<ErrorResponse>${error}<RequestId>r</RequestId></ErrorResponse>`);
      return;
    }
    response.writeHead(status, {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-errortype': code,
      'x-amzn-query-error': `${code};Sender`,
    });
    response.end(
      JSON.stringify({ __type: `com.amazonaws#${code}`, message: 'said AWS', Message: 'said AWS' }),
    );
  };
}

async function outcome(service: Service, port: number, deadlineMs = PATIENT): Promise<Error> {
  return awsCall(clock, 'It', deadlineMs, abort => CALLS[service](port, abort) as Promise<unknown>).then(
    answer => new Error(`expected an error, got ${JSON.stringify(answer)}`),
    (error: unknown) => error as Error,
  );
}

async function outcomeOf(service: Service, code: string, status: number): Promise<string> {
  const { port } = await servers.http(wire(service, code, status));
  const { name, message } = await outcome(service, port);
  return `${name}: ${message}`;
}

describe('what the SDK makes of an answer', () => {
  test.each<[Service, string]>([
    ['dynamodb', 'ThrottlingException'],
    ['dynamodb', 'ProvisionedThroughputExceededException'],
    ['dynamodb', 'RequestLimitExceeded'],
    ['route53', 'Throttling'],
    ['route53', 'PriorRequestNotComplete'],
    ['sns', 'Throttling'],
    ['sns', 'Throttled'],
    ['sfn', 'ThrottlingException'],
    ['eks', 'ThrottlingException'],
    ['cloudwatch', 'Throttling'],
  ])('of %s, %s, is Throttled', async (service, code) => {
    expect(await outcomeOf(service, code, 400)).toBe('Throttled: It: said AWS');
  });

  test.each<[Service, string]>([
    ['dynamodb', 'AccessDeniedException'],
    ['route53', 'AccessDenied'],
    ['route53', 'InvalidClientTokenId'],
    ['sns', 'AuthorizationError'],
    ['sns', 'InvalidClientTokenId'],
    ['sfn', 'AccessDeniedException'],
    ['eks', 'AccessDeniedException'],
    ['cloudwatch', 'AccessDenied'],
  ])('of %s, %s, is Forbidden', async (service, code) => {
    expect(await outcomeOf(service, code, 403)).toMatch(/^Forbidden: It: said AWS /);
  });

  test.each(SERVICES)('of %s, an error of its own, is AwsUnavailable', async service => {
    expect(await outcomeOf(service, 'InternalFailure', 500)).toMatch(/^AwsUnavailable: It: /);
  });

  test.each<[Service, string]>([
    ['dynamodb', 'ConditionalCheckFailedException'],
    ['route53', 'InvalidChangeBatch'],
    ['sfn', 'ExecutionDoesNotExist'],
    ['eks', 'ResourceNotFoundException'],
  ])('of %s, %s, keeps its name', async (service, code) => {
    expect(await outcomeOf(service, code, 400)).toMatch(new RegExp(`^${code}: `));
  });

  // A load balancer in front of a service that is down writes HTML.
  test.each(SERVICES)('of %s, a 503 in HTML, is AwsUnavailable', async service => {
    const { port } = await servers.http((_, response) => {
      response.writeHead(503, { 'content-type': 'text/html' }).end('<html><body>503</body></html>');
    });
    expect((await outcome(service, port)).name).toBe('AwsUnavailable');
  });
});

describe('what the SDK makes of silence', () => {
  test('is AwsUnavailable when nobody listens', async () => {
    expect(await outcome('dynamodb', await servers.nobody())).toMatchObject({
      name: 'AwsUnavailable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('is AwsUnavailable when the connection is reset', async () => {
    const { port } = await servers.http(({ socket }) => socket.destroy());
    expect((await outcome('dynamodb', port)).name).toBe('AwsUnavailable');
  });

  test.each<[string, () => Promise<LocalServer>]>([
    ['accepts and says nothing', () => servers.tcp(socket => socket.resume())],
    ['never ends its answer', () => servers.http((_, response) => response.writeHead(200).write('{'))],
  ])(
    'is AwsUnavailable at the deadline when the server %s, and the connection is closed',
    async (_, start) => {
      const server = await start();
      const began = performance.now();
      expect(await outcome('dynamodb', server.port, SHORT)).toMatchObject({
        name: 'AwsUnavailable',
        message: `It: no answer within ${SHORT} ms.`,
      });
      expect(performance.now() - began).toBeLessThan(PATIENT / 2);
      await server.allGone();
    },
  );
});

describe('what is not in our lists', () => {
  // Statuses 401, 403 and 429 say it whatever the code is; the others are codes that the services have.
  test.each<[Service, string, number, string]>([
    ['sns', 'KMSThrottlingException', 400, 'Throttled'],
    ['eks', 'TooManyRequests', 429, 'Throttled'],
    ['dynamodb', 'UnrecognizedClientException', 400, 'Forbidden'],
    ['dynamodb', 'ExpiredTokenException', 400, 'Forbidden'],
    ['route53', 'SignatureDoesNotMatch', 403, 'Forbidden'],
    ['route53', 'ExpiredToken', 403, 'Forbidden'],
    ['sns', 'KMSAccessDenied', 400, 'Forbidden'],
  ])('of %s, %s (%i), is %s', async (service, code, status, name) => {
    expect(await outcomeOf(service, code, status)).toMatch(new RegExp(`^${name}: `));
  });
});
