import { setTimeout as wait } from 'node:timers/promises';
import type { SiteName } from '../../../core/config';
import { otherSite } from '../../../core/run';
import { run } from '../host/run';
import type { Kubectl } from '../region/kubectl';

/** Velero could not back the shop up. */
export class BackupFailed extends Error {
  override name = 'BackupFailed';
}

const BACKUPS = 'backups.velero.io';
/** Two of Velero's looks at the other site's bucket. */
const PATIENCE_MS = 120_000;
const LOOK_MS = 500;

/** What people do with Velero's own command: they make backups by hand, and delete old ones. */
export class Backups {
  constructor(
    private readonly program: string,
    private readonly home: string,
    private readonly kubectl: (site: SiteName) => Kubectl,
  ) {}

  /** Makes a backup of the site's Schedule now. @returns its name @throws BackupFailed */
  async make(site: SiteName): Promise<string> {
    const kubectl = this.kubectl(site);
    await kubectl.wait(`backupstoragelocations/${site}`, 'jsonpath={.status.phase}=Available', 90, 'velero');
    const name = `orders-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}`;
    await this.velero(site, ['create', name, '--from-schedule', 'orders', '--wait']);
    const status = (await kubectl.get(BACKUPS, name, 'velero'))?.status;
    if (status?.phase !== 'Completed')
      throw new BackupFailed(
        `Backup ${name} of ${site} ended with ${JSON.stringify(status)}, expected is Completed.`,
      );
    return name;
  }

  /** Deletes every backup that the site has made. */
  async forget(site: SiteName): Promise<void> {
    await this.velero(site, ['delete', '--selector', 'velero.io/schedule-name=orders', '--confirm']);
    for (const name of await this.known(site, site))
      await this.kubectl(site).wait(`${BACKUPS}/${name}`, 'delete', PATIENCE_MS / 1000, 'velero');
  }

  /**
   * Waits until the other site's Velero knows the backups that the site has, and no others of it. It looks into the
   * bucket when it starts and then once a minute, however short backupSyncPeriod is (Velero 1.18,
   * backup_sync_controller.go, backupSyncReconcilePeriod): a restart spares that minute.
   * @throws BackupFailed
   */
  async show(site: SiteName): Promise<void> {
    const viewer = otherSite(site);
    await this.kubectl(viewer).run(['rollout', 'restart', 'deployment/velero', '-n', 'velero']);
    await this.kubectl(viewer).rollout('deployment/velero', 'velero', 120);
    const made = await this.known(site, site);
    for (const deadline = Date.now() + PATIENCE_MS; ; await wait(LOOK_MS)) {
      const seen = await this.known(viewer, site);
      if (seen.join() === made.join()) return;
      if (Date.now() > deadline)
        throw new BackupFailed(`${viewer} knows the backups ${seen} of ${site}, expected is ${made}.`);
    }
  }

  /** The names of the backups of `maker` that `viewer` knows. */
  private async known(viewer: SiteName, maker: SiteName): Promise<string[]> {
    const backups = await this.kubectl(viewer).list(BACKUPS, 'velero');
    return backups
      .filter(({ spec }) => spec?.storageLocation === maker)
      .map(({ metadata }) => metadata.name)
      .sort();
  }

  private async velero(site: SiteName, args: readonly string[]): Promise<void> {
    const { kubeconfig } = this.kubectl(site);
    await run([this.program, '--kubeconfig', kubeconfig, 'backup', ...args], {
      env: { PATH: '/usr/bin:/bin', HOME: this.home },
      timeoutMs: 300_000,
    });
  }
}
