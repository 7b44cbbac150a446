import { S3Client } from '@aws-sdk/client-s3';
import type { Network, WebRequest, WebResult } from '../../../../core/network';
import { SignalBucket } from '../../../../lambdas/adapters/aws/signal-bucket';
import { FakeS3 } from '../../../../rehearsal/embedded/aws/s3';
import { START, setting } from '../../../rehearsal/aws/setting';

const MAIN = 'main.levlabs.link';
const PLACE = {
  name: 'lifeboat-x-primary-1',
  site: 'primary',
  region: 'us-east-1',
  deadlineMs: 2000,
} as const;

function world() {
  const { clock, log, run, failure, region } = setting('us-east-1');
  const s3 = new FakeS3({ clock, log, region });
  s3.addBucket(PLACE.name);
  return { clock, log, run, failure, s3, bucket: new SignalBucket(s3, clock, PLACE) };
}

test('reads what it has put, with its time, and nothing of another app', async () => {
  const { run, bucket } = world();
  await run(bucket.put('other.levlabs.link', 'at-dr', 'x'));
  await run(bucket.put('main.levlabs.link.example', 'at-dr', 'x'));
  expect(await run(bucket.read(MAIN))).toEqual({});
  await run(bucket.put('Main.levlabs.link', 'at-primary', 'x'));
  expect(await run(bucket.read(MAIN))).toEqual({ 'at-primary': START });
});

test('removes, and does nothing when it is not there', async () => {
  const { run, bucket } = world();
  await run(bucket.put(MAIN, 'at-dr', 'x'));
  await run(bucket.remove(MAIN, 'at-dr'));
  await run(bucket.remove(MAIN, 'at-dr'));
  expect(await run(bucket.read(MAIN))).toEqual({});
});

test.each<[string, (s3: FakeS3) => void, string, string]>([
  [
    'a policy forbids it',
    s3 => {
      s3.writes = 'denied';
    },
    'Forbidden',
    'S3 PutObject in lifeboat-x-primary-1',
  ],
  [
    'nothing answers',
    s3 => {
      s3.endpoint.state = 'hang';
    },
    'AwsUnavailable',
    'no answer within 2000 ms',
  ],
  [
    'S3 wants less',
    s3 => {
      s3.endpoint.throttle(1);
    },
    'Throttled',
    'reduce your request rate',
  ],
])('ends with its own error when %s', async (_, breakIt, name, text) => {
  const { failure, bucket, s3 } = world();
  breakIt(s3);
  const error = await failure(bucket.put(MAIN, 'at-dr', 'x'));
  expect(error.name).toBe(name);
  expect(error.message).toContain(text);
});

test('says which stack makes a bucket that is not there', async () => {
  const { failure, s3, clock } = world();
  const bucket = new SignalBucket(s3, clock, { ...PLACE, name: 'gone' });
  expect(await failure(bucket.read(MAIN))).toMatchObject({
    name: 'NotFound',
    message: 'There is no bucket gone. Deploy the stack of primary again.',
  });
});

describe('as everybody sees it', () => {
  function shown(result: WebResult) {
    const asked: WebRequest[] = [];
    const network = {
      request: async (request: WebRequest) => {
        asked.push(request);
        return result;
      },
    } as unknown as Network;
    const { run, bucket } = world();
    return { asked, answer: run(bucket.shown(network, MAIN, 'at-dr')) };
  }
  const status = (code: number): WebResult => ({ ok: true, status: code, body: '', tookMs: 1 });

  test.each<[WebResult, boolean | undefined]>([
    [status(200), true],
    [status(403), false],
    [status(404), false],
    [status(307), undefined],
    [status(503), undefined],
    [{ ok: false, failure: 'timeout', detail: '' }, undefined],
  ])('%j is %p', async (result, answer) => {
    expect(await shown(result).answer).toBe(answer);
  });

  test('it is asked under the name and path of the health checks', async () => {
    const { asked, answer } = shown(status(200));
    await answer;
    const host = 'lifeboat-x-primary-1.s3.us-east-1.amazonaws.com';
    expect(asked).toEqual([
      {
        address: host,
        port: 443,
        serverName: host,
        host,
        path: '/main.levlabs.link/at-dr',
        deadlineMs: 2000,
      },
    ]);
  });
});

test('the SDK itself asks the bucket in its own Region, by a name that its certificate covers', async () => {
  const asked: { hostname: string; path: string; method: string }[] = [];
  const client = new S3Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
    requestHandler: {
      handle: async (request: { hostname: string; path: string; method: string }) => {
        asked.push(request);
        return { response: { statusCode: 204, headers: {}, body: undefined } };
      },
    } as never,
  });
  const { clock } = setting();
  await new SignalBucket(client, clock, PLACE).remove(MAIN, 'at-dr');
  expect(asked).toMatchObject([
    {
      hostname: 'lifeboat-x-primary-1.s3.us-east-1.amazonaws.com',
      path: '/main.levlabs.link/at-dr',
      method: 'DELETE',
    },
  ]);
});
