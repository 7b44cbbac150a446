import { ChangeResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { SignedRequests, type SignedRequestsOptions } from './signed-request';

/** AWS refused what the bed needs before the night. */
export class NotPrepared extends Error {
  override name = 'NotPrepared';
}

/** Makes the bucket that backups go to, as the platform team of the user does. @throws NotPrepared */
export async function makeBucket(aws: SignedRequestsOptions, name: string): Promise<void> {
  const { status, text } = await new SignedRequests(aws).send({
    service: 's3',
    method: 'PUT',
    path: `/${name}`,
    body:
      `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
      `<LocationConstraint>${aws.region}</LocationConstraint></CreateBucketConfiguration>`,
  });
  if (status !== 200) throw new NotPrepared(`S3 answered CreateBucket ${name} with ${status}: ${text}`);
}

/**
 * Writes nonsense over the packs in which kopia keeps the contents of files, as a disk that rots would. Kopia seals
 * each content, so that it notices. @throws NotPrepared
 */
export async function damagePacks(aws: SignedRequestsOptions, bucket: string): Promise<void> {
  const requests = new SignedRequests(aws);
  const service = 's3';
  const list = await requests.send({
    service,
    method: 'GET',
    path: `/${bucket}`,
    query: { 'list-type': '2', prefix: 'velero/kopia/' },
  });
  // Packs with the contents of files begin with p, those with what describes them with q.
  const packs = [...list.text.matchAll(/<Key>([^<]*\/p[0-9a-f][^<]*)<\/Key>/g)].map(([, key]) => key);
  if (packs.length === 0)
    throw new NotPrepared(`${bucket} has no packs to damage: ${list.text.slice(0, 500)}`);
  for (const key of packs) {
    const { status, text } = await requests.send({
      service,
      method: 'PUT',
      path: `/${bucket}/${key}`,
      body: 'rotten'.repeat(100),
    });
    if (status !== 200) throw new NotPrepared(`S3 answered PutObject ${key} with ${status}: ${text}`);
  }
}

interface ListedFunctions {
  Functions: { FunctionName: string; Environment?: { Variables?: Record<string, string> } }[];
}

/** Invokes a step's function as EventBridge's schedule does, and waits for its answer. @throws NotPrepared */
export async function invokeStep(aws: SignedRequestsOptions, step: string, event: object): Promise<void> {
  const requests = new SignedRequests(aws);
  const service = 'lambda';
  const list = await requests.send({ service, method: 'GET', path: '/2015-03-31/functions/' });
  const { Functions } = JSON.parse(list.text) as ListedFunctions;
  const name = Functions.find(each => each.Environment?.Variables?.LIFEBOAT_STEP === step)?.FunctionName;
  if (name === undefined) throw new NotPrepared(`${aws.region} has no function of the step ${step}.`);
  const path = `/2015-03-31/functions/${name}/invocations`;
  const body = JSON.stringify(event);
  const answer = await requests.send({ service, method: 'POST', path, body });
  const failed = answer.header('x-amz-function-error');
  if (answer.status !== 200 || failed !== undefined)
    throw new NotPrepared(`${name} answered ${answer.status} ${failed ?? ''}: ${answer.text}`);
}

/** Points main to a site for the first time; from then on the name is Lifeboat's. */
export async function pointMain(
  aws: SignedRequestsOptions,
  zoneId: string,
  record: { main: string; host: string; ttl: number },
): Promise<void> {
  const client = new Route53Client(aws);
  try {
    await client.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zoneId,
        ChangeBatch: {
          Changes: [
            {
              Action: 'UPSERT',
              ResourceRecordSet: {
                Name: record.main,
                Type: 'CNAME',
                TTL: record.ttl,
                ResourceRecords: [{ Value: record.host }],
              },
            },
          ],
        },
      }),
    );
  } finally {
    client.destroy();
  }
}
