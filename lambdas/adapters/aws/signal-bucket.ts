import {
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Clock } from '../../../core/clock';
import type { SiteName } from '../../../core/config';
import { NotFound } from '../../../core/errors';
import type { Network } from '../../../core/network';
import {
  SIGNALS,
  type Signal,
  type Signals,
  signalFolder,
  signalHost,
  signalKey,
} from '../../../core/signals';
import { awsCall } from './call';

/** The bucket of one site's Region in which the signals of main stand. */
export class SignalBucket {
  constructor(
    private readonly client: Pick<S3Client, 'send'>,
    private readonly clock: Clock,
    private readonly bucket: { name: string; site: SiteName; region: string; deadlineMs: number },
  ) {}

  /** @throws Throttled, AwsUnavailable, Forbidden */
  async read(main: string): Promise<Signals> {
    // A list and not a look at each: without a body to fetch, and an absent object is no error.
    const page = await this.call('ListObjectsV2', abort =>
      this.client.send(
        new ListObjectsV2Command({ Bucket: this.bucket.name, Prefix: signalFolder(main) }),
        abort,
      ),
    );
    const signals: Signals = {};
    for (const { Key, LastModified } of page.Contents ?? []) {
      const signal = SIGNALS[this.bucket.site].find(each => signalKey(main, each) === Key);
      if (signal) signals[signal] = LastModified?.getTime() ?? 0;
    }
    return signals;
  }

  /** @param body says to a person who finds the object what it is. @throws Throttled, AwsUnavailable, Forbidden */
  async put(main: string, signal: Signal, body: string): Promise<void> {
    await this.call('PutObject', abort =>
      this.client.send(
        new PutObjectCommand({
          Bucket: this.bucket.name,
          Key: signalKey(main, signal),
          Body: body,
          ContentType: 'text/plain; charset=utf-8',
          CacheControl: 'no-store',
        }),
        abort,
      ),
    );
  }

  /** Does nothing when it is not there. @throws Throttled, AwsUnavailable, Forbidden */
  async remove(main: string, signal: Signal): Promise<void> {
    await this.call('DeleteObject', abort =>
      this.client.send(
        new DeleteObjectCommand({ Bucket: this.bucket.name, Key: signalKey(main, signal) }),
        abort,
      ),
    );
  }

  /** Whether everybody sees the object, as health checkers do; undefined when the bucket does not say. */
  async shown(network: Network, main: string, signal: Signal): Promise<boolean | undefined> {
    const { name, region, deadlineMs } = this.bucket;
    const host = signalHost(name, region);
    const path = `/${signalKey(main, signal)}`;
    const result = await network.request({
      address: host,
      port: 443,
      serverName: host,
      host,
      path,
      deadlineMs,
    });
    if (!result.ok) return undefined;
    // Who may not list a bucket is told 403 of what is not there.
    if (result.status === 403 || result.status === 404) return false;
    return result.status === 200 ? true : undefined;
  }

  private async call<T>(
    action: string,
    send: (options: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const { name, site, deadlineMs } = this.bucket;
    try {
      return await awsCall(this.clock, `S3 ${action} in ${name}`, deadlineMs, send);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'NoSuchBucket') throw error;
      throw new NotFound(`There is no bucket ${name}. Deploy the stack of ${site} again.`);
    }
  }
}
