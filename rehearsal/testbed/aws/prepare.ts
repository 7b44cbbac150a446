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
