import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../host/run';
import type { Kubectl } from '../region/kubectl';

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
      ...['--velero-pod-cpu-request', '0', '--velero-pod-mem-request', '0'],
    ],
    { env: { PATH: '/usr/bin:/bin', HOME: options.folder } },
  );
}

export async function veleroReady(kubectl: Kubectl): Promise<void> {
  await kubectl.rollout('deployment/velero', 'velero', 120);
  await kubectl.rollout('daemonset/node-agent', 'velero', 120);
}
