import { NotFound } from '../../../core/errors';
import {
  BACKUP_LABEL,
  type BackupObject,
  type LocationObject,
  type Metadata,
  type PodObject,
  RESTORE_LABEL,
  type RestoreObject,
  type ScheduleObject,
  type VolumeBackupObject,
} from '../../../core/kubernetes';
import { IMAGE_NAMES, IMAGE_NAMES_SELECTOR } from '../../../core/restore';
import { type KubernetesClient, RESOURCES } from './client';

/** Velero through its resources: no CLI, no shell. All methods throw ClusterUnreachable, Forbidden. */
export class Velero {
  constructor(
    private readonly api: KubernetesClient,
    readonly namespace: string,
  ) {}

  /** Whether a server is there to act on what we create. */
  async ready(): Promise<boolean> {
    const server = await this.api.find<{ status?: { readyReplicas?: number } }>(
      RESOURCES.Deployment,
      this.namespace,
      'velero',
    );
    return (server?.status?.readyReplicas ?? 0) > 0;
  }

  /** The image of the server: the one image that a restore needs anyway. @throws NotFound */
  async image(): Promise<string> {
    const server = await this.api.get<{ spec: { template: { spec: NonNullable<PodObject['spec']> } } }>(
      RESOURCES.Deployment,
      this.namespace,
      'velero',
    );
    const image = server.spec.template.spec.containers?.[0]?.image;
    if (!image) throw new NotFound(`Deployment ${this.namespace}/velero names no image.`);
    return image;
  }

  backups(): Promise<BackupObject[]> {
    return this.api.list(RESOURCES.Backup, this.namespace);
  }

  backup(name: string): Promise<BackupObject | undefined> {
    return this.api.find(RESOURCES.Backup, this.namespace, name);
  }

  /** Does nothing when a backup of that name is there already. */
  async createBackup(backup: unknown): Promise<void> {
    await this.api.create(RESOURCES.Backup, this.namespace, backup);
  }

  /** What file-system backup made of single volumes. */
  volumeBackups(backup: string): Promise<VolumeBackupObject[]> {
    return this.api.list(RESOURCES.PodVolumeBackup, this.namespace, `${BACKUP_LABEL}=${backup}`);
  }

  locations(): Promise<LocationObject[]> {
    return this.api.list(RESOURCES.BackupStorageLocation, this.namespace);
  }

  restore(name: string): Promise<RestoreObject | undefined> {
    return this.api.find(RESOURCES.Restore, this.namespace, name);
  }

  restores(): Promise<RestoreObject[]> {
    return this.api.list(RESOURCES.Restore, this.namespace);
  }

  /** Creates the modifiers first: Velero reads them when it validates the Restore. Both may be there already. */
  async startRestore(modifiers: unknown, restore: unknown): Promise<void> {
    await this.api.create(RESOURCES.ConfigMap, this.namespace, modifiers);
    await this.api.create(RESOURCES.Restore, this.namespace, restore);
  }

  /**
   * Puts the image-name rewrites where Velero's own restore action reads them.
   * @returns the name of somebody else's ConfigMap of that kind, which Velero would refuse to have beside ours
   */
  async putImageNames(configMap: { data?: unknown }): Promise<string | undefined> {
    const found = await this.api.list<{ metadata: Metadata }>(
      RESOURCES.ConfigMap,
      this.namespace,
      IMAGE_NAMES_SELECTOR,
    );
    const foreign = found.find(({ metadata }) => metadata.name !== IMAGE_NAMES);
    if (foreign) return foreign.metadata.name;
    if (!(await this.api.create(RESOURCES.ConfigMap, this.namespace, configMap))) {
      await this.api.patch(RESOURCES.ConfigMap, this.namespace, IMAGE_NAMES, { data: configMap.data });
    }
    return undefined;
  }

  /** What went wrong with single volumes of a restore, in Velero's words. */
  async volumeProblems(restoreName: string): Promise<string[]> {
    const restores = await this.api.list<{
      metadata: Metadata;
      spec?: { pod?: { name?: string }; volume?: string };
      status?: { phase?: string; message?: string };
    }>(RESOURCES.PodVolumeRestore, this.namespace, `${RESTORE_LABEL}=${restoreName}`);
    return restores
      .filter(({ status }) => status?.phase === 'Failed')
      .map(
        ({ spec, status }) => `volume ${spec?.volume} of ${spec?.pod?.name}: ${status?.message ?? 'failed'}`,
      );
  }

  /** Ends a restore of volumes: each is told to stop, and the Restore ends without them. */
  async cancelVolumes(restoreName: string): Promise<void> {
    const volumes = await this.api.list<{ metadata: Metadata; spec?: { cancel?: boolean } }>(
      RESOURCES.PodVolumeRestore,
      this.namespace,
      `${RESTORE_LABEL}=${restoreName}`,
    );
    for (const { metadata, spec } of volumes) {
      if (spec?.cancel === true) continue;
      await this.api.patch(RESOURCES.PodVolumeRestore, this.namespace, metadata.name, {
        spec: { cancel: true },
      });
    }
  }

  schedule(name: string): Promise<ScheduleObject | undefined> {
    return this.api.find(RESOURCES.Schedule, this.namespace, name);
  }
}
