import type { Config, SiteName } from '../../core/config';
import type { Manifest } from './kubernetes/manifests';
import type { KubeObject } from './kubernetes/object';

type Sides = Record<SiteName, readonly Manifest[]>;

/**
 * The two clusters as they stand some days after a failover: the app at work in dr with its data, the primary at rest
 * with its old volumes, and the schedules of backups the other way round.
 */
export function atHomeInDr(config: Config, { primary, dr }: Sides): Sides {
  return {
    primary: primary.map(manifest =>
      withObject(manifest, asCounterpart(manifest.object, other(dr, manifest.object))),
    ),
    dr: [
      ...dr.map(manifest =>
        withObject(manifest, asCounterpart(manifest.object, other(primary, manifest.object))),
      ),
      ...claims(config, primary, dr),
    ],
  };
}

function withObject(manifest: Manifest, object: KubeObject): Manifest {
  return { ...manifest, object };
}

function other(side: readonly Manifest[], { kind, metadata }: KubeObject): KubeObject | undefined {
  return side.find(
    ({ object }) => object.kind === kind && key(object) === `${metadata.namespace}/${metadata.name}`,
  )?.object;
}

function key({ metadata }: KubeObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** Takes from the counterpart what makes a site the one at work or the one at rest. */
function asCounterpart(object: KubeObject, counterpart: KubeObject | undefined): KubeObject {
  const spec = object.spec as Record<string, unknown> | undefined;
  const there = counterpart?.spec as Record<string, unknown> | undefined;
  switch (object.kind) {
    case 'Deployment':
    case 'StatefulSet':
      return { ...object, spec: { ...spec, replicas: there?.replicas ?? spec?.replicas ?? 1 } };
    case 'CronJob':
      return { ...object, spec: { ...spec, suspend: there?.suspend ?? false } };
    case 'PersistentVolumeClaim':
      return hadConsumer(object);
    case 'Schedule':
      return { ...object, spec: { ...spec, paused: there?.paused ?? false } };
    default:
      return object;
  }
}

/** A claim that waits for its first consumer had one here: its volume is there, although no pod is. */
function hadConsumer(claim: KubeObject): KubeObject {
  const annotations = { ...claim.metadata.annotations, 'volume.kubernetes.io/selected-node': 'node-1' };
  return { ...claim, metadata: { ...claim.metadata, annotations } };
}

/** Velero has brought the claims; the volumes of a StatefulSet come from its own template. */
function claims(config: Config, primary: readonly Manifest[], dr: readonly Manifest[]): Manifest[] {
  const there = new Set(dr.map(({ object }) => `${object.kind} ${key(object)}`));
  return primary
    .filter(
      ({ object }) => object.kind === 'PersistentVolumeClaim' && !there.has(`${object.kind} ${key(object)}`),
    )
    .map(manifest => withObject(manifest, inDr(config, manifest.object)));
}

function inDr(config: Config, claim: KubeObject): KubeObject {
  const app = config.apps.find(({ namespaces }) => namespaces.includes(claim.metadata.namespace ?? ''));
  const spec = claim.spec as { storageClassName?: string; volumeName?: string };
  const { volumeName: _volume, ...rest } = spec;
  const storageClassName = app?.data?.storageClasses.dr[spec.storageClassName ?? ''] ?? spec.storageClassName;
  return { ...claim, spec: { ...rest, ...(storageClassName ? { storageClassName } : {}) } };
}
