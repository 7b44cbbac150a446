import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { FakeS3 } from '../../../rehearsal/embedded/aws/s3';
import { START, setting } from './setting';

const Bucket = 'signals';

function world() {
  const { clock, log, run, failure, region } = setting();
  const s3 = new FakeS3({ clock, log, region });
  s3.addBucket(Bucket, ['shown']);
  const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'body' }));
  const get = (path: string) =>
    s3.host(Bucket).accept({ host: 'any', path, port: 443, serverName: 'any' }) as {
      status: number;
      body: string;
    };
  return { clock, log, run, failure, s3, put, get };
}

test('keeps objects, lists them by prefix in order with whole seconds, and removes them', async () => {
  const { clock, run, s3, put } = world();
  await clock.advance(1_234);
  for (const key of ['b/2', 'a/1', 'b/1']) await run(put(key));
  const list = () => run(s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'b/' })));
  const { Contents, KeyCount } = await list();
  expect(Contents?.map(({ Key }) => Key)).toEqual(['b/1', 'b/2']);
  expect(KeyCount).toBe(2);
  expect(Contents?.[0]?.LastModified?.getTime()).toBe(START + 1000);
  for (const Key of ['b/1', 'b/2', 'b/3']) await run(s3.send(new DeleteObjectCommand({ Bucket, Key })));
  expect((await list()).Contents).toBeUndefined();
});

test('shows everybody the keys of its policy, and says 403 of everything else, there or not', async () => {
  const { run, put, get } = world();
  expect(get('/shown').status).toBe(403);
  await run(put('shown'));
  await run(put('hidden'));
  expect(get('/shown')).toMatchObject({ status: 200, body: 'body' });
  expect(get('/hidden').status).toBe(403);
  expect(get('/').status).toBe(403);
});

test('comes with a certificate for buckets of its Region', () => {
  const { get } = world();
  expect(get('/shown')).toMatchObject({
    certificate: { names: expect.arrayContaining(['*.s3.us-east-2.amazonaws.com']) },
  });
});

test('takes no writes when a policy denies them, and carries nothing out when it is silent', async () => {
  const { run, failure, s3, put, clock } = world();
  s3.writes = 'denied';
  expect(await failure(put('x'))).toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  s3.writes = 'silent';
  const silent = put('x').then(() => 'answered');
  expect(await run(Promise.race([silent, clock.sleep(60_000).then(() => 'nothing')]))).toBe('nothing');
  expect(s3.keys(Bucket)).toEqual([]);
  await run(s3.send(new ListObjectsV2Command({ Bucket })));
});

test('an unknown bucket, and an unknown command', async () => {
  const { failure, s3 } = world();
  const other = s3.send(new ListObjectsV2Command({ Bucket: 'other' }));
  expect(await failure(other)).toMatchObject({ name: 'NoSuchBucket', $metadata: { httpStatusCode: 404 } });
  expect((await failure(s3.send(new GetObjectCommand({ Bucket, Key: 'x' })))).name).toBe('FakeLimit');
  expect((await failure(s3.send(new PutObjectCommand({ Bucket, Key: 'x', Tagging: 'a=b' })))).name).toBe(
    'FakeLimit',
  );
});
