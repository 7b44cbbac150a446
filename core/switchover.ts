import type { App, Data, SiteName } from './config';
import { DEADLINES } from './deadlines';
import {
  type BackupObject,
  type ClaimObject,
  type PodObject,
  type PodTemplate,
  READER_LABEL,
  type ScheduleObject,
  type VolumeBackupObject,
  type WorkloadObject,
} from './kubernetes';
import { shortName } from './names';
import type { Finding } from './preflight';

// A switchover loses no write: the app is at rest before its last backup begins.

/** Pods that could still write to a volume, as people say them. Readers only hold one. */
export function stillWriting(pods: readonly PodObject[]): string[] {
  return pods
    .filter(({ metadata }) => metadata.labels?.[READER_LABEL] === undefined)
    .filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
    .filter(pod => claimsOf(pod.spec).length > 0)
    .map(({ metadata, spec }) => `${metadata.namespace}/${metadata.name} (${claimsOf(spec).join(', ')})`);
}

function claimsOf(spec: PodTemplate['spec']): string[] {
  return (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}

/**
 * The last backup: what `velero backup create --from-schedule` makes. With the label of its Schedule it is one of the
 * app's backups, for this run and for every later one.
 */
export function lastBackup(app: App, schedule: ScheduleObject, name: string): Record<string, unknown> {
  const { metadata, spec } = schedule;
  const { metadata: made, ...template } = spec?.template ?? {};
  return {
    apiVersion: 'velero.io/v1',
    kind: 'Backup',
    metadata: {
      name,
      namespace: metadata.namespace,
      labels: {
        ...(made?.labels ?? metadata.labels),
        'velero.io/schedule-name': metadata.name,
        'lifeboat.dev/app': app.name,
      },
    },
    spec: template,
  };
}

/**
 * File-system backup reads a volume through a Pod that runs and mounts it. Of an app at rest it reads nothing, says
 * nothing, and calls the backup Completed. The data mover takes snapshots of claims and needs no Pod.
 */
export function needsReaders({ spec }: ScheduleObject): boolean {
  return !(spec?.template?.snapshotMoveData === true && spec.template.defaultVolumesToFsBackup !== true);
}

/** For how long a last backup may be waited for, with its time in Velero's queue. */
export function lastBackupSeconds({ deadlineSeconds }: Data): number {
  return Math.min(deadlineSeconds, DEADLINES.backup);
}

/** Claims that have a volume: nothing is lost with one that never got any. */
export function withVolume(claims: readonly ClaimObject[]): ClaimObject[] {
  return claims.filter(({ spec, metadata }) => spec?.volumeName && !metadata.deletionTimestamp);
}

/**
 * A Pod that mounts one claim read-only and waits: Velero's own helper, which is in the image that every node with a
 * node agent has, waits for a file that nobody writes. As the namespace may demand, it may do nothing.
 * @param image Velero's
 */
export function readerPod(
  claim: ClaimObject,
  workloads: readonly WorkloadObject[],
  image: string,
  activationId: string,
): Record<string, unknown> {
  const { name, namespace } = claim.metadata;
  const { nodeSelector, tolerations } = userOf(claim, workloads)?.spec.template?.spec ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `lifeboat-reader-${shortName(name)}`,
      namespace,
      labels: { [READER_LABEL]: activationId },
      // For backups that take only the volumes that are named.
      annotations: { 'backup.velero.io/backup-volumes': VOLUME },
    },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 1,
      // It may stand where the app may.
      ...(nodeSelector ? { nodeSelector } : {}),
      ...(tolerations ? { tolerations } : {}),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65_532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'reader',
          image,
          command: ['/velero-restore-helper', `no-restore-${activationId}`],
          resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: [{ name: VOLUME, mountPath: `/restores/${VOLUME}`, readOnly: true }],
        },
      ],
      volumes: [{ name: VOLUME, persistentVolumeClaim: { claimName: name } }],
    },
  };
}

const VOLUME = 'data';

