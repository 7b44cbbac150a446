import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SiteName } from '../../../core/config';
import type { Parts } from '../build';
import { AWS, REGIONS, RESOLVER } from '../network';
import type { Kubectl } from '../region/kubectl';
import { manifest } from './template';
import { installVelero, veleroReady } from './velero';

export interface PlatformOptions {
  site: SiteName;
  kubectl: Kubectl;
  parts: Parts;
  folder: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  zone: { id: string; name: string };
  acme: { directory: string; authority: string };
  /** Until every name server has a change. */
  propagationSeconds: number;
}

/** Gives a cluster what a platform team gives it: volumes, ingress, DNS, certificates, backups. */
export async function installPlatform(options: PlatformOptions): Promise<void> {
  const { kubectl, parts, site, zone, acme, credentials } = options;
  const reference = (image: string) => parts.image(image).reference;
  const values = {
    SITE: site,
    NODE: REGIONS[site].node,
    RESOLVER,
    AWS_ENDPOINT: `http://${AWS.address}:${AWS.port}`,
    ACCESS_KEY_ID: credentials.accessKeyId,
    SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ZONE: zone.name,
    ZONE_ID: zone.id,
    PROPAGATION: `${Math.ceil(options.propagationSeconds) + 1}s`,
    ACME_DIRECTORY: acme.directory,
    ACME_CA: Buffer.from(acme.authority).toString('base64'),
    BUSYBOX_IMAGE: reference('busybox'),
    LOCAL_PATH_IMAGE: reference('local-path-provisioner'),
    TRAEFIK_IMAGE: reference('traefik'),
    EXTERNAL_DNS_IMAGE: reference('external-dns'),
    CERT_MANAGER_IMAGE: reference('cert-manager'),
  };
  await kubectl.apply(yamlOf(parts.crds.certManager));
  await Promise.all([
    installVelero(kubectl, {
      program: parts.bin('velero'),
      image: reference('velero'),
      pluginImage: reference('velero-plugin-for-aws'),
      folder: join(options.folder, 'velero'),
      credentials,
    }),
    ...['traefik.yaml', 'local-path.yaml', 'external-dns.yaml'].map(file =>
      kubectl.apply(manifest(file, values)),
    ),
    kubectl
      // "condition=Established" fails on a definition that has no conditions yet.
      .wait('crd/clusterissuers.cert-manager.io', `jsonpath=${ESTABLISHED}`, 30)
      .then(() => kubectl.apply(manifest('cert-manager.yaml', values))),
  ]);
  await Promise.all([
    veleroReady(kubectl),
    kubectl.rollout('deployment/traefik', 'traefik', 120),
    kubectl.rollout('deployment/local-path-provisioner', 'local-path-storage', 120),
    kubectl.rollout('deployment/external-dns', 'external-dns', 120),
    kubectl.rollout('deployment/cert-manager', 'cert-manager', 120),
  ]);
}

const ESTABLISHED = '{.status.conditions[?(@.type=="Established")].status}=True';
const PLATFORM = 'platform-';

/** The manifests of a folder as one YAML text, in the order of kubectl. Those of the platform are installed above. */
export function appManifests(folder: string): string {
  return yamlOf(folder, file => !file.startsWith(PLATFORM));
}

function yamlOf(folder: string, wanted: (file: string) => boolean = () => true): string {
  return readdirSync(folder)
    .filter(file => file.endsWith('.yaml') && wanted(file))
    .sort()
    .map(file => readFileSync(join(folder, file), 'utf8'))
    .join('\n---\n');
}
