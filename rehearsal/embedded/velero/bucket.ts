import type { KubeObject, ResourceType } from '../kubernetes/object';
import { type RestoreResults, resultsFile } from './results';

/** Nobody answers at the bucket's endpoint: its Region is gone, or the network to it. */
export class BucketUnreachable extends Error {
  override name = 'BucketUnreachable';
}

/** An object as it lies in a backup's archive. */
export interface ArchivedItem {
  type: ResourceType;
  object: KubeObject;
}

/** How the data of a PersistentVolume came into a backup (internal/volume/volumes_information.go). */
export interface VolumeInfo {
  pv: string;
  namespace: string;
  claim: string;
  method: 'PodVolumeBackup' | 'CSISnapshot';
  reclaimPolicy: string;
  labels: Record<string, string>;
}

/** A volume that the data mover copied into the bucket: the result of a DataUpload. */
export interface MovedVolume {
  namespace: string;
  claim: string;
  snapshot: string;
}

export interface StoredBackup {
  /** Bucket and prefix of the location that it was written to; another location does not see it. */
  folder?: string;
  /** velero-backup.json: the Backup as it was when it was uploaded, or finalized. */
  metadata: KubeObject;
  items: ArchivedItem[];
  podVolumeBackups: KubeObject[];
  volumes: VolumeInfo[];
  moved: MovedVolume[];
}

/** What a restore leaves in the bucket: results, its operations, the claims that it created. */
export interface StoredRestore extends RestoreResults {
  createdClaims: { namespace: string; name: string }[];
  operations: { namespace: string; claim: string; snapshot: string; state: 'open' | 'done' | string }[];
}

export interface Content {
  content: string;
  bytes: number;
}

const urlSeconds = 600; // DownloadURLTTL of pkg/persistence/object_store.go

/**
 * Object storage that the Veleros of both clusters use. What goes in and comes out is a copy.
 * Every operation throws BucketUnreachable while `reachable` is false.
 */
export class Bucket {
  reachable = true;
  private readonly backups = new Map<string, StoredBackup>();
  private readonly restores = new Map<string, StoredRestore>();
  private readonly snapshots = new Map<string, Content>();
  private snapshotCount = 0;

  constructor(readonly name: string) {}

  list(): string[] {
    this.reach();
    return [...this.backups.keys()].sort();
  }

  get(name: string): StoredBackup | undefined {
    this.reach();
    return structuredClone(this.backups.get(name));
  }

  /** The folder in which a backup lies, without reading the backup. */
  folderOf(name: string): string | undefined {
    this.reach();
    return this.backups.get(name)?.folder;
  }

  put(name: string, backup: StoredBackup): void {
    this.reach();
    this.backups.set(name, structuredClone(backup));
  }

  putMetadata(name: string, metadata: KubeObject): void {
    this.reach();
    const stored = this.backups.get(name);
    if (stored) stored.metadata = structuredClone(metadata);
  }

  delete(name: string): void {
    this.reach();
    this.backups.delete(name);
  }

  addSnapshot(content: Content): string {
    this.reach();
    const id = `k${(++this.snapshotCount).toString(16).padStart(32, '0')}`;
    this.snapshots.set(id, { ...content });
    return id;
  }

  snapshot(id: string): Content | undefined {
    this.reach();
    return structuredClone(this.snapshots.get(id));
  }

  restore(name: string): StoredRestore | undefined {
    this.reach();
    return structuredClone(this.restores.get(name));
  }

  /** Restores are kept by name alone: one of the other cluster with the same name is overwritten, as in reality. */
  putRestore(name: string, restore: StoredRestore): void {
    this.reach();
    this.restores.set(name, structuredClone(restore));
  }

  deleteRestore(name: string): void {
    this.reach();
    this.restores.delete(name);
  }

  /** A link to a restore's results that is valid for ten minutes. It is made without asking whether the file exists. */
  resultsUrl(restore: string, now: number): string {
    const query = `X-Amz-Date=${now}&X-Amz-Expires=${urlSeconds}`;
    return `https://${this.name}.s3.amazonaws.com/restores/${restore}/restore-${restore}-results.gz?${query}`;
  }

  /** What GET answers for such a link: undefined for 403 (expired) and 404. */
  download(url: string, now: number): Uint8Array | undefined {
    this.reach();
    const { hostname, pathname, searchParams } = new URL(url);
    const restore = /^\/restores\/([^/]+)\/restore-\1-results\.gz$/.exec(pathname)?.[1];
    if (hostname !== `${this.name}.s3.amazonaws.com` || restore === undefined) return undefined;
    if (now > Number(searchParams.get('X-Amz-Date')) + urlSeconds * 1_000) return undefined;
    const stored = this.restores.get(restore);
    return stored && resultsFile({ warnings: stored.warnings, errors: stored.errors });
  }

  private reach(): void {
    if (!this.reachable) {
      throw new BucketUnreachable(`Get "https://${this.name}.s3.amazonaws.com": dial tcp: i/o timeout`);
    }
  }
}