/** The workload that uses a claim: by its name, or as the template of a StatefulSet names it. */
function userOf(claim: ClaimObject, workloads: readonly WorkloadObject[]): WorkloadObject | undefined {
  const { name, namespace } = claim.metadata;
  const there = workloads.filter(({ metadata }) => metadata.namespace === namespace);
  return (
    there.find(({ spec }) => claimsOf(spec.template?.spec).includes(name)) ??
    there.find(({ kind, metadata }) => kind === 'StatefulSet' && name.includes(`-${metadata.name}-`))
  );
}

/** Readers that do not run yet, as people say them. */
export function notReading(claims: readonly ClaimObject[], pods: readonly PodObject[]): string[] {
  const running = new Set(
    pods
      .filter(({ status, metadata }) => status?.phase === 'Running' && !metadata.deletionTimestamp)
      .flatMap(({ metadata, spec }) => claimsOf(spec).map(claim => `${metadata.namespace}/${claim}`)),
  );
  return claims
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
    .filter(key => !running.has(key));
}

/**
 * Claims whose data the backup does not have.
 * @param pods the readers: Velero names the Pod through which it read a volume
 */
export function withoutData(
  claims: readonly ClaimObject[],
  pods: readonly PodObject[],
  volumes: readonly VolumeBackupObject[],
  { status }: BackupObject,
): string[] {
  const read = new Set(
    volumes
      .filter(volume => volume.status?.phase === 'Completed')
      .map(({ spec }) => `${spec?.pod?.namespace}/${spec?.pod?.name}`),
  );
  const inBackup = new Set(
    pods
      .filter(({ metadata }) => read.has(`${metadata.namespace}/${metadata.name}`))
      .flatMap(({ metadata, spec }) => claimsOf(spec).map(claim => `${metadata.namespace}/${claim}`)),
  );
  const missing = claims
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
    .filter(key => !inBackup.has(key));
  // Of the data mover only the count is known here.
  return (status?.backupItemOperationsCompleted ?? 0) >= missing.length ? [] : missing;
}

/** What of the other site a switchover needs, as the preflight saw it. */
export interface OtherSiteFacts {
  /** Why it did not answer; then nothing else is known. */
  unreachable?: string;
  /** All absent for an app without data. */
  workloads?: WorkloadObject[];
  veleroReady?: boolean;
  schedule?: ScheduleObject | undefined;
}

/**
 * Whether the site that is left can be put to rest and can make a last backup. Without it nothing is begun: customers
 * would wait for what cannot come.
 */
export function otherSiteFindings(app: App, site: SiteName, facts: OtherSiteFacts): Finding[] {
  const error = (detail: string): Finding => ({ check: 'other-site', level: 'error', detail });
  if (facts.unreachable) {
    return [
      error(
        `A switchover needs ${site}, which does not answer: ${facts.unreachable}. If it is lost, fail over.`,
      ),
    ];
  }
  if (!app.data) return [];
  if (!('schedule' in app.data.source)) {
    return [
      error(
        'A switchover makes the last backup from a Schedule, and the configuration names a single Backup.',
      ),
    ];
  }
  if (!facts.veleroReady) {
    return [
      error(
        `No Velero server is ready in namespace ${app.data.veleroNamespace} of ${site} to make the last backup.`,
      ),
    ];
  }
  const shredders = (facts.workloads ?? []).filter(
    ({ spec }) => spec.persistentVolumeClaimRetentionPolicy?.whenScaled === 'Delete',
  );
  if (shredders.length > 0) {
    const names = shredders.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).join(', ');
    return [
      error(
        `StatefulSet ${names} of ${site} deletes its claims when it is scaled down, and putting it to rest would do that. ` +
          'Set persistentVolumeClaimRetentionPolicy.whenScaled to Retain.',
      ),
    ];
  }
  if (!facts.schedule)
    return [error(`${site} has no Schedule ${app.data.source.schedule} to make the last backup from.`)];
  return [];
}
