import {
  type DeleteObjectRequest,
  type ListObjectsV2Request,
  NoSuchBucket,
  type PutObjectRequest,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { Certificate } from '../../../core/network';
import type { Host, HostAnswer, HostRequest } from '../network/internet';
import { type Action, Endpoint, type FakeSetting, type SdkCommand } from './endpoint';
import { FakeLimit, onlyKnown } from './fake-limit';

interface StoredObject {
  body: string;
  modifiedAt: number;
}

interface Bucket {
  objects: Map<string, StoredObject>;
  /** Keys that the bucket's policy shows to everybody. */
  publicKeys: ReadonlySet<string>;
}

const YEAR_MS = 365 * 86_400_000;

/** S3 of one Region: its API, and the same buckets as everybody sees them without credentials. */
export class FakeS3 {
  readonly endpoint: Endpoint;
  readonly send: S3Client['send'];
  /** `denied`: a policy forbids them. `silent`: they are not carried out, and nothing answers. */
  writes: 'taken' | 'denied' | 'silent' = 'taken';
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly options: FakeSetting) {
    const throttled = () => this.error('SlowDown', 'Please reduce your request rate.', 503);
    this.endpoint = new Endpoint('s3', options, throttled);
    this.send = this.endpoint.sender<S3Client['send']>((command, name) => this.act(command, name));
  }

  addBucket(name: string, publicKeys: readonly string[] = []): void {
    this.buckets.set(name, { objects: new Map(), publicKeys: new Set(publicKeys) });
  }

  bucketNames(): string[] {
    return [...this.buckets.keys()];
  }

  /** Puts an object there as if it had always stood. */
  seed(bucket: string, key: string, body: string, modifiedAt: number): void {
    this.bucket(bucket).objects.set(key, { body, modifiedAt });
  }

  keys(bucket: string): string[] {
    return [...this.bucket(bucket).objects.keys()].sort();
  }

  /** What stands behind `BUCKET.s3.REGION.amazonaws.com`. */
  host(bucket: string): Host {
    const { region } = this.options;
    return { region, accept: request => this.anonymous(bucket, request) };
  }

  /** A GET without credentials. Who may not list is told 403 of an object that is not there: API_GetObject.html. */
  private anonymous(bucket: string, { path, serverName }: HostRequest): HostAnswer {
    const certificate = this.certificate();
    const shown = serverName === undefined ? {} : { certificate };
    const { objects, publicKeys } = this.bucket(bucket);
    const key = decodeURIComponent(path.slice(1));
    const object = objects.get(key);
    if (!object || !publicKeys.has(key)) {
      return { ok: true, status: 403, body: '<Error><Code>AccessDenied</Code></Error>', ...shown };
    }
    return { ok: true, status: 200, body: object.body, ...shown };
  }

  private certificate(): Certificate {
    const now = this.options.clock.now();
    const { region } = this.options;
    const names = [`*.s3.${region}.amazonaws.com`, `s3.${region}.amazonaws.com`];
    return {
      names,
      validFrom: now - YEAR_MS,
      validTo: now + YEAR_MS,
      issuer: 'CN=Amazon RSA 2048 M01',
      trusted: true,
    };
  }

  private act(command: SdkCommand, name: string): Action {
    switch (name) {
      case 'PutObject': {
        const input = command.input as PutObjectRequest;
        onlyKnown(name, input, ['Bucket', 'Key', 'Body', 'ContentType', 'CacheControl']);
        return this.on(input, () => this.write(() => this.put(input)));
      }
      case 'DeleteObject': {
        const input = command.input as DeleteObjectRequest;
        onlyKnown(name, input, ['Bucket', 'Key']);
        return this.on(input, () => this.write(() => this.remove(input)));
      }
      case 'ListObjectsV2': {
        const input = command.input as ListObjectsV2Request;
        onlyKnown(name, input, ['Bucket', 'Prefix']);
        return this.on({ ...input, Key: `${input.Prefix ?? ''}*` }, () => this.list(input));
      }
      default:
        throw new FakeLimit(`s3 ${name}`);
    }
  }

  private on(
    input: { Bucket: string | undefined; Key: string | undefined },
    run: () => object | Promise<object>,
  ): Action {
    return { resource: `${input.Bucket}/${input.Key}`, run };
  }

  private write(work: () => object): object | Promise<object> {
    if (this.writes === 'silent') return new Promise(() => undefined);
    if (this.writes === 'denied')
      throw this.error(
        'AccessDenied',
        'User is not authorized: explicit deny in a resource-based policy',
        403,
      );
    return work();
  }

  private put({ Bucket, Key, Body }: PutObjectRequest): object {
    if (typeof Body !== 'string') throw new FakeLimit('s3 PutObject with a body that is no text');
    this.bucket(Bucket).objects.set(Key ?? '', { body: Body, modifiedAt: this.options.clock.now() });
    return {};
  }

  /** Of an object that is not there it says the same as of one that was: 204. */
  private remove({ Bucket, Key }: DeleteObjectRequest): object {
    this.bucket(Bucket).objects.delete(Key ?? '');
    return {};
  }

  private list({ Bucket, Prefix = '' }: ListObjectsV2Request): object {
    const { objects } = this.bucket(Bucket);
    const found = [...objects].filter(([key]) => key.startsWith(Prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
    if (found.length > 1000) throw new FakeLimit('s3 ListObjectsV2 of more than a page');
    const Contents = found.map(([Key, { body, modifiedAt }]) => ({
      Key,
      // S3 counts in whole seconds.
      LastModified: new Date(Math.floor(modifiedAt / 1000) * 1000),
      Size: Buffer.byteLength(body),
    }));
    return {
      Name: Bucket,
      Prefix,
      KeyCount: Contents.length,
      MaxKeys: 1000,
      IsTruncated: false,
      ...(Contents.length > 0 ? { Contents } : {}),
    };
  }

  private bucket(name: string | undefined): Bucket {
    const bucket = this.buckets.get(name ?? '');
    if (bucket) return bucket;
    throw new NoSuchBucket({
      message: 'The specified bucket does not exist',
      $metadata: this.endpoint.metadata(404),
    });
  }

  private error(name: string, message: string, status: number): S3ServiceException {
    return new S3ServiceException({
      name,
      message,
      $fault: status < 500 ? 'client' : 'server',
      $metadata: this.endpoint.metadata(status),
    });
  }
}
