import type { ImageConfig, ImageEntry, ImagePart } from './part';

const REGISTRY = 'lifeboat.test';

interface ImageDefinition {
  name: string;
  purpose: string;
  /** The part whose version is the tag; without one the tag is `1`. */
  tag?: string;
  entries: ImageEntry[];
  config: ImageConfig;
}

function image({ name, purpose, tag, entries, config }: ImageDefinition): ImagePart {
  return {
    kind: 'image',
    name: `image-${name}`,
    seconds: 2,
    purpose,
    reference: version => `${REGISTRY}/${name}:${version}`,
    ...(tag === undefined ? {} : { versionOf: tag }),
    entries,
    config,
  };
}

function program(path: string, from: string): ImageEntry {
  return { type: 'program', path, from };
}

/** What the helper pods of local-path-provisioner, and people who look around, call. */
const APPLETS =
  'sh ls cat mkdir rm chmod chown sleep cp mv touch tar wget sha256sum df du find test sync dd grep head tail ps kill stat';

/** Every image is made from static programs: nothing is pulled from anywhere. */
export const IMAGE_PARTS: readonly ImagePart[] = [
  image({
    name: 'pause',
    purpose: 'the sandbox of every pod',
    entries: [program('/pause', 'pause')],
    config: { Entrypoint: ['/pause'], User: '65535:65535' },
  }),
  image({
    name: 'orders',
    purpose: 'the application: orders',
    entries: [program('/orders', 'orders')],
    config: { Entrypoint: ['/orders'] },
  }),
  image({
    name: 'front',
    purpose: 'the application: web front',
    entries: [program('/front', 'front')],
    config: { Entrypoint: ['/front'] },
  }),
  image({
    name: 'busybox',
    purpose: 'helper pods of the volume provisioner',
    entries: [
      { type: 'program', path: '/bin/busybox', from: 'debian', file: 'busybox' },
      ...APPLETS.split(' ').map(
        (name): ImageEntry => ({ type: 'link', path: `/bin/${name}`, target: 'busybox' }),
      ),
    ],
    config: { Env: ['PATH=/bin'], Cmd: ['/bin/sh'] },
  }),
  image({
    name: 'velero',
    purpose: 'Velero server and node-agent',
    tag: 'velero',
    entries: [
      program('/velero', 'velero'),
      program('/velero-restore-helper', 'velero-restore-helper'),
      program('/velero-helper', 'velero-helper'),
      // Velero keeps kopia's configuration and cache in its home, whatever user it runs as.
      { type: 'directory', path: '/home/cnb', mode: 0o777 },
    ],
    // As the published image (distroless, user `cnb`).
    config: { User: '1002:1000', Env: ['PATH=/', 'HOME=/home/cnb'] },
  }),
  image({
    name: 'velero-plugin-for-aws',
    purpose: 'Velero on S3',
    tag: 'velero-plugin-for-aws',
    entries: [
      program('/plugins/velero-plugin-for-aws', 'velero-plugin-for-aws'),
      program('/bin/cp-plugin', 'cp-plugin'),
    ],
    config: {
      User: '65532:65532',
      Env: ['PATH=/bin'],
      Entrypoint: ['cp-plugin', '/plugins/velero-plugin-for-aws', '/target/velero-plugin-for-aws'],
    },
  }),
  image({
    name: 'local-path-provisioner',
    purpose: 'volumes on the node',
    tag: 'local-path-provisioner',
    entries: [program('/local-path-provisioner', 'local-path-provisioner')],
    config: { Env: ['PATH=/'], Entrypoint: ['/local-path-provisioner'] },
  }),
  image({
    name: 'traefik',
    purpose: 'ingress controller',
    tag: 'traefik',
    entries: [program('/traefik', 'traefik')],
    config: { Entrypoint: ['/traefik'] },
  }),
  image({
    name: 'cert-manager',
    purpose: 'certificates',
    tag: 'cert-manager',
    entries: [program('/cert-manager', 'cert-manager')],
    config: { User: '1000:1000', Entrypoint: ['/cert-manager'] },
  }),
  image({
    name: 'external-dns',
    purpose: 'DNS records of the Ingresses',
    tag: 'external-dns',
    entries: [program('/external-dns', 'external-dns')],
    config: { User: '65532:65532', Entrypoint: ['/external-dns'] },
  }),
];
