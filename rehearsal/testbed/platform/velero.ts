import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { SITE_NAMES } from '../../../core/config';
import { run } from '../host/run';
import type { Kubectl } from '../region/kubectl';

const RESTORE_MS = 600_000;
const LOOK_MS = 50;

export interface VeleroOptions {
  program: string;
  image: string;
  pluginImage: string;
  folder: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** Installs Velero as its users do, with its own command: server, node-agent, file-system backup for every volume. */
export async function installVelero(kubectl: Kubectl, options: VeleroOptions): Promise<void> {
  mkdirSync(options.folder, { recursive: true });
  const secretFile = join(options.folder, 'aws-credentials');
  const { accessKeyId, secretAccessKey } = options.credentials;
  writeFileSync(
    secretFile,
    `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    { mode: 0o600 },
  );
  await run(
    [
      ...[options.program, 'install', '--kubeconfig', kubectl.kubeconfig],
      ...['--image', options.image, '--plugins', options.pluginImage],
      // The locations are the application's manifests: each site reads the other's and writes its own.
      ...['--no-default-backup-location', '--use-volume-snapshots=false', '--secret-file', secretFile],
      ...['--use-node-agent', '--default-volumes-to-fs-backup'],
      // Without limits too: Kubernetes takes a limit for the request that is missing, and the node has two cores.
      ...['--velero-pod-cpu-request', '0', '--velero-pod-mem-request', '0'],
      ...['--velero-pod-cpu-limit', '0', '--velero-pod-mem-limit', '0'],
    ],
    { env: { PATH: '/usr/bin:/bin', HOME: options.folder } },
  );
}

export async function veleroReady(kubectl: Kubectl): Promise<void> {
  await kubectl.rollout('deployment/velero', 'velero', 120);
  await kubectl.rollout('daemonset/node-agent', 'velero', 120);
}

/**
 * Lets the schedules come round late, so that no backup but those of the scenario falls into a night; and lets a
 * server that starts look for the other site's backups even when the one before it has just looked.
 */
export async function paceVelero(kubectl: Kubectl, now: Date): Promise<void> {
  for (const site of SITE_NAMES)
    await kubectl.patch('backupstoragelocations.velero.io', site, 'velero', {
      spec: { backupSyncPeriod: '1s' },
    });
  await kubectl.patch('schedules.velero.io', 'orders', 'velero', {
    spec: { schedule: everyQuarterButLate(now.getUTCMinutes()) },
  });
}

/** No volume was restored. */
export class NeverRestored extends Error {
  override name = 'NeverRestored';
}

/**
 * Resolves as soon as the bytes of a volume are on their way back.
 * @throws NeverRestored after ten minutes
 */
export async function volumeOnItsWay(kubectl: Kubectl): Promise<void> {
  for (const deadline = Date.now() + RESTORE_MS; Date.now() < deadline; await wait(LOOK_MS)) {
    const restores = await kubectl.list('podvolumerestores.velero.io', 'velero');
    if (restores.some(({ status }) => status?.phase === 'InProgress')) return;
  }
  throw new NeverRestored(`Velero moved no bytes back within ${RESTORE_MS / 60_000} minutes.`);
}

/** The cron expression that comes round every 15 minutes, and just has. */
function everyQuarterButLate(minute: number): string {
  const first = (minute + 14) % 15;
  return `${[0, 15, 30, 45].map(quarter => first + quarter).join(',')} * * * *`;
}
